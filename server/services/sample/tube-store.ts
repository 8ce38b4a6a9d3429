// Tubes: planned, found, listed and locked. What a move writes is in tube-moves-store.ts.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { NotDrawnReason, TubeStatus, TubeView } from './contract.ts';

export type TubePriority = 'routine' | 'urgent' | 'stat';

/** A tube as stored: what is shown, and what the lab keeps beside it. */
export interface Tube extends TubeView {
  readonly accession: string;
  readonly priority: TubePriority;
  readonly priorityRank: number;
  readonly statusAt: string;
  /** What its own tests take, mL. */
  readonly needsMl: number;
  /** Minutes after the beginning at which a timed draw is due; null for an ordinary one. */
  readonly drawMinutes: number | null;
  readonly manifestId: string | null;
  readonly rackCode: string | null;
  readonly rackPosition: string | null;
  /** Since when its time of keeping runs: received, or rejected before. */
  readonly keptFrom: string | null;
  readonly notDrawnAt: string | null;
  readonly notDrawnReason: NotDrawnReason | null;
  readonly rescheduledTo: string | null;
}

export const columns = sql`
  id, order_id, patient_id, priority, priority_rank, accession, barcode, is_preprinted, container_code, container_name, cap_colour,
  additive, volume_ml::float8, order_of_draw, specimen, section, draw, draw_minutes, line_ids, test_codes, status, status_at,
  collected_at, collected_by, is_identity_checked, received_at, received_by, rejected_at, rejected_by, reject_reason, reject_decision, replaces_tube_id,
  parent_tube_id, remaining_ml::float8, needs_ml::float8, rack_code, rack_position, rack_code || '/' || rack_position as location,
  referral_lab_id, manifest_id, kept_from, not_drawn_at, not_drawn_reason, rescheduled_to, labels_printed, version`;

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
  | 'drawMinutes'
  | 'lineIds'
  | 'testCodes'
  | 'needsMl'
  | 'referralLabId'
  | 'replacesTubeId'
>;

export interface PlannedFor {
  readonly orderId: string;
  readonly patientId: string;
  readonly priority: TubePriority;
  readonly plannedAt: string;
}

/** Adds tubes to an order, in the order given and after those it has, and the barcodes they are found by. */
export async function addTubes(
  tx: Tx,
  labId: string,
  { orderId, patientId, priority, plannedAt }: PlannedFor,
  tubes: readonly NewTube[],
): Promise<readonly Tube[]> {
  if (tubes.length === 0) return [];
  // As JSON: unnest flattens arrays of arrays, and nineteen parallel arrays hide which value is whose.
  const added = await tx.rows<Tube>(sql`
    insert into lis_sample.tube
      (lab_id, order_id, patient_id, priority, status_at, position, id, accession, barcode, container_code, container_name, cap_colour,
       additive, volume_ml, order_of_draw, specimen, section, draw, draw_minutes, line_ids, test_codes, needs_ml, referral_lab_id,
       replaces_tube_id)
    select ${labId}::uuid, ${orderId}::uuid, ${patientId}::uuid, ${priority}, ${plannedAt}::timestamptz,
      (select coalesce(max(position), 0) from lis_sample.tube where lab_id = ${labId} and order_id = ${orderId}) + n,
      (t ->> 'id')::uuid, t ->> 'accession', t ->> 'accession', t ->> 'containerCode', t ->> 'containerName', t ->> 'capColour',
      t ->> 'additive', (t ->> 'volumeMl')::numeric, (t ->> 'orderOfDraw')::int, t ->> 'specimen', t ->> 'section', t ->> 'draw',
      (t ->> 'drawMinutes')::int, array(select jsonb_array_elements_text(t -> 'lineIds')::uuid),
      array(select jsonb_array_elements_text(t -> 'testCodes')), (t ->> 'needsMl')::numeric, (t ->> 'referralLabId')::uuid,
      (t ->> 'replacesTubeId')::uuid
    from jsonb_array_elements(${JSON.stringify(tubes)}::jsonb) with ordinality as given (t, n)
    order by n
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

export function tubesByIds(db: Db, labId: string, ids: readonly string[]): Promise<readonly Tube[]> {
  return db.rows<Tube>(sql`
    select ${columns} from lis_sample.tube where lab_id = ${labId} and id = any(${ids}::uuid[]) order by accession`);
}

/** Tubes by id, in the order of their ids. */
export function lockByIds(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly Tube[]> {
  return tx.rows<Tube>(sql`
    select ${columns} from lis_sample.tube where lab_id = ${labId} and id = any(${ids}::uuid[]) order by id for update`);
}

/** All tubes of an order, in the order of their ids. */
export function lockOrder(tx: Tx, labId: string, orderId: string): Promise<readonly Tube[]> {
  return tx.rows<Tube>(sql`
    select ${columns} from lis_sample.tube where lab_id = ${labId} and order_id = ${orderId} order by id for update`);
}

/** When the tube of an order's fasting draw was collected; undefined when there is none that was. */
export async function beginningOf(tx: Tx, labId: string, orderId: string): Promise<string | undefined> {
  const row = await tx.maybe<{ collectedAt: string }>(sql`
    select collected_at from lis_sample.tube
    where lab_id = ${labId} and order_id = ${orderId} and draw_minutes = 0 and collected_at is not null and status <> 'rejected'
    order by collected_at desc limit 1`);
  return row?.collectedAt;
}

export interface TubeSearch {
  readonly status: TubeStatus;
  /** Rank of priority, status since and id of the last tube of the page before. */
  readonly after: readonly [priorityRank: number, statusAt: string, id: string];
  readonly limit: number;
}

/** STAT before urgent before routine, and of each those longest in the status first. */
export function listTubes(db: Db, labId: string, { status, after, limit }: TubeSearch): Promise<readonly Tube[]> {
  return db.rows<Tube>(sql`
    select ${columns} from lis_sample.tube
    where lab_id = ${labId} and status = ${status} 
      and (priority_rank, status_at, id) > (${after[0]}::int, ${after[1]}::timestamptz, ${after[2]}::uuid)
    order by priority_rank, status_at, id
    limit ${limit}`);
}

/** Where a list keyed by an instant and an id goes on: those of the last row of the page before. */
export interface AfterInstant {
  readonly after: readonly [at: string, id: string];
  readonly limit: number;
}

/** Not coalesce(): under row-level security that is no condition of an index. */
const nextTry = sql`case when rescheduled_to is null then not_drawn_at else rescheduled_to end`;

/** Planned tubes that could not be drawn, by when the next try is due. */
export function listNotDrawn(db: Db, labId: string, { after, limit }: AfterInstant): Promise<readonly Tube[]> {
  return db.rows<Tube>(sql`
    select ${columns} from lis_sample.tube
    where lab_id = ${labId} and status = 'planned' and not_drawn_at is not null
      and (${nextTry}, id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by ${nextTry}, id
    limit ${limit}`);
}

/** Received and rejected tubes kept since before that instant, longest first. */
export function listKept(
  db: Db,
  labId: string,
  before: string,
  { after, limit }: AfterInstant,
): Promise<readonly Tube[]> {
  return db.rows<Tube>(sql`
    select ${columns} from lis_sample.tube
    where lab_id = ${labId} and status in ('received', 'rejected') and kept_from < ${before}::timestamptz
      and (status = 'received' or reject_decision is not null)
      and (kept_from, id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by kept_from, id
    limit ${limit}`);
}
