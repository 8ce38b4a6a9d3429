import { calendarDay } from '@nidaan/values';

import { getPatients } from '#contract/patient.ts';
import type { Page, ParsedInput } from '#platform/contract.ts';
import { END_OF_TIME, instantKey, toPage } from '#platform/paging.ts';
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

export async function listOrders(ctx: Ctx, input: ParsedInput<typeof listOrdersCall>): Promise<Page<OrderView>> {
  const { first, after } = input;
  const search: store.OrderSearch = { before: after ? instantKey(after) : END_OF_TIME, limit: first + 1 };
  return toPage(
    await readOrders(ctx, input, search),
    first,
    (order) => [order.placedAt, order.id],
    (order) => order,
  );
}

async function readOrders(
  ctx: Ctx,
  { patientId, sourceId, text }: ParsedInput<typeof listOrdersCall>,
  search: store.OrderSearch,
): Promise<readonly OrderView[]> {
  const labId = ctx.labId();
  const patientIds = patientId ? await samePersonIds(ctx, patientId) : null;
  if (text !== '') {
    const beginnings = numberBeginnings(text, calendarDay(ctx.now()));
    return store.listByNumber(ctx.db, labId, patientIds, beginnings, search);
  }
  if (patientIds) return store.listOfPatient(ctx.db, labId, patientIds, search);
  if (sourceId) return store.listOfSource(ctx.db, labId, sourceId, search);
  return store.listNewest(ctx.db, labId, search);
}

/** As the system: whoever may read orders need not be allowed to read patients. Nobody is known by an unknown id. */
async function samePersonIds(ctx: Ctx, patientId: string): Promise<readonly string[]> {
  const [patient] = await ctx.callAsSystem(getPatients, { ids: [patientId] });
  return patient?.samePersonIds ?? [];
}
