// What a written value means for whoever has to be called (lab-day 48). Every path that writes values or flags calls this in
// its own transaction, with the rows as written, critical or not: a critical that is gone is as much news as one that came.
import type { Ctx, Tx } from '#platform/service.ts';

import { criticalFound } from '../contract.ts';
import { decide, limitPassed, WITHDRAWN } from '../domain/critical.ts';
import { escalateCritical } from '../jobs/escalate-critical.ts';
import type { ResultRow } from '../store.ts';
import * as store from './criticals-store.ts';
import type { ReleasePolicies } from './policies.ts';

type Written = Pick<
  ResultRow,
  'id' | 'orderId' | 'patientId' | 'analyteCode' | 'analyteName' | 'value' | 'unit' | 'flags' | 'range'
>;

/**
 * Opens, refreshes and closes the criticals of results whose value or flags were just written.
 * The results must be locked by the caller. Tells result.critical_found for each new one and starts its clock.
 */
export async function noteCriticals(
  ctx: Ctx,
  tx: Tx,
  policies: ReleasePolicies,
  rows: readonly Written[],
): Promise<void> {
  if (rows.length === 0) return;
  const labId = ctx.labId();
  const foundAt = ctx.now();
  const dueAt = new Date(Date.parse(foundAt) + policies.criticalCallMinutes * 60_000).toISOString();
  const standing = Map.groupBy(
    await store.lockStanding(
      tx,
      labId,
      rows.map(({ id }) => id),
    ),
    ({ resultId }) => resultId,
  );
  const added: store.NewCritical[] = [];
  const refreshed: store.Refreshed[] = [];
  const closed: string[] = [];
  const right: string[] = [];
  for (const row of rows) {
    const own = standing.get(row.id) ?? [];
    const open = own.find(({ status }) => status === 'open') ?? null;
    const belief = lastTold(own);
    const { verdict, isBeliefRight } = decide(open, belief, row);
    const told = { value: row.value ?? WITHDRAWN, flags: row.flags, limit: limitPassed(row.flags, row.range) };
    if (verdict === 'open')
      added.push({ ...row, ...told, id: ctx.newId(), resultId: row.id, isCorrection: belief !== null });
    if (verdict === 'refresh' && open !== null) refreshed.push({ ...told, id: open.id });
    if (verdict === 'close' && open !== null) closed.push(open.id);
    if (belief?.status === 'told' && !isBeliefRight) closed.push(belief.id);
    if (belief?.status === 'closed' && isBeliefRight) right.push(belief.id);
    if (verdict !== 'none') {
      tx.audit(
        `result.critical_${verdictInPast[verdict]}`,
        row.id,
        {
          analyteCode: row.analyteCode,
          value: row.value,
          flags: row.flags,
          limit: told.limit,
          toldBefore: belief?.value ?? null,
        },
        row.orderId,
      );
    }
  }
  // Closed first: a result waits for one call at a time, and the database says so.
  await store.setCriticalStatus(tx, labId, closed, 'closed');
  await store.setCriticalStatus(tx, labId, right, 'told');
  if (refreshed.length > 0) await store.refreshCriticals(tx, labId, refreshed);
  if (added.length > 0) await store.addCriticals(tx, labId, { foundAt, dueAt }, added);
  for (const { id, resultId, orderId, patientId, analyteCode } of added) {
    tx.emit(criticalFound, orderId, { criticalId: id, resultId, orderId, patientId, analyteCode, at: foundAt });
    tx.schedule(escalateCritical, { criticalId: id, escalation: 1 }, { key: `critical ${id} 1`, runAt: dueAt });
  }
}

const verdictInPast = { open: 'found', refresh: 'changed', close: 'closed' } as const;

function lastTold(own: readonly store.Standing[]): store.Standing | null {
  let last: store.Standing | null = null;
  for (const each of own) {
    if (each.toldAt !== null && (last?.toldAt === undefined || last.toldAt === null || each.toldAt >= last.toldAt))
      last = each;
  }
  return last;
}
