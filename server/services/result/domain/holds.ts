// Holds that nobody can verify past, and holds that another person has to look at.
import type { Hold, ResultView } from '../contract.ts';
import type { Calculable } from './dependents.ts';
import { dependentsOf } from './dependents.ts';
import { inputsOf } from './inputs-of.ts';

/** Put and lifted by their owners alone: quality control and equipment. */
export const ownersHolds = ['qc_failed', 'instrument_blocked'] as const satisfies readonly Hold[];
export type OwnersHold = (typeof ownersHolds)[number];

/** Those of the holds that lock the result until their owner lifts them. */
export function locksOf(holds: readonly Hold[]): readonly Hold[] {
  return holds.filter((hold) => (ownersHolds as readonly Hold[]).includes(hold));
}

type Lockable = Calculable & Pick<ResultView, 'holds' | 'status'>;

/**
 * What locks each of the results: its own holds, and those of the values it is calculated from.
 * @param rows every result of the orders
 * @returns by id; results that nothing locks are left out
 */
export function lockedBy(rows: readonly Lockable[]): ReadonlyMap<string, readonly Hold[]> {
  const locked = new Map<string, readonly Hold[]>();
  for (const row of rows) {
    const locks = row.status === 'authorised' || row.status === 'cancelled' ? [] : locksOf(row.holds);
    if (locks.length === 0) continue;
    for (const { id } of [row, ...dependentsOf(rows, new Set([row.id]), inputsOf)])
      locked.set(id, [...new Set([...(locked.get(id) ?? []), ...locks])]);
  }
  return locked;
}

/**
 * A value transcribed from a referral lab's paper is compared by a second person (lab-day 31).
 * @param name login name of who verifies; unique in the lab, as `enteredBy` is
 */
export function needsSecondPerson(
  { holds, enteredBy }: Pick<ResultView, 'holds' | 'enteredBy'>,
  name: string,
): boolean {
  return holds.includes('second_check') && enteredBy === name;
}
