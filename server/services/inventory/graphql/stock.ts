// Items, lots, their ledger and verification, the label of a box.
import type { CallOutput } from '#platform/contract.ts';
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import {
  countStock,
  ItemKind,
  ItemView,
  listExpiring,
  listItems,
  listMovements,
  lotsOfItems,
  LotStatus,
  moveStock,
  MovementView,
  openLot,
  readLabel,
  releaseLot,
  saveItem,
  verificationsOfLots,
  verifyLot,
} from '../contract.ts';
import type {
  ItemView as Item,
  LotView as Lot,
  MovementView as Movement,
  VerificationView as Verification,
} from '../contract.ts';

type Comparison = Verification['comparisons'][number];

export function stockFields(b: Builder): void {
  const Kind = b.enumType('StockItemKind', { values: ItemKind.options });
  const Keeping = b.enumType('StockStorage', { values: ItemView.shape.storage.options });
  const Status = b.enumType('StockLotStatus', { values: LotStatus.options });
  const Moved = b.enumType('StockMovementKind', { values: MovementView.shape.kind.options });
  const ByHand = b.enumType('StockHandMove', { values: ['adjustment', 'discard', 'transfer', 'return'] as const });

  const StockItem = typeRef<Item>(b, 'StockItem');
  const StockLot = typeRef<Lot>(b, 'StockLot');
  StockLot.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      itemId: t.exposeID('itemId'),
      lotNumber: t.exposeString('lotNumber'),
      expiresOn: t.field({ type: 'Date', resolve: (lot) => lot.expiresOn }),
      receivedAt: t.field({ type: 'DateTime', resolve: (lot) => lot.receivedAt }),
      openedAt: t.field({ type: 'DateTime', nullable: true, resolve: (lot) => lot.openedAt }),
      usableUntil: t.field({
        type: 'Date',
        description: 'The earlier of the lot’s expiry and the open-vial expiry.',
        resolve: (lot) => lot.usableUntil,
      }),
      quantity: t.exposeString('quantity'),
      status: t.field({ type: Status, resolve: (lot) => lot.status }),
      quarantineReasons: t.exposeStringList('quarantineReasons', { description: 'verification, temperature' }),
      instrument: t.exposeString('instrument', { nullable: true }),
      location: t.exposeString('location', { nullable: true }),
      version: t.exposeInt('version'),
    }),
  });
  StockItem.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      kind: t.field({ type: Kind, resolve: (item) => item.kind }),
      maker: t.exposeString('maker', { nullable: true }),
      unit: t.exposeString('unit', { description: 'What stock is counted in.' }),
      storage: t.field({ type: Keeping, resolve: (item) => item.storage }),
      openDays: t.exposeInt('openDays', { nullable: true }),
      reorderPoint: t.exposeString('reorderPoint', { nullable: true }),
      reorderQuantity: t.exposeString('reorderQuantity', { nullable: true }),
      gtins: t.exposeStringList('gtins', { description: 'What stands in the barcode of its boxes.' }),
      needsVerification: t.exposeBoolean('needsVerification'),
      inStock: t.exposeString('inStock', { description: 'Sum over usable lots.' }),
      isLow: t.exposeBoolean('isLow'),
      version: t.exposeInt('version'),
      lots: t.field({
        type: [StockLot],
        description: 'In the order of use: first to expire first.',
        resolve: async (item, _, ctx) => [...(await ctx.listOf(lotsOfItems, item.id, (lot) => lot.itemId))],
      }),
    }),
  });
  const StockMovement = typeRef<Movement>(b, 'StockMovement');
  StockMovement.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      itemId: t.exposeID('itemId'),
      lotId: t.exposeID('lotId'),
      kind: t.field({ type: Moved, resolve: (movement) => movement.kind }),
      quantity: t.exposeString('quantity', { description: 'Signed: what came in is positive.' }),
      balance: t.exposeString('balance', { description: 'Of the lot, after it.' }),
      at: t.field({ type: 'DateTime', resolve: (movement) => movement.at }),
      by: t.exposeString('by'),
      reason: t.exposeString('reason', { nullable: true }),
      location: t.exposeString('location', { nullable: true }),
      sourceId: t.exposeID('sourceId', { nullable: true }),
    }),
  });
  const Pair = typeRef<Comparison['pairs'][number]>(b, 'LotComparisonPair');
  Pair.implement({
    fields: (t) => ({
      sample: t.exposeString('sample'),
      old: t.exposeString('old'),
      new: t.exposeString('new'),
      differencePercent: t.exposeString('differencePercent', { nullable: true }),
      isWithin: t.exposeBoolean('isWithin'),
    }),
  });
  const LotComparison = typeRef<Comparison>(b, 'LotComparison');
  LotComparison.implement({
    fields: (t) => ({
      analyteCode: t.exposeString('analyteCode'),
      instrument: t.exposeString('instrument'),
      allowedPercent: t.exposeString('allowedPercent'),
      pairs: t.field({ type: [Pair], resolve: (comparison) => comparison.pairs }),
      meanDifferencePercent: t.exposeString('meanDifferencePercent', { nullable: true }),
      hasPassed: t.exposeBoolean('hasPassed'),
    }),
  });
  const LotVerification = typeRef<Verification>(b, 'LotVerification');
  LotVerification.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      lotId: t.exposeID('lotId'),
      oldLotId: t.exposeID('oldLotId'),
      comparisons: t.field({ type: [LotComparison], resolve: (verification) => verification.comparisons }),
      hasPassed: t.exposeBoolean('hasPassed', { description: 'Every pair of every analyte is within its limit.' }),
      at: t.field({ type: 'DateTime', resolve: (verification) => verification.at }),
      by: t.exposeString('by'),
      note: t.exposeString('note', { nullable: true }),
    }),
  });
  const StockLabel = typeRef<CallOutput<typeof readLabel>>(b, 'StockLabel');
  StockLabel.implement({
    description: 'What the GS1 barcode of a box says, and what the lab knows of it.',
    fields: (t) => ({
      gtin: t.exposeString('gtin', { nullable: true }),
      lotNumber: t.exposeString('lotNumber', { nullable: true }),
      expiresOn: t.field({ type: 'Date', nullable: true, resolve: (label) => label.expiresOn }),
      producedOn: t.field({ type: 'Date', nullable: true, resolve: (label) => label.producedOn }),
      serialNumber: t.exposeString('serialNumber', { nullable: true }),
      item: t.field({ type: StockItem, nullable: true, resolve: (label) => label.item }),
      lots: t.field({ type: [StockLot], resolve: (label) => label.lots }),
    }),
  });

  const SaveItem = b.inputType('SaveStockItemInput', {
    fields: (t) => ({
      id: t.id(),
      expectedVersion: t.int({ description: 'Needed when the item is there already.' }),
      code: t.string({ required: true }),
      name: t.string({ required: true }),
      kind: t.field({ type: Kind, required: true }),
      maker: t.string(),
      unit: t.string({ required: true }),
      storage: t.field({ type: Keeping, required: true }),
      openDays: t.int(),
      reorderPoint: t.string(),
      reorderQuantity: t.string(),
      gtins: t.stringList(),
      needsVerification: t.boolean(),
    }),
  });
  const OpenLot = b.inputType('OpenStockLotInput', {
    fields: (t) => ({
      lotId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      instrument: t.string(),
      reason: t.string({ description: 'Why this lot and not the one that expires first.' }),
    }),
  });
  const Move = b.inputType('MoveStockInput', {
    fields: (t) => ({
      id: t.id({ description: 'Made by the client: sent twice, booked once.' }),
      lotId: t.id({ required: true }),
      kind: t.field({ type: ByHand, required: true }),
      quantity: t.string({ required: true, description: 'Signed for an adjustment, else what leaves.' }),
      reason: t.string({ required: true }),
      location: t.string(),
    }),
  });
  const CountLine = b.inputType('StockCountLineInput', {
    fields: (t) => ({
      lotId: t.id({ required: true }),
      onSheet: t.string({ required: true }),
      counted: t.string({ required: true }),
    }),
  });
  const Count = b.inputType('CountStockInput', {
    fields: (t) => ({
      id: t.id(),
      reason: t.string({ required: true }),
      lines: t.field({ type: [CountLine], required: true }),
    }),
  });
  const PairInput = b.inputType('LotComparisonPairInput', {
    fields: (t) => ({
      sample: t.string({ required: true }),
      old: t.string({ required: true }),
      new: t.string({ required: true }),
    }),
  });
  const ComparisonInput = b.inputType('LotComparisonInput', {
    fields: (t) => ({
      analyteCode: t.string({ required: true }),
      instrument: t.string({ required: true }),
      allowedPercent: t.string({ required: true }),
      pairs: t.field({ type: [PairInput], required: true }),
    }),
  });
  const Verify = b.inputType('VerifyStockLotInput', {
    fields: (t) => ({
      id: t.id(),
      lotId: t.id({ required: true }),
      oldLotId: t.id({ required: true }),
      comparisons: t.field({ type: [ComparisonInput], required: true }),
      note: t.string(),
    }),
  });

  b.queryFields((t) => ({
    stockItems: t.field({
      type: connection(b, StockItem),
      args: {
        kind: t.arg({ type: Kind }),
        text: t.arg.string(),
        isLow: t.arg.boolean({ description: 'Those to be reordered.' }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(listItems, given(args)),
    }),
    expiringLots: t.field({
      type: connection(b, StockLot),
      description: 'Lots whose usable time ends by that day, first to end first.',
      args: { until: t.arg({ type: 'Date', required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listExpiring, given(args)),
    }),
    stockMovements: t.field({
      type: connection(b, StockMovement),
      description: 'The ledger of an item or one of its lots, newest first.',
      args: { itemId: t.arg.id({ required: true }), lotId: t.arg.id(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listMovements, given(args)),
    }),
    lotVerifications: t.field({
      type: [LotVerification],
      args: { lotIds: t.arg.idList({ required: true }) },
      resolve: (_, { lotIds }, ctx) => ctx.call(verificationsOfLots, { ids: lotIds }),
    }),
    stockLabel: t.field({
      type: StockLabel,
      args: { text: t.arg.string({ required: true, description: 'As the scanner sends it.' }) },
      resolve: (_, args, ctx) => ctx.call(readLabel, args),
    }),
  }));
  b.mutationFields((t) => ({
    saveStockItem: t.field({
      type: StockItem,
      args: { input: t.arg({ type: SaveItem, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(saveItem, given(input)),
    }),
    openStockLot: t.field({
      type: StockLot,
      args: { input: t.arg({ type: OpenLot, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(openLot, given(input)),
    }),
    moveStock: t.field({
      type: StockLot,
      args: { input: t.arg({ type: Move, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(moveStock, given(input)),
    }),
    countStock: t.field({
      type: [StockLot],
      args: { input: t.arg({ type: Count, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(countStock, given(input)),
    }),
    verifyStockLot: t.field({
      type: LotVerification,
      args: { input: t.arg({ type: Verify, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(verifyLot, given(input)),
    }),
    releaseStockLot: t.field({
      type: StockLot,
      args: {
        lotId: t.arg.id({ required: true }),
        expectedVersion: t.arg.int({ required: true }),
        reason: t.arg.string({ required: true }),
      },
      resolve: (_, args, ctx) => ctx.call(releaseLot, args),
    }),
  }));
}
