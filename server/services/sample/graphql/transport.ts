import type { CallOutput } from '#platform/contract.ts';
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { BagView, MissingTube, RefusedScan, TubeView } from '../contract.ts';
import { BagStatus, getBag, listBags, listMissing, packBag, printBagLabel, receiveBag, sendBag } from '../contract.ts';

type Opened = CallOutput<typeof receiveBag>;
type Content = CallOutput<typeof getBag>;

function implementTypes(b: Builder): void {
  typeRef<BagView>(b, 'CourierBag').implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      code: t.exposeString('code', { description: 'The barcode on the bag.' }),
      status: t.exposeString('status', { description: 'packed, sent or received.' }),
      fromPlace: t.exposeString('fromPlace', { nullable: true }),
      toPlace: t.exposeString('toPlace'),
      courier: t.exposeString('courier', { nullable: true }),
      tubeCount: t.exposeInt('tubeCount'),
      missingCount: t.exposeInt('missingCount', {
        description: 'Packed, and neither scanned at the counter nor found since.',
      }),
      packedAt: t.expose('packedAt', { type: 'DateTime' }),
      packedBy: t.exposeString('packedBy'),
      sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true }),
      sentBy: t.exposeString('sentBy', { nullable: true }),
      receivedAt: t.expose('receivedAt', { type: 'DateTime', nullable: true }),
      receivedBy: t.exposeString('receivedBy', { nullable: true }),
    }),
  });
  typeRef<MissingTube>(b, 'MissingTube').implement({
    fields: (t) => ({
      tube: t.expose('tube', { type: typeRef<TubeView>(b, 'Tube') }),
      bagCode: t.exposeString('bagCode'),
      missingSince: t.expose('missingSince', { type: 'DateTime' }),
    }),
  });
}

/** Courier bags. */
export function transport(b: Builder): void {
  implementTypes(b);
  const Tube = typeRef<TubeView>(b, 'Tube');
  const Bag = typeRef<BagView>(b, 'CourierBag');
  const Missing = typeRef<MissingTube>(b, 'MissingTube');
  const Status = b.enumType('CourierBagStatus', { values: BagStatus.options });
  const OpenedBag = b.objectRef<Opened>('OpenedBag').implement({
    description: 'What came out of a bag, what should have, and what nobody packed.',
    fields: (t) => ({
      bag: t.expose('bag', { type: Bag }),
      received: t.expose('received', { type: [Tube] }),
      missing: t.expose('missing', { type: [Tube] }),
      unexpected: t.expose('unexpected', {
        type: [Tube],
        description: 'Received, though packed in no bag or another.',
      }),
      refused: t.expose('refused', { type: [typeRef<RefusedScan>(b, 'RefusedTube')] }),
    }),
  });
  const BagContent = b.objectRef<Content>('CourierBagContent').implement({
    fields: (t) => ({
      bag: t.expose('bag', { type: Bag }),
      tubes: t.expose('tubes', { type: [Tube] }),
      missing: t.expose('missing', { type: [Tube] }),
    }),
  });
  const BagLabelFormat = b.enumType('BagLabelFormat', { values: ['zpl', 'pdf'] as const });
  const PackBagInput = b.inputType('PackBagInput', {
    fields: (t) => ({
      id: t.id({ description: 'Made by the client: sent twice, the bag is packed once.' }),
      barcodes: t.stringList({ required: true }),
      toPlace: t.string({ required: true }),
      fromPlace: t.string(),
    }),
  });

  b.queryFields((t) => ({
    courierBag: t.field({
      type: BagContent,
      args: { code: t.arg.string({ required: true }) },
      resolve: (_, { code }, ctx) => ctx.call(getBag, { code }),
    }),
    courierBags: t.field({
      type: connection(b, Bag),
      description: 'Longest waiting first.',
      args: { status: t.arg({ type: Status, required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, { status, ...page }, ctx) => ctx.call(listBags, { status, ...given(page) }),
    }),
    missingTubes: t.field({
      type: connection(b, Missing),
      description: 'Packed and never come out of their bag, longest missing first.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, page, ctx) => ctx.call(listMissing, given(page)),
    }),
  }));
  b.mutationFields((t) => ({
    packBag: t.field({
      type: Bag,
      args: { input: t.arg({ type: PackBagInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(packBag, given(input)),
    }),
    printBagLabel: t.field({
      type: b.objectRef<CallOutput<typeof printBagLabel>>('BagLabel').implement({
        fields: (f) => ({
          zpl: f.exposeString('zpl', { nullable: true }),
          pdf: f.exposeString('pdf', { nullable: true, description: 'Base64.' }),
        }),
      }),
      args: {
        code: t.arg.string({ required: true }),
        format: t.arg({ type: BagLabelFormat, required: true }),
      },
      resolve: (_, input, ctx) => ctx.call(printBagLabel, input),
    }),
    sendBag: t.field({
      type: Bag,
      args: { code: t.arg.string({ required: true }), courier: t.arg.string() },
      resolve: (_, { code, courier }, ctx) => ctx.call(sendBag, { code, courier: courier ?? null }),
    }),
    receiveBag: t.field({
      type: OpenedBag,
      description: 'May be repeated: a tube found later joins the received ones.',
      args: {
        code: t.arg.string({ required: true }),
        barcodes: t.arg.stringList({ required: true }),
        place: t.arg.string(),
      },
      resolve: (_, { code, barcodes, place }, ctx) => ctx.call(receiveBag, { code, barcodes, place: place ?? null }),
    }),
  }));
}
