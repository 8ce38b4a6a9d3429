// Titres: the last dilution that still reacts, as `1:80`. They have an order by dilution, so that `1:160` lies above a limit of
// `1:80`; `<1:20` and `>1:320` are the ends of a series of tubes.
import type { UsedRange } from '../contract.ts';
import { readNumber } from './lab-number.ts';
import type { NumberJudgement, Reading, Side } from './flags.ts';
import { flagText, plainText, sideOfHigh, sideOfLow } from './flags.ts';

const TITRE = /^(<=?|>=?|≤|≥)?\s*1\s*[:/]\s*(\d{1,9}(?:\.\d{1,3})?)$/;

/** The reciprocal of the dilution, or undefined when the text is no titre. `1/80` and `1 : 80` are `1:80`. */
export function readTitre(text: string): Reading | undefined {
  const [, sign = '', reciprocal = ''] = TITRE.exec(text.trim()) ?? [];
  if (reciprocal === '') return undefined;
  const read = readNumber(`${sign.replace('≤', '<=').replace('≥', '>=')}${reciprocal}`);
  // A dilution of 1:0 is none.
  return read === undefined || Number(read.number) === 0 ? undefined : read;
}

/** One spelling for all: `1:80`, `<1:20`. */
export function titreText({ number, comparator }: Reading): string {
  return `${comparator ?? ''}1:${number}`;
}

/**
 * As it is printed: the choice of the catalogue that is the same text or the same titre; where the catalogue has no choices
 * any titre.
 * @returns undefined when it is none of them
 */
export function canonicalTitre(text: string, choices: readonly string[]): string | undefined {
  const read = readTitre(text);
  if (choices.length === 0) return read === undefined ? undefined : titreText(read);
  const own = read === undefined ? undefined : titreText(read);
  return choices.find((choice) => {
    if (plainText(choice) === plainText(text)) return true;
    const offered = readTitre(choice);
    return offered !== undefined && titreText(offered) === own;
  });
}

/**
 * Flags a titre by the expected text of its range, which is a titre with a bound in front: by `<1:80`, what is not below it
 * is A. The catalogue takes no numbers as limits of a titre. A text that is no titre ("Negative") is compared as text.
 */
export function flagTitre(text: string, range: UsedRange): NumberJudgement {
  if (range.text === null || range.kind === 'none') return { flag: null, isUndecided: false };
  const read = readTitre(text);
  const expected = readTitre(range.text);
  // A word beside a limit that is a titre ("Negative" beside <1:80) tells nothing that could be compared.
  if (expected === undefined || read === undefined)
    return { flag: expected === undefined ? flagText(text, range) : null, isUndecided: false };
  const { low, high } = limitsOf(expected);
  const sides = [sideOfLow(read, low), sideOfHigh(read, high), sideOfBound(read, expected)];
  if (sides.includes('beyond')) return { flag: 'A', isUndecided: false };
  return { flag: null, isUndecided: sides.includes('undecided') };
}

function limitsOf({ number, comparator }: Reading): { readonly low: string | null; readonly high: string | null } {
  if (comparator === null) return { low: number, high: number };
  return comparator.startsWith('<') ? { low: null, high: number } : { low: number, high: null };
}

/** `1:80` is not below 1:80: a bound without "or equal" leaves its own titre out. `<=1:80` may be either. */
function sideOfBound(read: Reading, expected: Reading): Side {
  const isStrict = expected.comparator === '<' || expected.comparator === '>';
  if (!isStrict || read.number !== expected.number || read.comparator === expected.comparator) return 'within';
  return read.comparator?.startsWith(expected.comparator ?? '') ? 'undecided' : 'beyond';
}
