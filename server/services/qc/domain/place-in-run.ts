// Puts together what analyzers send level by level: which run a control belongs to, by when it was measured. Messages may be
// processed out of order or come late, so the runs on both sides of it are looked at. A run keeps the time it was begun with.

export interface Run {
  readonly runId: string;
  /** Runs are judged in the order of it. */
  readonly runAt: string;
  readonly firstMeasuredAt: string;
  readonly lastMeasuredAt: string;
  readonly lotIds: readonly string[];
  /** Recorded by hand: such a run is whole, nothing joins it. */
  readonly isNamed: boolean;
}

export interface Placing {
  readonly lotId: string;
  readonly measuredAt: string;
}

/**
 * The run that was going on when the control was measured; else the one that began just after it, whose message overtook this
 * one. Undefined: it begins a run. A run holds a lot once: the same level of another lot, run in parallel, is part of it.
 * @param correctedAt the last recorded correction; it ends the run before it
 */
export function runOf(
  runs: readonly Run[],
  control: Placing,
  { runMinutes, correctedAt }: { readonly runMinutes: number; readonly correctedAt: string | null },
): Run | undefined {
  const { lotId, measuredAt } = control;
  const isAfterCorrection = (at: string): boolean => correctedAt !== null && at >= correctedAt;
  const mayJoin = (run: Run): boolean => {
    const { firstMeasuredAt, lastMeasuredAt } = joined(run, control);
    return (
      !run.isNamed &&
      !run.lotIds.includes(lotId) &&
      isAfterCorrection(run.runAt) === isAfterCorrection(measuredAt) &&
      Date.parse(lastMeasuredAt) - Date.parse(firstMeasuredAt) <= runMinutes * 60_000
    );
  };
  const inOrder = runs.toSorted((a, b) => (a.firstMeasuredAt < b.firstMeasuredAt ? -1 : 1));
  const goingOn = inOrder.findLast(({ firstMeasuredAt }) => firstMeasuredAt <= measuredAt);
  if (goingOn !== undefined && mayJoin(goingOn)) return goingOn;
  const next = inOrder.find(({ firstMeasuredAt }) => firstMeasuredAt > measuredAt);
  return next !== undefined && mayJoin(next) ? next : undefined;
}

export function joined(run: Run, { lotId, measuredAt }: Placing): Run {
  return {
    ...run,
    firstMeasuredAt: measuredAt < run.firstMeasuredAt ? measuredAt : run.firstMeasuredAt,
    lastMeasuredAt: measuredAt > run.lastMeasuredAt ? measuredAt : run.lastMeasuredAt,
    lotIds: [...run.lotIds, lotId],
  };
}
