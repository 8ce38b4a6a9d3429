// What each step writes to a tube. Who may take it and whether it can be taken was decided before.
import sql from 'sql-template-tag';

import type { Tx } from '#platform/service.ts';

import type { NotDrawnReason, RejectDecision, RejectReason } from './contract.ts';
import { columns } from './tube-store.ts';
import type { Tube, TubePriority } from './tube-store.ts';

/** False when another tube carries the barcode, or this one does already. */
export async function addBarcode(tx: Tx, labId: string, tubeId: string, barcode: string): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into lis_sample.tube_barcode (lab_id, barcode, tube_id) values (${labId}, upper(${barcode}), ${tubeId})
    on conflict (lab_id, barcode) do nothing
    returning tube_id`);
  return rows.length > 0;
}

export interface Collection {
  readonly tubeId: string;
  readonly barcode: string;
  readonly isPreprinted: boolean;
  readonly at: string;
  readonly by: string;
  /** What was drawn, mL; null: what the container holds. */
  readonly volumeMl: number | null;
  readonly isIdentityChecked: boolean;
}

export function setCollected(
  tx: Tx,
  labId: string,
  { tubeId, barcode, isPreprinted, at, by, volumeMl, isIdentityChecked }: Collection,
): Promise<Tube> {
  return tx.one<Tube>(sql`
    update lis_sample.tube
    set status = 'collected', status_at = ${at}::timestamptz, collected_at = ${at}::timestamptz, collected_by = ${by},
      barcode = ${barcode}, is_preprinted = ${isPreprinted}, is_identity_checked = ${isIdentityChecked}, remaining_ml = coalesce(${volumeMl}::numeric, volume_ml),
      not_drawn_at = null, not_drawn_reason = null, rescheduled_to = null, version = version + 1
    where lab_id = ${labId} and id = ${tubeId}
    returning ${columns}`);
}

export function setNotDrawn(
  tx: Tx,
  labId: string,
  tubeId: string,
  {
    at,
    reason,
    rescheduledTo,
  }: { readonly at: string; readonly reason: NotDrawnReason; readonly rescheduledTo: string | null },
): Promise<Tube> {
  return tx.one<Tube>(sql`
    update lis_sample.tube
    set not_drawn_at = ${at}::timestamptz, not_drawn_reason = ${reason}, rescheduled_to = ${rescheduledTo}::timestamptz, version = version + 1
    where lab_id = ${labId} and id = ${tubeId}
    returning ${columns}`);
}

export function setReceived(
  tx: Tx,
  labId: string,
  tubeIds: readonly string[],
  at: string,
  by: string,
): Promise<readonly Tube[]> {
  return tx.rows<Tube>(sql`
    update lis_sample.tube
    set status = 'received', status_at = ${at}::timestamptz, received_at = ${at}::timestamptz, received_by = ${by}, version = version + 1
    where lab_id = ${labId} and id = any(${tubeIds}::uuid[])
    returning ${columns}`);
}

export function setRejected(
  tx: Tx,
  labId: string,
  tubeId: string,
  { reason, at, by }: { readonly reason: RejectReason; readonly at: string; readonly by: string },
): Promise<Tube> {
  return tx.one<Tube>(sql`
    update lis_sample.tube
    set status = 'rejected', status_at = ${at}::timestamptz, rejected_at = ${at}::timestamptz, rejected_by = ${by},
      reject_reason = ${reason}, reject_decision = null, version = version + 1
    where lab_id = ${labId} and id = ${tubeId}
    returning ${columns}`);
}

export function setDecided(tx: Tx, labId: string, tubeId: string, decision: RejectDecision): Promise<Tube> {
  return tx.one<Tube>(sql`
    update lis_sample.tube set reject_decision = ${decision}, version = version + 1
    where lab_id = ${labId} and id = ${tubeId}
    returning ${columns}`);
}

/** Back to received, also when it was rejected before it reached the counter: whoever decides has it in hand. */
export function setAccepted(tx: Tx, labId: string, tubeId: string, at: string, by: string): Promise<Tube> {
  return tx.one<Tube>(sql`
    update lis_sample.tube
    set status = 'received', status_at = ${at}::timestamptz, reject_decision = 'run_with_comment',
      received_at = coalesce(received_at, ${at}::timestamptz), received_by = coalesce(received_by, ${by}), version = version + 1
    where lab_id = ${labId} and id = ${tubeId}
    returning ${columns}`);
}

export interface TubeLines {
  readonly id: string;
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
  readonly needsMl: number;
}

/** Which tests are run from these tubes. */
export async function setLines(tx: Tx, labId: string, tubes: readonly TubeLines[]): Promise<readonly Tube[]> {
  if (tubes.length === 0) return [];
  return tx.rows<Tube>(sql`
    with given as (
      select (t ->> 'id')::uuid as tube_id, array(select jsonb_array_elements_text(t -> 'lineIds')::uuid) as lines,
        array(select jsonb_array_elements_text(t -> 'testCodes')) as codes, (t ->> 'needsMl')::numeric as needs
      from jsonb_array_elements(${JSON.stringify(tubes)}::jsonb) as t
    )
    update lis_sample.tube set line_ids = lines, test_codes = codes, needs_ml = needs, version = version + 1
    from given
    where lab_id = ${labId} and id = tube_id
    returning ${columns}`);
}

export async function setCancelled(tx: Tx, labId: string, tubeIds: readonly string[], at: string): Promise<void> {
  await tx.rows(sql`
    update lis_sample.tube set status = 'cancelled', status_at = ${at}::timestamptz, version = version + 1
    where lab_id = ${labId} and id = any(${tubeIds}::uuid[])`);
}

/** The version stays: a tube that became urgent is the tube a scanner saw. */
export async function setPriority(tx: Tx, labId: string, orderId: string, priority: TubePriority): Promise<void> {
  await tx.rows(sql`
    update lis_sample.tube set priority = ${priority}
    where lab_id = ${labId} and order_id = ${orderId} and priority <> ${priority}`);
}

/** Counts one more label for each tube. The version stays: a reprint must not make a phlebotomist's scan stale. */
export async function countPrints(tx: Tx, labId: string, tubeIds: readonly string[]): Promise<readonly Tube[]> {
  return tx.rows<Tube>(sql`
    update lis_sample.tube set labels_printed = labels_printed + 1
    where id in (select id from lis_sample.tube where lab_id = ${labId} and id = any(${tubeIds}::uuid[]) order by id for update)
      and lab_id = ${labId}
    returning ${columns}`);
}

/** Takes tubes out of their racks for good. */
export function setDisposed(tx: Tx, labId: string, tubeIds: readonly string[], at: string): Promise<readonly Tube[]> {
  return tx.rows<Tube>(sql`
    update lis_sample.tube
    set status = 'disposed', status_at = ${at}::timestamptz, rack_code = null, rack_position = null, version = version + 1
    where lab_id = ${labId} and id = any(${tubeIds}::uuid[])
    returning ${columns}`);
}

export function setReferralLab(tx: Tx, labId: string, tubeId: string, referralLabId: string | null): Promise<Tube> {
  return tx.one<Tube>(sql`
    update lis_sample.tube set referral_lab_id = ${referralLabId}::uuid, version = version + 1
    where lab_id = ${labId} and id = ${tubeId}
    returning ${columns}`);
}

export interface NewAliquot {
  readonly id: string;
  readonly accession: string;
  readonly volumeMl: number;
  readonly section: string;
  readonly referralLabId: string | null;
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
  readonly needsMl: number;
}

/** Aliquots of a tube: drawn and received when it was, and numbered after the tubes of its order. */
export async function addAliquots(
  tx: Tx,
  labId: string,
  parentId: string,
  aliquots: readonly NewAliquot[],
  at: string,
): Promise<readonly Tube[]> {
  const added = await tx.rows<Tube>(sql`
    insert into lis_sample.tube
      (lab_id, order_id, patient_id, priority, status, status_at, position, id, accession, barcode, parent_tube_id, container_code,
       container_name, cap_colour, additive, volume_ml, remaining_ml, order_of_draw, specimen, section, draw, draw_minutes, line_ids,
       test_codes, needs_ml, referral_lab_id, collected_at, collected_by, is_identity_checked, received_at, received_by)
    select p.lab_id, p.order_id, p.patient_id, p.priority, 'received', ${at}::timestamptz,
      (select max(position) from lis_sample.tube as o where o.lab_id = p.lab_id and o.order_id = p.order_id) + n,
      (t ->> 'id')::uuid, t ->> 'accession', t ->> 'accession', p.id, p.container_code, p.container_name, p.cap_colour, p.additive,
      (t ->> 'volumeMl')::numeric, (t ->> 'volumeMl')::numeric, p.order_of_draw, p.specimen, t ->> 'section', p.draw, p.draw_minutes,
      array(select jsonb_array_elements_text(t -> 'lineIds')::uuid), array(select jsonb_array_elements_text(t -> 'testCodes')),
      (t ->> 'needsMl')::numeric, (t ->> 'referralLabId')::uuid, p.collected_at, p.collected_by, p.is_identity_checked,
      p.received_at, p.received_by
    from lis_sample.tube as p, jsonb_array_elements(${JSON.stringify(aliquots)}::jsonb) with ordinality as given (t, n)
    where p.lab_id = ${labId} and p.id = ${parentId}
    order by n
    returning ${columns}`);
  await tx.rows(sql`
    insert into lis_sample.tube_barcode (lab_id, barcode, tube_id)
    select ${labId}::uuid, upper(b), i from unnest(
      ${aliquots.map((each) => each.accession)}::text[], ${aliquots.map((each) => each.id)}::uuid[]) as a (b, i)`);
  return added;
}

/** Whether that many are poured off already. */
export async function countAliquots(tx: Tx, labId: string, parentId: string): Promise<number> {
  const row = await tx.one<{ n: number }>(sql`
    select count(*)::int as n from lis_sample.tube where lab_id = ${labId} and parent_tube_id = ${parentId}`);
  return row.n;
}

export function setPoured(
  tx: Tx,
  labId: string,
  { id, lineIds, testCodes, needsMl }: TubeLines,
  pouredMl: number,
): Promise<Tube> {
  return tx.one<Tube>(sql`
    update lis_sample.tube
    set remaining_ml = remaining_ml - ${pouredMl}::numeric, line_ids = ${lineIds}::uuid[], test_codes = ${testCodes}::text[],
      needs_ml = ${needsMl}::numeric, version = version + 1
    where lab_id = ${labId} and id = ${id}
    returning ${columns}`);
}
