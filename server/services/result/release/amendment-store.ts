// The SQL statements of amendments: the signed row is copied before it is opened, and comes back from the copy.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { Amendment } from '../contract.ts';
import type { ResultRow } from '../store.ts';
import { whole } from '../store.ts';

/** How often each result was opened so far. */
export function countOpenings(
  tx: Tx,
  labId: string,
  resultIds: readonly string[],
): Promise<readonly { readonly resultId: string; readonly openings: number }[]> {
  return tx.rows(sql`
    select result_id, count(*)::int as openings from lis_result.signed_version
    where lab_id = ${labId} and result_id = any(${resultIds}::uuid[])
    group by result_id`);
}

export interface Opening {
  readonly resultId: string;
  readonly amendment: Amendment;
}

/** Copies the signed rows, then opens them: entered, verified by nobody. A trigger lets nothing else pass. */
export async function openSigned(tx: Tx, labId: string, openings: readonly Opening[]): Promise<readonly ResultRow[]> {
  const opened = sql`
    unnest(${openings.map((o) => o.resultId)}::uuid[], ${openings.map((o) => JSON.stringify(o.amendment))}::jsonb[]) as o (id, amendment)`;
  await tx.rows(sql`
    insert into lis_result.signed_version (lab_id, result_id, number, signed, amendment)
    select r.lab_id, r.id, (o.amendment ->> 'number')::int, to_jsonb(r), o.amendment
    from ${opened}
    join lis_result.result as r on r.lab_id = ${labId} and r.id = o.id and r.status = 'authorised'`);
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = 'entered', amendment = o.amendment, verified_at = null, verified_by = null, verified_by_id = null,
      authorised_at = null, authorised_by = null, authorised_by_id = null, auto_rules = '{}', sent_back_reason = null,
      version = r.version + 1
    from ${opened}
    where r.lab_id = ${labId} and r.id = o.id
    returning ${whole}`);
}

export interface Withdrawal {
  readonly resultId: string;
  readonly number: number;
}

export interface WithdrawnBy {
  readonly reason: string;
  readonly at: string;
  readonly name: string;
  readonly userId: string | null;
}

/**
 * Back to the very rows that were signed. The version goes on, and what instruments sent meanwhile stays beside; the signed
 * value itself, which stood beside while another was in its place, does not.
 */
export async function withdraw(
  tx: Tx,
  labId: string,
  withdrawals: readonly Withdrawal[],
  by: WithdrawnBy,
): Promise<readonly ResultRow[]> {
  const withdrawn = sql`
    unnest(${withdrawals.map((w) => w.resultId)}::uuid[], ${withdrawals.map((w) => w.number)}::int[]) as w (id, number)`;
  await tx.rows(sql`
    insert into lis_result.amendment_withdrawal (lab_id, result_id, number, reason, at, by, by_id)
    select ${labId}::uuid, w.id, w.number, ${by.reason}, ${by.at}::timestamptz, ${by.name}, ${by.userId}::uuid from ${withdrawn}`);
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = s.status, value = s.value, raw_value = s.raw_value, flags = s.flags, holds = s.holds, hold_notes = s.hold_notes,
      range = s.range, person = s.person, corrections = s.corrections, note = s.note, source = s.source, message_id = s.message_id,
      barcode = s.barcode, collected_at = s.collected_at, entered_at = s.entered_at, entered_by = s.entered_by,
      verified_at = s.verified_at, verified_by = s.verified_by, verified_by_id = s.verified_by_id, authorised_at = s.authorised_at,
      authorised_by = s.authorised_by, authorised_by_id = s.authorised_by_id, auto_rules = s.auto_rules, amendment = s.amendment,
      sent_back_reason = s.sent_back_reason, delta = s.delta, indices = s.indices, dilution = s.dilution,
      reagent_lot = s.reagent_lot, sent_as = s.sent_as, interpretation = s.interpretation, blank_reason = s.blank_reason,
      detail = s.detail, read_from = s.read_from, rejected_tube = s.rejected_tube, tube_comment = s.tube_comment, draw_warning = s.draw_warning, priority_rank = s.priority_rank,
      gestation_weeks = s.gestation_weeks, is_fasting = s.is_fasting, version = r.version + 1,
      other_values = s.other_values || coalesce((
        select jsonb_agg(o order by n) from jsonb_array_elements(r.other_values) with ordinality as u (o, n)
        where not s.other_values @> jsonb_build_array(o - 'why')
          and (o ->> 'source' is distinct from s.source or o ->> 'messageId' is distinct from s.message_id::text)
      ), '[]'::jsonb)
    from ${withdrawn}
    join lis_result.signed_version as v on v.lab_id = ${labId} and v.result_id = w.id and v.number = w.number
    cross join lateral jsonb_populate_record(null::lis_result.result, v.signed) as s
    where r.lab_id = ${labId} and r.id = w.id
    returning ${whole}`);
}

/** A version that was signed and then opened, as it stood; those whose opening was withdrawn are left out. */
export interface SignedRow extends ResultRow {
  readonly amendedBy: Amendment;
}

export function listSignedCopies(db: Db, labId: string, resultIds: readonly string[]): Promise<readonly SignedRow[]> {
  return db.rows<SignedRow>(sql`
    select ${whole}, v.amendment as amended_by
    from lis_result.signed_version as v
    cross join lateral jsonb_populate_record(null::lis_result.result, v.signed) as r
    where v.lab_id = ${labId} and v.result_id = any(${resultIds}::uuid[])
      and not exists (
        select from lis_result.amendment_withdrawal as w
        where w.lab_id = v.lab_id and w.result_id = v.result_id and w.number = v.number)
    order by v.result_id, v.number`);
}
