// The SQL statements that write values, and what instruments observed.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { EntryOutcome } from './contract.ts';
import type { Standing } from './domain/instrument-entry.ts';
import type { Person } from './domain/reference-range.ts';
import type { ResultRow } from './store.ts';
import { jsonOrNull, whole } from './store.ts';

export interface Entry {
  readonly id: string;
  readonly standing: Standing;
  readonly person: Person | null;
  /** Null exactly when the standing has no value. */
  readonly enteredAt: string | null;
  readonly enteredBy: string | null;
}

/** Writes values and what was judged of them; each row's version goes up by one, and it is at the bench, verified by nobody. */
export function saveEntries(tx: Tx, labId: string, entries: readonly Entry[]): Promise<readonly ResultRow[]> {
  const column = <T>(pick: (standing: Standing, entry: Entry) => T) =>
    entries.map((entry) => pick(entry.standing, entry));
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = e.status, value = e.value, raw_value = e.raw_value, flags = string_to_array(e.flags, ','),
      holds = string_to_array(e.holds, ','), hold_notes = e.hold_notes, range = e.range, person = e.person, note = e.note,
      source = e.source, message_id = e.message_id, other_values = e.other_values, entered_at = e.entered_at,
      entered_by = e.entered_by, sent_back_reason = e.sent_back_reason, delta = e.delta, indices = e.indices,
      dilution = e.dilution, reagent_lot = e.reagent_lot, sent_as = e.sent_as, interpretation = e.interpretation,
      blank_reason = e.blank_reason, detail = e.detail, read_from = e.read_from, auto_rules = '{}', verified_at = null, verified_by = null,
      verified_by_id = null, version = r.version + 1
    from unnest(
      ${column((_, e) => e.id)}::uuid[], ${column((s) => s.status)}::text[], ${column((s) => s.value)}::text[],
      ${column((s) => s.rawValue)}::text[], ${column((s) => s.flags.join(','))}::text[], ${column((s) => s.holds.join(','))}::text[],
      ${column((s) => JSON.stringify(s.holdNotes))}::jsonb[], ${column((s) => jsonOrNull(s.range))}::jsonb[],
      ${column((_, e) => jsonOrNull(e.person))}::jsonb[], ${column((s) => s.note)}::text[],
      ${column((s) => s.source)}::text[], ${column((s) => s.messageId)}::uuid[],
      ${column((s) => JSON.stringify(s.otherValues))}::jsonb[], ${column((_, e) => e.enteredAt)}::timestamptz[],
      ${column((_, e) => e.enteredBy)}::text[], ${column((s) => s.sentBackReason ?? null)}::text[],
      ${column((s) => jsonOrNull(s.delta))}::jsonb[], ${column((s) => jsonOrNull(s.indices))}::jsonb[],
      ${column((s) => s.dilution)}::text[], ${column((s) => s.reagentLot)}::text[], ${column((s) => jsonOrNull(s.sentAs))}::jsonb[],
      ${column((s) => s.interpretation)}::text[], ${column((s) => s.blankReason)}::text[],
      ${column((s) => jsonOrNull(s.detail))}::jsonb[], ${column((s) => s.readFrom ?? null)}::text[]
    ) as e (id, status, value, raw_value, flags, holds, hold_notes, range, person, note, source, message_id, other_values, entered_at,
            entered_by, sent_back_reason, delta, indices, dilution, reagent_lot, sent_as, interpretation, blank_reason, detail,
            read_from)
    where r.lab_id = ${labId} and r.id = e.id
    returning ${whole}`);
}

/**
 * Notes further values beside results that stay signed. The version of a verified one goes up, so that the pathologist
 * sees all there is before signing; an authorised one stays what it was.
 */
export async function saveBeside(
  tx: Tx,
  labId: string,
  rows: readonly { readonly id: string; readonly standing: Standing }[],
): Promise<void> {
  await tx.rows(sql`
    update lis_result.result as r
    set other_values = b.other_values, version = r.version + case when r.status = 'authorised' then 0 else 1 end
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => JSON.stringify(row.standing.otherValues))}::jsonb[])
      as b (id, other_values)
    where r.lab_id = ${labId} and r.id = b.id`);
}

/** The orders that tubes belong to, by the barcode the bench knows them by. */
export function ordersOfBarcodes(
  db: Db,
  labId: string,
  barcodes: readonly string[],
): Promise<readonly { readonly barcode: string; readonly orderId: string }[]> {
  return db.rows(sql`
    select distinct r.barcode, r.order_id from lis_result.result as r
    where r.lab_id = ${labId} and r.barcode = any(${barcodes}::text[])`);
}

export interface ObservationRow {
  readonly key: string;
  readonly resultId: string;
  readonly orderId: string;
  readonly outcome: EntryOutcome;
}

export function listObservations(db: Db, labId: string, keys: readonly string[]): Promise<readonly ObservationRow[]> {
  return db.rows<ObservationRow>(sql`
    select key, result_id, order_id, outcome from lis_result.observation where lab_id = ${labId} and key = any(${keys}::text[])`);
}

export interface NewObservation extends ObservationRow {
  readonly messageId: string;
  readonly instrument: string;
  readonly value: string;
  readonly unit: string;
}

export async function addObservations(
  tx: Tx,
  labId: string,
  at: string,
  rows: readonly NewObservation[],
): Promise<void> {
  const column = <T>(pick: (row: NewObservation) => T) => rows.map(pick);
  await tx.rows(sql`
    insert into lis_result.observation (lab_id, key, result_id, order_id, message_id, instrument, value, unit, outcome, at)
    select ${labId}::uuid, o.key, o.result_id, o.order_id, o.message_id, o.instrument, o.value, o.unit, o.outcome, ${at}::timestamptz
    from unnest(
      ${column((o) => o.key)}::text[], ${column((o) => o.resultId)}::uuid[], ${column((o) => o.orderId)}::uuid[],
      ${column((o) => o.messageId)}::uuid[], ${column((o) => o.instrument)}::text[], ${column((o) => o.value)}::text[],
      ${column((o) => o.unit)}::text[], ${column((o) => o.outcome)}::text[]
    ) as o (key, result_id, order_id, message_id, instrument, value, unit, outcome)`);
}
