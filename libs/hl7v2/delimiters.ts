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

export interface DeclaredDelimiters {
  readonly delimiters: Delimiters;
  /**
   * `doubled`: the escape character stands twice, as a program writes that escaped it for its own source text; read as once.
   * `unusable`: a sign of MSH-2 is a letter, a digit, a control character or stands twice; its role does not exist here.
   */
  readonly fault: 'doubled' | 'unusable' | undefined;
}

/**
 * Reads the delimiters of a header segment (MSH, FHS or BHS) that starts at `start` and ends before `end`.
 * Characters of MSH-2 after the fifth have no meaning in any version and are ignored.
 * @throws Hl7Error hl7.bad_delimiters when MSH-1 is a letter, a digit, a blank or a control character: then nothing can be read
 */
export function readDelimiters(text: string, start: number, end: number): DeclaredDelimiters {
  const field = text.charAt(start + 3);
  if (start + 3 >= end) throw new Hl7Error(hl7ErrorCode.badDelimiters, 'The header ends before MSH-1.', 'MSH-1');
  if (unusable.test(field) || field === ' ') {
    throw new Hl7Error(
      hl7ErrorCode.badDelimiters,
      'A letter, digit, blank or control character cannot delimit.',
      'MSH-1',
    );
  }
  if (field === '|' && text.startsWith('^~\\&|', start + 4))
    return { delimiters: standardDelimiters, fault: undefined };
  let stop = start + 4;
  while (stop < end && text[stop] !== field) stop += 1;
  let declared = text.slice(start + 4, Math.min(stop, start + 10));
  const isDoubled = declared.length > 3 && declared.charAt(2) === declared.charAt(3);
  if (isDoubled) declared = declared.slice(0, 3) + declared.slice(4);
  let isUnusable = false;
  const sign = (role: number): string => {
    const found = declared.charAt(role);
    if (found === '' || (!unusable.test(found) && declared.indexOf(found) === role)) return found;
    isUnusable = true;
    return '';
  };
  const delimiters = {
    field,
    component: sign(0),
    repetition: sign(1),
    escape: sign(2),
    subcomponent: sign(3),
    truncation: sign(4),
  };
  if (isUnusable) return { delimiters, fault: 'unusable' };
  if (declared === '^~\\&' && field === '|')
    return { delimiters: standardDelimiters, fault: isDoubled ? 'doubled' : undefined };
  return { delimiters, fault: isDoubled ? 'doubled' : undefined };
}

// Surrogates: half a character cannot delimit. A letter would split words, a control character would split segments.
const unusable = /[\p{L}\p{N}\p{Cc}\p{Cs}]/u;
