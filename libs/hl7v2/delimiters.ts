// MSH-1 and MSH-2: each message names its own delimiters, nothing is assumed.
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';

/** One character each; '' where the message declares none (MSH-2 shorter than four, no fifth before version 2.7). */
export interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
  readonly truncation: string;
}

export const standardDelimiters: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  truncation: '',
};

/** MSH-2 as it is written. */
export function encodingCharacters(delimiters: Delimiters): string {
  const { component, repetition, escape, subcomponent, truncation } = delimiters;
  return component + repetition + escape + subcomponent + truncation;
}

/**
 * Reads the delimiters of a header segment (MSH, FHS or BHS) that starts at `start` and ends before `end`.
 * Characters of MSH-2 after the fifth have no meaning in any version and are ignored.
 * @throws Hl7Error hl7.bad_delimiters when one is a letter, a digit, a control character, or stands twice
 */
export function readDelimiters(text: string, start: number, end: number): Delimiters {
  const field = text.charAt(start + 3);
  if (start + 3 >= end) throw new Hl7Error(hl7ErrorCode.badDelimiters, 'The header ends before MSH-1.', 'MSH-1');
  refuseUnusable(field, 'MSH-1');
  let stop = start + 4;
  while (stop < end && text[stop] !== field) stop += 1;
  const declared = text.slice(start + 4, Math.min(stop, start + 9));
  for (let i = 0; i < declared.length; i += 1) {
    const sign = declared.charAt(i);
    refuseUnusable(sign, 'MSH-2');
    if (declared.indexOf(sign) !== i) {
      throw new Hl7Error(hl7ErrorCode.badDelimiters, 'Two delimiters of MSH-2 are the same character.', 'MSH-2');
    }
  }
  if (declared === '^~\\&' && field === '|') return standardDelimiters;
  return {
    field,
    component: declared.charAt(0),
    repetition: declared.charAt(1),
    escape: declared.charAt(2),
    subcomponent: declared.charAt(3),
    truncation: declared.charAt(4),
  };
}

// Surrogates: half a character cannot delimit. A letter would split words, a control character would split segments.
const unusable = /[\p{L}\p{N}\p{Cc}\p{Cs}]/u;

function refuseUnusable(sign: string, location: string): void {
  if (unusable.test(sign)) {
    throw new Hl7Error(hl7ErrorCode.badDelimiters, 'A letter, digit or control character cannot delimit.', location);
  }
}
