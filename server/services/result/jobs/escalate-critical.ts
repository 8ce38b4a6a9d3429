// The clock of a critical value: when nobody was told in time, somebody else has to hear of it, and again each time as long.
import { defineJob } from '#platform/service.ts';
import type { Ctx } from '#platform/service.ts';

import { criticalNotDue, criticalOverdue } from '../contract.ts';
import { criticalAfter, nextDueAt } from '../domain/critical.ts';
import * as store from '../release/criticals-store.ts';
import { policiesOf } from '../release/policies.ts';

interface Due {
  readonly criticalId: string;
  /** Which escalation this is to be, 1 for the first: a job that runs twice escalates once. */
  readonly escalation: number;
}

export const escalateCritical = defineJob<Due>('result.escalate-critical');

/** @throws result.not_due_yet, and is tried again shortly: the queue's clock runs ahead of ours */
export async function runEscalateCritical(ctx: Ctx, { criticalId, escalation }: Due): Promise<void> {
  const labId = ctx.labId();
  const { criticalCallMinutes } = await policiesOf(ctx);
  await ctx.transaction(async (tx) => {
    const [critical] = await store.lockCriticals(tx, labId, [criticalId]);
    if (critical === undefined || criticalAfter(critical.status, 'escalated') === undefined) return;
    if (critical.escalations !== escalation - 1) return;
    const at = ctx.now();
    if (Date.parse(at) < Date.parse(critical.dueAt)) throw criticalNotDue({});
    const { resultId, orderId, patientId, analyteCode, foundAt } = critical;
    const dueAt = nextDueAt(critical.dueAt, at, criticalCallMinutes);
    await store.setEscalated(tx, labId, criticalId, { escalations: escalation, dueAt });
    tx.audit(
      'result.critical_overdue',
      resultId,
      { criticalId, analyteCode, escalation, foundAt, nextDueAt: dueAt },
      orderId,
    );
    tx.emit(criticalOverdue, orderId, {
      criticalId,
      resultId,
      orderId,
      patientId,
      analyteCode,
      at,
      foundAt,
      escalation,
    });
    tx.schedule(
      escalateCritical,
      { criticalId, escalation: escalation + 1 },
      { key: `critical ${criticalId} ${escalation + 1}`, runAt: dueAt },
    );
  });
}
