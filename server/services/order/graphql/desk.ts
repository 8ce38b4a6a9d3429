import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { CallOutput } from '#platform/contract.ts';

import type { DraftView, FileFault, UploadRow, UploadView } from '../contract.ts';
import {
  discardDraft,
  getUpload,
  importOrders,
  listDrafts,
  listUploadRows,
  saveDraft,
  UploadRow as UploadRowSchema,
} from '../contract.ts';

function deskTypes(b: Builder): void {
  typeRef<DraftView>(b, 'OrderDraft').implement({
    description: 'An order that is typed but not placed; one\u2019s own only.',
    fields: (t) => ({
      id: t.exposeID('id'),
      content: t.expose('content', { type: 'JSON' }),
      savedAt: t.expose('savedAt', { type: 'DateTime' }),
    }),
  });
  typeRef<FileFault>(b, 'FileFault').implement({
    description: 'Row and column as the spreadsheet shows them; the heading is row 1.',
    fields: (t) => ({
      row: t.exposeInt('row'),
      column: t.exposeString('column'),
      expected: t.exposeString('expected'),
    }),
  });
  typeRef<UploadRow>(b, 'CampUploadRow').implement({
    fields: (t) => ({
      row: t.exposeInt('row'),
      status: t.exposeString('status', { description: 'waiting, placed, possible_duplicate or refused.' }),
      patientId: t.exposeID('patientId', { nullable: true }),
      orderId: t.exposeID('orderId', { nullable: true }),
      refusal: t.exposeString('refusal', { nullable: true, description: 'Code of the error catalogue.' }),
      possiblePatientIds: t.exposeStringList('possiblePatientIds', {
        description: 'Registered people this one may be.',
      }),
    }),
  });
  typeRef<UploadView>(b, 'CampUpload').implement({
    description: 'The file of a camp and how far it has got.',
    fields: (t) => ({
      id: t.exposeID('id'),
      sourceId: t.exposeID('sourceId'),
      fileName: t.exposeString('fileName'),
      rows: t.exposeInt('rows'),
      waiting: t.exposeInt('waiting'),
      placed: t.exposeInt('placed'),
      possibleDuplicates: t.exposeInt('possibleDuplicates'),
      refused: t.exposeInt('refused'),
      uploadedAt: t.expose('uploadedAt', { type: 'DateTime' }),
      uploadedBy: t.exposeString('uploadedBy'),
    }),
  });
}

export function deskGraphql(b: Builder): void {
  deskTypes(b);
  const Draft = typeRef<DraftView>(b, 'OrderDraft');
  const Upload = typeRef<UploadView>(b, 'CampUpload');
  const Row = typeRef<UploadRow>(b, 'CampUploadRow');
  const Imported = b.objectRef<CallOutput<typeof importOrders>>('ImportOrdersPayload').implement({
    fields: (t) => ({
      rows: t.exposeInt('rows'),
      faults: t.expose('faults', { type: [typeRef<FileFault>(b, 'FileFault')] }),
      upload: t.expose('upload', { type: Upload, nullable: true, description: 'Null for a dry run.' }),
    }),
  });
  const Format = b.enumType('SheetFormat', { values: ['csv', 'xlsx'] as const });
  const Status = b.enumType('CampUploadRowStatus', { values: UploadRowSchema.shape.status.options });
  const Choice = b.inputType('CampRowChoice', {
    fields: (t) => ({
      row: t.int({ required: true }),
      patientId: t.id({ description: 'Who it is, of those registered.' }),
      isKnownToDiffer: t.boolean({ description: 'True when it is somebody else.' }),
    }),
  });
  const ImportOrdersInput = b.inputType('ImportOrdersInput', {
    fields: (t) => ({
      uploadId: t.id({ required: true, description: 'Client-made: the same file sent again makes nothing twice.' }),
      sourceId: t.id({ required: true, description: 'The camp.' }),
      fileName: t.string({ required: true }),
      format: t.field({ type: Format, required: true }),
      content: t.string({ required: true, description: 'The file, base64.' }),
      isDryRun: t.boolean({ description: 'Stores nothing and gives every fault.' }),
      choices: t.field({ type: [Choice] }),
    }),
  });

  b.queryFields((t) => ({
    orderDrafts: t.field({
      type: connection(b, Draft),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listDrafts, given(args)),
    }),
    campUpload: t.field({
      type: Upload,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getUpload, { uploadId: id }),
    }),
    campUploadRows: t.field({
      type: connection(b, Row),
      args: {
        uploadId: t.arg.id({ required: true }),
        status: t.arg({ type: Status }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(listUploadRows, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    saveOrderDraft: t.field({
      type: Draft,
      description: 'The id is that of the order to be; placing it removes the draft.',
      args: { id: t.arg.id({ required: true }), content: t.arg({ type: 'JSON', required: true }) },
      resolve: (_, { id, content }, ctx) => ctx.call(saveDraft, { id, content: content as Record<string, unknown> }),
    }),
    discardOrderDraft: t.boolean({
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_, { id }, ctx) => (await ctx.call(discardDraft, { id })).isDiscarded,
    }),
    importOrders: t.field({
      type: Imported,
      args: { input: t.arg({ type: ImportOrdersInput, required: true }) },
      resolve: (_, { input }, ctx) => {
        const choices = (input.choices ?? []).map((choice) => given(choice));
        return ctx.call(importOrders, { ...given(input), choices });
      },
    }),
  }));
}
