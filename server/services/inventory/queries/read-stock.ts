import { calendarDay, isUuid } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, LEAST_ID, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import { labelUnreadable } from '../contract.ts';
import type {
  ItemView,
  listExpiring as listExpiringCall,
  listItems as listItemsCall,
  listMovements as listMovementsCall,
  lotsOfItems as lotsOfItemsCall,
  LotView,
  MovementView,
  readLabel as readLabelCall,
  verificationsOfLots as verificationsOfLotsCall,
  VerificationView,
} from '../contract.ts';
import { readGs1 } from '../domain/gs1.ts';
import * as store from '../store.ts';
import type { ItemWithGtins, LotRow, MovementRow } from '../store.ts';
import { itemView, lotView, movementView } from '../views.ts';

export async function listItems(
  ctx: Ctx,
  { kind, text, isLow, first, after }: ParsedInput<typeof listItemsCall>,
): Promise<Page<ItemView>> {
  const [code] = after ? decodeCursor(after, 1) : [''];
  if (String(code).includes('\0')) throw badCursor({});
  const place = { kind: kind ?? null, text, isLow: isLow ?? null, after: String(code), limit: first + 1 };
  const rows = await ctx.db.rows<ItemWithGtins>(store.itemsQuery(ctx.labId(), place));
  return toPage(rows, first, (row) => [row.code], itemView);
}

export async function lotsOfItems(ctx: Ctx, { ids }: ParsedInput<typeof lotsOfItemsCall>): Promise<LotView[]> {
  return (await ctx.db.rows<LotRow>(store.lotsQuery(ctx.labId(), ids))).map(lotView);
}

export async function listExpiring(
  ctx: Ctx,
  { until, first, after }: ParsedInput<typeof listExpiringCall>,
): Promise<Page<LotView>> {
  const [day, id] = after ? decodeCursor(after, 2) : ['0001-01-01', LEAST_ID];
  if (!isUuid(String(id)) || !/^\d{4}-\d\d-\d\d$/.test(String(day))) throw badCursor({});
  const place = { until, after: [String(day), String(id)], limit: first + 1 } as const;
  const rows = await ctx.db.rows<LotRow>(store.expiringQuery(ctx.labId(), place));
  return toPage(rows, first, (row) => [row.usableUntil, row.id], lotView);
}

export async function listMovements(
  ctx: Ctx,
  { itemId, lotId, first, after }: ParsedInput<typeof listMovementsCall>,
): Promise<Page<MovementView>> {
  const [before] = after ? decodeCursor(after, 1) : [Number.MAX_SAFE_INTEGER];
  if (typeof before !== 'number' || !Number.isSafeInteger(before)) throw badCursor({});
  const place = { itemId, lotId: lotId ?? null, before, limit: first + 1 };
  const rows = await ctx.db.rows<MovementRow>(store.movementsQuery(ctx.labId(), place));
  return toPage(rows, first, (row) => [row.seq], movementView);
}

export async function verificationsOfLots(
  ctx: Ctx,
  { ids }: ParsedInput<typeof verificationsOfLotsCall>,
): Promise<VerificationView[]> {
  return [...(await ctx.db.rows<VerificationView>(store.verificationsQuery(ctx.labId(), ids)))];
}

/** What a box says of itself, and what the lab knows of it. @throws inventory.label_unreadable */
export async function readLabel(
  ctx: Ctx,
  { text }: ParsedInput<typeof readLabelCall>,
): Promise<Answer<typeof readLabelCall>> {
  const reading = readGs1(text, calendarDay(ctx.now()));
  if (!reading.ok) throw labelUnreadable({ at: reading.at, expected: reading.expected });
  const { label } = reading;
  const labId = ctx.labId();
  const item = label.gtin === null ? undefined : await store.findByGtin(ctx.db, labId, label.gtin);
  const lots =
    item === undefined || label.lotNumber === null
      ? []
      : await store.lotsOfNumber(ctx.db, labId, item.id, label.lotNumber);
  return { ...label, item: item === undefined ? null : itemView(item), lots: lots.map(lotView) };
}
