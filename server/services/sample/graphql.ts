import type { CallOutput } from '#platform/contract.ts';
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { TubeView } from './contract.ts';
import { collectTube, findTube, listTubes, planTubes, printLabels, receiveTubes, TubeStatus } from './contract.ts';

type Reception = CallOutput<typeof receiveTubes>;
type LabelSheet = CallOutput<typeof printLabels>;

function implementTube(b: Builder): void {
  typeRef<TubeView>(b, 'Tube').implement({
    description: 'A tube, or whatever else the specimen is collected in.',
    fields: (t) => ({
      id: t.exposeID('id'),
      orderId: t.exposeID('orderId'),
      patientId: t.exposeID('patientId'),
      barcode: t.exposeString('barcode', {
        description: 'What a scanner reads: our accession number, or that of a pre-printed label.',
      }),
      isPreprinted: t.exposeBoolean('isPreprinted'),
      containerCode: t.exposeString('containerCode'),
      containerName: t.exposeString('containerName'),
      capColour: t.exposeString('capColour'),
      additive: t.exposeString('additive'),
      volumeMl: t.exposeFloat('volumeMl', { nullable: true }),
      orderOfDraw: t.exposeInt('orderOfDraw', {
        description: 'CLSI order of draw, 1 first; 90 when not drawn from a vein.',
      }),
      specimen: t.exposeString('specimen'),
      section: t.exposeString('section', { description: 'The bench it goes to.' }),
      draw: t.exposeString('draw', {
        nullable: true,
        description: 'The timed draw it is for, such as fasting; null for an ordinary one.',
      }),
      lineIds: t.exposeIDList('lineIds'),
      testCodes: t.exposeStringList('testCodes'),
      status: t.exposeString('status', { description: 'planned, collected or received.' }),
      collectedAt: t.expose('collectedAt', { type: 'DateTime', nullable: true }),
      collectedBy: t.exposeString('collectedBy', { nullable: true }),
      receivedAt: t.expose('receivedAt', { type: 'DateTime', nullable: true }),
      receivedBy: t.exposeString('receivedBy', { nullable: true }),
      labelsPrinted: t.exposeInt('labelsPrinted'),
      version: t.exposeInt('version'),
    }),
  });
}

export function graphql(b: Builder): void {
  implementTube(b);
  const Tube = typeRef<TubeView>(b, 'Tube');
  const RefusedTube = b.objectRef<Reception['refused'][number]>('RefusedTube').implement({
    fields: (t) => ({
      barcode: t.exposeString('barcode'),
      code: t.exposeString('code', { description: 'Code of the error catalogue.' }),
      reason: t.exposeString('reason'),
    }),
  });
  const ReceivedTubes = b.objectRef<Reception>('ReceivedTubes').implement({
    description: 'The fate of each scanned barcode.',
    fields: (t) => ({
      received: t.expose('received', { type: [Tube] }),
      refused: t.expose('refused', { type: [RefusedTube] }),
    }),
  });
  const Labels = b.objectRef<LabelSheet>('Labels').implement({
    fields: (t) => ({
      format: t.exposeString('format', { description: 'zpl or pdf.' }),
      zpl: t.exposeString('zpl', { nullable: true, description: 'ZPL II, one format a label.' }),
      pdf: t.exposeString('pdf', { nullable: true, description: 'Base64, one page of 50 x 25 mm a label.' }),
      tubes: t.expose('tubes', { type: [Tube] }),
    }),
  });
  const Status = b.enumType('TubeStatus', { values: TubeStatus.options });
  const LabelFormat = b.enumType('LabelFormat', { values: ['zpl', 'pdf'] as const });
  const CollectTubeInput = b.inputType('CollectTubeInput', {
    fields: (t) => ({
      barcode: t.string({ required: true }),
      collectedAt: t.field({ type: 'DateTime', description: 'When the blood was drawn; now when absent.' }),
      preprintedBarcode: t.string({
        description: 'The barcode of a pre-printed label that is stuck on instead of ours.',
      }),
      expectedVersion: t.int(),
    }),
  });

  b.queryFields((t) => ({
    tube: t.field({
      type: Tube,
      description: 'By accession number or by the barcode of a pre-printed label.',
      args: { barcode: t.arg.string({ required: true }) },
      resolve: (_, { barcode }, ctx) => ctx.call(findTube, { barcode }),
    }),
    tubes: t.field({
      type: connection(b, Tube),
      description: 'Those longest in the status first.',
      args: { status: t.arg({ type: Status, required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, { status, ...page }, ctx) => ctx.call(listTubes, { status, ...given(page) }),
    }),
  }));
  b.mutationFields((t) => ({
    planTubes: t.field({
      type: [Tube],
      description: 'The tubes of an order, planned now when they were not yet.',
      args: { orderId: t.arg.id({ required: true }) },
      resolve: (_, { orderId }, ctx) => ctx.call(planTubes, { orderId }),
    }),
    collectTube: t.field({
      type: Tube,
      args: { input: t.arg({ type: CollectTubeInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(collectTube, given(input)),
    }),
    receiveTubes: t.field({
      type: ReceivedTubes,
      args: { barcodes: t.arg.stringList({ required: true }) },
      resolve: (_, { barcodes }, ctx) => ctx.call(receiveTubes, { barcodes }),
    }),
    printLabels: t.field({
      type: Labels,
      description: 'Labels of all tubes of an order; each print is counted.',
      args: { orderId: t.arg.id({ required: true }), format: t.arg({ type: LabelFormat, required: true }) },
      resolve: (_, { orderId, format }, ctx) => ctx.call(printLabels, { orderId, format }),
    }),
  }));
}
