// Judges the controls of one analyzer's analyte from some run on, after what was accepted before it. A run is accepted or rejected as
// a whole: its other levels stay out of means and later rules with it. Src: lab-medicine 7.
import type { Outcome, RuleUse, WestgardRule } from '../contract/westgard.ts';
import { bitsOf, rulesOf } from './westgard-rules.ts';
import type { RunValue, WestgardSettings } from './westgard-rules.ts';
import { WestgardSeries } from './westgard-series.ts';

export interface JudgedControl {
  readonly id: string;
  readonly runId: string;
  readonly lotId: string;
  readonly level: number;
  /** When its run began. */
  readonly runAt: string;
  readonly measuredAt: string;
  readonly z: number;
}

export interface RunVerdict {
  readonly runId: string;
  readonly runAt: string;
  /** The last of its controls. */
  readonly measuredAt: string;
  readonly isRejected: boolean;
  /** Those that reject, of any of its controls. */
  readonly rejectedBy: readonly WestgardRule[];
  readonly controls: readonly {
    readonly id: string;
    readonly rules: readonly WestgardRule[];
    readonly outcome: Outcome;
  }[];
}

export interface RulesInUse extends Omit<WestgardSettings, 'rules' | 'rejecting'> {
  readonly uses: readonly RuleUse[];
}

export function settingsOf({ uses, ...how }: RulesInUse): WestgardSettings {
  return {
    ...how,
    rules: uses.map(({ rule }) => rule),
    rejecting: uses.filter(({ action }) => action === 'reject').map(({ rule }) => rule),
  };
}

export function groupByRun<C extends { readonly runId: string }>(controls: readonly C[]): readonly (readonly C[])[] {
  return [...Map.groupBy(controls, ({ runId }) => runId).values()];
}

/**
 * @param history accepted before, in order; at least the last twelve values of each lot, where there are as many
 * @param controls to be judged, in the order of their runs
 * @param historyFrom a correction: what was measured before it is no history to what came after; null when there was none
 */
export function judgeRuns(
  history: readonly JudgedControl[],
  controls: readonly JudgedControl[],
  inUse: RulesInUse,
  historyFrom: string | null,
): readonly RunVerdict[] {
  const settings = settingsOf(inUse);
  const rejecting = bitsOf(settings.rejecting);
  let series = newSeries(settings);
  for (const run of groupByRun(history)) series.remember(run);
  let isAfterCorrection = historyFrom === null || (controls[0]?.runAt ?? '') >= historyFrom;
  return groupByRun(controls).map((run) => {
    const [first] = run;
    if (historyFrom !== null && !isAfterCorrection && first !== undefined && first.runAt >= historyFrom) {
      series = newSeries(settings);
      isAfterCorrection = true;
    }
    const bits = series.judge(run);
    const all = bits.reduce((sum, each) => sum | each, 0);
    const isRejected = (all & rejecting) !== 0;
    return {
      runId: first?.runId ?? '',
      runAt: first?.runAt ?? '',
      measuredAt: run.map(({ measuredAt }) => measuredAt).reduce((a, b) => (a > b ? a : b), ''),
      isRejected,
      rejectedBy: rulesOf(all & rejecting),
      controls: run.map(({ id }, at) => {
        const rules = rulesOf(bits[at] ?? 0);
        return { id, rules, outcome: isRejected ? 'rejected' : rules.length > 0 ? 'warning' : 'in_control' };
      }),
    };
  });
}

/** A series by lots: a lot never met at a level that has another begins a history of its own. */
function newSeries(settings: WestgardSettings): {
  judge(run: readonly JudgedControl[]): number[];
  remember(run: readonly JudgedControl[]): void;
} {
  const series = new WestgardSeries(settings);
  const lots = new Map<number, Set<string>>();
  const valuesOf = (run: readonly JudgedControl[]): RunValue[] =>
    run.map(({ level, lotId, z }) => {
      const known = lots.get(level);
      if (known === undefined) lots.set(level, new Set([lotId]));
      else if (!known.has(lotId)) {
        series.beginLot(lotId);
        known.add(lotId);
      }
      return { level: lotId, z };
    });
  return { judge: (run) => series.judge(valuesOf(run)), remember: (run) => series.remember(valuesOf(run)) };
}
