import { calendarDay } from '@nidaan/values';

import { getPatient } from '#contract/patient.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { CatalogueItem, OrderView, placeOrder as placeOrderCall } from '../contract.ts';
import { orderIdTaken, orderPlaced, unknownItem } from '../contract.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { linesOf } from '../domain/order-lines.ts';
import { orderNumber } from '../domain/order-number.ts';
import { priceItems } from '../domain/order-pricing.ts';
import { currentCatalogue } from '../queries/catalogue-shelf.ts';
import * as store from '../store.ts';

type Input = ParsedInput<typeof placeOrderCall>;

/** Places an order at the catalogue and the prices of this moment. The same id again gives the order it made first. */
export async function placeOrder(ctx: Ctx, input: Input): Promise<OrderView> {
  const codes = [...new Set(input.items)];
  // A UUID may be typed in either case; the database gives it back in lower case, and a repeat is compared with that.
  const orderId = (input.id ?? ctx.newId()).toLowerCase();
  const patientId = input.patientId.toLowerCase();
  if (input.id !== undefined) {
    // Before the catalogue is asked: a repeat must succeed even when an item was taken out of it meanwhile.
    const placed = await findPlaced(ctx, orderId, codes, patientId);
    if (placed !== undefined) return placed;
  }
  const catalogue = await currentCatalogue(ctx);
  const items = itemsOf(codes, catalogue);
  // As the system: whoever may place an order need not be allowed to read patients.
  await ctx.callAsSystem(getPatient, { patientId });

  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    if (input.id !== undefined) {
      await store.lockOrderId(tx, orderId);
      const [placed] = await store.getOrders(tx, labId, [orderId]);
      if (placed !== undefined) return sameOrder(placed, codes, patientId);
    }
    const placedAt = ctx.now();
    const day = calendarDay(placedAt);
    const priced = priceItems(items, catalogue.tests);
    const charged = new Set(priced.filter(({ isCovered }) => !isCovered).map(({ item }) => item.code));
    const lines = linesOf(items, charged, catalogue, input.priority, placedAt).map((line) => ({
      ...line,
      id: ctx.newId(),
    }));
    const order: OrderView = {
      id: orderId,
      number: orderNumber(day, await store.nextSerial(tx, labId, day)),
      patientId,
      priority: input.priority,
      referredBy: input.referredBy ?? null,
      clinicalNotes: input.clinicalNotes ?? null,
      isFasting: input.isFasting ?? null,
      placedAt,
      placedBy: ctx.actor.name,
      items: priced.map(({ item: { code, name, kind }, pricePaise }) => ({ code, name, kind, pricePaise })),
      lines: lines.map(({ test: _, ...line }) => line),
      totalPaise: priced.reduce((sum, { pricePaise }) => sum + pricePaise, 0),
      version: 1,
    };
    await store.addOrder(tx, labId, order);
    tx.audit(
      'order.place',
      order.id,
      {
        number: order.number,
        patientId: order.patientId,
        items: codes,
        priority: order.priority,
        totalPaise: order.totalPaise,
      },
      order.id,
    );
    tx.emit(orderPlaced, order.id, {
      orderId: order.id,
      number: order.number,
      patientId: order.patientId,
      priority: order.priority,
      placedAt,
      lines: lines.map(({ test: { method, analytes }, ...line }) => ({ ...line, method, analytes })),
    });
    return order;
  });
}

/** @throws order.unknown_item naming all codes the catalogue does not hold */
function itemsOf(codes: readonly string[], catalogue: Catalogue): readonly CatalogueItem[] {
  const unknown = codes.filter((code) => !catalogue.items.has(code));
  if (unknown.length > 0) throw unknownItem({ codes: unknown });
  return codes.map((code) => catalogue.items.get(code)).filter((item) => item !== undefined);
}

async function findPlaced(
  ctx: Ctx,
  orderId: string,
  codes: readonly string[],
  patientId: string,
): Promise<OrderView | undefined> {
  const [placed] = await store.getOrders(ctx.db, ctx.labId(), [orderId]);
  return placed && sameOrder(placed, codes, patientId);
}

/**
 * The order itself when it is for the same patient and asks for the same items, in whatever sequence.
 * @throws order.id_taken
 */
function sameOrder(placed: OrderView, codes: readonly string[], patientId: string): OrderView {
  const asked = new Set(codes);
  const isSame =
    placed.patientId === patientId &&
    placed.items.length === asked.size &&
    placed.items.every((item) => asked.has(item.code));
  if (!isSame) throw orderIdTaken({});
  return placed;
}
