// Chains audit rows by hash, in the order of their commits, a second behind them (P8). Hashing inside the command's
// transaction would queue every write of a lab behind one lock; the price of doing it here is that a row altered within
// that second, by someone with the owner's password, would not show.
import { createHash } from 'node:crypto';

import sql, { raw } from 'sql-template-tag';

import type { AuditRow } from '../bus/outbox.ts';
import type { Database } from '../database/database.ts';
import type { Db } from '../service.ts';

export interface SealedRow extends AuditRow {
  readonly seq: number;
  readonly xid: string;
  readonly labId: string;
}

const BATCH = 1000;
const GENESIS = '0'.repeat(64);
const COLUMNS = raw(
  'a.seq, a.xid, a.lab_id, a.id, a.at, a.actor_id, a.actor_name, a.act, a.entity_id, a.case_id, a.facts::text as facts, a.request_id',
);

/** The seal of a row: SHA-256 over the seal before it and the row's content in a fixed order. */
export function sealOf(previous: string, row: SealedRow): string {
  const content = JSON.stringify([
    previous,
    row.id,
    row.at,
    row.actorId,
    row.actorName,
    row.act,
    row.entityId,
    row.caseId,
    row.facts,
    row.requestId,
  ]);
  return createHash('sha256').update(content).digest('hex');
}

async function lastSeals(db: Db, schema: string, labIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.rows<{ labId: string; seal: string }>(sql`
    select lab.id as lab_id, last.seal
    from unnest(${labIds}::uuid[]) as lab (id)
    cross join lateral (
      select s.seal from ${raw(schema)}.audit_seal as s
      where s.lab_id = lab.id
      order by s.audit_xid desc, s.audit_seq desc
      limit 1
    ) as last`);
  return new Map(rows.map((row) => [row.labId, row.seal]));
}

/** Seals one batch; returns how many rows. Two replicas cannot interleave: the table lock lets one work at a time. */
export async function sealBatch(database: Database, schema: string): Promise<number> {
  return database.platform(async (db) => {
    const lock = await db.one<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtext(${`seal ${schema}`})) as held`,
    );
    if (!lock.held) return 0;
    const rows = await db.rows<SealedRow>(sql`
      with last as (
        select audit_xid, audit_seq from ${raw(schema)}.audit_seal order by audit_xid desc, audit_seq desc limit 1
      )
      select ${COLUMNS}
      from ${raw(schema)}.audit as a
      where (a.xid, a.seq) > (coalesce((select audit_xid from last), '0'::xid8), coalesce((select audit_seq from last), 0))
        and a.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by a.xid, a.seq
      limit ${BATCH}`);
    if (rows.length === 0) return 0;
    const previous = await lastSeals(db, schema, [...new Set(rows.map((row) => row.labId))]);
    const seals = rows.map((row) => {
      const seal = sealOf(previous.get(row.labId) ?? GENESIS, row);
      previous.set(row.labId, seal);
      return seal;
    });
    await db.rows(sql`
      insert into ${raw(schema)}.audit_seal (audit_seq, audit_xid, lab_id, seal)
      select * from unnest(
        ${rows.map((row) => row.seq)}::bigint[], ${rows.map((row) => row.xid)}::xid8[],
        ${rows.map((row) => row.labId)}::uuid[], ${seals}::text[])`);
    return rows.length;
  });
}

export interface ChainBreak {
  readonly labId: string;
  /** Empty when the row is gone. */
  readonly auditId: string;
  /** Number of the row in its table; its seal still carries it when the row is gone. */
  readonly auditSeq: number;
  readonly reason: 'altered' | 'removed' | 'added';
}

/**
 * Walks the whole chain of a service and returns the first break of each lab; none means nothing sealed was changed. The
 * newest rows taken out together with their seals do not show: nothing after them holds their hash.
 */
export async function verifyChain(database: Database, schema: string): Promise<readonly ChainBreak[]> {
  return database.platform(async (db) => {
    const previous = new Map<string, string>();
    const breaks = new Map<string, ChainBreak>();
    let after = { xid: '0', seq: 0 };
    for (;;) {
      const rows = await db.rows<LinkedRow>(sql`
        select s.audit_seq as seal_seq, s.audit_xid as seal_xid, s.lab_id as seal_lab, s.seal, ${COLUMNS}
        from ${raw(schema)}.audit_seal as s
        left join ${raw(schema)}.audit as a on a.seq = s.audit_seq
        where (s.audit_xid, s.audit_seq) > (${after.xid}::xid8, ${after.seq}::bigint)
        order by s.audit_xid, s.audit_seq
        limit ${BATCH}`);
      for (const row of rows) {
        if (!holds(row, previous.get(row.sealLab) ?? GENESIS) && !breaks.has(row.sealLab)) {
          const reason = isWhole(row) ? 'altered' : 'removed';
          breaks.set(row.sealLab, { labId: row.sealLab, auditId: row.id ?? '', auditSeq: row.sealSeq, reason });
        }
        previous.set(row.sealLab, row.seal);
      }
      const last = rows.at(-1);
      if (!last) break;
      after = { xid: last.sealXid, seq: last.sealSeq };
    }
    // The sealer goes on from the newest seal, so a row slipped in before it never gets one.
    const added = await db.rows<{ seq: number; id: string; labId: string }>(sql`
      select a.seq, a.id, a.lab_id
      from ${raw(schema)}.audit as a
      where (a.xid, a.seq) <= (${after.xid}::xid8, ${after.seq}::bigint)
        and not exists (select from ${raw(schema)}.audit_seal as s where s.audit_seq = a.seq)
      order by a.xid, a.seq`);
    for (const row of added) {
      if (!breaks.has(row.labId))
        breaks.set(row.labId, { labId: row.labId, auditId: row.id, auditSeq: row.seq, reason: 'added' });
    }
    return [...breaks.values()];
  });
}

type LinkedRow = Partial<SealedRow> & {
  readonly sealSeq: number;
  readonly sealXid: string;
  readonly sealLab: string;
  readonly seal: string;
};

/** Lab and place are not in the seal's text but beside it, so they are compared. */
function holds(row: LinkedRow, previous: string): boolean {
  return isWhole(row) && row.labId === row.sealLab && row.xid === row.sealXid && sealOf(previous, row) === row.seal;
}

function isWhole<T extends Partial<SealedRow>>(row: T): row is T & SealedRow {
  return typeof row.seq === 'number';
}
