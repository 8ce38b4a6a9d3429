// Verified values may call for another test (lab-day 42). Each rule asks once an order; the order adds the line and bills it.
import { inBatches } from '#platform/batches.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { reflexDue } from '../contract.ts';
import { reflexesDue } from '../domain/reflex.ts';
import type { Facts } from '../gather-facts.ts';
import { gatherFacts } from '../gather-facts.ts';
import type { ResultRow } from '../store.ts';
import * as store from '../store.ts';
import { listOfOrders } from '../worklist-store.ts';
import { addReflexes } from './steps-store.ts';

const MAX_ORDERS = 200;

/** What reflex rules read beside the values; asked before the lock. Undefined when no rule reads any of them. */
export async function reflexFactsOf(ctx: Ctx, resultIds: readonly string[]): Promise<Facts | undefined> {
  const labId = ctx.labId();
  const orderIds = (await store.orderIdsOf(ctx.db, labId, resultIds)).map(({ orderId }) => orderId);
  const rows = await inBatches(orderIds, MAX_ORDERS, (ids) => listOfOrders(ctx.db, labId, ids));
  const facts = await gatherFacts(ctx, rows);
  return facts.reflex.length > 0 ? facts : undefined;
}

/** @param verified rows that were just verified, in this transaction */
export async function askReflexes(
  ctx: Ctx,
  tx: Tx,
  facts: Facts | undefined,
  verified: readonly ResultRow[],
): Promise<void> {
  if (facts === undefined || verified.length === 0) return;
  const labId = ctx.labId();
  const codes = new Set(verified.map(({ analyteCode }) => analyteCode));
  const rules = facts.reflex.filter(({ inputs }) => inputs.some((code) => codes.has(code)));
  if (rules.length === 0) return;
  const orderIds = [...new Set(verified.map(({ orderId }) => orderId))];
  const samples = Map.groupBy(
    await listOfOrders(tx, labId, orderIds),
    ({ orderId, draw }) => `${orderId} ${draw ?? ''}`,
  );
  const found = [...samples.values()].flatMap((rows) => {
    // The rules speak of the person as at the draw.
    const drawn = rows.find(({ collectedAt }) => collectedAt !== null);
    if (drawn === undefined) return [];
    return reflexesDue(rules, rows, facts.bearerOf(drawn), facts.parse).map((due) => ({ ...due, of: drawn }));
  });
  if (found.length === 0) return;
  const asked = found.map(({ rule, of: { orderId } }) => ({ orderId, ruleCode: rule.code }));
  const fresh = new Set(
    (await addReflexes(tx, labId, ctx.now(), asked)).map(({ orderId, ruleCode }) => `${orderId} ${ruleCode}`),
  );
  for (const { rule, resultIds, of } of found) {
    const { orderId, patientId } = of;
    // Two draws of one order may call for the same test: it is asked for once.
    if (!fresh.delete(`${orderId} ${rule.code}`)) continue;
    const { code: ruleCode, addTestCode, billing } = rule;
    tx.audit('result.reflex', of.id, { ruleCode, addTestCode, billing, resultIds }, orderId);
    tx.emit(reflexDue, orderId, {
      orderId,
      patientId,
      ruleCode,
      addTestCode,
      billing,
      resultIds: [...resultIds],
      at: ctx.now(),
    });
  }
}
