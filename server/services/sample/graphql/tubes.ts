import type { CallOutput } from '#platform/contract.ts';
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { NotDrawnView, RefusedScan, TubeView } from '../contract.ts';
import {
  collectTube,
  findTube,
  listNotDrawn,
  listTubes,
  markNotDrawn,
  NotDrawnReason,
  planTubes,
  printLabels,
  receiveTubes,
  Symbology,
  TubeStatus,
} from '../contract.ts';

type Reception = CallOutput<typeof receiveTubes>;
type LabelSheet = CallOutput<typeof printLabels>;
type Collected = CallOutput<typeof collectTube>;

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
      status: t.exposeString('status', {
        description: 'planned, collected, received, rejected, cancelled or disposed.',
      }),
      collectedAt: t.expose('collectedAt', { type: 'DateTime', nullable: true }),
      collectedBy: t.exposeString('collectedBy', { nullable: true }),
      isIdentityChecked: t.exposeBoolean('isIdentityChecked', {
        description: 'Whoever drew it has asked who the patient is and ticked it.',
      }),
      receivedAt: t.expose('receivedAt', { type: 'DateTime', nullable: true }),
      receivedBy: t.exposeString('receivedBy', { nullable: true }),
      labelsPrinted: t.exposeInt('labelsPrinted'),
      rejectedAt: t.expose('rejectedAt', { type: 'DateTime', nullable: true }),
      rejectedBy: t.exposeString('rejectedBy', { nullable: true }),
      rejectReason: t.exposeString('rejectReason', { nullable: true, description: 'Coded reason.' }),
      rejectDecision: t.exposeString('rejectDecision', {
        nullable: true,
        description: 'recollect, refund or run_with_comment; null until decided.',
      }),
      replacesTubeId: t.exposeID('replacesTubeId', {
        nullable: true,
        description: 'The rejected tube this one was drawn again for.',
      }),
      parentTubeId: t.exposeID('parentTubeId', {
        nullable: true,
        description: 'The tube this aliquot was poured from.',
      }),
      remainingMl: t.exposeFloat('remainingMl', { nullable: true, description: 'What is in it as far as known.' }),
      location: t.exposeString('location', { nullable: true, description: 'rack/position.' }),
      referralLabId: t.exposeID('referralLabId', { nullable: true, description: 'The lab it is to be sent to.' }),
      warnings: t.stringList({
        description: 'What the collector has to know, such as a timed draw out of its time; told by collectTube alone.',
        resolve: (tube) => [...warningsOf(tube)],
      }),
      version: t.exposeInt('version'),
    }),
  });
}

/** Only the answer to a collection carries any. */
function warningsOf(tube: TubeView & Partial<Pick<Collected, 'warnings'>>): readonly string[] {
  return tube.warnings ?? [];
}

/** Plan, labels, collection, reception. */
export function tubes(b: Builder): void {
  implementTube(b);
  const Tube = typeRef<TubeView>(b, 'Tube');
  const RefusedTube = typeRef<RefusedScan>(b, 'RefusedTube');
  RefusedTube.implement({
    description: 'A scan that changed nothing.',
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
  const NotDrawn = typeRef<NotDrawnView>(b, 'NotDrawnTube');
  NotDrawn.implement({
    description: 'A tube that could not be drawn; it stays planned and the bill open.',
    fields: (t) => ({
      tube: t.expose('tube', { type: Tube }),
      reason: t.exposeString('reason'),
      at: t.expose('at', { type: 'DateTime' }),
      rescheduledTo: t.expose('rescheduledTo', { type: 'DateTime', nullable: true }),
    }),
  });
  const Reason = b.enumType('NotDrawnReason', { values: NotDrawnReason.options });
  const LabelSymbology = b.enumType('LabelSymbology', { values: Symbology.options });
  const NotDrawnInput = b.inputType('NotDrawnInput', {
    fields: (t) => ({
      barcode: t.string({ required: true }),
      reason: t.field({ type: Reason, required: true }),
      note: t.string(),
      rescheduledTo: t.field({ type: 'DateTime', description: 'When the next try is due.' }),
      place: t.string(),
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
      place: t.string({ description: 'Branch, ward or bench.' }),
      timedFrom: t.field({
        type: 'DateTime',
        description: 'When the meal was eaten or the glucose drunk; the fasting tube tells when absent.',
      }),
      volumeMl: t.float({ description: 'What was drawn; what the container holds when absent.' }),
      isIdentityChecked: t.boolean({
        description: 'The patient was asked who it is; not ticked when absent.',
      }),
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
      description: 'STAT first, then urgent, then routine; of each those longest in the status first.',
      args: { status: t.arg({ type: Status, required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, { status, ...page }, ctx) => ctx.call(listTubes, { status, ...given(page) }),
    }),
    tubesNotDrawn: t.field({
      type: connection(b, NotDrawn),
      description: 'Tubes that could not be drawn, by when the next try is due.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, page, ctx) => ctx.call(listNotDrawn, given(page)),
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
    markNotDrawn: t.field({
      type: NotDrawn,
      args: { input: t.arg({ type: NotDrawnInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(markNotDrawn, given(input)),
    }),
    receiveTubes: t.field({
      type: ReceivedTubes,
      args: { barcodes: t.arg.stringList({ required: true }), place: t.arg.string() },
      resolve: (_, { barcodes, place }, ctx) => ctx.call(receiveTubes, { barcodes, place: place ?? null }),
    }),
    printLabels: t.field({
      type: Labels,
      description: 'Labels of the tubes of an order, or of those named; each print is counted.',
      args: {
        orderId: t.arg.id({ required: true }),
        format: t.arg({ type: LabelFormat, required: true }),
        symbology: t.arg({ type: LabelSymbology }),
        barcodes: t.arg.stringList(),
      },
      resolve: (_, { orderId, format, ...more }, ctx) => ctx.call(printLabels, { orderId, format, ...given(more) }),
    }),
  }));
}
