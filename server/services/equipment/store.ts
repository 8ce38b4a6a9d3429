// Every SQL statement of the equipment service.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { DueItem, InstrumentView, LogEntryView } from './contract.ts';
import type { Outage } from './domain/downtime.ts';

export interface InstrumentRow extends InstrumentView {
  readonly nameKey: string;
  readonly statusSince: string;
  readonly lastCalibratedAt: string | null;
  readonly lastCalibrationPassed: boolean | null;
  readonly calibratedOn: string | null;
  readonly lastMaintainedAt: string | null;
  /** What was told as the time of `equipment.blocked`; null while it is free. */
  readonly blockedSince: string | null;
}

export function nameKey(name: string): string {
  return name.toLowerCase();
}

export function getInstrument(db: Db, labId: string, id: string): Promise<InstrumentRow | undefined> {
  return db.maybe<InstrumentRow>(sql`
    select * from lis_equipment.instrument where lab_id = ${labId} and id = ${id}`);
}

export function lockInstrument(tx: Tx, labId: string, id: string): Promise<InstrumentRow | undefined> {
  return tx.maybe<InstrumentRow>(sql`
    select * from lis_equipment.instrument where lab_id = ${labId} and id = ${id} for update`);
}

/** All in use, in the order in which everybody locks several; a lab has some dozens. */
export function lockInUse(tx: Tx, labId: string): Promise<readonly InstrumentRow[]> {
  return tx.rows<InstrumentRow>(sql`
    select * from lis_equipment.instrument
    where lab_id = ${labId} and status <> 'retired'
    order by id
    limit 10000
    for update`);
}

export type NewInstrument = Pick<
  InstrumentRow,
  | 'id'
  | 'messageName'
  | 'name'
  | 'maker'
  | 'model'
  | 'serialNumber'
  | 'section'
  | 'installedOn'
  | 'calibrationEveryDays'
  | 'maintenanceEveryDays'
  | 'calibrationDueOn'
  | 'maintenanceDueOn'
  | 'statusSince'
>;

/** Nothing when the id is there already. */
export function addInstrument(tx: Tx, labId: string, row: NewInstrument): Promise<InstrumentRow | undefined> {
  return tx.maybe<InstrumentRow>(sql`
    insert into lis_equipment.instrument
      (lab_id, id, message_name, name, name_key, maker, model, serial_number, section, installed_on, status_since,
       calibration_every_days, maintenance_every_days, calibration_due_on, maintenance_due_on)
    values
      (${labId}, ${row.id}, ${row.messageName}, ${row.name}, ${nameKey(row.name)}, ${row.maker}, ${row.model},
       ${row.serialNumber}, ${row.section}, ${row.installedOn}, ${row.statusSince}, ${row.calibrationEveryDays},
       ${row.maintenanceEveryDays}, ${row.calibrationDueOn}, ${row.maintenanceDueOn})
    on conflict (lab_id, id) do nothing
    returning *`);
}

export function changeInstrument(tx: Tx, labId: string, row: InstrumentRow): Promise<InstrumentRow> {
  return tx.one<InstrumentRow>(sql`
    update lis_equipment.instrument
    set message_name = ${row.messageName}, name = ${row.name}, name_key = ${nameKey(row.name)}, maker = ${row.maker},
      model = ${row.model}, serial_number = ${row.serialNumber}, section = ${row.section},
      installed_on = ${row.installedOn}, status = ${row.status}, status_since = ${row.statusSince},
      down_since = ${row.downSince}, calibration_every_days = ${row.calibrationEveryDays},
      maintenance_every_days = ${row.maintenanceEveryDays}, calibration_due_on = ${row.calibrationDueOn},
      maintenance_due_on = ${row.maintenanceDueOn}, last_calibrated_at = ${row.lastCalibratedAt},
      last_calibration_passed = ${row.lastCalibrationPassed}, calibrated_on = ${row.calibratedOn},
      last_maintained_at = ${row.lastMaintainedAt}, blocked_reason = ${row.blockedReason},
      blocked_since = ${row.blockedSince}, version = version + 1
    where lab_id = ${labId} and id = ${row.id}
    returning *`);
}

/** Those of these message names that are blocked. */
export function blockedQuery(labId: string, instruments: readonly string[]) {
  return sql`
    select message_name as instrument, blocked_reason as reason, blocked_since as since from lis_equipment.instrument
    where lab_id = ${labId} and message_name = any(${instruments}::text[]) and blocked_reason is not null
    order by message_name`;
}

export interface ListPlace {
  readonly section: string | null;
  readonly after: readonly [nameKey: string, id: string];
  readonly limit: number;
}

export function instrumentsQuery(labId: string, { section, after, limit }: ListPlace) {
  const ofSection = section === null ? sql`` : sql`and section = ${section}`;
  return sql`
    select * from lis_equipment.instrument
    where lab_id = ${labId} ${ofSection} and (name_key, id) > (${after[0]}, ${after[1]}::uuid)
    order by name_key, id
    limit ${limit}`;
}

export interface DueRow {
  readonly kind: DueItem['kind'];
  readonly dueOn: string;
  readonly id: string;
}

export interface DuePlace {
  readonly until: string;
  readonly after: readonly [dueOn: string, kind: string, id: string];
  readonly limit: number;
}

/** By day, calibrations before maintenance, then id: each half by its own index, no more rows of it than a page. */
export function dueQuery(labId: string, { until, after: [dueOn, kind, id], limit }: DuePlace) {
  return sql`
    (select 'calibration' as kind, calibration_due_on as due_on, id
     from lis_equipment.instrument
     where lab_id = ${labId} and status <> 'retired' and calibration_due_on is not null
       and calibration_due_on between ${dueOn}::date and ${until}::date
       and (calibration_due_on, 'calibration', id) > (${dueOn}::date, ${kind}, ${id}::uuid)
     order by calibration_due_on, id
     limit ${limit})
    union all
    (select 'maintenance', maintenance_due_on, id
     from lis_equipment.instrument
     where lab_id = ${labId} and status <> 'retired' and maintenance_due_on is not null
       and maintenance_due_on between ${dueOn}::date and ${until}::date
       and (maintenance_due_on, 'maintenance', id) > (${dueOn}::date, ${kind}, ${id}::uuid)
     order by maintenance_due_on, id
     limit ${limit})
    order by due_on, kind, id
    limit ${limit}`;
}

export function getInstruments(db: Db, labId: string, ids: readonly string[]): Promise<readonly InstrumentRow[]> {
  return db.rows<InstrumentRow>(sql`
    select * from lis_equipment.instrument where lab_id = ${labId} and id = any(${ids}::uuid[])`);
}

export function getLogEntry(tx: Tx, labId: string, id: string): Promise<LogEntryView | undefined> {
  return tx.maybe<LogEntryView>(sql`
    select id, instrument_id, kind, at, by, has_passed, text, file_ids, next_due_on
    from lis_equipment.log_entry where lab_id = ${labId} and id = ${id}`);
}

export async function addLogEntry(tx: Tx, labId: string, entry: LogEntryView, recordedAt: string): Promise<void> {
  await tx.rows(sql`
    insert into lis_equipment.log_entry
      (lab_id, id, instrument_id, kind, at, recorded_at, by, has_passed, text, file_ids, next_due_on)
    values
      (${labId}, ${entry.id}, ${entry.instrumentId}, ${entry.kind}, ${entry.at}, ${recordedAt}, ${entry.by},
       ${entry.hasPassed}, ${entry.text}, ${entry.fileIds}::uuid[], ${entry.nextDueOn})`);
}

export interface LogPlace {
  readonly instrumentId: string;
  readonly after: readonly [at: string, id: string] | null;
  readonly limit: number;
}

export function logQuery(labId: string, { instrumentId, after, limit }: LogPlace) {
  const before = after === null ? sql`` : sql`and (at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`;
  return sql`
    select id, instrument_id, kind, at, by, has_passed, text, file_ids, next_due_on
    from lis_equipment.log_entry
    where lab_id = ${labId} and instrument_id = ${instrumentId} ${before}
    order by at desc, id desc
    limit ${limit}`;
}

export async function beginOutage(tx: Tx, labId: string, instrumentId: string, at: string): Promise<void> {
  await tx.rows(sql`
    insert into lis_equipment.downtime (lab_id, instrument_id, from_at) values (${labId}, ${instrumentId}, ${at})
    -- Repaired and broken down again in one minute, as people write times: one outage.
    on conflict (lab_id, instrument_id, from_at) do update set to_at = null`);
}

export async function endOutage(tx: Tx, labId: string, instrumentId: string, at: string): Promise<void> {
  await tx.rows(sql`
    update lis_equipment.downtime set to_at = ${at}
    where lab_id = ${labId} and instrument_id = ${instrumentId} and to_at is null`);
}

export type OutageRow = Outage & { readonly instrumentId: string };

/** Those that touch the period. Ten years of an instrument that breaks down daily would be 3,660. */
export function outagesQuery(labId: string, ids: readonly string[], fromAt: string, toAt: string) {
  return sql`
    select instrument_id, from_at, to_at from lis_equipment.downtime
    where lab_id = ${labId} and instrument_id = any(${ids}::uuid[])
      and from_at < ${toAt}::timestamptz and coalesce(to_at, 'infinity') > ${fromAt}::timestamptz
    order by instrument_id, from_at
    limit 400000`;
}
