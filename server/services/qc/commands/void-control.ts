import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { controlIsVoid, controlNotFound } from '../contract.ts';
import type { ControlRunView, voidControl as voidControlCall } from '../contract.ts';
import * as controls from '../control-store.ts';
import * as store from '../store.ts';
import { controlView } from '../views.ts';
import { judgePair } from './judge-pair.ts';

/** Puts a value aside; it stays on the chart. What came after is judged again without it; a hold is lifted by its own act alone. */
export async function voidControl(
  ctx: Ctx,
  { controlId, reason }: ParsedInput<typeof voidControlCall>,
): Promise<ControlRunView> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    const found = await controls.getControl(tx, labId, controlId);
    if (found === undefined) throw controlNotFound({});
    const [pair] = await store.lockPairs(tx, labId, [{ ...found, ucum: null }]);
    const before = await controls.getControl(tx, labId, controlId);
    if (pair === undefined || before === undefined) throw controlNotFound({});
    if (before.outcome === 'void') {
      if (before.note !== reason) throw controlIsVoid({});
      return controlView(before);
    }
    await controls.voidControl(tx, labId, controlId, reason);
    await judgePair(ctx, tx, pair, before.runAt, new Set());
    const facts = { runId: before.runId, was: before.outcome, rules: before.rules, reason, noteBefore: before.note };
    tx.audit('qc.void', controlId, facts, before.lotId);
    const after = await controls.getControl(tx, labId, controlId);
    if (after === undefined) throw controlNotFound({});
    return controlView(after);
  });
}
