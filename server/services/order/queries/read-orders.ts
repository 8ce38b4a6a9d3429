import { calendarDay } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { Id, Instant } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type {
  getOrder as getOrderCall,
  getOrders as getOrdersCall,
  listOrders as listOrdersCall,
  OrderView,
} from '../contract.ts';
import { orderNotFound } from '../contract.ts';
import { numberBeginnings } from '../domain/order-number.ts';
import * as store from '../store.ts';

/** Who opened an order is noted; the system's own looking is not. */
export async function getOrder(ctx: Ctx, { orderId }: ParsedInput<typeof getOrderCall>): Promise<OrderView> {
  const [order] = await store.getOrders(ctx.db, ctx.labId(), [orderId]);
  if (order === undefined) throw orderNotFound({});
  if (ctx.actor.kind === 'user') ctx.auditView('order.view', order.id, order.id);
  return order;
}

export function getOrders(ctx: Ctx, { ids }: ParsedInput<typeof getOrdersCall>): Promise<readonly OrderView[]> {
  return store.getOrders(ctx.db, ctx.labId(), ids);
}

const END_OF_TIME = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const;

export async function listOrders(
  ctx: Ctx,
  { patientId, text, first, after }: ParsedInput<typeof listOrdersCall>,
): Promise<Page<OrderView>> {
  const search: store.OrderSearch = { before: after ? orderKey(after) : END_OF_TIME, limit: first + 1 };
  const labId = ctx.labId();
  const rows =
    text !== ''
      ? await store.listByNumber(
          ctx.db,
          labId,
          patientId ?? null,
          numberBeginnings(text, calendarDay(ctx.now())),
          search,
        )
      : patientId
        ? await store.listOfPatient(ctx.db, labId, patientId, search)
        : await store.listNewest(ctx.db, labId, search);
  return toPage(
    rows,
    first,
    (order) => [order.placedAt, order.id],
    (order) => order,
  );
}

function orderKey(cursor: string): readonly [string, string] {
  const [placedAt, id] = decodeCursor(cursor, 2);
  const at = Instant.safeParse(placedAt);
  const orderId = Id.safeParse(id);
  if (!at.success || !orderId.success) throw badCursor({});
  return [at.data, orderId.data];
}
