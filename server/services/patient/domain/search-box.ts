// What somebody typed into the one search box: a number that one record or one family has, or part of a name.
import { isMrn, normaliseMobile } from '@nidaan/values';

import type { Term } from './name-terms.ts';
import { questionsOf } from './name-terms.ts';

/** One way to look; a list of them is tried in order, so that what fits best comes first. */
export type Search =
  | { readonly by: 'nothing' }
  | { readonly by: 'mrn'; readonly mrn: string }
  /** All of a family have it. */
  | { readonly by: 'mobile'; readonly mobile: string }
  /** The first or the last digits of a mobile number, without country code. */
  | { readonly by: 'mobile-digits'; readonly digits: string }
  /** 14 digits. */
  | { readonly by: 'abha-number'; readonly digits: string }
  | { readonly by: 'abha-address'; readonly address: string }
  /** The name is kept under all of these. */
  | { readonly by: 'terms'; readonly terms: readonly Term[] }
  /** Every word is a piece of the name. */
  | { readonly by: 'pieces'; readonly words: readonly string[]; readonly isLastResort: boolean };

/** Fewer digits fit too many numbers. */
const FEWEST_DIGITS = 4;

function nameSearches(text: string): readonly Search[] {
  const asked = questionsOf(text);
  if (!asked) return [];
  const { words, initial, joined } = asked;
  const terms = (wanted: readonly Term[]) => ({ by: 'terms' as const, terms: wanted });
  const [whole, beginnings, sounds] = [terms(asked.wholeWords), terms(asked.beginnings), terms(asked.sounds)];
  if (words.length === 1) return [whole, beginnings, { by: 'pieces', words, isLastResort: false }, sounds];
  // Pieces of several words are slow to find when each is on many names, and hardly ever meant when words are found.
  return [
    whole,
    beginnings,
    ...(initial ? [terms(initial)] : []),
    sounds,
    ...(joined ? [terms(joined)] : []),
    { by: 'pieces', words, isLastResort: true },
  ];
}

/** The ways to look, best first; none when nothing can be found. What one way finds, the later ones leave out. */
export function readSearchBox(text: string): readonly Search[] {
  if (text === '') return [{ by: 'nothing' }];
  const mrn = text.replace(/[\s-]/g, '').toUpperCase();
  if (isMrn(mrn)) return [{ by: 'mrn', mrn }];
  if (/^\d{14}$/.test(mrn)) return [{ by: 'abha-number', digits: mrn }];
  if (/^[\w.]+@[a-z]+$/i.test(text)) return [{ by: 'abha-address', address: text.toLowerCase() }];
  const mobile = normaliseMobile(text);
  if (mobile !== undefined) return [{ by: 'mobile', mobile }];
  if (/^[\d\s().+-]+$/.test(text)) {
    const digits = text.replace(/^\s*\+91/, '').replace(/\D/g, '');
    if (digits.length >= FEWEST_DIGITS) return [{ by: 'mobile-digits', digits: digits.replace(/^0/, '') }];
  }
  return nameSearches(text);
}

/**
 * What a way of looking leaves out: the finds of the better ways. Whole words are beginnings, and beginnings of one word are
 * pieces, so the latest of these stands for those before it. A last resort is taken when nothing was found.
 */
export function foundBefore(ways: readonly Search[], way: number): readonly Search[] {
  const search = ways[way];
  if (!search || isLastResort(search)) return [];
  const covering = ways.findIndex((each) => each.by === 'pieces');
  const last = covering > 1 && covering < way ? covering : 1;
  return ways.slice(way <= last ? Math.max(0, way - 1) : last, way);
}

export function isLastResort(search: Search): boolean {
  return search.by === 'pieces' && search.isLastResort;
}
