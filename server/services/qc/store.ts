// The SQL statements about lots, pairs, targets and holds. Control values are in control-store.ts, months and charts in
// chart-store.ts, patient averages in patient-store.ts, EQA in eqa-store.ts.
import sql from 'sql-template-tag';

import { LEAST_ID } from '#platform/paging.ts';
import type { Db, Tx } from '#platform/service.ts';

import type { ControlLotView, QcHoldView, QcState, TargetView } from './contract.ts';
import type { Outcome, RuleUse, WestgardRule } from './contract/westgard.ts';

export type LotRow = ControlLotView;

/** All of a lab's lots, for finding the one a sample id names; a lab has some hundreds in its life. */
export function allLots(db: Db, labId: string): Promise<readonly LotRow[]> {
  return db.rows<LotRow>(sql`select * from lis_qc.lot where lab_id = ${labId} limit 10000`);
}

/** Held until the commit: two lots saved at once must not claim one sample id. */
export async function lockLots(tx: Tx, labId: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('lis_qc.lot ' || ${labId}, 0))`);
}

export function getLots(db: Db, labId: string, ids: readonly string[]): Promise<readonly LotRow[]> {
  return db.rows<LotRow>(sql`select * from lis_qc.lot where lab_id = ${labId} and id = any(${ids}::uuid[])`);
}

export function addLot(tx: Tx, labId: string, lot: Omit<LotRow, 'version'>): Promise<LotRow> {
  return tx.one<LotRow>(sql`
    insert into lis_qc.lot (id, lab_id, material, lot_number, level, expires_on, sample_ids, is_active)
    values (${lot.id}, ${labId}, ${lot.material}, ${lot.lotNumber}, ${lot.level}, ${lot.expiresOn}, ${lot.sampleIds}, ${lot.isActive})
    returning *`);
}

export function changeLot(tx: Tx, labId: string, lot: Omit<LotRow, 'version'>): Promise<LotRow> {
  return tx.one<LotRow>(sql`
    update lis_qc.lot
    set material = ${lot.material}, lot_number = ${lot.lotNumber}, level = ${lot.level}, expires_on = ${lot.expiresOn},
      sample_ids = ${lot.sampleIds}, is_active = ${lot.isActive}, version = version + 1
    where lab_id = ${labId} and id = ${lot.id}
    returning *`);
}

export type LotPlace = readonly [isInactive: boolean, material: string, lotNumber: string, level: number, id: string];

export function lotsQuery(
  labId: string,
  {
    isActive,
    after,
    limit,
  }: { readonly isActive: boolean | null; readonly after: LotPlace | null; readonly limit: number },
) {
  const place = after ?? [false, '', '', -1, LEAST_ID];
  return sql`
    select * from lis_qc.lot
    where lab_id = ${labId}
      and (${isActive}::boolean is null or is_active = ${isActive})
      and ((not is_active), material, lot_number, level, id)
        > (${place[0]}::boolean, ${place[1]}, ${place[2]}, ${place[3]}::int, ${place[4]}::uuid)
    order by (not is_active), material, lot_number, level, id
    limit ${limit}`;
}

export interface PairRow {
  readonly instrument: string;
  readonly analyteCode: string;
  readonly unit: string;
  readonly ucum: string | null;
  readonly rules: readonly RuleUse[] | null;
  readonly limits: 'strict' | 'inclusive';
  readonly rangeRule: 'opposite' | 'plain_range';
  readonly afterRejection: 'leave_out' | 'keep';
  readonly intervalHours: number;
  readonly runMinutes: number;
  readonly allowableErrorPercent: string | null;
  readonly historyFrom: string | null;
  readonly lastRunAt: string | null;
  readonly lastGoodAt: string | null;
  readonly lastOutcome: Outcome | null;
  readonly holdId: string | null;
  readonly version: number;
}

export interface PairKey {
  readonly instrument: string;
  readonly analyteCode: string;
}

export function getPairs(db: Db, labId: string, pairs: readonly PairKey[]): Promise<readonly PairRow[]> {
  return db.rows<PairRow>(sql`
    select p.*
    from unnest(${pairs.map((pair) => pair.instrument)}::text[], ${pairs.map((pair) => pair.analyteCode)}::text[])
      as asked (instrument, analyte_code)
    join lis_qc.pair as p
      on p.lab_id = ${labId} and p.instrument = asked.instrument and p.analyte_code = asked.analyte_code`);
}

export type NewPair = PairKey & { readonly unit: string; readonly ucum: string | null };

/** Makes what is not there yet and locks all, in one order for everybody. */
export async function lockPairs(tx: Tx, labId: string, pairs: readonly NewPair[]): Promise<readonly PairRow[]> {
  const column = <T>(pick: (pair: NewPair) => T) => pairs.map(pick);
  const asked = sql`unnest(${column((pair) => pair.instrument)}::text[], ${column((pair) => pair.analyteCode)}::text[],
    ${column((pair) => pair.unit)}::text[], ${column((pair) => pair.ucum)}::text[]) as asked (instrument, analyte_code, unit, ucum)`;
  await tx.rows(sql`
    insert into lis_qc.pair (lab_id, instrument, analyte_code, unit, ucum)
    select ${labId}::uuid, asked.instrument, asked.analyte_code, asked.unit, asked.ucum from ${asked}
    order by asked.instrument, asked.analyte_code
    on conflict do nothing`);
  return tx.rows<PairRow>(sql`
    select p.* from lis_qc.pair as p
    where p.lab_id = ${labId}
      and (p.instrument, p.analyte_code) in (select asked.instrument, asked.analyte_code from ${asked})
    order by p.instrument, p.analyte_code
    for update`);
}

export function savePairRules(
  tx: Tx,
  labId: string,
  pair: Pick<
    PairRow,
    | 'instrument'
    | 'analyteCode'
    | 'rules'
    | 'limits'
    | 'rangeRule'
    | 'afterRejection'
    | 'intervalHours'
    | 'runMinutes'
    | 'allowableErrorPercent'
  >,
): Promise<PairRow> {
  const rules = pair.rules === null ? null : JSON.stringify(pair.rules);
  return tx.one<PairRow>(sql`
    update lis_qc.pair
    set rules = ${rules}::jsonb, limits = ${pair.limits}, range_rule = ${pair.rangeRule},
      after_rejection = ${pair.afterRejection}, interval_hours = ${pair.intervalHours}, run_minutes = ${pair.runMinutes},
      allowable_error_percent = ${pair.allowableErrorPercent}::numeric, version = version + 1
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}
    returning *`);
}

export interface Standing {
  readonly lastRunAt: string | null;
  readonly lastGoodAt: string | null;
  readonly lastOutcome: Outcome | null;
}

export async function saveStanding(tx: Tx, labId: string, pair: PairKey, at: Standing): Promise<void> {
  await tx.rows(sql`
    update lis_qc.pair
    set last_run_at = ${at.lastRunAt}::timestamptz, last_good_at = ${at.lastGoodAt}::timestamptz,
      last_outcome = ${at.lastOutcome}
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}`);
}

export async function setPairHold(tx: Tx, labId: string, pair: PairKey, holdId: string | null): Promise<void> {
  await tx.rows(sql`
    update lis_qc.pair set hold_id = ${holdId}
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}`);
}

export async function beginHistory(tx: Tx, labId: string, pair: PairKey, at: string): Promise<void> {
  await tx.rows(sql`
    update lis_qc.pair set history_from = ${at}::timestamptz
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}`);
}

/** How many levels have a target and an active lot: what the usual set of rules goes by. */
export async function levelsOf(db: Db, labId: string, pair: PairKey): Promise<number> {
  const { levels } = await db.one<{ readonly levels: number }>(sql`
    select count(distinct l.level) as levels
    from lis_qc.target as t
    join lis_qc.lot as l on l.lab_id = ${labId} and l.id = t.lot_id and l.is_active
    where t.lab_id = ${labId} and t.instrument = ${pair.instrument} and t.analyte_code = ${pair.analyteCode}`);
  return levels;
}

export interface StateRow extends QcState {
  readonly rank: number;
}

const stateOf = sql`case
    when p.hold_id is not null then 'failed'
    when p.last_run_at is null then 'none'
    when p.last_run_at + p.interval_hours * interval '1 hour' < s.now then 'due'
    when p.last_outcome in ('warning', 'rejected') then 'warning'
    else 'in_control' end`;
/** Worst first. */
const rankOf = sql`array_position(array['failed', 'due', 'none', 'warning', 'in_control'], ${stateOf})`;

export type StatePlace = readonly [rank: number, instrument: string, analyteCode: string];

export function statesQuery(
  labId: string,
  asked: {
    readonly now: string;
    readonly instrument: string | null;
    readonly state: QcState['state'] | null;
    readonly after: StatePlace;
    readonly limit: number;
  },
) {
  return sql`
    select * from (
      select p.instrument, p.analyte_code, ${stateOf} as state, p.last_run_at, p.last_good_at, p.hold_id, ${rankOf} as rank
      from lis_qc.pair as p cross join (select ${asked.now}::timestamptz as now) as s
      where p.lab_id = ${labId} and (${asked.instrument}::text is null or p.instrument = ${asked.instrument})
    ) as board
    where (rank, instrument, analyte_code) > (${asked.after[0]}::int, ${asked.after[1]}, ${asked.after[2]})
      and (${asked.state}::text is null or state = ${asked.state})
    order by rank, instrument, analyte_code
    limit ${asked.limit}`;
}

export function statesOfPairs(
  db: Db,
  labId: string,
  now: string,
  pairs: readonly PairKey[],
): Promise<readonly QcState[]> {
  return db.rows<QcState>(sql`
    select asked.instrument, asked.analyte_code, ${stateOf} as state, p.last_run_at, p.last_good_at, p.hold_id
    from unnest(${pairs.map((pair) => pair.instrument)}::text[], ${pairs.map((pair) => pair.analyteCode)}::text[])
      with ordinality as asked (instrument, analyte_code, n)
    cross join (select ${now}::timestamptz as now) as s
    left join lis_qc.pair as p
      on p.lab_id = ${labId} and p.instrument = asked.instrument and p.analyte_code = asked.analyte_code
    order by asked.n`);
}

export type TargetRow = TargetView & { readonly id: string; readonly setAt: string };

export function addTarget(tx: Tx, labId: string, target: TargetRow): Promise<TargetRow> {
  return tx.one<TargetRow>(sql`
    insert into lis_qc.target
      (id, lab_id, lot_id, instrument, analyte_code, kind, mean, sd, count, valid_from, set_at, set_by)
    values
      (${target.id}, ${labId}, ${target.lotId}, ${target.instrument}, ${target.analyteCode}, ${target.kind}, ${target.mean},
       ${target.sd}, ${target.count}, ${target.validFrom}, ${target.setAt}, ${target.setBy})
    returning *`);
}

/** All targets of a pair, oldest first: of two in force the one set last counts. */
export function targetsOfPair(db: Db, labId: string, pair: PairKey): Promise<readonly TargetRow[]> {
  return db.rows<TargetRow>(sql`
    select * from lis_qc.target
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}
    order by valid_from, set_at`);
}

export function targetsQuery(
  labId: string,
  {
    lotId,
    after,
    limit,
  }: { readonly lotId: string; readonly after: readonly [string, string] | null; readonly limit: number },
) {
  const place = after ?? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  return sql`
    select * from lis_qc.target
    where lab_id = ${labId} and lot_id = ${lotId} and (set_at, id) < (${place[0]}::timestamptz, ${place[1]}::uuid)
    order by set_at desc, id desc
    limit ${limit}`;
}

export interface HoldRow extends QcHoldView {
  readonly lastFailedAt: string;
}

export function openHold(
  tx: Tx,
  labId: string,
  hold: Pick<
    HoldRow,
    'id' | 'instrument' | 'analyteCode' | 'rules' | 'runId' | 'lastGoodAt' | 'since' | 'lastFailedAt'
  >,
): Promise<HoldRow> {
  return tx.one<HoldRow>(sql`
    insert into lis_qc.hold (id, lab_id, instrument, analyte_code, rules, run_id, last_good_at, since, last_failed_at)
    values (${hold.id}, ${labId}, ${hold.instrument}, ${hold.analyteCode}, ${hold.rules}, ${hold.runId}, ${hold.lastGoodAt},
      ${hold.since}, ${hold.lastFailedAt})
    returning *`);
}

/** Rejected again while it is held. */
export function failAgain(
  tx: Tx,
  labId: string,
  holdId: string,
  at: string,
  rules: readonly WestgardRule[],
): Promise<HoldRow> {
  return tx.one<HoldRow>(sql`
    update lis_qc.hold
    set last_failed_at = greatest(last_failed_at, ${at}::timestamptz), rules = ${rules}, version = version + 1
    where lab_id = ${labId} and id = ${holdId}
    returning *`);
}

export function getHold(db: Db, labId: string, holdId: string): Promise<HoldRow | undefined> {
  return db.maybe<HoldRow>(sql`select * from lis_qc.hold where lab_id = ${labId} and id = ${holdId}`);
}

export function lockHold(tx: Tx, labId: string, holdId: string): Promise<HoldRow | undefined> {
  return tx.maybe<HoldRow>(sql`select * from lis_qc.hold where lab_id = ${labId} and id = ${holdId} for update`);
}

export function correctHold(tx: Tx, labId: string, holdId: string, action: string, at: string): Promise<HoldRow> {
  return tx.one<HoldRow>(sql`
    update lis_qc.hold set action = ${action}, corrected_at = ${at}::timestamptz, version = version + 1
    where lab_id = ${labId} and id = ${holdId}
    returning *`);
}

export function liftHold(
  tx: Tx,
  labId: string,
  holdId: string,
  done: {
    readonly cause: string;
    readonly action: string;
    readonly lookBackNote: string;
    readonly at: string;
    readonly by: string;
  },
): Promise<HoldRow> {
  return tx.one<HoldRow>(sql`
    update lis_qc.hold
    set status = 'lifted', cause = ${done.cause}, action = ${done.action}, look_back_note = ${done.lookBackNote},
      lifted_at = ${done.at}::timestamptz, lifted_by = ${done.by}, version = version + 1
    where lab_id = ${labId} and id = ${holdId}
    returning *`);
}

export function holdsQuery(
  labId: string,
  asked: {
    readonly status: QcHoldView['status'];
    readonly after: readonly [since: string, id: string] | null;
    readonly limit: number;
  },
) {
  const place = asked.after ?? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  return sql`
    select * from lis_qc.hold
    where lab_id = ${labId} and status = ${asked.status} and (since, id) < (${place[0]}::timestamptz, ${place[1]}::uuid)
    order by since desc, id desc
    limit ${asked.limit}`;
}
