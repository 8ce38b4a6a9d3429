// What a transaction leaves behind beside its own rows: audit, events and jobs, flushed in one statement each just
// before the commit.
import { context, propagation } from '@opentelemetry/api';
import sql, { raw } from 'sql-template-tag';

import type { Actor } from '../actor.ts';
import type { EventType } from '../contract.ts';
import type { AuditFacts, Db, JobType, Tx } from '../service.ts';

export interface AuditRow {
  readonly id: string;
  readonly at: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly act: string;
  readonly entityId: string;
  readonly caseId: string | null;
  /** JSON. */
  readonly facts: string;
  readonly requestId: string;
}

export interface TraceContext {
  readonly actor: Actor;
  readonly labId: string;
  readonly requestId: string;
  readonly now: string;
  readonly newId: () => string;
}

/** The current trace as a W3C `traceparent`, so that a consumer's span joins the command's. */
export function currentTrace(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

/** Rows of one lab, by any number of people and requests, in one statement. */
export async function writeAudit(db: Db, schema: string, labId: string, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length === 0) return;
  const column = <T>(pick: (row: AuditRow) => T) => rows.map(pick);
  await db.rows(sql`
    insert into ${raw(schema)}.audit (id, lab_id, at, actor_id, actor_name, act, entity_id, case_id, facts, request_id)
    select a.id, ${labId}::uuid, a.at, a.actor_id, a.actor_name, a.act, a.entity_id, a.case_id, a.facts, a.request_id
    from unnest(
      ${column((row) => row.id)}::uuid[], ${column((row) => row.at)}::timestamptz[], ${column((row) => row.actorId)}::uuid[],
      ${column((row) => row.actorName)}::text[], ${column((row) => row.act)}::text[], ${column((row) => row.entityId)}::uuid[],
      ${column((row) => row.caseId)}::uuid[], ${column((row) => row.facts)}::jsonb[], ${column((row) => row.requestId)}::text[]
    ) with ordinality as a (id, at, actor_id, actor_name, act, entity_id, case_id, facts, request_id, n)
    order by a.n`);
}

export interface Act {
  readonly act: string;
  readonly entityId: string;
  readonly facts: AuditFacts;
  readonly caseId: string | undefined;
}

export function auditRow(by: Omit<TraceContext, 'labId'>, { act, entityId, facts, caseId }: Act): AuditRow {
  return {
    id: by.newId(),
    at: by.now,
    actorId: by.actor.userId,
    actorName: by.actor.name,
    act,
    entityId,
    caseId: caseId ?? null,
    facts: JSON.stringify(facts),
    requestId: by.requestId,
  };
}

interface OutboxRow {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly entityId: string;
  readonly payload: string;
}

async function writeOutbox(db: Db, schema: string, at: TraceContext, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.rows(sql`
    insert into ${raw(schema)}.outbox (id, lab_id, type, version, entity_id, payload, request_id, trace, told_at)
    select o.id, ${at.labId}::uuid, o.type, o.version, o.entity_id, o.payload, ${at.requestId}, ${currentTrace()}, ${at.now}::timestamptz
    from unnest(
      ${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.type)}::text[], ${rows.map((row) => row.version)}::int[],
      ${rows.map((row) => row.entityId)}::uuid[], ${rows.map((row) => row.payload)}::jsonb[]
    ) with ordinality as o (id, type, version, entity_id, payload, n)
    order by o.n`);
}

interface ScheduledJob {
  readonly task: string;
  readonly payload: string;
  readonly key: string | null;
  readonly runAt: string | null;
}

async function writeJobs(db: Db, jobs: readonly ScheduledJob[]): Promise<void> {
  for (const job of jobs) {
    await db.rows(
      sql`select nidaan.schedule(${job.task}, ${job.payload}::json, ${job.key}, ${job.runAt}::timestamptz)`,
    );
  }
}

/** What every job's payload carries beside its own data. */
export interface JobEnvelope {
  readonly labId: string;
  readonly requestId: string;
  readonly trace: string | null;
  readonly payload: object;
}

/** Wraps a transaction's connection with audit, emit and schedule; `flush` writes them and must run before the commit. */
export function createTx(
  db: Db,
  schema: string,
  service: string,
  at: TraceContext,
): { readonly tx: Tx; flush(): Promise<{ readonly told: boolean }> } {
  const audits: AuditRow[] = [];
  const events: OutboxRow[] = [];
  const jobs: ScheduledJob[] = [];
  const tx: Tx = {
    ...db,
    audit: (act, entityId, facts, caseId) => {
      audits.push(auditRow(at, { act, entityId, facts, caseId }));
    },
    emit: <E extends EventType>(event: E, entityId: string, payload: unknown) => {
      if (event.service !== service) throw new Error(`${service} cannot tell ${event.name}`);
      const checked = event.schema.parse(payload);
      events.push({
        id: at.newId(),
        type: event.name,
        version: event.version,
        entityId,
        payload: JSON.stringify(checked),
      });
    },
    schedule: <P extends object>(
      job: JobType<P>,
      payload: P,
      options?: { readonly key?: string; readonly runAt?: string },
    ) => {
      const envelope: JobEnvelope = { labId: at.labId, requestId: at.requestId, trace: currentTrace(), payload };
      jobs.push({
        task: job.name,
        payload: JSON.stringify(envelope),
        key: options?.key ?? null,
        runAt: options?.runAt ?? null,
      });
    },
  };
  return {
    tx,
    flush: async () => {
      await writeAudit(db, schema, at.labId, audits);
      await writeOutbox(db, schema, at, events);
      await writeJobs(db, jobs);
      return { told: events.length > 0 };
    },
  };
}
