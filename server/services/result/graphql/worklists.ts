// The part of the schema about what the bench works by: worklists, rack, board, grid, and a person's values over the years.
import type { EnumRef } from '@pothos/core';

import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder, GraphqlTypes } from '#platform/graphql/module.ts';

import type {
  BenchCount as BenchCountView,
  EntryGrid as EntryGridView,
  GridCell as GridCellView,
  GridColumn as GridColumnView,
  GridRow as GridRowView,
  HistoryColumn as HistoryColumnView,
  HistoryValue as HistoryValueView,
  RackPlace as RackPlaceView,
  ResultStatus,
  ResultView,
  UsedRange as UsedRangeView,
} from '../contract.ts';
import {
  benchCounts,
  entryGrid,
  listLeftOver,
  listWorklist,
  rackView,
  resultHistory,
  resultTrend,
} from '../contract.ts';
import type { Enums } from './release.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<GraphqlTypes>;
type WithStatus = Enums & { readonly status: EnumRef<Types, ResultStatus, ResultStatus> };

export function worklistFields(b: Builder, enums: WithStatus): void {
  declareLists(b, enums);
  declareRack(b);
  declareGrid(b, enums);
  declareHistory(b, enums);
}

function declareLists(b: Builder, { status }: WithStatus): void {
  const Result = typeRef<ResultView>(b, 'Result');
  const Sort = b.enumType('WorklistSort', {
    values: ['priority', 'promise'] as const,
    description: 'priority: STAT, urgent, routine, then as the tubes came; promise: what is overdue first',
  });
  const Priority = b.enumType('WorklistPriority', { values: ['routine', 'urgent', 'stat'] as const });
  const Count = typeRef<BenchCountView>(b, 'BenchCount');
  Count.implement({
    fields: (t) => ({
      section: t.exposeString('section'),
      status: t.field({ type: status, resolve: (count) => count.status }),
      count: t.exposeInt('count'),
      stat: t.exposeInt('stat'),
      urgent: t.exposeInt('urgent'),
      overdue: t.exposeInt('overdue', { description: 'Promised for a time that has passed' }),
      held: t.exposeInt('held'),
      oldestCameAt: t.field({ type: 'DateTime', resolve: (count) => count.oldestCameAt }),
    }),
  });
  b.queryFields((t) => ({
    worklist: t.field({
      type: connection(b, Result),
      description: 'STAT first, then urgent, then by the time the tube came; or by promise',
      args: {
        status: t.arg({ type: status }),
        section: t.arg.string(),
        sections: t.arg.stringList({ description: 'Several sections as one list' }),
        instrument: t.arg.string({ description: 'Values this instrument gave' }),
        priority: t.arg({ type: Priority }),
        testCode: t.arg.string(),
        isHeldOnly: t.arg.boolean(),
        isFlaggedOnly: t.arg.boolean(),
        isInterimOnly: t.arg.boolean({ description: 'Cultures whose final stage is still to come' }),
        isWithoutCalculated: t.arg.boolean(),
        cameBefore: t.arg({ type: 'DateTime' }),
        sort: t.arg({ type: Sort }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, { sections, ...args }, ctx) =>
        ctx.call(listWorklist, { ...given(args), ...(sections ? { sections: [...sections] } : {}) }),
    }),
    leftOverResults: t.field({
      type: connection(b, Result),
      description: 'Not signed though the tube came on an earlier day, oldest first',
      args: {
        section: t.arg.string(),
        before: t.arg({ type: 'Date' }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(listLeftOver, given(args)),
    }),
    benchCounts: t.field({
      type: [Count],
      description: 'What is open, by section and state',
      resolve: async (_, _args, ctx) => [...(await ctx.call(benchCounts, {}))],
    }),
  }));
}

interface RackPage {
  readonly places: readonly RackPlaceView[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

function declareRack(b: Builder): void {
  const Test = typeRef<RackPlaceView['tests'][number]>(b, 'RackTest');
  Test.implement({
    fields: (t) => ({
      testCode: t.exposeString('testCode'),
      testName: t.exposeString('testName'),
      analyteCodes: t.exposeStringList('analyteCodes'),
    }),
  });
  const Place = typeRef<RackPlaceView>(b, 'BenchRackPlace');
  Place.implement({
    description: 'A place of the rack: a tube, or left for a control',
    fields: (t) => ({
      position: t.exposeInt('position'),
      kind: t.exposeString('kind', { description: 'control or tube; of a control all else is null' }),
      barcode: t.exposeString('barcode', { nullable: true }),
      orderId: t.exposeID('orderId', { nullable: true }),
      patientId: t.exposeID('patientId', { nullable: true }),
      priority: t.exposeString('priority', { nullable: true }),
      specimen: t.exposeString('specimen', { nullable: true }),
      draw: t.exposeString('draw', { nullable: true }),
      cameAt: t.field({ type: 'DateTime', nullable: true, resolve: (place) => place.cameAt }),
      tests: t.field({ type: [Test], resolve: (place) => place.tests }),
    }),
  });
  const Page = typeRef<RackPage>(b, 'BenchRack');
  Page.implement({
    fields: (t) => ({
      places: t.field({ type: [Place], resolve: (page) => [...page.places] }),
      endCursor: t.exposeString('endCursor', { nullable: true, description: 'Give it as `after` for the next rack' }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
    }),
  });
  b.queryField('benchRack', (t) =>
    t.field({
      type: Page,
      description:
        'Tubes that await a value, each once, in the order of the worklist, with places for controls at both ends',
      args: {
        section: t.arg.string({ required: true }),
        testCode: t.arg.string(),
        controlsFirst: t.arg.int(),
        controlsLast: t.arg.int(),
        first: t.arg.int({ description: 'Tubes in a rack' }),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(rackView, given(args)),
    }),
  );
}

interface GridPage {
  readonly grids: readonly EntryGridView[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

function declareGrid(b: Builder, { flag, hold, status }: WithStatus): void {
  const Previous = typeRef<NonNullable<GridCellView['previous']>>(b, 'PreviousValue');
  Previous.implement({
    fields: (t) => ({
      value: t.exposeString('value'),
      unit: t.exposeString('unit'),
      collectedAt: t.field({ type: 'DateTime', nullable: true, resolve: (before) => before.collectedAt }),
    }),
  });
  const Cell = typeRef<GridCellView>(b, 'GridCell');
  Cell.implement({
    fields: (t) => ({
      resultId: t.exposeID('resultId'),
      expectedVersion: t.exposeInt('expectedVersion'),
      analyteCode: t.exposeString('analyteCode'),
      status: t.field({ type: status, resolve: (cell) => cell.status }),
      value: t.exposeString('value', { nullable: true }),
      flags: t.field({ type: [flag], resolve: (cell) => cell.flags }),
      holds: t.field({ type: [hold], resolve: (cell) => cell.holds }),
      isTypable: t.exposeBoolean('isTypable'),
      range: t.field({ type: typeRef<UsedRangeView>(b, 'UsedRange'), nullable: true, resolve: (cell) => cell.range }),
      rangeText: t.exposeString('rangeText', { description: 'For this person; empty when there is none' }),
      previous: t.field({ type: Previous, nullable: true, resolve: (cell) => cell.previous }),
    }),
  });
  const Column = typeRef<GridColumnView>(b, 'GridColumn');
  Column.implement({
    fields: (t) => ({
      analyteCode: t.exposeString('analyteCode'),
      analyteName: t.exposeString('analyteName'),
      kind: t.exposeString('kind'),
      unit: t.exposeString('unit'),
      decimals: t.exposeInt('decimals', { nullable: true }),
      choices: t.exposeStringList('choices'),
      isCalculated: t.exposeBoolean('isCalculated'),
    }),
  });
  const Row = typeRef<GridRowView>(b, 'GridRow');
  Row.implement({
    fields: (t) => ({
      lineId: t.exposeID('lineId'),
      orderId: t.exposeID('orderId'),
      patientId: t.exposeID('patientId'),
      patientName: t.exposeString('patientName'),
      mrn: t.exposeString('mrn'),
      sex: t.exposeString('sex'),
      age: t.exposeString('age', { description: 'As on the label, at the draw' }),
      barcode: t.exposeString('barcode', { nullable: true }),
      draw: t.exposeString('draw', { nullable: true, description: 'The timed draw, as on the label' }),
      priority: t.exposeString('priority'),
      collectedAt: t.field({ type: 'DateTime', nullable: true, resolve: (row) => row.collectedAt }),
      cells: t.field({
        type: t.listRef(Cell, { nullable: true }),
        description: 'In the order of the columns',
        resolve: (row) => row.cells,
      }),
    }),
  });
  const Grid = typeRef<EntryGridView>(b, 'EntryGrid');
  Grid.implement({
    fields: (t) => ({
      testCode: t.exposeString('testCode'),
      testName: t.exposeString('testName'),
      section: t.exposeString('section'),
      columns: t.field({ type: [Column], resolve: (grid) => grid.columns }),
      rows: t.field({ type: [Row], resolve: (grid) => grid.rows }),
    }),
  });
  const Page = typeRef<GridPage>(b, 'EntryGridPage');
  Page.implement({
    fields: (t) => ({
      grids: t.field({ type: [Grid], resolve: (page) => [...page.grids] }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
    }),
  });
  b.queryField('entryGrid', (t) =>
    t.field({
      type: Page,
      description: 'Everything to type without another call; enterResults takes it back',
      args: {
        section: t.arg.string(),
        testCode: t.arg.string(),
        orderIds: t.arg.idList(),
        first: t.arg.int({ description: 'Rows, over all grids' }),
        after: t.arg.string(),
      },
      resolve: (_, { orderIds, ...args }, ctx) =>
        ctx.call(entryGrid, { ...given(args), ...(orderIds ? { orderIds: orderIds.map(String) } : {}) }),
    }),
  );
}

interface HistoryPage {
  readonly columns: readonly HistoryColumnView[];
  readonly rows: readonly {
    readonly analyteCode: string;
    readonly analyteName: string;
    readonly values: readonly (HistoryValueView | null)[];
  }[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

function declareHistory(b: Builder, { flag }: WithStatus): void {
  const Value = typeRef<HistoryValueView>(b, 'HistoryValue');
  Value.implement({
    fields: (t) => ({
      resultId: t.exposeID('resultId'),
      orderId: t.exposeID('orderId'),
      collectedAt: t.field({ type: 'DateTime', resolve: (value) => value.collectedAt }),
      draw: t.exposeString('draw', { nullable: true }),
      value: t.exposeString('value'),
      number: t.exposeString('number', { nullable: true, description: 'Decimal text without < or >' }),
      unit: t.exposeString('unit'),
      flags: t.field({ type: [flag], resolve: (value) => value.flags }),
      range: t.field({ type: typeRef<UsedRangeView>(b, 'UsedRange'), nullable: true, resolve: (value) => value.range }),
      method: t.exposeString('method', { nullable: true }),
      isAmended: t.exposeBoolean('isAmended'),
      isMethodChange: t.exposeBoolean('isMethodChange', {
        description: 'By another method than the value before: the two may not be compared',
      }),
      isUnitChange: t.exposeBoolean('isUnitChange'),
    }),
  });
  const Column = typeRef<HistoryColumnView>(b, 'HistoryColumn');
  Column.implement({
    fields: (t) => ({
      orderId: t.exposeID('orderId'),
      draw: t.exposeString('draw', { nullable: true }),
      collectedAt: t.field({ type: 'DateTime', resolve: (column) => column.collectedAt }),
    }),
  });
  const Row = typeRef<HistoryPage['rows'][number]>(b, 'HistoryRow');
  Row.implement({
    fields: (t) => ({
      analyteCode: t.exposeString('analyteCode'),
      analyteName: t.exposeString('analyteName'),
      values: t.field({
        type: t.listRef(Value, { nullable: true }),
        description: 'In the order of the columns',
        resolve: (row) => [...row.values],
      }),
    }),
  });
  const Page = typeRef<HistoryPage>(b, 'ResultHistory');
  Page.implement({
    fields: (t) => ({
      columns: t.field({ type: [Column], resolve: (page) => [...page.columns] }),
      rows: t.field({ type: [Row], resolve: (page) => [...page.rows] }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
    }),
  });
  b.queryFields((t) => ({
    resultHistory: t.field({
      type: Page,
      description: 'Signed values of a person, analytes by draws, the newest draw first',
      args: {
        patientId: t.arg.id({ required: true }),
        analyteCodes: t.arg.stringList(),
        from: t.arg({ type: 'DateTime' }),
        to: t.arg({ type: 'DateTime' }),
        first: t.arg.int({ description: 'Draws' }),
        after: t.arg.string(),
      },
      resolve: (_, { analyteCodes, ...args }, ctx) =>
        ctx.call(resultHistory, { ...given(args), ...(analyteCodes ? { analyteCodes: [...analyteCodes] } : {}) }),
    }),
    resultTrend: t.field({
      type: connection(b, Value),
      description: 'Signed values of one analyte, newest first',
      args: {
        patientId: t.arg.id({ required: true }),
        analyteCode: t.arg.string({ required: true }),
        from: t.arg({ type: 'DateTime' }),
        to: t.arg({ type: 'DateTime' }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(resultTrend, given(args)),
    }),
  }));
}
