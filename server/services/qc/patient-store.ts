// The SQL statements about moving figures of patient values.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { AlarmView, MonitorView } from './contract.ts';
import type { PairKey } from './store.ts';

export interface MonitorRow extends MonitorView {
  readonly seriesFrom: string;
  /** The figure is beyond its limits now; the alarm was given when it went out. */
  readonly isOut: boolean;
}

export function monitorsOf(db: Db, labId: string, pairs: readonly PairKey[]): Promise<readonly MonitorRow[]> {
  return db.rows<MonitorRow>(sql`
    select * from lis_qc.monitor
    where lab_id = ${labId} and is_on
      and (instrument, analyte_code) in (
        select * from unnest(${pairs.map((pair) => pair.instrument)}::text[], ${pairs.map((pair) => pair.analyteCode)}::text[]))
    order by id`);
}

export function getMonitor(db: Db, labId: string, id: string): Promise<MonitorRow | undefined> {
  return db.maybe<MonitorRow>(sql`select * from lis_qc.monitor where lab_id = ${labId} and id = ${id}`);
}

export function lockMonitor(tx: Tx, labId: string, id: string): Promise<MonitorRow | undefined> {
  return tx.maybe<MonitorRow>(sql`select * from lis_qc.monitor where lab_id = ${labId} and id = ${id} for update`);
}

export type NewMonitor = Omit<MonitorRow, 'version' | 'isOut'>;

export function addMonitor(tx: Tx, labId: string, m: NewMonitor): Promise<MonitorRow> {
  return tx.one<MonitorRow>(sql`
    insert into lis_qc.monitor
      (id, lab_id, instrument, analyte_code, method, block, truncate_low, truncate_high, low, high, limits_from, on_alarm, is_on,
       series_from)
    values
      (${m.id}, ${labId}, ${m.instrument}, ${m.analyteCode}, ${m.method}, ${m.block}, ${m.truncateLow}, ${m.truncateHigh},
       ${m.low}, ${m.high}, ${m.limitsFrom}, ${m.onAlarm}, ${m.isOn}, ${m.seriesFrom})
    returning *`);
}

export function changeMonitor(tx: Tx, labId: string, m: NewMonitor): Promise<MonitorRow> {
  return tx.one<MonitorRow>(sql`
    update lis_qc.monitor
    set method = ${m.method}, block = ${m.block}, truncate_low = ${m.truncateLow}, truncate_high = ${m.truncateHigh},
      low = ${m.low}, high = ${m.high}, limits_from = ${m.limitsFrom}, on_alarm = ${m.onAlarm}, is_on = ${m.isOn},
      series_from = ${m.seriesFrom}::timestamptz, is_out = false, version = version + 1
    where lab_id = ${labId} and id = ${m.id}
    returning *`);
}

export async function setOut(tx: Tx, labId: string, id: string, isOut: boolean): Promise<void> {
  await tx.rows(sql`update lis_qc.monitor set is_out = ${isOut} where lab_id = ${labId} and id = ${id}`);
}

export function monitorsQuery(
  labId: string,
  { after, limit }: { readonly after: readonly [instrument: string, analyteCode: string]; readonly limit: number },
) {
  return sql`
    select * from lis_qc.monitor
    where lab_id = ${labId} and (instrument, analyte_code) > (${after[0]}, ${after[1]})
    order by instrument, analyte_code
    limit ${limit}`;
}

export interface PatientValue {
  readonly resultId: string;
  readonly seq: number;
  readonly at: string;
  readonly value: number;
  readonly filled: number;
  readonly figure: number | null;
  readonly carried: number | null;
  readonly isAlarm: boolean;
}

export function seriesQuery(
  labId: string,
  asked: {
    readonly monitorId: string;
    readonly from: string | null;
    readonly before: number | null;
    readonly limit: number;
  },
) {
  return sql`
    select result_id, seq, at, value, filled, figure, carried, is_alarm from lis_qc.patient_value
    where lab_id = ${labId} and monitor_id = ${asked.monitorId}
      and seq < coalesce(${asked.before}::bigint, 9223372036854775807)
      and (${asked.from}::timestamptz is null or at >= ${asked.from}::timestamptz)
    order by seq desc
    limit ${asked.limit}`;
}

export async function knownResults(
  tx: Tx,
  labId: string,
  monitorId: string,
  resultIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ readonly resultId: string }>(sql`
    select result_id from lis_qc.patient_value
    where lab_id = ${labId} and monitor_id = ${monitorId} and result_id = any(${resultIds}::uuid[])`);
  return new Set(rows.map(({ resultId }) => resultId));
}

export type NewPatientValue = Omit<PatientValue, 'seq'> & { readonly day: string };

export async function addValues(
  tx: Tx,
  labId: string,
  monitorId: string,
  rows: readonly NewPatientValue[],
): Promise<void> {
  const column = <T>(pick: (row: NewPatientValue) => T) => rows.map(pick);
  await tx.rows(sql`
    insert into lis_qc.patient_value
      (lab_id, monitor_id, result_id, at, day, value, filled, figure, carried, is_alarm)
    select ${labId}::uuid, ${monitorId}::uuid, v.result_id, v.at, v.day, v.value, v.filled, v.figure, v.carried, v.is_alarm
    from unnest(
      ${column((row) => row.resultId)}::uuid[], ${column((row) => row.at)}::timestamptz[],
      ${column((row) => row.day)}::date[], ${column((row) => row.value)}::double precision[],
      ${column((row) => row.filled)}::int[], ${column((row) => row.figure)}::double precision[],
      ${column((row) => row.carried)}::double precision[], ${column((row) => row.isAlarm)}::boolean[]
    ) with ordinality as v (result_id, at, day, value, filled, figure, carried, is_alarm, n)
    order by v.n`);
}

/** What each day's figures ran between; days with an alarm are no picture of the lab in control. */
export function daysInControl(
  db: Db,
  labId: string,
  asked: { readonly monitorId: string; readonly from: string; readonly before: string; readonly seriesFrom: string },
): Promise<readonly { readonly lowest: number; readonly highest: number }[]> {
  return db.rows(sql`
    select min(figure) as lowest, max(figure) as highest
    from lis_qc.patient_value
    where lab_id = ${labId} and monitor_id = ${asked.monitorId} and day >= ${asked.from}::date and day < ${asked.before}::date
      and at >= ${asked.seriesFrom}::timestamptz
    group by day
    having count(figure) > 0 and not bool_or(is_alarm)
    order by day`);
}

export async function addAlarm(tx: Tx, labId: string, alarm: AlarmView): Promise<void> {
  await tx.rows(sql`
    insert into lis_qc.patient_alarm
      (id, lab_id, monitor_id, instrument, analyte_code, at, figure, low, high, result_id, hold_id)
    values
      (${alarm.id}, ${labId}, ${alarm.monitorId}, ${alarm.instrument}, ${alarm.analyteCode}, ${alarm.at}, ${alarm.figure},
       ${alarm.low}, ${alarm.high}, ${alarm.resultId}, ${alarm.holdId})`);
}

export function alarmsQuery(
  labId: string,
  { after, limit }: { readonly after: readonly [at: string, id: string] | null; readonly limit: number },
) {
  const place = after ?? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  return sql`
    select * from lis_qc.patient_alarm
    where lab_id = ${labId} and (at, id) < (${place[0]}::timestamptz, ${place[1]}::uuid)
    order by at desc, id desc
    limit ${limit}`;
}
