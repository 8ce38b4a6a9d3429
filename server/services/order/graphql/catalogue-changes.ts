// Changing the catalogue by GraphQL: the batch with its inputs, publishing, self-test, history, spreadsheets.
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type {
  AnalyteRules,
  CatalogueChangeView,
  CatalogueFault,
  CatalogueState,
  ChangedCatalogue,
  SheetFault,
} from '../contract.ts';
import {
  catalogueHistory,
  changeCatalogue,
  checkCatalogue,
  EntryKind,
  exportCatalogue,
  getCatalogueState,
  getRules,
  importCatalogue,
  publishTest,
  SheetName,
} from '../contract.ts';
import { catalogueBatch } from './catalogue-inputs.ts';
import { sent } from './sent.ts';

function types(b: Builder) {
  const Fault = typeRef<CatalogueFault>(b, 'CatalogueFault').implement({
    description: 'What the self-test found.',
    fields: (t) => ({
      severity: t.exposeString('severity', { description: 'error or warning; an error forbids publishing.' }),
      entity: t.exposeString('entity'),
      code: t.exposeString('code'),
      field: t.exposeString('field'),
      message: t.exposeString('message'),
    }),
  });
  const Entry = typeRef<ChangedCatalogue['changed'][number]>(b, 'CatalogueEntry').implement({
    fields: (t) => ({ kind: t.exposeString('kind'), code: t.exposeString('code') }),
  });
  const Changed = typeRef<ChangedCatalogue>(b, 'ChangedCatalogue').implement({
    fields: (t) => ({
      version: t.exposeID('version', { nullable: true }),
      changed: t.expose('changed', { type: [Entry], description: 'At most 1,000.' }),
      changedCount: t.exposeInt('changedCount'),
      warnings: t.expose('warnings', { type: [Fault], description: 'About what changed; at most 200.' }),
    }),
  });
  const State = typeRef<CatalogueState>(b, 'CatalogueState').implement({
    fields: (t) => ({
      version: t.exposeID('version', { nullable: true, description: 'Null: the lab has no catalogue.' }),
      changedAt: t.expose('changedAt', { type: 'DateTime', nullable: true }),
      tests: t.exposeInt('tests'),
      panels: t.exposeInt('panels'),
      analytes: t.exposeInt('analytes'),
      drafts: t.exposeStringList('drafts'),
    }),
  });
  const Check = typeRef<Check>(b, 'CatalogueCheck').implement({
    fields: (t) => ({
      version: t.exposeID('version', { nullable: true }),
      errors: t.exposeInt('errors'),
      warnings: t.exposeInt('warnings'),
      faults: t.expose('faults', { type: [Fault], description: 'Errors first; at most 1,000.' }),
    }),
  });
  const Sheet = typeRef<SheetFault>(b, 'SheetFault').implement({
    fields: (t) => ({
      sheet: t.exposeString('sheet'),
      row: t.exposeInt('row', { description: 'The header is row 1; 0 when the entry is not in the file.' }),
      column: t.exposeString('column'),
      message: t.exposeString('message'),
    }),
  });
  const Import = typeRef<Imported>(b, 'CatalogueImport').implement({
    fields: (t) => ({
      isWritten: t.exposeBoolean('isWritten'),
      version: t.exposeID('version', { nullable: true }),
      rows: t.exposeInt('rows'),
      changed: t.expose('changed', { type: [Entry], description: 'At most 1,000.' }),
      changedCount: t.exposeInt('changedCount'),
      faults: t.expose('faults', { type: [Sheet], description: 'At most 500.' }),
      faultCount: t.exposeInt('faultCount'),
      warnings: t.expose('warnings', { type: [Fault] }),
    }),
  });
  const File = typeRef<Exported>(b, 'CatalogueFile').implement({
    fields: (t) => ({
      fileName: t.exposeString('fileName'),
      contentType: t.exposeString('contentType'),
      contentBase64: t.exposeString('contentBase64'),
      version: t.exposeID('version', { nullable: true }),
    }),
  });
  typeRef<CatalogueChangeView>(b, 'CatalogueChange').implement({
    description: 'One entry before and after a change, with who and why.',
    fields: (t) => ({
      version: t.exposeID('version', { description: 'Of the catalogue the change made.' }),
      kind: t.exposeString('kind'),
      code: t.exposeString('code'),
      before: t.field({ type: 'JSON', nullable: true, resolve: ({ before }) => before }),
      after: t.field({ type: 'JSON', nullable: true, resolve: ({ after }) => after }),
      reason: t.exposeString('reason'),
      at: t.expose('at', { type: 'DateTime' }),
      by: t.exposeString('by'),
      byId: t.exposeID('byId', { nullable: true }),
    }),
  });
  return { Changed, State, Check, Import, File };
}

type Check = {
  readonly version: string | null;
  readonly errors: number;
  readonly warnings: number;
  readonly faults: CatalogueFault[];
};
type Imported = ChangedCatalogue & {
  readonly isWritten: boolean;
  readonly rows: number;
  readonly faults: SheetFault[];
  readonly faultCount: number;
};
type Exported = {
  readonly fileName: string;
  readonly contentType: string;
  readonly contentBase64: string;
  readonly version: string | null;
};

const SEEN = 'The version seen; left out only while the lab has no catalogue.';

export function catalogueChangesGraphql(b: Builder): void {
  const { Changed, State, Check, Import, File } = types(b);
  const Kind = b.enumType('CatalogueEntryKind', { values: EntryKind.options });
  const Sheet = b.enumType('CatalogueSheet', { values: SheetName.options });
  const Format = b.enumType('SpreadsheetFormat', { values: ['csv', 'xlsx'] as const });
  const EntryInput = b.inputType('CatalogueEntryInput', {
    fields: (t) => ({ kind: t.field({ type: Kind, required: true }), code: t.string({ required: true }) }),
  });
  const PublishTestInput = b.inputType('PublishTestInput', {
    fields: (t) => ({
      id: t.id({ description: 'Client-made id; becomes the version.' }),
      code: t.string({ required: true, description: 'Of a test or a panel.' }),
      expectedVersion: t.id({ description: SEEN }),
      reason: t.string({ required: true }),
    }),
  });
  const ImportInput = b.inputType('ImportCatalogueInput', {
    fields: (t) => ({
      id: t.id(),
      format: t.field({ type: Format, required: true }),
      sheet: t.field({ type: Sheet, description: 'Which sheet a CSV is.' }),
      contentBase64: t.string({ required: true }),
      isDryRun: t.boolean({ required: true }),
      expectedVersion: t.id({ description: SEEN }),
      reason: t.string({ required: true }),
      rangesFrom: t.field({ type: 'Date', description: 'The day changed ranges hold from; today when left out.' }),
    }),
  });
  const ChangeCatalogueInput = catalogueBatch(b);

  b.queryFields((t) => ({
    catalogueState: t.field({ type: State, resolve: (_, _args, ctx) => ctx.call(getCatalogueState, {}) }),
    catalogueCheck: t.field({
      type: Check,
      description: 'The self-test: of one test or panel, or of all.',
      args: { code: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(checkCatalogue, given(args)),
    }),
    catalogueHistory: t.field({
      type: connection(b, typeRef<CatalogueChangeView>(b, 'CatalogueChange')),
      description: 'Newest first; of one entry when given.',
      args: { entry: t.arg({ type: EntryInput }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(catalogueHistory, given(args)),
    }),
    catalogueExport: t.field({
      type: File,
      description: 'All sheets as xlsx, or one of them as CSV.',
      args: { format: t.arg({ type: Format, required: true }), sheet: t.arg({ type: Sheet }) },
      resolve: (_, args, ctx) => ctx.call(exportCatalogue, given(args)),
    }),
    analyteRules: t.field({
      type: ['JSON'],
      description: 'All a value of each analyte is judged by.',
      args: { analyteCodes: t.arg.stringList({ required: true }) },
      resolve: async (_, { analyteCodes }, ctx): Promise<readonly AnalyteRules[]> =>
        (await ctx.call(getRules, { analyteCodes })).analytes,
    }),
  }));
  b.mutationFields((t) => ({
    changeCatalogue: t.field({
      type: Changed,
      args: { input: t.arg({ type: ChangeCatalogueInput, required: true }) },
      resolve: (_, { input }, ctx) =>
        ctx.call(changeCatalogue, { ...sent(input), expectedVersion: input.expectedVersion ?? null }),
    }),
    publishTest: t.field({
      type: Changed,
      description: 'Lets a draft or retired test or panel be ordered, after the self-test.',
      args: { input: t.arg({ type: PublishTestInput, required: true }) },
      resolve: (_, { input }, ctx) =>
        ctx.call(publishTest, { ...given(input), expectedVersion: input.expectedVersion ?? null }),
    }),
    importCatalogue: t.field({
      type: Import,
      args: { input: t.arg({ type: ImportInput, required: true }) },
      resolve: (_, { input }, ctx) =>
        ctx.call(importCatalogue, { ...given(input), expectedVersion: input.expectedVersion ?? null }),
    }),
  }));
}
