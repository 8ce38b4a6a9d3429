// The letters that begin a lab's accession numbers.

/**
 * The letters of the lab's accession prefix, else those of its code, else L for lab; at most four, A to Z. A digit in the
 * prefix is left out: the check digit of an accession is made for a prefix of letters, as O and 0 look alike on a tube.
 */
export function accessionLetters(lab: { readonly accessionPrefix: string; readonly code: string }): string {
  const letters = (text: string) => text.replaceAll(/[^A-Z]/g, '').slice(0, 4);
  return letters(lab.accessionPrefix) || letters(lab.code) || 'L';
}
