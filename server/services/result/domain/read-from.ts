// Many analyzers are read by eye and their values typed. A failed control or a block binds such a value as if the analyzer had
// sent it (lab-day 43): retyping is no way around a hold.
import type { Hold, ResultValue } from '../contract.ts';
import { CALCULATED } from './sample-rules.ts';
import { MANUAL } from './typed-entry.ts';

type Origin = Pick<ResultValue, 'source' | 'readFrom'>;

/** The instrument whose holds bind the value: it sent it, or the value was read from it. Null for work of hands and formulas. */
export function measuredBy({ source, readFrom }: Origin): string | null {
  const by = readFrom ?? source;
  return by === MANUAL || by === CALCULATED ? null : by;
}

/**
 * The typed value under the holds of its instrument.
 * @param before what it replaces. When no instrument is named, and the one before is held by its owner now, the value is taken
 *   to be from that: the hold stays until its owner lifts it, or somebody names the instrument it was measured on instead.
 * @param named the instrument it was read from
 * @param holdsOf what the owners hold of an instrument's values of the analyte now
 */
export function underOwnersHolds<T extends ResultValue>(
  typed: T,
  before: Origin,
  named: string | null,
  holdsOf: (instrument: string) => readonly Hold[],
): T {
  const earlier = measuredBy(before);
  const readFrom = named ?? (earlier !== null && holdsOf(earlier).length > 0 ? earlier : null);
  const owned = readFrom === null ? [] : holdsOf(readFrom);
  return { ...typed, readFrom, holds: [...new Set([...typed.holds, ...owned])] };
}
