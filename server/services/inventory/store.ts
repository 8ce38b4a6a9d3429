// The SQL statements about items, lots and the ledger. Use is in usage-store.ts, buying in purchase-store.ts.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { ItemView, LotView, MovementView, VerificationView } from './contract.ts';

export interface ItemRow extends Omit<ItemView, 'gtins'> {
  readonly searchKey: string;
}
export type ItemWithGtins = ItemRow & { readonly gtins: readonly string[] };
export interface LotRow extends LotView {
  readonly wasUsable: boolean;
  readonly receiptId: string;
  readonly toldExpiry: boolean;
  readonly toldOpen: boolean;
}

const withGtins = sql`
  i.*, array(select g.gtin from lis_inventory.item_gtin as g where g.lab_id = i.lab_id and g.item_id = i.id order by g.gtin) as gtins`;

export function getItems(db: Db, labId: string, ids: readonly string[]): Promise<readonly ItemWithGtins[]> {
  return db.rows<ItemWithGtins>(sql`
    select ${withGtins} from lis_inventory.item as i where i.lab_id = ${labId} and i.id = any(${ids}::uuid[])`);
}

export function findByGtin(db: Db, labId: string, gtin: string): Promise<ItemWithGtins | undefined> {
  return db.maybe<ItemWithGtins>(sql`
    select ${withGtins}
    from lis_inventory.item_gtin as own
    join lis_inventory.item as i on i.lab_id = own.lab_id and i.id = own.item_id
    where own.lab_id = ${labId} and own.gtin = ${gtin}`);
}

export interface ItemPlace {
  readonly kind: string | null;
  readonly text: string;
  readonly isLow: boolean | null;
  readonly after: string;
  readonly limit: number;
}

/** By code. */
export function itemsQuery(labId: string, { kind, text, isLow, after, limit }: ItemPlace) {
  const low = isLow === null ? sql`` : isLow ? sql`and i.is_low` : sql`and not i.is_low`;
  return sql`
    select ${withGtins}
    from lis_inventory.item as i
    where i.lab_id = ${labId} and i.code > ${after} ${low}
      and (${kind}::text is null or i.kind = ${kind})
      and strpos(i.search_key, ${text.toLowerCase()}) > 0
    order by i.code
    limit ${limit}`;
}

/** In one order for everybody; the lock of an item is also that of its lots' quantities. */
export function lockItems(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly ItemRow[]> {
  return tx.rows<ItemRow>(sql`
    select * from lis_inventory.item where lab_id = ${labId} and id = any(${ids}::uuid[]) order by id for update`);
}

export type ItemFacts = Omit<ItemView, 'inStock' | 'isLow' | 'version'>;

/** Nothing when the id is there already. */
export function addItem(tx: Tx, labId: string, item: ItemFacts): Promise<ItemRow | undefined> {
  return tx.maybe<ItemRow>(sql`
    insert into lis_inventory.item
      (lab_id, id, code, name, search_key, kind, maker, unit, storage, open_days, reorder_point, reorder_quantity, needs_verification)
    values
      (${labId}, ${item.id}, ${item.code}, ${item.name}, ${searchKey(item)}, ${item.kind}, ${item.maker}, ${item.unit},
       ${item.storage}, ${item.openDays}, ${item.reorderPoint}, ${item.reorderQuantity}, ${item.needsVerification})
    on conflict (lab_id, id) do nothing
    returning *`);
}

export function changeItem(tx: Tx, labId: string, item: ItemFacts): Promise<ItemRow> {
  return tx.one<ItemRow>(sql`
    update lis_inventory.item
    set code = ${item.code}, name = ${item.name}, search_key = ${searchKey(item)}, kind = ${item.kind},
      maker = ${item.maker}, unit = ${item.unit}, storage = ${item.storage}, open_days = ${item.openDays},
      reorder_point = ${item.reorderPoint}, reorder_quantity = ${item.reorderQuantity},
      needs_verification = ${item.needsVerification}, version = version + 1
    where lab_id = ${labId} and id = ${item.id}
    returning *`);
}

function searchKey({ code, name }: Pick<ItemView, 'code' | 'name'>): string {
  return `${code} ${name}`.toLowerCase();
}

export async function setGtins(tx: Tx, labId: string, itemId: string, gtins: readonly string[]): Promise<void> {
  await tx.rows(sql`
    delete from lis_inventory.item_gtin
    where lab_id = ${labId} and item_id = ${itemId} and not gtin = any(${gtins}::text[])`);
  await tx.rows(sql`
    insert into lis_inventory.item_gtin (lab_id, gtin, item_id)
    select ${labId}::uuid, wanted.gtin, ${itemId}::uuid
    from unnest(${gtins}::text[]) as wanted (gtin)
    where not exists (
      select from lis_inventory.item_gtin as own
      where own.lab_id = ${labId} and own.item_id = ${itemId} and own.gtin = wanted.gtin)`);
}

export async function hasLots(tx: Tx, labId: string, itemId: string): Promise<boolean> {
  const row = await tx.one<{ readonly has: boolean }>(sql`
    select exists (select from lis_inventory.lot where lab_id = ${labId} and item_id = ${itemId}) as has`);
  return row.has;
}

/** Writes the sums of usable lots; `isLow` follows. Their items are locked. */
export function settleItems(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly ItemRow[]> {
  return tx.rows<ItemRow>(sql`
    update lis_inventory.item as i
    set in_stock = s.total, is_low = coalesce(s.total <= i.reorder_point, false)
    from (
      select asked.id, coalesce(sum(l.quantity), 0) as total
      from unnest(${ids}::uuid[]) as asked (id)
      left join lis_inventory.lot as l
        on l.lab_id = ${labId} and l.item_id = asked.id and l.status in ('usable', 'in_use')
      group by asked.id) as s
    where i.lab_id = ${labId} and i.id = s.id
    returning i.*`);
}

export function getLots(db: Db, labId: string, ids: readonly string[]): Promise<readonly LotRow[]> {
  return db.rows<LotRow>(sql`
    select * from lis_inventory.lot where lab_id = ${labId} and id = any(${ids}::uuid[]) order by id`);
}

/** What is there of some items, and these lots whatever is left of them. The items are locked. */
export function lockLots(
  tx: Tx,
  labId: string,
  itemIds: readonly string[],
  lotIds: readonly string[],
): Promise<readonly LotRow[]> {
  return tx.rows<LotRow>(sql`
    select * from lis_inventory.lot
    where lab_id = ${labId} and item_id = any(${itemIds}::uuid[])
      and (id = any(${lotIds}::uuid[]) or (quantity > 0 and status <> 'discarded'))
    order by id
    for update`);
}

/** First to expire first; those that are used up or thrown away are left out. */
export function lotsQuery(labId: string, itemIds: readonly string[]) {
  return sql`
    select * from lis_inventory.lot
    where lab_id = ${labId} and item_id = any(${itemIds}::uuid[]) and status not in ('used_up', 'discarded')
    order by item_id, usable_until, received_at, id
    limit 2000`;
}

export function lotsOfNumber(db: Db, labId: string, itemId: string, lotNumber: string): Promise<readonly LotRow[]> {
  return db.rows<LotRow>(sql`
    select * from lis_inventory.lot
    where lab_id = ${labId} and item_id = ${itemId} and lot_number = ${lotNumber}
    order by usable_until, received_at, id
    limit 200`);
}

export async function hasLotOnceUsable(tx: Tx, labId: string, itemId: string, except: string): Promise<boolean> {
  const row = await tx.one<{ readonly has: boolean }>(sql`
    select exists (
      select from lis_inventory.lot
      where lab_id = ${labId} and item_id = ${itemId} and id <> ${except} and was_usable) as has`);
  return row.has;
}

export function lotsOfReceipts(db: Db, labId: string, receiptIds: readonly string[]): Promise<readonly LotRow[]> {
  return db.rows<LotRow>(sql`
    select * from lis_inventory.lot
    where lab_id = ${labId} and receipt_id = any(${receiptIds}::uuid[])
    order by receipt_id, id`);
}

export interface ExpiringPlace {
  readonly until: string;
  readonly after: readonly [usableUntil: string, id: string];
  readonly limit: number;
}

export function expiringQuery(labId: string, { until, after, limit }: ExpiringPlace) {
  return sql`
    select * from lis_inventory.lot
    where lab_id = ${labId} and status in ('quarantine', 'usable', 'in_use') and quantity > 0
      and usable_until <= ${until}::date and (usable_until, id) > (${after[0]}::date, ${after[1]}::uuid)
    order by usable_until, id
    limit ${limit}`;
}

/** Items with a lot that expires by that day and is not marked so. */
export function expiredItemsQuery(labId: string, before: string) {
  return sql`
    select distinct item_id from lis_inventory.lot
    where lab_id = ${labId} and status in ('quarantine', 'usable', 'in_use') and expires_on < ${before}::date`;
}

export async function hasAgeingLots(tx: Tx, labId: string): Promise<boolean> {
  const row = await tx.one<{ readonly has: boolean }>(sql`
    select exists (
      select from lis_inventory.lot
      where lab_id = ${labId} and status in ('quarantine', 'usable', 'in_use')) as has`);
  return row.has;
}

export function addLot(tx: Tx, labId: string, lot: Omit<LotRow, 'quantity' | 'version'>): Promise<LotRow> {
  return tx.one<LotRow>(sql`
    insert into lis_inventory.lot
      (lab_id, id, item_id, lot_number, expires_on, received_at, opened_at, usable_until, quantity, status, quarantine_reasons,
       was_usable, instrument, location, receipt_id)
    values
      (${labId}, ${lot.id}, ${lot.itemId}, ${lot.lotNumber}, ${lot.expiresOn}, ${lot.receivedAt}, ${lot.openedAt},
       ${lot.usableUntil}, 0, ${lot.status}, ${lot.quarantineReasons}, ${lot.wasUsable}, ${lot.instrument}, ${lot.location},
       ${lot.receiptId})
    returning *`);
}

/** What a person changes of a lot; never its quantity. */
export function changeLot(tx: Tx, labId: string, lot: LotRow): Promise<LotRow> {
  return tx.one<LotRow>(sql`
    update lis_inventory.lot
    set opened_at = ${lot.openedAt}, usable_until = ${lot.usableUntil}, status = ${lot.status},
      quarantine_reasons = ${lot.quarantineReasons}, was_usable = ${lot.wasUsable}, instrument = ${lot.instrument},
      told_open = ${lot.toldOpen}, version = version + 1
    where lab_id = ${labId} and id = ${lot.id}
    returning *`);
}

export async function markTold(tx: Tx, labId: string, lots: readonly LotRow[]): Promise<void> {
  await tx.rows(sql`
    update lis_inventory.lot as l
    set told_expiry = told.expiry, told_open = told.open
    from unnest(${lots.map(({ id }) => id)}::uuid[], ${lots.map((lot) => lot.toldExpiry)}::boolean[],
      ${lots.map((lot) => lot.toldOpen)}::boolean[]) as told (id, expiry, open)
    where l.lab_id = ${labId} and l.id = told.id`);
}

/** Quantities and statuses after movements; use alone makes no new version, or no screen would ever be in time. */
export async function settleLots(
  tx: Tx,
  labId: string,
  lots: readonly Pick<LotRow, 'id' | 'quantity' | 'status'>[],
): Promise<void> {
  await tx.rows(sql`
    update lis_inventory.lot as l
    set quantity = settled.quantity, status = settled.status,
      version = l.version + case when l.status = settled.status then 0 else 1 end
    from unnest(${lots.map(({ id }) => id)}::uuid[], ${lots.map(({ quantity }) => quantity)}::numeric[],
      ${lots.map(({ status }) => status)}::text[]) as settled (id, quantity, status)
    where l.lab_id = ${labId} and l.id = settled.id`);
}

export type MovementRow = MovementView & { readonly seq: number };

export async function addMovements(tx: Tx, labId: string, movements: readonly MovementView[]): Promise<void> {
  const column = <T>(pick: (movement: MovementView) => T) => movements.map(pick);
  await tx.rows(sql`
    insert into lis_inventory.movement (lab_id, id, item_id, lot_id, kind, quantity, balance, at, by, reason, location, source_id)
    select ${labId}::uuid, m.id, m.item_id, m.lot_id, m.kind, m.quantity, m.balance, m.at, m.by, m.reason, m.location, m.source_id
    from unnest(${column(({ id }) => id)}::uuid[], ${column(({ itemId }) => itemId)}::uuid[],
      ${column(({ lotId }) => lotId)}::uuid[], ${column(({ kind }) => kind)}::text[],
      ${column(({ quantity }) => quantity)}::numeric[], ${column(({ balance }) => balance)}::numeric[],
      ${column(({ at }) => at)}::timestamptz[], ${column(({ by }) => by)}::text[], ${column(({ reason }) => reason)}::text[],
      ${column(({ location }) => location)}::text[], ${column(({ sourceId }) => sourceId)}::uuid[])
      with ordinality as m (id, item_id, lot_id, kind, quantity, balance, at, by, reason, location, source_id, place)
    order by m.place`);
}

export function getMovement(tx: Tx, labId: string, id: string): Promise<MovementRow | undefined> {
  return tx.maybe<MovementRow>(sql`select * from lis_inventory.movement where lab_id = ${labId} and id = ${id}`);
}

export interface MovementPlace {
  readonly itemId: string;
  readonly lotId: string | null;
  readonly before: number;
  readonly limit: number;
}

/** Newest first. */
export function movementsQuery(labId: string, { itemId, lotId, before, limit }: MovementPlace) {
  const ofLot = lotId === null ? sql`` : sql`and lot_id = ${lotId}`;
  return sql`
    select * from lis_inventory.movement
    where lab_id = ${labId} and item_id = ${itemId} ${ofLot} and seq < ${before}
    order by seq desc
    limit ${limit}`;
}

/** False when the id is there already. */
export async function addVerification(tx: Tx, labId: string, row: VerificationView): Promise<boolean> {
  const added = await tx.rows(sql`
    insert into lis_inventory.verification (lab_id, id, lot_id, old_lot_id, comparisons, has_passed, at, by, note)
    values (${labId}, ${row.id}, ${row.lotId}, ${row.oldLotId}, ${JSON.stringify(row.comparisons)}::jsonb, ${row.hasPassed},
      ${row.at}, ${row.by}, ${row.note})
    on conflict (lab_id, id) do nothing
    returning id`);
  return added.length > 0;
}

export function getVerification(db: Db, labId: string, id: string): Promise<VerificationView> {
  return db.one<VerificationView>(sql`
    select id, lot_id, old_lot_id, comparisons, has_passed, at, by, note
    from lis_inventory.verification where lab_id = ${labId} and id = ${id}`);
}

export function verificationsQuery(labId: string, lotIds: readonly string[]) {
  return sql`
    select id, lot_id, old_lot_id, comparisons, has_passed, at, by, note
    from lis_inventory.verification
    where lab_id = ${labId} and lot_id = any(${lotIds}::uuid[])
    order by lot_id, at desc, id desc
    limit 1000`;
}

export interface StockCountRow {
  readonly reason: string;
  readonly lines: readonly { readonly lotId: string; readonly onSheet: string; readonly counted: string }[];
}

/** False when the id is there already. */
export async function addCount(
  tx: Tx,
  labId: string,
  count: StockCountRow & { readonly id: string; readonly at: string; readonly by: string },
): Promise<boolean> {
  const added = await tx.rows(sql`
    insert into lis_inventory.stock_count (lab_id, id, at, by, reason, lines)
    values (${labId}, ${count.id}, ${count.at}, ${count.by}, ${count.reason}, ${JSON.stringify(count.lines)}::jsonb)
    on conflict (lab_id, id) do nothing
    returning id`);
  return added.length > 0;
}

export function getCount(db: Db, labId: string, id: string): Promise<StockCountRow> {
  return db.one<StockCountRow>(sql`
    select reason, lines from lis_inventory.stock_count where lab_id = ${labId} and id = ${id}`);
}
