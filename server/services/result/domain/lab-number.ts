// The number in a text as typed or sent.
import type { LabValue } from '@nidaan/values';
import { parseLabValue } from '@nidaan/values';

import type { Reading } from './flags.ts';

/** More digits than any analyzer measures: a slip of the keyboard or a broken message (lab-day 38). */
const MAX_DIGITS = 12;

/** True when the number, written out and without leading zeros, has more than 12 digits. A text that is no number has none. */
export function hasTooManyDigits(text: string): boolean {
  const digits = readNumber(text)?.number.replaceAll(/[-.]/g, '').replace(/^0+/, '') ?? '';
  return digits.length > MAX_DIGITS;
}

/** True for 1.2E+04: some analyzers send so, a person who types it has slipped. */
export function isExponential(text: string): boolean {
  return readNumber(text) !== undefined && /e/i.test(text);
}

/** The number in a text, or undefined when it is none. */
export function readNumber(text: string): Reading | undefined {
  const read: LabValue = parseLabValue(text);
  return read.number === undefined ? undefined : { number: read.number, comparator: read.comparator ?? null };
}
