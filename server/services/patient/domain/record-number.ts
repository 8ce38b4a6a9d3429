// The letters that begin a lab's record numbers.

/** The letters of the accession prefix, else those of the lab's code, else P for patient; at most four, A to Z. */
export function recordNumberPrefix(lab: { readonly accessionPrefix: string; readonly code: string }): string {
  const letters = (text: string) =>
    text
      .toUpperCase()
      .replace(/[^A-Z]/g, '')
      .slice(0, 4);
  return letters(lab.accessionPrefix) || letters(lab.code) || 'P';
}
