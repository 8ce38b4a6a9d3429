// What a change of an order makes of its tubes: cancelled tests come off, added ones go on a fitting tube or on a new one.
import type { TubeStatus } from '../contract.ts';
import { fittingTube } from './fitting-tube.ts';
import type { Candidate, Stability } from './fitting-tube.ts';
import { kindOf, volumeOf } from './tube-plan.ts';
import type { PlanLine, PlanTest } from './tube-plan.ts';

export interface ChangeTest extends PlanTest {
  readonly stability: readonly Stability[];
}

export interface ChangeTube extends Candidate {
  readonly rejectDecision: string | null;
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
}

export interface ChangedTube {
  readonly id: string;
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
  readonly needsMl: number;
  readonly addedIds: readonly string[];
  readonly removedIds: readonly string[];
  /** Planned, and without a test now. */
  readonly isCancelled: boolean;
}

export interface Change {
  readonly tubes: readonly ChangedTube[];
  /** Tests that fit on no tube. */
  readonly toPlan: readonly PlanLine[];
}

/** Tests of a tube that is still to be drawn, run or decided on; of the others the list is history. */
function isLive({
  status,
  rejectDecision,
}: {
  readonly status: TubeStatus;
  readonly rejectDecision: string | null;
}): boolean {
  if (status === 'rejected') return rejectDecision === null;
  return status === 'planned' || status === 'collected' || status === 'received';
}

/** Told twice, the change is the same: a test that is on a tube is not added again, one that is off cannot come off. */
export function changeOf(
  tubes: readonly ChangeTube[],
  added: readonly PlanLine[],
  cancelledIds: readonly string[],
  tests: ReadonlyMap<string, ChangeTest>,
  now: string,
): Change {
  const gone = new Set(cancelledIds);
  const live = tubes.filter(isLive);
  const known = new Set(live.flatMap((tube) => tube.lineIds));
  const state = new Map(live.map((tube) => [tube.id, without(tube, gone, tests)]));
  const toPlan: PlanLine[] = [];
  for (const line of added) {
    if (known.has(line.id) || gone.has(line.id)) continue;
    const test = tests.get(line.testCode);
    const wanted = {
      ...kindOf(line, test),
      stability: test?.stability ?? [],
      minVolumeMl: test?.minVolumeMl ?? null,
    };
    const tube = fittingTube([...state.values()], wanted, now);
    if (tube === undefined) toPlan.push(line);
    else state.set(tube.id, withLine(tube, line, wanted.minVolumeMl));
  }
  const before = new Map(live.map((tube) => [tube.id, tube.lineIds]));
  return { tubes: [...state.values()].flatMap((tube) => changed(tube, before.get(tube.id) ?? [])), toPlan };
}

function without(tube: ChangeTube, gone: ReadonlySet<string>, tests: ReadonlyMap<string, ChangeTest>): ChangeTube {
  if (!tube.lineIds.some((id) => gone.has(id))) return tube;
  const kept = tube.lineIds.flatMap((id, at) => (gone.has(id) ? [] : [{ id, code: tube.testCodes[at] ?? '' }]));
  const testCodes = kept.map((each) => each.code);
  return { ...tube, lineIds: kept.map((each) => each.id), testCodes, needsMl: volumeOf(testCodes, tests) };
}

function withLine(tube: ChangeTube, line: PlanLine, minVolumeMl: number | null): ChangeTube {
  return {
    ...tube,
    lineIds: [...tube.lineIds, line.id],
    testCodes: [...tube.testCodes, line.testCode],
    needsMl: Math.round((tube.needsMl + (minVolumeMl ?? 0)) * 100) / 100,
  };
}

function changed(tube: ChangeTube, before: readonly string[]): readonly ChangedTube[] {
  const addedIds = tube.lineIds.filter((id) => !before.includes(id));
  const removedIds = before.filter((id) => !tube.lineIds.includes(id));
  if (addedIds.length === 0 && removedIds.length === 0) return [];
  const { id, lineIds, testCodes, needsMl } = tube;
  const isCancelled = tube.status === 'planned' && lineIds.length === 0;
  return [{ id, lineIds, testCodes, needsMl, addedIds, removedIds, isCancelled }];
}
