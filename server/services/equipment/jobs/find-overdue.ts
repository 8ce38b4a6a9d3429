// Shortly after midnight: a calibration that was due yesterday is overdue today. Asked for by any change of an instrument, and by
// itself for the next day as long as there is one that can become overdue.
import type { Ctx } from '#platform/service.ts';

import { checkNotDue } from '../contract.ts';
import { settleAll } from '../settle.ts';

/** @throws equipment.check_not_due, and is tried again shortly: the queue's clock runs ahead of ours */
export async function findOverdue(ctx: Ctx, { dueAt }: { readonly dueAt: string }): Promise<void> {
  if (Date.parse(ctx.now()) < Date.parse(dueAt)) throw checkNotDue({});
  await settleAll(ctx);
}
