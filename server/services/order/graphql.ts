import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type {
  AnalyteView,
  CatalogueItem,
  ContainerView,
  OrderItem,
  OrderLine,
  OrderView,
  RangeBand,
  TestView,
} from './contract.ts';
import {
  getOrder,
  getRanges,
  getTests,
  listAnalytes,
  listOrders,
  placeOrder,
  Priority,
  searchCatalogue,
} from './contract.ts';

function catalogueTypes(b: Builder): void {
  typeRef<ContainerView>(b, 'Container').implement({
    description: 'What a specimen is collected in.',
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      capColour: t.exposeString('capColour'),
      additive: t.exposeString('additive'),
      volumeMl: t.exposeFloat('volumeMl', { nullable: true }),
      orderOfDraw: t.exposeInt('orderOfDraw', {
        description: 'CLSI order of draw, 1 first; 90 when not drawn from a vein.',
      }),
    }),
  });
  typeRef<AnalyteView>(b, 'Analyte').implement({
    description: 'One quantity a test reports.',
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      loinc: t.exposeString('loinc', { nullable: true }),
      ucum: t.exposeString('ucum', { nullable: true, description: 'UCUM unit; null when it has none.' }),
      unitDisplay: t.exposeString('unitDisplay', { description: 'The unit as printed.' }),
      kind: t.exposeString('kind', { description: 'numeric, text, coded or titre.' }),
      decimals: t.exposeInt('decimals', {
        nullable: true,
        description: 'Decimals on the report; null for what is not a number.',
      }),
      choices: t.exposeStringList('choices', { description: 'Allowed texts of a coded analyte.' }),
      aliases: t.exposeStringList('aliases', { description: 'Other codes analyzers send for it.' }),
    }),
  });
  typeRef<RangeBand>(b, 'RangeBand').implement({
    description: 'One band of a reference range. Ages are days at collection, half-open; numbers are decimal text.',
    fields: (t) => ({
      analyteCode: t.exposeString('analyteCode'),
      sex: t.exposeString('sex', { description: 'any, male or female.' }),
      ageFromDays: t.exposeInt('ageFromDays'),
      ageToDays: t.exposeInt('ageToDays', { nullable: true, description: 'Null: no upper end.' }),
      low: t.exposeString('low', { nullable: true }),
      high: t.exposeString('high', { nullable: true }),
      text: t.exposeString('text', {
        nullable: true,
        description: 'Expected text, or wording that replaces the numbers.',
      }),
      kind: t.exposeString('kind', {
        description: 'reference, decision (a decision limit) or none (no range established).',
      }),
      criticalLow: t.exposeString('criticalLow', { nullable: true }),
      criticalHigh: t.exposeString('criticalHigh', { nullable: true }),
      absurdLow: t.exposeString('absurdLow', { nullable: true }),
      absurdHigh: t.exposeString('absurdHigh', { nullable: true }),
      unit: t.exposeString('unit', { nullable: true }),
      source: t.exposeString('source'),
    }),
  });
  typeRef<TestView>(b, 'Test').implement({
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      shortName: t.exposeString('shortName'),
      synonyms: t.exposeStringList('synonyms'),
      section: t.exposeString('section', { description: 'The bench that runs it.' }),
      specimen: t.exposeString('specimen'),
      container: t.expose('container', { type: typeRef<ContainerView>(b, 'Container') }),
      method: t.exposeString('method', { nullable: true }),
      loinc: t.exposeString('loinc', { nullable: true }),
      turnaroundMinutes: t.exposeInt('turnaroundMinutes'),
      urgentTurnaroundMinutes: t.exposeInt('urgentTurnaroundMinutes', { description: 'For urgent and stat orders.' }),
      pricePaise: t.exposeInt('pricePaise'),
      isFastingNeeded: t.exposeBoolean('isFastingNeeded'),
      analytes: t.expose('analytes', { type: [typeRef<AnalyteView>(b, 'Analyte')] }),
    }),
  });
  typeRef<CatalogueItem>(b, 'CatalogueItem').implement({
    description: 'What the desk may order: a test or a panel.',
    fields: (t) => ({
      kind: t.exposeString('kind', { description: 'test or panel.' }),
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      synonyms: t.exposeStringList('synonyms'),
      pricePaise: t.exposeInt('pricePaise'),
      testCodes: t.exposeStringList('testCodes', {
        description: 'Tests it stands for, overlaps taken once; itself for a test.',
      }),
      specimens: t.exposeStringList('specimens'),
      isFastingNeeded: t.exposeBoolean('isFastingNeeded'),
    }),
  });
}

function orderTypes(b: Builder): void {
  typeRef<OrderItem>(b, 'OrderItem').implement({
    description: 'What was asked for, at its price on that day.',
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      kind: t.exposeString('kind', { description: 'test or panel.' }),
      pricePaise: t.exposeInt('pricePaise', { description: '0 when another item of the order contains it.' }),
    }),
  });
  typeRef<OrderLine>(b, 'OrderLine').implement({
    description: 'One test to be run.',
    fields: (t) => ({
      id: t.exposeID('id'),
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
      placedAt: t.expose('placedAt', { type: 'DateTime' }),
      placedBy: t.exposeString('placedBy'),
      items: t.expose('items', { type: [typeRef<OrderItem>(b, 'OrderItem')] }),
      lines: t.expose('lines', { type: [typeRef<OrderLine>(b, 'OrderLine')] }),
      totalPaise: t.exposeInt('totalPaise'),
      version: t.exposeInt('version'),
    }),
  });
}

export function graphql(b: Builder): void {
  catalogueTypes(b);
  orderTypes(b);
  const Order = typeRef<OrderView>(b, 'Order');
  const OrderPriority = b.enumType('OrderPriority', { values: Priority.options });
  const PlaceOrderInput = b.inputType('PlaceOrderInput', {
    fields: (t) => ({
      id: t.id({ description: 'Client-made id: placing the same order twice places it once.' }),
      patientId: t.id({ required: true }),
      items: t.stringList({ required: true, description: 'Codes of tests and panels.' }),
      priority: t.field({ type: OrderPriority }),
      referredBy: t.string(),
      clinicalNotes: t.string(),
      isFasting: t.boolean(),
    }),
  });

  b.queryFields((t) => ({
    catalogue: t.field({
      type: connection(b, typeRef<CatalogueItem>(b, 'CatalogueItem')),
      description: 'Tests and panels by code, short name, name or synonym, best match first.',
      args: { text: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(searchCatalogue, given(args)),
    }),
    tests: t.field({
      type: [typeRef<TestView>(b, 'Test')],
      args: { codes: t.arg.stringList({ required: true }) },
      resolve: (_, { codes }, ctx) => ctx.call(getTests, { codes }),
    }),
    analytes: t.field({
      type: [typeRef<AnalyteView>(b, 'Analyte')],
      resolve: (_, _args, ctx) => ctx.call(listAnalytes, {}),
    }),
    ranges: t.field({
      type: [typeRef<RangeBand>(b, 'RangeBand')],
      args: { analyteCodes: t.arg.stringList({ required: true }) },
      resolve: (_, { analyteCodes }, ctx) => ctx.call(getRanges, { analyteCodes }),
    }),
    order: t.field({
      type: Order,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getOrder, { orderId: id }),
    }),
    orders: t.field({
      type: connection(b, Order),
      description: 'Newest first; `text` finds by order number, up to five digits being a number of today.',
      args: { patientId: t.arg.id(), text: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
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
