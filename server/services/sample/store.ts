// Every SQL statement of the sample service.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { TubeStatus, TubeView } from './contract.ts';

export type TubePriority = 'routine' | 'urgent' | 'stat';

/** A tube as stored: what is shown, and what the lab keeps beside it. */
export interface Tube extends TubeView {
  readonly accession: string;
  readonly priority: TubePriority;
  readonly statusAt: string;
}

const columns = sql`
  id, order_id, patient_id, priority, accession, barcode, is_preprinted, container_code, container_name, cap_colour, additive,
  volume_ml::float8, order_of_draw, specimen, section, draw, line_ids, test_codes, status, status_at, collected_at, collected_by,
  received_at, received_by, labels_printed, version`;

/** The form in which barcodes are kept and compared: a keyboard types `n2611…` where a scanner reads `N2611…`. */
export function scanned(barcode: string): string {
  return barcode.toUpperCase();
}

/** False when the order has a plan; waits for another who is making it at this moment. */
export async function claimPlan(tx: Tx, labId: string, orderId: string, now: string): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into lis_sample.tube_plan (lab_id, order_id, planned_at) values (${labId}, ${orderId}, ${now}::timestamptz)
    on conflict (lab_id, order_id) do nothing
    returning order_id`);
  return rows.length > 0;
}

/** Takes `count` running numbers of the lab's day and returns the last; held until the commit, so none is lost. */
export async function takeSerials(tx: Tx, labId: string, day: string, count: number): Promise<number> {
  const row = await tx.one<{ last: number }>(sql`
    insert into lis_sample.accession_counter as c (lab_id, day, last) values (${labId}, ${day}::date, ${count})
    on conflict (lab_id, day) do update set last = c.last + ${count}
    returning last`);
  return row.last;
}

/** Those of the barcodes that a tube of the lab carries. */
export async function takenBarcodes(db: Db, labId: string, barcodes: readonly string[]): Promise<readonly string[]> {
  const rows = await db.rows<{ barcode: string }>(sql`
    select barcode from lis_sample.tube_barcode where lab_id = ${labId} and barcode = any(${barcodes.map(scanned)}::text[])`);
  return rows.map((row) => row.barcode);
}

export type NewTube = Pick<
  Tube,
  | 'id'
  | 'accession'
  | 'containerCode'
  | 'containerName'
  | 'capColour'
  | 'additive'
  | 'volumeMl'
  | 'orderOfDraw'
  | 'specimen'
  | 'section'
  | 'draw'
  | 'lineIds'
  | 'testCodes'
>;

export interface PlannedFor {
  readonly orderId: string;
  readonly patientId: string;
  readonly priority: TubePriority;
  readonly plannedAt: string;
}

/** Adds the tubes of an order, in the order given, and the barcodes they are found by. */
export async function addTubes(
  tx: Tx,
  labId: string,
  { orderId, patientId, priority, plannedAt }: PlannedFor,
  tubes: readonly NewTube[],
): Promise<readonly Tube[]> {
  // Lists inside a row travel as JSON: unnest flattens arrays of arrays.
  const added = await tx.rows<Tube>(sql`
    insert into lis_sample.tube
      (lab_id, order_id, patient_id, priority, status_at, id, accession, barcode, container_code, container_name, cap_colour, additive,
       volume_ml, order_of_draw, specimen, section, draw, line_ids, test_codes, position)
    select ${labId}::uuid, ${orderId}::uuid, ${patientId}::uuid, ${priority}, ${plannedAt}::timestamptz, t.id, t.accession, t.accession,
      t.container_code, t.container_name, t.cap_colour, t.additive, t.volume_ml, t.order_of_draw, t.specimen, t.section, t.draw,
      array(select jsonb_array_elements_text(t.line_ids)::uuid), array(select jsonb_array_elements_text(t.test_codes)), t.n
    from unnest(
      ${tubes.map((tube) => tube.id)}::uuid[], ${tubes.map((tube) => tube.accession)}::text[],
      ${tubes.map((tube) => tube.containerCode)}::text[], ${tubes.map((tube) => tube.containerName)}::text[],
      ${tubes.map((tube) => tube.capColour)}::text[], ${tubes.map((tube) => tube.additive)}::text[],
      ${tubes.map((tube) => tube.volumeMl)}::numeric[], ${tubes.map((tube) => tube.orderOfDraw)}::int[],
      ${tubes.map((tube) => tube.specimen)}::text[], ${tubes.map((tube) => tube.section)}::text[],
      ${tubes.map((tube) => tube.draw)}::text[], ${tubes.map((tube) => JSON.stringify(tube.lineIds))}::jsonb[],
      ${tubes.map((tube) => JSON.stringify(tube.testCodes))}::jsonb[]
    ) with ordinality as t (id, accession, container_code, container_name, cap_colour, additive, volume_ml, order_of_draw, specimen,
      section, draw, line_ids, test_codes, n)
    order by t.n
    returning ${columns}`);
  await tx.rows(sql`
    insert into lis_sample.tube_barcode (lab_id, barcode, tube_id)
    select ${labId}::uuid, * from unnest(
      ${tubes.map((tube) => scanned(tube.accession))}::text[], ${tubes.map((tube) => tube.id)}::uuid[])`);
  return added;
}

/** Tubes of some orders, each order's in the sequence they are filled. */
export function tubesOfOrders(db: Db, labId: string, orderIds: readonly string[]): Promise<readonly Tube[]> {
  return db.rows<Tube>(sql`
    select ${columns} from lis_sample.tube where lab_id = ${labId} and order_id = any(${orderIds}::uuid[]) order by order_id, position`);
}

/** By accession or by the barcode of a pre-printed label. */
export function findTube(db: Db, labId: string, barcode: string): Promise<Tube | undefined> {
  return db.maybe<Tube>(sql`
    select ${columns} from lis_sample.tube
    where lab_id = ${labId}
      and id = (select tube_id from lis_sample.tube_barcode where lab_id = ${labId} and barcode = ${scanned(barcode)})`);
}

export interface ScannedTube extends Tube {
  /** The barcode that leads to it, as kept: in capitals. */
  readonly scannedAs: string;
}

/** Each tube once for every one of the barcodes that leads to it. */
export function findTubes(db: Db, labId: string, barcodes: readonly string[]): Promise<readonly ScannedTube[]> {
  return db.rows<ScannedTube>(sql`
    with scan as (
      select barcode as scanned_as, tube_id from lis_sample.tube_barcode
      where lab_id = ${labId} and barcode = any(${barcodes.map(scanned)}::text[])
    )
    select scanned_as, ${columns}
    from scan join lis_sample.tube on id = tube_id
    where lab_id = ${labId}`);
}

/** Locks the tubes these barcodes lead to, in the order of their ids so that two couriers' bags cannot block each other. */
export function lockTubes(tx: Tx, labId: string, barcodes: readonly string[]): Promise<readonly Tube[]> {
  return tx.rows<Tube>(sql`
    select ${columns} from lis_sample.tube
    where lab_id = ${labId}
      and id in (select tube_id from lis_sample.tube_barcode where lab_id = ${labId} and barcode = any(${barcodes.map(scanned)}::text[]))
    order by id
    for update`);
}

/** False when another tube carries the barcode, or this one does already. */
export async function addBarcode(tx: Tx, labId: string, tubeId: string, barcode: string): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into lis_sample.tube_barcode (lab_id, barcode, tube_id) values (${labId}, ${scanned(barcode)}, ${tubeId})
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
}

export function setCollected(
  tx: Tx,
  labId: string,
  { tubeId, barcode, isPreprinted, at, by }: Collection,
): Promise<Tube> {
  return tx.one<Tube>(sql`
    update lis_sample.tube
    set status = 'collected', status_at = ${at}::timestamptz, collected_at = ${at}::timestamptz, collected_by = ${by},
      barcode = ${barcode}, is_preprinted = ${isPreprinted}, version = version + 1
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

/** Counts one more label for each tube. The version stays: a reprint must not make a phlebotomist's scan stale. */
export async function countPrints(tx: Tx, labId: string, orderId: string): Promise<void> {
  await tx.rows(sql`
    update lis_sample.tube set labels_printed = labels_printed + 1
    where id in (select id from lis_sample.tube where lab_id = ${labId} and order_id = ${orderId} order by id for update)
      and lab_id = ${labId}`);
}

export interface TubeSearch {
  readonly status: TubeStatus;
  /** Status since and id of the last tube of the page before. */
  readonly after: readonly [statusAt: string, id: string];
  readonly limit: number;
}

/** Those longest in the status first. */
export function listTubes(db: Db, labId: string, { status, after, limit }: TubeSearch): Promise<readonly Tube[]> {
  return db.rows<Tube>(sql`
    select ${columns} from lis_sample.tube
    where lab_id = ${labId} and status = ${status} and (status_at, id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by status_at, id
    limit ${limit}`);
}
