// Names as they are compared and found: one spelling of letters, no titles, word by word. Any script.

/** Titles a desk may or may not type; "Sri" and "Km" are left, since they begin names as well. */
const TITLES = new Set(['mr', 'mrs', 'ms', 'miss', 'master', 'shri', 'smt', 'dr', 'prof']);
/** A text from the middle of a word is found from so many letters on; at two, every name would have it. */
const SHORTEST_ENDING = 3;

/**
 * The words of a name in small letters, titles at its front left out unless nothing else is there.
 * Latin accents are dropped (José, Jose); joiners that only shape a script, and apostrophes (D'Souza), vanish.
 */
export function nameWords(name: string): readonly string[] {
  const words = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\p{Cf}'’]/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
  const first = words.findIndex((word) => !TITLES.has(word));
  return first === -1 ? words : words.slice(first);
}

/** Two people of equal keys have the same name. */
export function nameKey(name: string): string {
  return nameWords(name).join(' ');
}

/** Whatever a searched word may begin with to find this name, each once. */
export function nameParts(name: string): readonly string[] {
  const parts = new Set<string>();
  for (const word of nameWords(name)) {
    const letters = [...word];
    parts.add(word);
    for (let from = 1; from <= letters.length - SHORTEST_ENDING; from += 1) parts.add(letters.slice(from).join(''));
  }
  return [...parts];
}
