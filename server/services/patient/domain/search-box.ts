// What somebody typed into the one search box: a record number, a mobile number or part of one, or part of a name.
import { isMrn, normaliseMobile } from '@nidaan/values';

import { nameWords } from './patient-name.ts';

export type Search =
  | { readonly by: 'nothing' }
  | { readonly by: 'mrn'; readonly mrn: string }
  /** All of a family have it. */
  | { readonly by: 'mobile'; readonly mobile: string }
  /** The first or the last digits of a mobile number, without country code. */
  | { readonly by: 'mobile-digits'; readonly digits: string }
  /** Every word is a piece of the name; no word means that nothing can be found. */
  | { readonly by: 'name'; readonly words: readonly string[] };

/** Fewer digits fit too many numbers. */
const FEWEST_DIGITS = 4;
/** More words than a name has make no difference. */
const MOST_WORDS = 6;

export function readSearchBox(text: string): Search {
  if (text === '') return { by: 'nothing' };
  const mrn = text.replace(/[\s-]/g, '').toUpperCase();
  if (isMrn(mrn)) return { by: 'mrn', mrn };
  const mobile = normaliseMobile(text);
  if (mobile !== undefined) return { by: 'mobile', mobile };
  if (/^[\d\s().+-]+$/.test(text)) {
    const digits = text.replace(/^\s*\+91/, '').replace(/\D/g, '');
    if (digits.length >= FEWEST_DIGITS) return { by: 'mobile-digits', digits: digits.replace(/^0/, '') };
  }
  return { by: 'name', words: nameWords(text).slice(0, MOST_WORDS) };
}
