import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { ManifestView, OutlabReport, TubeView } from '../contract.ts';
import {
  getManifest,
  listManifests,
  listOverdue,
  listToSend,
  makeManifest,
  ManifestStatus,
  outlabReport,
  printManifest,
  routeTube,
  sendManifest,
} from '../contract.ts';

function implementTypes(b: Builder): void {
  typeRef<OutlabReport>(b, 'OutlabReport').implement({
    description: "The referral lab's report of one order.",
    fields: (t) => ({
      orderId: t.exposeID('orderId'),
      fileId: t.exposeID('fileId'),
      attachedAt: t.expose('attachedAt', { type: 'DateTime' }),
      attachedBy: t.exposeString('attachedBy'),
    }),
  });
  typeRef<ManifestView>(b, 'Manifest').implement({
    description: 'A list of tubes that goes with them to a referral lab.',
    fields: (t) => ({
      id: t.exposeID('id'),
      number: t.exposeString('number'),
      referralLabId: t.exposeID('referralLabId'),
      referralLabName: t.exposeString('referralLabName'),
      status: t.exposeString('status', { description: 'made, sent or reported.' }),
      expectedOn: t.expose('expectedOn', { type: 'Date' }),
      madeAt: t.expose('madeAt', { type: 'DateTime' }),
      madeBy: t.exposeString('madeBy'),
      sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true }),
      sentBy: t.exposeString('sentBy', { nullable: true }),
      tubes: t.expose('tubes', { type: [typeRef<TubeView>(b, 'Tube')] }),
      reports: t.expose('reports', { type: [typeRef<OutlabReport>(b, 'OutlabReport')] }),
      openOrderIds: t.exposeIDList('openOrderIds', { description: 'Orders whose report has not come.' }),
    }),
  });
}

/** Referral labs: what goes to them and what comes back. */
export function outsourcing(b: Builder): void {
  implementTypes(b);
  const Tube = typeRef<TubeView>(b, 'Tube');
  const Manifest = typeRef<ManifestView>(b, 'Manifest');
  const Status = b.enumType('ManifestStatus', { values: ManifestStatus.options });
  const MakeManifestInput = b.inputType('MakeManifestInput', {
    fields: (t) => ({
      id: t.id({ description: 'Made by the client: sent twice, the manifest is made once.' }),
      referralLabId: t.id({ required: true }),
      barcodes: t.stringList({ required: true }),
      expectedOn: t.field({ type: 'Date', description: 'By the turnaround of its tests when absent.' }),
    }),
  });

  b.queryFields((t) => ({
    tubesToSend: t.field({
      type: connection(b, Tube),
      description: 'Received tubes for a referral lab that are on no manifest.',
      args: { referralLabId: t.arg.id({ required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, { referralLabId, ...page }, ctx) => ctx.call(listToSend, { referralLabId, ...given(page) }),
    }),
    manifest: t.field({
      type: Manifest,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getManifest, { manifestId: id }),
    }),
    manifests: t.field({
      type: connection(b, Manifest),
      description: 'The one due first first.',
      args: { status: t.arg({ type: Status, required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, { status, ...page }, ctx) => ctx.call(listManifests, { status, ...given(page) }),
    }),
    overdueManifests: t.field({
      type: connection(b, Manifest),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, page, ctx) => ctx.call(listOverdue, given(page)),
    }),
  }));
  b.mutationFields((t) => ({
    routeTube: t.field({
      type: Tube,
      description: 'To a referral lab, or back to the bench when no lab is given.',
      args: { barcode: t.arg.string({ required: true }), referralLabId: t.arg.id(), place: t.arg.string() },
      resolve: (_, { barcode, referralLabId, place }, ctx) =>
        ctx.call(routeTube, { barcode, referralLabId: referralLabId ?? null, place: place ?? null }),
    }),
    makeManifest: t.field({
      type: Manifest,
      args: { input: t.arg({ type: MakeManifestInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(makeManifest, given(input)),
    }),
    sendManifest: t.field({
      type: Manifest,
      args: { id: t.arg.id({ required: true }), courier: t.arg.string() },
      resolve: (_, { id, courier }, ctx) => ctx.call(sendManifest, { manifestId: id, courier: courier ?? null }),
    }),
    attachOutlabReport: t.field({
      type: Manifest,
      description:
        "The referral lab's report of one order; its values are typed in at the bench and checked by another.",
      args: {
        manifestId: t.arg.id({ required: true }),
        orderId: t.arg.id({ required: true }),
        fileId: t.arg.id({ required: true }),
      },
      resolve: (_, input, ctx) => ctx.call(outlabReport, input),
    }),
    printManifest: t.field({
      type: 'String',
      description: 'Base64 of a PDF.',
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_, { id }, ctx) => (await ctx.call(printManifest, { manifestId: id })).pdf,
    }),
  }));
}
