// Adding and taking back lines inside a transaction that holds the order's lock: what the desk, a reflex rule and a rejected
// tube share. Each tells the bench in one order.changed.
import type { LabCalendar } from '#contract/organization.ts';
import { holds } from '#platform/actor.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { CatalogueItem, LineOrigin, OrderLineView, OrderView } from '../contract.ts';
import { alreadyOrdered, orderChanged, orderNotFound, staleOrder } from '../contract.ts';
import { unneededSupport } from '../domain/calculation-lines.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { lineCodesOf, linesOf, supersededBy, supportLinesOf } from '../domain/order-lines.ts';
import type { LineTerms } from '../domain/order-lines.ts';
import { priceItems } from '../domain/order-pricing.ts';
import { itemsToReverse } from '../domain/order-reversal.ts';
import { mayCancel, stageAfter } from '../domain/line-stages.ts';
import { alwaysOpen } from '../domain/promise.ts';
import * as lineStore from '../line-store.ts';
import * as store from '../store.ts';
import { itemsOf, toBench, toStore } from './order-terms.ts';
import type { IdentifiedLine } from './order-terms.ts';

/**
 * The order as it stands, with nobody else changing it until the commit.
 * @throws order.not_found | order.stale
 */
export async function lockWhole(tx: Tx, labId: string, orderId: string, expectedVersion?: number): Promise<OrderView> {
  const version = await store.lockOrder(tx, labId, orderId);
  if (version === undefined) throw orderNotFound({});
  if (expectedVersion !== undefined && expectedVersion !== version) throw staleOrder({ version });
  return readWhole(tx, labId, orderId);
}

export async function readWhole(tx: Tx, labId: string, orderId: string): Promise<OrderView> {
  const [order] = await store.getOrders(tx, labId, [orderId]);
  if (order === undefined) throw orderNotFound({});
  return order;
}

export interface AddedLines {
  readonly codes: readonly string[];
  readonly origin: Exclude<LineOrigin, 'ordered' | 'calculation'>;
  /** False: at no price, as the lab bears it. */
  readonly isBilled: boolean;
  readonly reason: string | null;
}

/**
 * Codes of those that the order gives already, by a live item or by open lines that measure all they ask for. What is only
 * run for a calculation nobody has asked for yet.
 */
export function presentCodes(order: OrderView, codes: readonly string[], catalogue: Catalogue): readonly string[] {
  const live = new Set(order.items.filter((item) => !item.isReversed).map((item) => item.code));
  const there = openTests(order, catalogue, (line) => line.origin !== 'calculation');
  return itemsOf(codes, catalogue)
    .filter((item) => {
      if (live.has(item.code)) return true;
      return linesOf([item], new Set(), catalogue, anyTerms, there).length === 0;
    })
    .map((item) => item.code);
}

/** Which tests get a line does not hang on these. */
const anyTerms: LineTerms = {
  priority: 'stat',
  fromAt: '2026-01-01T00:00:00.000Z',
  calendar: alwaysOpen,
  origin: 'added',
};

function openTests(order: OrderView, catalogue: Catalogue, isMeant: (line: OrderLineView) => boolean = () => true) {
  return order.lines
    .filter((line) => line.status === 'open' && isMeant(line))
    .flatMap((line) => catalogue.tests.get(line.testCode) ?? []);
}

/**
 * Adds tests to a locked order: lines for what is not there yet, items at the price of this moment, nothing paid twice. A
 * line not at the bench that an added test contains is taken back, so that nothing is measured twice. What the added tests
 * calculate from gets lines of no price.
 * @throws order.unknown_item | order.already_ordered
 */
export async function addLines(
  ctx: Ctx,
  tx: Tx,
  order: OrderView,
  added: AddedLines,
  catalogue: Catalogue,
  calendar: LabCalendar,
): Promise<OrderView> {
  const labId = ctx.labId();
  const now = ctx.now();
  const items = itemsOf(added.codes, catalogue);
  const present = presentCodes(order, added.codes, catalogue);
  if (present.length > 0) throw alreadyOrdered({ codes: present });
  const there = openTests(order, catalogue);
  const stored = await store.listItems(tx, labId, order.id);
  const live = stored.filter((item) => !item.isReversed);
  // Those that are there come first: of two that cover each other, the one paid already stays.
  const priced = priceItems([...live.map((item) => toItem(item, catalogue)), ...items], catalogue.tests);
  const pricedNew = priced.slice(live.length);
  const charged = new Set(pricedNew.filter(({ isCovered }) => !isCovered).map(({ item }) => item.code));
  const terms = { priority: order.priority, fromAt: now, calendar, origin: added.origin };
  const asked = linesOf(items, charged, catalogue, terms, there);
  const newTests = asked.map(({ test }) => test);

  const states = await lineStore.lockLines(tx, labId, order.id);
  const superseded = supersededBy(newTests, there);
  // At the bench it goes on: its value is as good as that of the new test.
  const replaced = states.filter(
    (state) => state.stage !== 'cancelled' && superseded.has(state.testCode) && mayCancel(state.stage) === 'order.edit',
  );
  const gone = new Set(replaced.map((state) => state.testCode));
  const kept = there.filter((test) => !gone.has(test.code));
  const run = [...kept, ...newTests];
  const support = supportLinesOf(newTests, kept, catalogue, terms);
  const lines = [...asked, ...support].map((line): IdentifiedLine => ({ ...line, id: ctx.newId() }));
  const newItems = pricedNew.map(({ item, pricePaise }): store.NewItem => {
    const { code, name, kind } = item;
    const lineCodes = lineCodesOf(item, run, catalogue);
    const price = added.isBilled ? pricePaise : 0;
    return { code, name, kind, pricePaise: price, origin: added.origin, isReversed: false, lineCodes };
  });
  await store.addParts(tx, labId, order.id, newItems, lines.map(toStore), now);
  const why = { reason: added.reason ?? 'contained in what was added', at: now, by: ctx.actor.name };
  await takeBack(tx, labId, order.id, replaced, { ...why, reason: 'contained in what was added' });
  const given = new Set([...newItems.flatMap((item) => item.lineCodes), ...gone]);
  const covered = live.filter((item, at) => {
    return priced[at]?.isCovered === true && item.pricePaise > 0 && item.lineCodes.every((code) => given.has(code));
  });
  await store.reverseItems(tx, labId, order.id, covered, { ...why, reason: 'contained in what was added' });
  await store.touchOrder(tx, labId, order.id);
  const after = await readWhole(tx, labId, order.id);
  tx.audit(
    added.origin === 'reflex' ? 'order.add_reflex' : 'order.add_tests',
    order.id,
    {
      items: added.codes,
      support: support.map((line) => line.testCode),
      lineIds: lines.map((line) => line.id),
      replacedLineIds: replaced.map((state) => state.lineId),
      isBilled: added.isBilled,
      reason: added.reason,
      totalPaise: { from: order.totalPaise, to: after.totalPaise },
    },
    order.id,
  );
  tellChanged(ctx, tx, after, {
    addedLines: lines,
    cancelledLineIds: replaced.map((state) => state.lineId),
    reason: added.reason,
  });
  return after;
}

/** An item of the order as the pricing rule sees it; one the catalogue no longer holds gives what its lines give. */
function toItem(item: Awaited<ReturnType<typeof store.listItems>>[number], catalogue: Catalogue): CatalogueItem {
  const known = catalogue.items.get(item.code);
  const testCodes = known?.testCodes ?? [...item.lineCodes];
  return {
    kind: item.kind,
    code: item.code,
    name: item.name,
    synonyms: [],
    pricePaise: item.pricePaise,
    testCodes,
    specimens: [],
    isFastingNeeded: false,
    isOutsourced: false,
    isInScope: false,
    needsConsent: false,
  };
}

async function takeBack(
  tx: Tx,
  labId: string,
  orderId: string,
  states: readonly lineStore.LineState[],
  why: store.Reversal,
): Promise<void> {
  if (states.length === 0) return;
  await lineStore.noteCancellations(
    tx,
    labId,
    orderId,
    states.map((state) => ({ lineId: state.lineId, stageBefore: state.stage })),
    why,
  );
  await lineStore.saveLines(
    tx,
    labId,
    orderId,
    states.map((state) => ({ ...state, stage: stageAfter(state.stage, 'cancel') ?? state.stage })),
  );
}

/**
 * Takes lines of a locked order back and the price of every item that has none left; what was written stays (lab-day 18).
 * Whoever calls has decided that they may be cancelled. What was run for their calculation alone goes with them.
 */
export async function cancelStates(
  ctx: Ctx,
  tx: Tx,
  order: OrderView,
  states: readonly lineStore.LineState[],
  reason: string,
  catalogue: Catalogue,
): Promise<OrderView> {
  const labId = ctx.labId();
  const why = { reason, at: ctx.now(), by: ctx.actor.name };
  const chosen = new Set(states.map((state) => state.lineId));
  const items = await store.listItems(tx, labId, order.id);
  const reversed = itemsToReverse(items, order.lines, chosen);
  const live = items.filter((item) => !item.isReversed && !reversed.includes(item));
  const unneeded = new Set(unneededSupport(order.lines, chosen, live, catalogue));
  const support = (await lineStore.lockLines(tx, labId, order.id)).filter((state) => {
    const permission = mayCancel(state.stage);
    // At the bench it goes on unless the person may stop it: it costs nobody anything.
    return unneeded.has(state.lineId) && permission !== null && holds(ctx.actor, permission);
  });
  const ids = new Set([...chosen, ...support.map((state) => state.lineId)]);
  await takeBack(tx, labId, order.id, states, why);
  await takeBack(tx, labId, order.id, support, { ...why, reason: 'no longer needed for a calculation' });
  await store.reverseItems(tx, labId, order.id, reversed, why);
  await store.touchOrder(tx, labId, order.id);
  const after = await readWhole(tx, labId, order.id);
  tx.audit(
    'order.cancel_lines',
    order.id,
    {
      lines: [...states, ...support].map(({ lineId, testCode, stage }) => ({ lineId, testCode, stage })),
      reversedItems: reversed.map((item) => item.code),
      reason,
      totalPaise: { from: order.totalPaise, to: after.totalPaise },
    },
    order.id,
  );
  tellChanged(ctx, tx, after, { addedLines: [], cancelledLineIds: [...ids], reason });
  return after;
}

/** Tells what changed, with the order as it is now. */
export function tellChanged(
  ctx: Ctx,
  tx: Tx,
  order: OrderView,
  change: {
    readonly addedLines: readonly IdentifiedLine[];
    readonly cancelledLineIds: readonly string[];
    readonly reason: string | null;
  },
): void {
  tx.emit(orderChanged, order.id, {
    orderId: order.id,
    number: order.number,
    patientId: order.patientId,
    priority: order.priority,
    placedAt: order.placedAt,
    gestationWeeks: order.gestationWeeks,
    isFasting: order.isFasting,
    addedLines: change.addedLines.map(toBench),
    cancelledLineIds: [...change.cancelledLineIds],
    reason: change.reason,
    at: ctx.now(),
    by: ctx.actor.name,
  });
}
