// The calls every service answers about itself: its part of a case's audit trail, and its parked events.
import sql, { raw } from 'sql-template-tag';

import type { DeadLetter, TrailEntry } from '../contract.ts';
import { deadLetterCalls, trailCall } from '../contract.ts';
import { answer } from '../service.ts';
import type { CallBinding } from '../service.ts';

const MAX_TRAIL = 2000;

/** Calls that the platform adds to a service. */
export function platformCalls(service: string, schema: string, wakeInbox: () => void): readonly CallBinding[] {
  const table = raw(schema);
  const dead = deadLetterCalls(service);
  return [
    answer(trailCall(service), 'audit.read', async (ctx, { caseIds }) => {
      const rows = await ctx.db.rows<Omit<TrailEntry, 'service'>>(sql`
        select a.id, a.at, a.actor_id, a.actor_name, a.act, a.entity_id, a.case_id, a.facts, a.request_id, s.seal
        from ${table}.audit as a
        left join ${table}.audit_seal as s on s.audit_seq = a.seq
        where a.lab_id = ${ctx.labId()} and a.case_id = any(${caseIds}::uuid[])
        order by a.xid, a.seq
        limit ${MAX_TRAIL}`);
      return rows.map((row) => ({ ...row, service }));
    }),
    answer(dead.list, 'platform.operate', async (ctx) => {
      const rows = await ctx.db.rows<Omit<DeadLetter, 'service'>>(sql`
        select event_id as id, consumer, type as event, entity_id, attempts, coalesce(last_error, '') as last_error, due_at as parked_at
        from ${table}.inbox
        where lab_id = ${ctx.labId()} and state = 'parked'
        order by position
        limit 200`);
      return rows.map((row) => ({ ...row, service }));
    }),
    answer(dead.replay, 'platform.operate', async (ctx, { id, consumer }) => {
      const replayed = await ctx.transaction(async (tx) => {
        const row = await tx.maybe<{ entityId: string }>(sql`
          update ${table}.inbox
          set state = 'waiting', attempts = 0, due_at = ${ctx.now()}::timestamptz
          where event_id = ${id} and consumer = ${consumer} and state = 'parked'
          returning entity_id`);
        if (row) tx.audit('platform.replay_event', row.entityId, { eventId: id, consumer });
        return row !== undefined;
      });
      if (replayed) wakeInbox();
      return { replayed };
    }),
  ];
}
