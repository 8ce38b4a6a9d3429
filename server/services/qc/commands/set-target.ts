import { calendarDay, compareDecimal, INDIA, isDecimal } from '@nidaan/values';

import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { askUnits } from '../ask-units.ts';
import { lotNotFound, targetNotUsable, tooFewValues, unknownAnalyteOfControl } from '../contract.ts';
import type { setTarget as setTargetCall, TargetView } from '../contract.ts';
import * as controls from '../control-store.ts';
import { cumulativeTarget, cvOfTarget } from '../domain/targets.ts';
import type { Target } from '../domain/targets.ts';
import * as store from '../store.ts';
import type { LotRow } from '../store.ts';
import { targetView } from '../views.ts';

type Input = ParsedInput<typeof setTargetCall>;

/** Dated: what was judged before stays as it was judged. */
export async function setTarget(ctx: Ctx, input: Input): Promise<TargetView> {
  const { instrument, analyteCode, kind, lotId } = input;
  const [pair] = await askUnits(ctx, [{ instrument, analyteCode }]);
  if (pair === undefined) throw unknownAnalyteOfControl({ analyteCode });
  return ctx.transaction(async (tx) => {
    const [lot] = await store.getLots(tx, ctx.labId(), [lotId]);
    if (lot === undefined) throw lotNotFound({});
    await store.lockPairs(tx, ctx.labId(), [pair]);
    const target = kind === 'assigned' ? assigned(input) : await cumulative(ctx, tx, lot, input);
    const at = ctx.now();
    const validFrom = input.validFrom ? new Date(input.validFrom).toISOString() : at;
    const targets = await store.targetsOfPair(tx, ctx.labId(), pair);
    const last = targets.findLast((each) => each.lotId === lotId);
    // The same again, such as a command sent twice.
    if (last?.kind === kind && last.mean === target.mean && last.sd === target.sd && last.validFrom === validFrom)
      return targetView(last);
    const row = await store.addTarget(tx, ctx.labId(), {
      ...target,
      id: ctx.newId(),
      lotId,
      instrument,
      analyteCode,
      kind,
      validFrom,
      setAt: at,
      setBy: ctx.actor.name,
    });
    const before = last === undefined ? null : { mean: last.mean, sd: last.sd };
    const after = { mean: row.mean, sd: row.sd };
    tx.audit(
      'qc.set_target',
      row.id,
      { instrument, analyteCode, kind, before, after, count: row.count, validFrom },
      lotId,
    );
    return targetView(row);
  });
}

function assigned({ mean, sd }: Input): Target {
  if (!mean || !sd || !isDecimal(mean) || !isDecimal(sd) || compareDecimal(sd, '0') <= 0) throw targetNotUsable({});
  return { mean, sd, count: 0 };
}

async function cumulative(ctx: Ctx, tx: Tx, lot: LotRow, input: Input): Promise<Target> {
  const labId = ctx.labId();
  const accepted = await controls.acceptedOfLot(tx, labId, input, lot.id);
  const labCv = input.sdFrom === 'own' ? null : await cvBefore(tx, labId, lot, input);
  const outcome = cumulativeTarget(
    accepted.map(({ value, measuredAt }) => ({ value, day: calendarDay(measuredAt, INDIA) })),
    labCv,
  );
  if (!outcome.isReady) throw tooFewValues({ count: outcome.count, days: outcome.days });
  return outcome.target;
}

/** The CV the lab has shown with the lot before: its last cumulative target of the same material and level. */
async function cvBefore(tx: Tx, labId: string, lot: LotRow, pair: store.PairKey): Promise<number | null> {
  const targets = await store.targetsOfPair(tx, labId, pair);
  const others = await store.getLots(tx, labId, [...new Set(targets.map(({ lotId }) => lotId))]);
  const isBefore = (lotId: string): boolean =>
    others.some(
      ({ id, material, level }) => id === lotId && id !== lot.id && material === lot.material && level === lot.level,
    );
  const last = targets.findLast((target) => target.kind === 'cumulative' && isBefore(target.lotId));
  return last === undefined ? null : cvOfTarget(last);
}
