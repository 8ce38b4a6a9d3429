// The SQL statements about rejected tubes and cancelled tests.
import sql from 'sql-template-tag';

import type { Tx } from '#platform/service.ts';

import type { ResultRow } from '../store.ts';
import { whole } from '../store.ts';

export interface SetAside {
  readonly id: string;
  readonly otherValues: ResultRow['otherValues'];
}

/** Back to expected, without tube and value; the values stand beside with the reason. */
export function setRejected(
  tx: Tx,
  labId: string,
  rows: readonly SetAside[],
  reason: string,
): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = 'expected',
      rejected_tube = jsonb_build_object(
        'barcode', r.barcode, 'reason', ${reason}::text,
        'collectedAt', to_char(r.collected_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'receivedAt', to_char(r.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
      other_values = s.other_values, barcode = null, collected_at = null, received_at = null, tube_comment = null, value = null,
      raw_value = null, flags = '{}', holds = '{}', hold_notes = '[]', range = null, person = null, note = null, source = null,
      read_from = null, message_id = null, delta = null, indices = null, dilution = null, reagent_lot = null, sent_as = null, interpretation = null,
      blank_reason = null, detail = null, entered_at = null, entered_by = null, verified_at = null, verified_by = null,
      verified_by_id = null, auto_rules = '{}', sent_back_reason = ${reason}, version = r.version + 1
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ otherValues }) => JSON.stringify(otherValues))}::jsonb[])
      as s (id, other_values)
    where r.lab_id = ${labId} and r.id = s.id
    returning ${whole}`);
}

/** The rejected tube is run after all: its results await a value from it again. */
export function setAccepted(
  tx: Tx,
  labId: string,
  ids: readonly string[],
  comment: string,
): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = 'awaiting', barcode = r.rejected_tube ->> 'barcode',
      collected_at = (r.rejected_tube ->> 'collectedAt')::timestamptz, received_at = (r.rejected_tube ->> 'receivedAt')::timestamptz,
      rejected_tube = null, tube_comment = ${comment}, version = r.version + 1
    where r.lab_id = ${labId} and r.id = any(${ids}::uuid[])
    returning ${whole}`);
}

/** What stood there stays, for the record. */
export function setCancelled(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = 'cancelled', version = r.version + 1
    where r.lab_id = ${labId} and r.id = any(${ids}::uuid[])
    returning ${whole}`);
}
