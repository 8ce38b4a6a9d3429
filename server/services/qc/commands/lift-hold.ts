// The two steps of a corrective action: what was done at the analyzer, and the lifting when controls are good again.
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { holdIsLifted, holdNotFound, noGoodControl, qcCleared, staleQc } from '../contract.ts';
import type { liftHold as liftHoldCall, QcHoldView, recordCorrection as recordCorrectionCall } from '../contract.ts';
import * as controls from '../control-store.ts';
import * as store from '../store.ts';
import type { HoldRow } from '../store.ts';
import { holdView } from '../views.ts';

/** Locks the pair before the hold, in the order of whoever records a control. */
async function lock(tx: Tx, labId: string, holdId: string): Promise<HoldRow> {
  const found = await store.getHold(tx, labId, holdId);
  if (found === undefined) throw holdNotFound({});
  await store.lockPairs(tx, labId, [{ ...found, unit: '', ucum: null }]);
  const hold = await store.lockHold(tx, labId, holdId);
  if (hold === undefined) throw holdNotFound({});
  return hold;
}

export async function recordCorrection(
  ctx: Ctx,
  { holdId, expectedVersion, action }: ParsedInput<typeof recordCorrectionCall>,
): Promise<QcHoldView> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const before = await lock(tx, labId, holdId);
    if (before.status === 'lifted') throw holdIsLifted({});
    if (before.action === action && before.version === expectedVersion + 1) return holdView(before);
    if (before.version !== expectedVersion) throw staleQc({ version: before.version });
    const at = ctx.now();
    const hold = await store.correctHold(tx, labId, holdId, action, at);
    await store.beginHistory(tx, labId, hold, at);
    tx.audit('qc.correct', holdId, { action, at }, holdId);
    return holdView(hold);
  });
}

/** @throws qc.no_good_control until each level that failed was measured again and is in control */
export async function liftHold(ctx: Ctx, input: ParsedInput<typeof liftHoldCall>): Promise<QcHoldView> {
  const { holdId, expectedVersion, cause, action, lookBackNote } = input;
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const before = await lock(tx, labId, holdId);
    if (before.status === 'lifted') {
      const isSame = before.cause === cause && before.action === action && before.lookBackNote === lookBackNote;
      if (isSame) return holdView(before);
      throw holdIsLifted({});
    }
    if (before.version !== expectedVersion) throw staleQc({ version: before.version });
    if (!(await controls.isGoodAgain(tx, labId, before, before))) throw noGoodControl({});
    const at = ctx.now();
    const by = ctx.actor.name;
    const hold = await store.liftHold(tx, labId, holdId, { cause, action, lookBackNote, at, by });
    await store.setPairHold(tx, labId, hold, null);
    const { instrument, analyteCode, lastGoodAt } = hold;
    tx.audit('qc.lift_hold', holdId, { cause, action, lookBackNote, rules: hold.rules }, holdId);
    tx.emit(qcCleared, holdId, { holdId, instrument, analyteCode, lastGoodAt, at, by });
    return holdView(hold);
  });
}
