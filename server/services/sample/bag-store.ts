// Courier bags and what is in them.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { BagStatus, BagView } from './contract.ts';
import type { AfterInstant } from './tube-store.ts';

export interface Bag extends BagView {
  readonly statusAt: string;
}

const bag = sql`
  b.id, b.code, b.status, b.status_at, b.from_place, b.to_place, b.courier, b.packed_at, b.packed_by, b.sent_at, b.sent_by, b.received_at,
  b.received_by,
  (select count(*)::int from lis_sample.bag_tube as c where c.bag_id = b.id) as tube_count,
  (select count(*)::int from lis_sample.bag_tube as c where c.bag_id = b.id and c.state = 'missing') as missing_count`;

/** The next number of a kind of document on a day of the lab, held until the commit, so none is lost. */
export async function takeNumber(tx: Tx, labId: string, kind: 'bag' | 'manifest', day: string): Promise<number> {
  const row = await tx.one<{ last: number }>(sql`
    insert into lis_sample.document_counter as c (lab_id, kind, day, last) values (${labId}, ${kind}, ${day}::date, 1)
    on conflict (lab_id, kind, day) do update set last = c.last + 1
    returning last`);
  return row.last;
}

export interface NewBag {
  readonly id: string;
  readonly code: string;
  readonly fromPlace: string | null;
  readonly toPlace: string;
  readonly at: string;
  readonly by: string;
}

/** False when a bag of that id is there. */
export async function addBag(
  tx: Tx,
  labId: string,
  { id, code, fromPlace, toPlace, at, by }: NewBag,
): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into lis_sample.bag (id, lab_id, code, status_at, from_place, to_place, packed_at, packed_by)
    values (${id}, ${labId}, ${code}, ${at}::timestamptz, ${fromPlace}, ${toPlace}, ${at}::timestamptz, ${by})
    on conflict (id) do nothing
    returning id`);
  return rows.length > 0;
}

export async function fillBag(tx: Tx, labId: string, bagId: string, tubeIds: readonly string[]): Promise<void> {
  await tx.rows(sql`
    insert into lis_sample.bag_tube (lab_id, bag_id, tube_id)
    select ${labId}::uuid, ${bagId}::uuid, id from unnest(${tubeIds}::uuid[]) as id`);
}

/** Those of the tubes that are on their way in a bag. */
export async function packedAmong(tx: Tx, labId: string, tubeIds: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.rows<{ tubeId: string }>(sql`
    select tube_id from lis_sample.bag_tube where lab_id = ${labId} and tube_id = any(${tubeIds}::uuid[]) and state = 'packed'`);
  return rows.map((row) => row.tubeId);
}

/**
 * Tubes that are in hand again come out of whatever bag they are listed in: received when it was on its way, found when they
 * had been missing. Gives the ids of those found.
 */
export async function markFound(tx: Tx, labId: string, tubeIds: readonly string[]): Promise<readonly string[]> {
  if (tubeIds.length === 0) return [];
  const rows = await tx.rows<{ tubeId: string; state: string }>(sql`
    update lis_sample.bag_tube set state = case state when 'packed' then 'received' else 'found' end
    where lab_id = ${labId} and tube_id = any(${tubeIds}::uuid[]) and state in ('packed', 'missing')
    returning tube_id, state`);
  return rows.filter((row) => row.state === 'found').map((row) => row.tubeId);
}

/** Those that did not come out of their bag. */
export async function markMissing(tx: Tx, labId: string, bagId: string, at: string): Promise<readonly string[]> {
  const rows = await tx.rows<{ tubeId: string }>(sql`
    update lis_sample.bag_tube set state = 'missing', missing_since = ${at}::timestamptz
    where lab_id = ${labId} and bag_id = ${bagId} and state = 'packed'
    returning tube_id`);
  return rows.map((row) => row.tubeId);
}

export function findBag(db: Db, labId: string, code: string): Promise<Bag | undefined> {
  return db.maybe<Bag>(
    sql`select ${bag} from lis_sample.bag as b where b.lab_id = ${labId} and b.code = upper(${code})`,
  );
}

export function bagById(db: Db, labId: string, id: string): Promise<Bag | undefined> {
  return db.maybe<Bag>(sql`select ${bag} from lis_sample.bag as b where b.lab_id = ${labId} and b.id = ${id}`);
}

export function lockBag(tx: Tx, labId: string, code: string): Promise<Bag | undefined> {
  return tx.maybe<Bag>(sql`
    select ${bag} from lis_sample.bag as b where b.lab_id = ${labId} and b.code = upper(${code}) for update of b`);
}

export async function setSent(
  tx: Tx,
  labId: string,
  id: string,
  courier: string | null,
  at: string,
  by: string,
): Promise<void> {
  await tx.rows(sql`
    update lis_sample.bag
    set status = 'sent', status_at = ${at}::timestamptz, sent_at = ${at}::timestamptz, sent_by = ${by}, courier = ${courier}
    where lab_id = ${labId} and id = ${id}`);
}

export async function setBagReceived(tx: Tx, labId: string, id: string, at: string, by: string): Promise<void> {
  await tx.rows(sql`
    update lis_sample.bag
    set status = 'received', status_at = ${at}::timestamptz, received_at = ${at}::timestamptz, received_by = ${by}
    where lab_id = ${labId} and id = ${id}`);
}

export interface BagTube {
  readonly tubeId: string;
  readonly state: 'packed' | 'received' | 'missing' | 'found';
}

export function tubesOfBag(db: Db, labId: string, bagId: string): Promise<readonly BagTube[]> {
  return db.rows<BagTube>(sql`
    select tube_id, state from lis_sample.bag_tube where lab_id = ${labId} and bag_id = ${bagId} order by tube_id`);
}

export function listBags(
  db: Db,
  labId: string,
  status: BagStatus,
  { after, limit }: AfterInstant,
): Promise<readonly Bag[]> {
  return db.rows<Bag>(sql`
    select ${bag} from lis_sample.bag as b
    where b.lab_id = ${labId} and b.status = ${status} and (b.status_at, b.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by b.status_at, b.id
    limit ${limit}`);
}

export interface Missing {
  readonly tubeId: string;
  readonly bagCode: string;
  readonly missingSince: string;
}

export function listMissing(db: Db, labId: string, { after, limit }: AfterInstant): Promise<readonly Missing[]> {
  return db.rows<Missing>(sql`
    select c.tube_id, b.code as bag_code, c.missing_since
    from lis_sample.bag_tube as c join lis_sample.bag as b on b.id = c.bag_id and b.lab_id = c.lab_id
    where c.lab_id = ${labId} and c.state = 'missing' and (c.missing_since, c.tube_id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by c.missing_since, c.tube_id
    limit ${limit}`);
}
