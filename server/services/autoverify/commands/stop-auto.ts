import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { stopAuto as stopAutoCall } from '../contract.ts';
import * as store from '../store.ts';

/**
 * The switch. Whoever verifies holds it shared until the result is verified, so that this waits for what is under way; once it has
 * answered nothing more passes. What waits to be asked again is forgotten: when all goes on, only new values are looked at.
 */
export async function stopAuto(
  ctx: Ctx,
  { isStopped, reason }: ParsedInput<typeof stopAutoCall>,
): Promise<store.SwitchRow> {
  // Whoever sees something wrong may stop; to let go on is to trust the rules again.
  if (!isStopped) ctx.require('autoverify.manage');
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    const before = await store.lockSwitch(tx, labId);
    if (before.isStopped === isStopped) return before;
    const stop = isStopped ? { at: ctx.now(), by: ctx.actor.name, reason } : null;
    const after = await store.saveStop(tx, labId, stop);
    await store.forgetWaiting(tx, labId);
    tx.audit(isStopped ? 'autoverify.stop' : 'autoverify.go_on', labId, { reason, stoppedAt: before.stoppedAt }, labId);
    return after;
  });
}
