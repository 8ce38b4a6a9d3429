// From values that were measured to runs: which are new, and how often each test was run by them.
import type { Ctx, Tx } from '#platform/service.ts';

import { add, newRuns } from './domain/runs.ts';
import type { Counts, NewRuns } from './domain/runs.ts';
import * as usage from './usage-store.ts';

/** One measured value. */
export interface Value {
  readonly sourceId: string;
  /** Tells one measurement of the source from another. */
  readonly key: string;
  /** What counts as one: a test on a tube, a control run. */
  readonly run: string;
  readonly analyteCode: string;
  readonly isRerun: boolean;
}

export interface CountedRun<V extends Value> extends NewRuns {
  readonly run: string;
  /** Never empty: those that were not known. */
  readonly values: readonly V[];
  /** Values of an analyte that had none on this run before, the rest being repeats. */
  readonly firstValues: ReadonlySet<V>;
}

/** Writes the values down and counts those that were not known: an event told twice counts nothing. */
export async function countRuns<V extends Value>(
  ctx: Ctx,
  tx: Tx,
  at: string,
  values: readonly V[],
): Promise<readonly CountedRun<V>[]> {
  const labId = ctx.labId();
  const name = ({ sourceId, key }: Pick<Value, 'sourceId' | 'key'>): string => `${sourceId} ${key}`;
  const before = new Map<string, Counts>();
  for (const { run, analyteCode, times } of await usage.countsOfRuns(tx, labId, [
    ...new Set(values.map(({ run: of }) => of)),
  ]))
    before.set(run, new Map(before.get(run)).set(analyteCode, times));
  const rows = values.map(({ sourceId, key, run, analyteCode }) => ({ sourceId, key, run, analyteCode, at }));
  const added = new Set((await usage.addMeasurements(tx, labId, rows)).map(name));
  const fresh = Map.groupBy(
    values.filter((value) => added.has(name(value))),
    ({ run }) => run,
  );
  return [...fresh].map(([run, own]) => {
    const counts = before.get(run) ?? new Map<string, number>();
    const codes = own.map(({ analyteCode }) => analyteCode);
    return {
      run,
      values: own,
      ...newRuns(
        counts,
        codes,
        own.every(({ isRerun }) => isRerun),
      ),
      firstValues: firstOf(counts, own),
    };
  });
}

function firstOf<V extends Value>(before: Counts, values: readonly V[]): ReadonlySet<V> {
  let counts = before;
  const first = new Set<V>();
  for (const value of values) {
    if (!value.isRerun && !counts.has(value.analyteCode)) first.add(value);
    counts = add(counts, [value.analyteCode]);
  }
  return first;
}
