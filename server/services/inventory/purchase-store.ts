// The SQL statements about suppliers, purchase orders and goods receipts.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { PurchaseView, ReceiptView, SupplierView } from './contract.ts';

export type SupplierFacts = Omit<SupplierView, 'version'>;

/** Nothing when the id is there already. */
export function addSupplier(tx: Tx, labId: string, row: SupplierFacts): Promise<SupplierView | undefined> {
  return tx.maybe<SupplierView>(sql`
    insert into lis_inventory.supplier (lab_id, id, code, name, phone, email, is_active)
    values (${labId}, ${row.id}, ${row.code}, ${row.name}, ${row.phone}, ${row.email}, ${row.isActive})
    on conflict (lab_id, id) do nothing
    returning *`);
}

export function lockSupplier(tx: Tx, labId: string, id: string): Promise<SupplierView | undefined> {
  return tx.maybe<SupplierView>(sql`
    select * from lis_inventory.supplier where lab_id = ${labId} and id = ${id} for update`);
}

export function getSupplier(db: Db, labId: string, id: string): Promise<SupplierView | undefined> {
  return db.maybe<SupplierView>(sql`select * from lis_inventory.supplier where lab_id = ${labId} and id = ${id}`);
}

export function changeSupplier(tx: Tx, labId: string, row: SupplierFacts): Promise<SupplierView> {
  return tx.one<SupplierView>(sql`
    update lis_inventory.supplier
    set code = ${row.code}, name = ${row.name}, phone = ${row.phone}, email = ${row.email}, is_active = ${row.isActive},
      version = version + 1
    where lab_id = ${labId} and id = ${row.id}
    returning *`);
}

export function suppliersQuery(labId: string, after: string, limit: number) {
  return sql`
    select * from lis_inventory.supplier where lab_id = ${labId} and code > ${after} order by code limit ${limit}`;
}

/** The next number of a year. The row is locked until the commit, so that no number is left out. */
export async function nextSerial(tx: Tx, labId: string, year: number): Promise<number> {
  const row = await tx.one<{ readonly last: number }>(sql`
    insert into lis_inventory.purchase_serial as s (lab_id, year, last) values (${labId}, ${year}, 1)
    on conflict (lab_id, year) do update set last = s.last + 1
    returning last`);
  return row.last;
}

export function getPurchase(db: Db, labId: string, id: string): Promise<PurchaseView | undefined> {
  return db.maybe<PurchaseView>(sql`select * from lis_inventory.purchase where lab_id = ${labId} and id = ${id}`);
}

export function lockPurchase(tx: Tx, labId: string, id: string): Promise<PurchaseView | undefined> {
  return tx.maybe<PurchaseView>(sql`
    select * from lis_inventory.purchase where lab_id = ${labId} and id = ${id} for update`);
}

/** Held until the commit: one id sent twice at once must not draw two numbers. */
export async function lockId(tx: Tx, labId: string, id: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('lis_inventory.purchase ' || ${labId} || ${id}, 0))`);
}

export function addPurchase(
  tx: Tx,
  labId: string,
  row: Pick<PurchaseView, 'id' | 'number' | 'supplierId' | 'lines' | 'note' | 'createdAt'>,
): Promise<PurchaseView> {
  return tx.one<PurchaseView>(sql`
    insert into lis_inventory.purchase (lab_id, id, number, supplier_id, lines, note, created_at)
    values (${labId}, ${row.id}, ${row.number}, ${row.supplierId}, ${JSON.stringify(row.lines)}::jsonb, ${row.note},
      ${row.createdAt})
    returning *`);
}

export function changePurchase(tx: Tx, labId: string, row: PurchaseView): Promise<PurchaseView> {
  return tx.one<PurchaseView>(sql`
    update lis_inventory.purchase
    set supplier_id = ${row.supplierId}, status = ${row.status}, lines = ${JSON.stringify(row.lines)}::jsonb, note = ${row.note},
      sent_at = ${row.sentAt}, version = version + 1
    where lab_id = ${labId} and id = ${row.id}
    returning *`);
}

export interface NewestPlace {
  readonly after: readonly [at: string, id: string] | null;
  readonly limit: number;
}

export function purchasesQuery(labId: string, status: string | null, { after, limit }: NewestPlace) {
  const ofStatus = status === null ? sql`` : sql`and status = ${status}`;
  const before = after === null ? sql`` : sql`and (created_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`;
  return sql`
    select * from lis_inventory.purchase
    where lab_id = ${labId} ${ofStatus} ${before}
    order by created_at desc, id desc
    limit ${limit}`;
}

export type ReceiptRow = Omit<ReceiptView, 'lots'> & { readonly content: string };

/** False when the id is there already. */
export async function addReceipt(tx: Tx, labId: string, row: ReceiptRow): Promise<boolean> {
  const added = await tx.rows(sql`
    insert into lis_inventory.receipt (lab_id, id, purchase_id, supplier_id, invoice_number, received_at, by, content)
    values (${labId}, ${row.id}, ${row.purchaseId}, ${row.supplierId}, ${row.invoiceNumber}, ${row.receivedAt}, ${row.by},
      ${row.content})
    on conflict (lab_id, id) do nothing
    returning id`);
  return added.length > 0;
}

export function getReceipt(db: Db, labId: string, id: string): Promise<ReceiptRow> {
  return db.one<ReceiptRow>(sql`select * from lis_inventory.receipt where lab_id = ${labId} and id = ${id}`);
}

export function receiptsQuery(labId: string, { after, limit }: NewestPlace) {
  const before = after === null ? sql`` : sql`and (received_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`;
  return sql`
    select * from lis_inventory.receipt
    where lab_id = ${labId} ${before}
    order by received_at desc, id desc
    limit ${limit}`;
}
