import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { OrderItem, OrderLineView, OrderView, OrderWarning, WhyPending } from '../contract.ts';
import { getOrder, listOrders, OrderSource, orderWarnings, pendingOfOrders, placeOrder } from '../contract.ts';
import { deskGraphql } from './desk.ts';
import { orderChangesGraphql, priorityEnum } from './order-changes.ts';
import { turnaroundGraphql } from './turnaround.ts';

/** A line knows its order, so that fields of other services can be asked for many lines at once. */
type LineOfOrder = OrderLineView & { readonly orderId: string };

function orderTypes(b: Builder): void {
  typeRef<OrderItem>(b, 'OrderItem').implement({
    description: 'What was asked for, at its price on that day.',
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      kind: t.exposeString('kind', { description: 'test or panel.' }),
      pricePaise: t.exposeInt('pricePaise', { description: '0 when another item of the order contains it.' }),
      origin: t.exposeString('origin', { description: 'ordered, added or reflex.' }),
      isReversed: t.exposeBoolean('isReversed', {
        description: 'Its price was taken back: all its tests were cancelled, or an item added later contains it.',
      }),
    }),
  });
  typeRef<LineOfOrder>(b, 'OrderLine').implement({
    description: 'One test to be run.',
    fields: (t) => ({
      id: t.exposeID('id'),
      orderId: t.exposeID('orderId'),
      whyPending: t.field({
        type: typeRef<WhyPending>(b, 'WhyPending'),
        nullable: true,
        description: 'Where it stands, in the words of the lab.',
        resolve: async (line, _args, ctx) => {
          const rows = await ctx.listOf(pendingOfOrders, line.orderId, (row) => row.orderId);
          return rows.find((row) => row.lineId === line.id) ?? null;
        },
      }),
      testCode: t.exposeString('testCode'),
      testName: t.exposeString('testName'),
      section: t.exposeString('section'),
      specimen: t.exposeString('specimen'),
      containerCode: t.exposeString('containerCode'),
      panelCode: t.exposeString('panelCode', {
        nullable: true,
        description: 'The ordered panel it came from; null when ordered by itself.',
      }),
      promisedAt: t.expose('promisedAt', { type: 'DateTime' }),
      draw: t.exposeString('draw', {
        nullable: true,
        description: 'The timed draw it needs, as on the label; null for an ordinary one.',
      }),
      origin: t.exposeString('origin', {
        description:
          'ordered, added (later, to an order that is there), reflex, or calculation (run for a calculated test, at no price).',
      }),
      status: t.exposeString('status', { description: 'open or cancelled.' }),
      isOutsourced: t.exposeBoolean('isOutsourced'),
      isInScope: t.exposeBoolean('isInScope', { description: 'Within the scope of the accreditation.' }),
      needsConsent: t.exposeBoolean('needsConsent', { description: 'The test takes a written consent.' }),
    }),
  });
  typeRef<OrderWarning>(b, 'OrderWarning').implement({
    description: 'What the desk should see to; nothing is held up by it.',
    fields: (t) => ({
      kind: t.exposeString('kind', { description: 'consent_missing.' }),
      purpose: t.exposeString('purpose', { description: 'Of the consent: hiv_test or genetic_test.' }),
      lineIds: t.exposeStringList('lineIds'),
      testCodes: t.exposeStringList('testCodes'),
      words: t.exposeString('words'),
    }),
  });
  typeRef<OrderView>(b, 'Order').implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      number: t.exposeString('number', { description: 'Day and running number, for example 261125-0042.' }),
      patientId: t.exposeID('patientId'),
      priority: t.exposeString('priority', { description: 'routine, urgent or stat.' }),
      referredBy: t.exposeString('referredBy', { nullable: true }),
      clinicalNotes: t.exposeString('clinicalNotes', { nullable: true }),
      isFasting: t.exposeBoolean('isFasting', {
        nullable: true,
        description: 'As the patient said; null when not asked.',
      }),
      gestationWeeks: t.exposeInt('gestationWeeks', {
        nullable: true,
        description: 'Completed weeks of pregnancy on the day of the order; null: not pregnant, or not known.',
      }),
      source: t.exposeString('source', { description: 'walk_in, doctor, centre, client, camp or home.' }),
      sourceId: t.exposeID('sourceId', {
        nullable: true,
        description: 'The doctor, collection centre, client or camp behind it.',
      }),
      placedAt: t.expose('placedAt', { type: 'DateTime' }),
      placedBy: t.exposeString('placedBy'),
      items: t.expose('items', { type: [typeRef<OrderItem>(b, 'OrderItem')] }),
      lines: t.field({
        type: [typeRef<LineOfOrder>(b, 'OrderLine')],
        resolve: (order) => order.lines.map((line) => ({ ...line, orderId: order.id })),
      }),
      totalPaise: t.exposeInt('totalPaise', { description: 'Of the items that are not reversed.' }),
      version: t.exposeInt('version'),
      warnings: t.field({
        type: [typeRef<OrderWarning>(b, 'OrderWarning')],
        description: 'As they stand now; none for most orders.',
        resolve: async (order, _args, ctx) => [
          ...(await ctx.listOf(orderWarnings, order.id, (warning) => warning.orderId)),
        ],
      }),
    }),
  });
}

export function ordersGraphql(b: Builder): void {
  orderTypes(b);
  const Order = typeRef<OrderView>(b, 'Order');
  const OrderPriority = priorityEnum(b);
  const Source = b.enumType('OrderSource', { values: OrderSource.options });
  const PlaceOrderInput = b.inputType('PlaceOrderInput', {
    fields: (t) => ({
      id: t.id({ description: 'Client-made id: placing the same order twice places it once.' }),
      patientId: t.id({ required: true }),
      items: t.stringList({ required: true, description: 'Codes of tests and panels.' }),
      priority: t.field({ type: OrderPriority }),
      referredBy: t.string(),
      clinicalNotes: t.string(),
      isFasting: t.boolean(),
      gestationWeeks: t.int({ description: 'Completed weeks of pregnancy, 1 to 45.' }),
      source: t.field({ type: Source }),
      sourceId: t.id({ description: 'A doctor, collection centre, client or camp; as the source needs.' }),
    }),
  });
  orderChangesGraphql(b);
  turnaroundGraphql(b);
  deskGraphql(b);

  b.queryFields((t) => ({
    order: t.field({
      type: Order,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getOrder, { orderId: id }),
    }),
    orders: t.field({
      type: connection(b, Order),
      description: 'Newest first; `text` finds by order number, up to five digits being a number of today.',
      args: {
        patientId: t.arg.id(),
        sourceId: t.arg.id({ description: 'A doctor, collection centre, client or camp; alone.' }),
        text: t.arg.string(),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(listOrders, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    placeOrder: t.field({
      type: Order,
      args: { input: t.arg({ type: PlaceOrderInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(placeOrder, given(input)),
    }),
  }));
}
