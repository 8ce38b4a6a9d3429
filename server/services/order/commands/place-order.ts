import { calendarDay } from '@nidaan/values';

import { getPatient, getPatients } from '#contract/patient.ts';
import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { OrderView, placeOrder as placeOrderCall } from '../contract.ts';
import { orderIdTaken, orderPlaced } from '../contract.ts';
import { lineCodesOf, linesOf, supportLinesOf } from '../domain/order-lines.ts';
import { orderNumber } from '../domain/order-number.ts';
import { priceItems } from '../domain/order-pricing.ts';
import { currentCatalogue } from '../queries/catalogue-shelf.ts';
import { warningsOf } from '../queries/read-warnings.ts';
import * as deskStore from '../desk-store.ts';
import * as store from '../store.ts';
import { calendarOf, checkSource, itemsOf, mayBePregnant, toBench, toStore } from './order-terms.ts';

type Input = ParsedInput<typeof placeOrderCall>;

/** The order with what the desk should see to, as it stands after the commit; nothing to see to, nothing said. */
export async function placeOrder(ctx: Ctx, input: Input): Promise<CallOutput<typeof placeOrderCall>> {
  const order = await place(ctx, input);
  const warnings = await warningsOf(ctx, [order]);
  return warnings.length === 0 ? order : { ...order, warnings: [...warnings] };
}

/** Places an order at the catalogue and the prices of this moment. The same id again gives the order it made first. */
async function place(ctx: Ctx, input: Input): Promise<OrderView> {
  const codes = [...new Set(input.items)];
  // A UUID may be typed in either case; the database gives it back in lower case, and a repeat is compared with that.
  const orderId = (input.id ?? ctx.newId()).toLowerCase();
  const askedId = input.patientId.toLowerCase();
  if (input.id !== undefined) {
    // Before the catalogue is asked: a repeat must succeed even when an item was taken out of it meanwhile.
    const placed = await findPlaced(ctx, orderId, codes, askedId);
    if (placed !== undefined) return placed;
  }
  const catalogue = await currentCatalogue(ctx);
  const items = itemsOf(codes, catalogue);
  // As the system: whoever may place an order need not be allowed to read patients.
  const patient = await ctx.callAsSystem(getPatient, { patientId: askedId });
  mayBePregnant(patient.sex, input.gestationWeeks);
  // A merged record takes no new orders: were the merge undone, they would be lost to the one they were placed for.
  const patientId = patient.mergedIntoId ?? patient.id;
  const sourceId = input.sourceId?.toLowerCase() ?? null;
  await checkSource(ctx, input.source, sourceId);
  const calendar = await calendarOf(ctx);

  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    if (input.id !== undefined) {
      await store.lockOrderId(tx, orderId);
      const [placed] = await store.getOrders(tx, labId, [orderId]);
      if (placed !== undefined) return sameOrder(placed, codes, patient.samePersonIds);
    }
    const placedAt = ctx.now();
    const day = calendarDay(placedAt);
    const priced = priceItems(items, catalogue.tests);
    const charged = new Set(priced.filter(({ isCovered }) => !isCovered).map(({ item }) => item.code));
    const terms = { priority: input.priority, fromAt: placedAt, calendar, origin: 'ordered' as const };
    const asked = linesOf(items, charged, catalogue, terms);
    const run = asked.map(({ test }) => test);
    const support = supportLinesOf(run, [], catalogue, terms);
    const lines = [...asked, ...support].map((line) => ({ ...line, id: ctx.newId() }));
    const newItems = priced.map(({ item, pricePaise }): store.NewItem => {
      const { code, name, kind } = item;
      const lineCodes = lineCodesOf(item, run, catalogue);
      return { code, name, kind, pricePaise, origin: 'ordered', isReversed: false, lineCodes };
    });
    const order: OrderView = {
      id: orderId,
      number: orderNumber(day, await store.nextSerial(tx, labId, day)),
      patientId,
      priority: input.priority,
      referredBy: input.referredBy ?? null,
      clinicalNotes: input.clinicalNotes ?? null,
      isFasting: input.isFasting ?? null,
      gestationWeeks: input.gestationWeeks ?? null,
      source: input.source,
      sourceId,
      placedAt,
      placedBy: ctx.actor.name,
      items: newItems.map(({ lineCodes: _, ...item }) => item),
      lines: lines.map(({ test: _, ...line }) => line),
      totalPaise: priced.reduce((sum, { pricePaise }) => sum + pricePaise, 0),
      version: 1,
    };
    await store.addOrder(tx, labId, order);
    await store.addParts(tx, labId, order.id, newItems, lines.map(toStore), placedAt);
    if (input.id !== undefined && ctx.actor.userId !== null) {
      await deskStore.removeDraft(tx, labId, ctx.actor.userId, order.id);
    }
    tx.audit(
      'order.place',
      order.id,
      {
        number: order.number,
        patientId: order.patientId,
        items: codes,
        support: support.map((line) => line.testCode),
        priority: order.priority,
        source: order.source,
        sourceId: order.sourceId,
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
      gestationWeeks: order.gestationWeeks,
      isFasting: order.isFasting,
      lines: lines.map(toBench),
    });
    return order;
  });
}

async function findPlaced(
  ctx: Ctx,
  orderId: string,
  codes: readonly string[],
  patientId: string,
): Promise<OrderView | undefined> {
  const [placed] = await store.getOrders(ctx.db, ctx.labId(), [orderId]);
  if (placed === undefined) return undefined;
  if (placed.patientId === patientId) return sameOrder(placed, codes, [patientId]);
  // Placed on the survivor of a merge, or merged since.
  const [patient] = await ctx.callAsSystem(getPatients, { ids: [patientId] });
  return sameOrder(placed, codes, patient?.samePersonIds ?? []);
}

/**
 * The order itself when it is for the same person and was placed with the same items, in whatever sequence; what was added
 * to it since does not count.
 * @throws order.id_taken
 */
function sameOrder(placed: OrderView, codes: readonly string[], personIds: readonly string[]): OrderView {
  const asked = new Set(codes);
  const first = placed.items.filter((item) => item.origin === 'ordered');
  const isSame =
    personIds.includes(placed.patientId) && first.length === asked.size && first.every((item) => asked.has(item.code));
  if (!isSame) throw orderIdTaken({});
  return placed;
}
