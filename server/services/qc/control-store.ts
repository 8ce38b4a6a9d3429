// The SQL statements about control values.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { Outcome, WestgardRule } from './contract/westgard.ts';
import type { PairKey, Standing } from './store.ts';

export interface ControlRow {
  readonly id: string;
  readonly key: string;
  readonly lotId: string;
  readonly level: number;
  readonly instrument: string;
  readonly analyteCode: string;
  readonly runId: string;
  readonly runAt: string;
  readonly value: string;
  readonly unit: string;
  readonly measuredAt: string;
  readonly recordedAt: string;
  readonly recordedBy: string;
  readonly messageId: string | null;
  readonly reagentLot: string | null;
  readonly mean: string | null;
  readonly sd: string | null;
  readonly z: number | null;
  readonly rules: readonly WestgardRule[];
  readonly outcome: Outcome;
  readonly note: string | null;
}

export type NewControl = Omit<ControlRow, 'rules' | 'outcome'>;

export async function addControls(tx: Tx, labId: string, rows: readonly NewControl[]): Promise<void> {
  const column = <T>(pick: (row: NewControl) => T) => rows.map(pick);
  await tx.rows(sql`
    insert into lis_qc.control
      (lab_id, id, key, lot_id, level, instrument, analyte_code, run_id, run_at, value, unit, measured_at, recorded_at,
       recorded_by, message_id, reagent_lot, mean, sd, z, note)
    select ${labId}::uuid, c.*
    from unnest(
      ${column((row) => row.id)}::uuid[], ${column((row) => row.key)}::text[], ${column((row) => row.lotId)}::uuid[],
      ${column((row) => row.level)}::int[], ${column((row) => row.instrument)}::text[],
      ${column((row) => row.analyteCode)}::text[], ${column((row) => row.runId)}::uuid[],
      ${column((row) => row.runAt)}::timestamptz[], ${column((row) => row.value)}::numeric[],
      ${column((row) => row.unit)}::text[], ${column((row) => row.measuredAt)}::timestamptz[],
      ${column((row) => row.recordedAt)}::timestamptz[], ${column((row) => row.recordedBy)}::text[],
      ${column((row) => row.messageId)}::uuid[], ${column((row) => row.reagentLot)}::text[],
      ${column((row) => row.mean)}::numeric[], ${column((row) => row.sd)}::numeric[],
      ${column((row) => row.z)}::double precision[], ${column((row) => row.note)}::text[]
    ) as c`);
}

export function controlsByKey(db: Db, labId: string, keys: readonly string[]): Promise<readonly ControlRow[]> {
  return db.rows<ControlRow>(sql`select * from lis_qc.control where lab_id = ${labId} and key = any(${keys}::text[])`);
}

export function controlsOfRuns(db: Db, labId: string, runIds: readonly string[]): Promise<readonly ControlRow[]> {
  return db.rows<ControlRow>(sql`
    select * from lis_qc.control where lab_id = ${labId} and run_id = any(${runIds}::uuid[])
    order by run_at, run_id, analyte_code, level, id
    limit 5000`);
}

export function getControl(db: Db, labId: string, id: string): Promise<ControlRow | undefined> {
  return db.maybe<ControlRow>(sql`select * from lis_qc.control where lab_id = ${labId} and id = ${id}`);
}

/** The runs that controls measured at these times may belong to. */
export function runsAroundQuery(labId: string, pair: PairKey, times: readonly string[], runMinutes: number) {
  return sql`
    select run_id, run_at, min(measured_at) as first_measured_at, max(measured_at) as last_measured_at,
      array_agg(lot_id) as lot_ids, bool_or(message_id is null) as is_named
    from lis_qc.control
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode} and outcome <> 'void'
      and run_at in (
        select c.run_at
        from unnest(${times}::timestamptz[]) as asked (at)
        join lis_qc.control as c
          on c.lab_id = ${labId} and c.instrument = ${pair.instrument} and c.analyte_code = ${pair.analyteCode}
            and c.run_at between asked.at - ${runMinutes} * interval '1 minute' and asked.at + ${runMinutes} * interval '1 minute'
      )
    group by run_at, run_id
    order by run_at, run_id
    limit 5000`;
}

/** Judged ones before a time, newest first: what later rules look back on. */
export function historyQuery(
  labId: string,
  pair: PairKey,
  asked: {
    readonly before: string;
    readonly from: string | null;
    readonly hasRejected: boolean;
    readonly limit: number;
  },
) {
  return sql`
    select * from lis_qc.control
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}
      and run_at < ${asked.before}::timestamptz
      and run_at >= coalesce(${asked.from}::timestamptz, '-infinity')
      and z is not null
      and (outcome in ('in_control', 'warning') or (${asked.hasRejected} and outcome = 'rejected'))
    order by run_at desc, run_id desc, level desc, id desc
    limit ${asked.limit}`;
}

/** Those with a target since a time, in the order of their runs. */
export function controlsSince(
  db: Db,
  labId: string,
  pair: PairKey,
  from: string,
  limit: number,
): Promise<readonly ControlRow[]> {
  return db.rows<ControlRow>(sql`
    select * from lis_qc.control
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}
      and run_at >= ${from}::timestamptz and z is not null and outcome <> 'void'
    order by run_at, run_id, level, id
    limit ${limit}`);
}

export interface Verdict {
  readonly id: string;
  readonly rules: readonly WestgardRule[];
  readonly outcome: Outcome;
}

export async function saveVerdicts(tx: Tx, labId: string, verdicts: readonly Verdict[]): Promise<void> {
  if (verdicts.length === 0) return;
  await tx.rows(sql`
    update lis_qc.control as c
    set rules = case when v.rules = '' then '{}' else string_to_array(v.rules, ' ') end, outcome = v.outcome
    from unnest(
      ${verdicts.map(({ id }) => id)}::uuid[], ${verdicts.map(({ rules }) => rules.join(' '))}::text[],
      ${verdicts.map(({ outcome }) => outcome)}::text[]
    ) as v (id, rules, outcome)
    where c.lab_id = ${labId} and c.id = v.id`);
}

export async function voidControl(tx: Tx, labId: string, id: string, reason: string): Promise<void> {
  await tx.rows(sql`
    update lis_qc.control set outcome = 'void', rules = '{}', note = ${reason} where lab_id = ${labId} and id = ${id}`);
}

/**
 * When a run began of which every judged control was in control, the last one before a time; null when there is none.
 * Reads runs backwards and stops at the first that will do.
 */
export async function lastGoodBefore(
  db: Db,
  labId: string,
  pair: PairKey,
  before: string | null,
): Promise<string | null> {
  const row = await db.maybe<{ readonly runAt: string }>(sql`
    select run_at
    from lis_qc.control
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}
      and run_at < coalesce(${before}::timestamptz, 'infinity') and outcome not in ('void', 'not_judged')
    group by run_at, run_id
    having bool_and(outcome = 'in_control')
    order by run_at desc, run_id desc
    limit 1`);
  return row?.runAt ?? null;
}

export async function standingOf(db: Db, labId: string, pair: PairKey): Promise<Standing> {
  const last = await db.maybe<{ readonly runAt: string; readonly rank: number }>(sql`
    select run_at, max(array_position(array['in_control', 'warning', 'rejected'], outcome)) as rank
    from lis_qc.control
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}
      and outcome not in ('void', 'not_judged')
    group by run_at, run_id
    order by run_at desc, run_id desc
    limit 1`);
  const outcomes = ['in_control', 'warning', 'rejected'] as const;
  return {
    lastRunAt: last?.runAt ?? null,
    lastOutcome: last === undefined ? null : (outcomes[last.rank - 1] ?? null),
    lastGoodAt: await lastGoodBefore(db, labId, pair, null),
  };
}

/**
 * Whether the failure is over: since a time some control was in control, the last run has no rejected one, and each level that
 * was rejected has a later control in control.
 */
export async function isGoodAgain(
  db: Db,
  labId: string,
  pair: PairKey,
  { since, lastFailedAt }: { readonly since: string; readonly lastFailedAt: string },
): Promise<boolean> {
  const { isGood } = await db.one<{ readonly isGood: boolean }>(sql`
    with held as (
      select level, measured_at, outcome from lis_qc.control
      where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}
        and run_at >= ${since}::timestamptz and outcome in ('in_control', 'warning', 'rejected')
    )
    select exists (select from held where outcome = 'in_control' and measured_at > ${lastFailedAt}::timestamptz)
      and not exists (
        select from held as bad
        where bad.outcome = 'rejected' and not exists (
          select from held as good
          where good.level = bad.level and good.outcome = 'in_control' and good.measured_at > bad.measured_at)) as is_good`);
  return isGood;
}

/** Values behind a cumulative target: all that were not rejected or put aside, with the lab's day of each. */
export function acceptedOfLot(
  db: Db,
  labId: string,
  pair: PairKey,
  lotId: string,
): Promise<readonly { readonly value: string; readonly measuredAt: string }[]> {
  return db.rows<{ readonly value: string; readonly measuredAt: string }>(sql`
    select value, measured_at from lis_qc.control
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode} and lot_id = ${lotId}
      and outcome in ('in_control', 'warning', 'not_judged')
    order by measured_at
    limit 20000`);
}
