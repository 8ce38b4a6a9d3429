// Signed values that were calculated from values that are to be amended: they are opened together, for otherwise the report
// would print a value beside another that it no longer follows from.
import type { ResultView } from '../contract.ts';

export type Calculable = Pick<ResultView, 'id' | 'orderId' | 'draw' | 'analyteCode' | 'isCalculated'> & {
  readonly formula: string | null;
};

/**
 * @param rows all results of the orders
 * @param ids those that change
 * @param inputsOf analytes that a formula reads; empty for one that cannot be read
 * @returns what is calculated from them, directly or by way of another, in the order of `rows`; none of `ids` itself
 */
export function dependentsOf<R extends Calculable>(
  rows: readonly R[],
  ids: ReadonlySet<string>,
  inputsOf: (formula: string) => readonly string[],
): readonly R[] {
  const sampleOf = ({ orderId, draw }: R) => `${orderId} ${draw ?? ''}`;
  const changed = new Set(rows.filter(({ id }) => ids.has(id)).map((row) => `${sampleOf(row)} ${row.analyteCode}`));
  const found = new Set<R>();
  for (let hasGrown = true; hasGrown;) {
    hasGrown = false;
    for (const row of rows) {
      if (found.has(row) || ids.has(row.id) || !row.isCalculated || row.formula === null) continue;
      if (!inputsOf(row.formula).some((code) => changed.has(`${sampleOf(row)} ${code}`))) continue;
      found.add(row);
      changed.add(`${sampleOf(row)} ${row.analyteCode}`);
      hasGrown = true;
    }
  }
  return rows.filter((row) => found.has(row));
}
