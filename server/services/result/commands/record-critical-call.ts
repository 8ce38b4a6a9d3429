import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { recordCriticalCall as recordCriticalCallCall } from '../contract.ts';
import {
  calledInFuture,
  calledTooEarly,
  callIdTaken,
  criticalClosed,
  criticalNotFound,
  criticalTold,
  readBackUnreached,
} from '../contract.ts';
import { criticalAfter } from '../domain/critical.ts';
import * as store from '../release/criticals-store.ts';

/** How far a telephone operator's clock may differ from ours, in ms. */
const CLOCK_SKEW_MS = 2 * 60_000;

/**
 * Whom somebody tried to reach about critical values, and whether it was read back (lab-day 48). All or none. A try that did
 * not reach anybody is on record too, and the clock runs on.
 */
export async function recordCriticalCall(
  ctx: Ctx,
  input: ParsedInput<typeof recordCriticalCallCall>,
): Promise<Answer<typeof recordCriticalCallCall>> {
  const labId = ctx.labId();
  const ids = [...new Set(input.criticalIds)];
  const now = ctx.now();
  const at = input.calledAt ?? now;
  if (Date.parse(at) > Date.parse(now) + CLOCK_SKEW_MS) throw calledInFuture({});
  const { to, wasReached, wasReadBack } = input;
  if (wasReadBack && !wasReached) throw readBackUnreached({});
  const by = ctx.actor.name;
  const call = {
    id: input.id ?? ctx.newId(),
    at: Date.parse(at) > Date.parse(now) ? now : at,
    by,
    byId: ctx.actor.userId,
    to,
    phone: input.phone ?? null,
    wasReached,
    wasReadBack,
    note: input.note ?? null,
  };
  return ctx.transaction(async (tx) => {
    const locked = await store.lockCriticals(tx, labId, ids);
    if (locked.length < ids.length) throw criticalNotFound({});
    for (const { id, foundAt } of locked)
      if (Date.parse(at) < Date.parse(foundAt) - CLOCK_SKEW_MS) throw calledTooEarly({ criticalId: id, foundAt });
    const known = input.id === undefined ? [] : await store.callsOfId(tx, labId, ids, input.id);
    if (known.some((one) => !isSameCall(one, call, input.calledAt))) throw callIdTaken({});
    const fresh = new Set((await store.addCall(tx, labId, ids, call)).map(({ criticalId }) => criticalId));
    const called = locked.filter(({ id }) => fresh.has(id));
    for (const { id, status } of called)
      if (criticalAfter(status, 'called') === undefined) throw criticalClosed({ criticalId: id });
    const isTold = wasReached && wasReadBack;
    const told = called.filter(({ status }) => isTold && status === 'open');
    await store.setTold(
      tx,
      labId,
      told.map(({ id }) => id),
      now,
    );
    for (const critical of called) {
      const { id: criticalId, resultId, orderId, analyteCode, value, status } = critical;
      tx.audit(
        'result.critical_call',
        resultId,
        {
          criticalId,
          analyteCode,
          value,
          calledAt: call.at,
          to,
          phone: call.phone,
          wasReached,
          wasReadBack,
          note: call.note,
          from: status,
          becomes: isTold ? 'told' : status,
        },
        orderId,
      );
    }
    for (const { id: criticalId, resultId, orderId, patientId, analyteCode } of told)
      tx.emit(criticalTold, orderId, { criticalId, resultId, orderId, patientId, analyteCode, at: now, by });
    const byId = new Map((await store.findCriticals(tx, labId, ids)).map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  });
}

/** A repeat tells the same; when it does not say when, the hour of the first stands. */
function isSameCall(one: store.KnownCall, call: store.NewCall, calledAt: string | null | undefined): boolean {
  return (
    one.to === call.to &&
    one.phone === call.phone &&
    one.wasReached === call.wasReached &&
    one.wasReadBack === call.wasReadBack &&
    one.note === call.note &&
    // A time a little ahead of ours was cut to ours.
    (!calledAt || Math.abs(Date.parse(one.at) - Date.parse(calledAt)) <= CLOCK_SKEW_MS)
  );
}
