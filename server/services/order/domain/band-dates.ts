// A change of ranges is dated: the earlier bands are closed on a day instead of erased, so that the collection date of last
// year finds the range of last year (lab-day 40, 73).
import type { CatalogueChanges } from '../contract.ts';
import type { BandRow } from './catalogue.ts';

type Change = CatalogueChanges['bands'][number];

export interface Replaced {
  /** All bands of the analyte as they are to be stored, closed ones too. */
  readonly bands: readonly BandRow[];
  /** Why the change cannot be made. */
  readonly fault?: string;
}

/**
 * Brings the bands of one analyte to the set given, from a day on.
 * - a band that stands already as given stays, with its own first day;
 * - a band not given that holds on that day is closed on it; one that would begin later is dropped; one closed before stays;
 * - a new band begins on that day, or later when it says so.
 * @param isJudged false when no test but drafts reports the analyte: its bands judge nothing yet and are simply replaced
 */
export function replaceBands(stored: readonly BandRow[], change: Change, today: string, isJudged: boolean): Replaced {
  const given = change.bands.map((band): BandRow => ({ ...band, analyteCode: change.analyteCode }));
  if (stored.length === 0 || !isJudged) return { bands: given };
  const from = change.from ?? today;

  const kept = new Set<BandRow>();
  const added: BandRow[] = [];
  for (const band of given) {
    const same = stored.find((one) => !kept.has(one) && isSame(one, band, from));
    if (same !== undefined) kept.add(same);
    else if (band.validTo !== null && band.validTo <= from) {
      return { bands: stored, fault: `a band that ended on ${band.validTo} is not as it was; what is past stays` };
    } else added.push({ ...band, validFrom: band.validFrom !== null && band.validFrom > from ? band.validFrom : from });
  }
  const earlier = stored.flatMap((band) => {
    if (kept.has(band) || (band.validTo !== null && band.validTo <= from)) return [band];
    return band.validFrom === null || band.validFrom < from ? [{ ...band, validTo: from }] : [];
  });
  const isUnchanged =
    added.length === 0 && earlier.length === stored.length && earlier.every((one) => stored.includes(one));
  if (from < today && !isUnchanged) {
    return { bands: stored, fault: `a changed range cannot begin before today, and ${from} is past` };
  }
  return { bands: [...earlier, ...added] };
}

/** The same to the letter, or the same but for a first day that the given one leaves open and the stored one has behind it. */
function isSame(stored: BandRow, given: BandRow, from: string): boolean {
  if (textOf(stored) !== textOf(given)) return false;
  if (stored.validFrom === given.validFrom) return true;
  return given.validFrom === null && stored.validFrom !== null && stored.validFrom <= from;
}

/** Everything but the first day, in one order of fields whoever made the object. */
function textOf({ validFrom: _, ...band }: BandRow): string {
  return JSON.stringify(Object.entries(band).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
