import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, instantKey, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import { purchaseNotFound } from '../contract.ts';
import type {
  getPurchase as getPurchaseCall,
  listPurchases as listPurchasesCall,
  listReceipts as listReceiptsCall,
  listSuppliers as listSuppliersCall,
  PurchaseView,
  ReceiptView,
  SupplierView,
} from '../contract.ts';
import * as purchases from '../purchase-store.ts';
import type { ReceiptRow } from '../purchase-store.ts';
import * as store from '../store.ts';
import { lotView, purchaseView } from '../views.ts';

export async function getPurchase(
  ctx: Ctx,
  { purchaseId }: ParsedInput<typeof getPurchaseCall>,
): Promise<PurchaseView> {
  const row = await purchases.getPurchase(ctx.db, ctx.labId(), purchaseId);
  if (row === undefined) throw purchaseNotFound({});
  return purchaseView(row);
}

export async function listPurchases(
  ctx: Ctx,
  { first, after, status }: ParsedInput<typeof listPurchasesCall>,
): Promise<Page<PurchaseView>> {
  const place = { after: after ? instantKey(after) : null, limit: first + 1 };
  const rows = await ctx.db.rows<PurchaseView>(purchases.purchasesQuery(ctx.labId(), status ?? null, place));
  return toPage(rows, first, (row) => [row.createdAt, row.id], purchaseView);
}

export async function listReceipts(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listReceiptsCall>,
): Promise<Page<ReceiptView>> {
  const place = { after: after ? instantKey(after) : null, limit: first + 1 };
  const rows = await ctx.db.rows<ReceiptRow>(purchases.receiptsQuery(ctx.labId(), place));
  const ids = rows.map(({ id }) => id);
  const lots = Map.groupBy(await store.lotsOfReceipts(ctx.db, ctx.labId(), ids), ({ receiptId }) => receiptId);
  return toPage(
    rows,
    first,
    (row) => [row.receivedAt, row.id],
    ({ content: _, ...row }) => ({ ...row, lots: (lots.get(row.id) ?? []).map(lotView) }),
  );
}

export async function listSuppliers(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listSuppliersCall>,
): Promise<Page<SupplierView>> {
  const [code] = after ? decodeCursor(after, 1) : [''];
  if (String(code).includes('\0')) throw badCursor({});
  const rows = await ctx.db.rows<SupplierView>(purchases.suppliersQuery(ctx.labId(), String(code), first + 1));
  return toPage(
    rows,
    first,
    (row) => [row.code],
    (row) => row,
  );
}
