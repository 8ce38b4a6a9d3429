import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { DowntimeView, DueItem, InstrumentView, LogEntryView as LogEntry } from './contract.ts';
import {
  downtimeOf,
  equipmentLog,
  getInstrument,
  InstrumentStatus,
  listDue,
  listInstruments,
  LogEntryView,
  logInstrument,
  reinstateInstrument,
  retireInstrument,
  saveInstrument,
} from './contract.ts';

export function graphql(b: Builder): void {
  const Status = b.enumType('InstrumentStatus', { values: InstrumentStatus.options });
  const Kind = b.enumType('InstrumentLogKind', { values: LogEntryView.shape.kind.options });
  const Instrument = typeRef<InstrumentView>(b, 'Instrument');
  Instrument.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      messageName: t.exposeString('messageName', {
        description: 'The name in its messages, under which results and controls are kept.',
      }),
      name: t.exposeString('name'),
      maker: t.exposeString('maker'),
      model: t.exposeString('model'),
      serialNumber: t.exposeString('serialNumber'),
      section: t.exposeString('section'),
      installedOn: t.field({ type: 'Date', nullable: true, resolve: (row) => row.installedOn }),
      status: t.field({ type: Status, resolve: (row) => row.status }),
      downSince: t.field({ type: 'DateTime', nullable: true, resolve: (row) => row.downSince }),
      calibrationEveryDays: t.exposeInt('calibrationEveryDays', { nullable: true }),
      maintenanceEveryDays: t.exposeInt('maintenanceEveryDays', { nullable: true }),
      calibrationDueOn: t.field({ type: 'Date', nullable: true, resolve: (row) => row.calibrationDueOn }),
      maintenanceDueOn: t.field({ type: 'Date', nullable: true, resolve: (row) => row.maintenanceDueOn }),
      blockedReason: t.exposeString('blockedReason', {
        nullable: true,
        description: 'Why its results are held now; null when they are not.',
      }),
      version: t.exposeInt('version'),
    }),
  });
  const Entry = typeRef<LogEntry>(b, 'InstrumentLogEntry');
  Entry.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      instrumentId: t.exposeID('instrumentId'),
      kind: t.field({ type: Kind, resolve: (entry) => entry.kind }),
      at: t.field({ type: 'DateTime', resolve: (entry) => entry.at }),
      by: t.exposeString('by'),
      hasPassed: t.exposeBoolean('hasPassed', { nullable: true, description: 'Of a calibration; else null.' }),
      text: t.exposeString('text'),
      fileIds: t.exposeIDList('fileIds', { description: 'Certificates and service reports.' }),
      nextDueOn: t.field({ type: 'Date', nullable: true, resolve: (entry) => entry.nextDueOn }),
    }),
  });
  const Due = typeRef<DueItem>(b, 'InstrumentDue');
  Due.implement({
    fields: (t) => ({
      instrument: t.field({ type: Instrument, resolve: (item) => item.instrument }),
      kind: t.field({ type: Kind, resolve: (item) => item.kind }),
      dueOn: t.field({ type: 'Date', resolve: (item) => item.dueOn }),
      isOverdue: t.exposeBoolean('isOverdue'),
    }),
  });
  const Downtime = typeRef<DowntimeView>(b, 'InstrumentDowntime');
  Downtime.implement({
    fields: (t) => ({
      instrumentId: t.exposeID('instrumentId'),
      breakdowns: t.exposeInt('breakdowns', { description: 'Those that began in the period.' }),
      downMinutes: t.exposeInt('downMinutes'),
      periodMinutes: t.exposeInt('periodMinutes', { description: 'The part of the period that has passed.' }),
      availabilityPercent: t.exposeString('availabilityPercent', { nullable: true }),
    }),
  });

  const SaveInput = b.inputType('SaveInstrumentInput', {
    fields: (t) => ({
      id: t.id(),
      expectedVersion: t.int({ description: 'Needed when the instrument is there already.' }),
      messageName: t.string({ required: true }),
      name: t.string({ required: true }),
      maker: t.string({ required: true }),
      model: t.string({ required: true }),
      serialNumber: t.string({ required: true }),
      section: t.string({ required: true }),
      installedOn: t.field({ type: 'Date' }),
      calibrationEveryDays: t.int(),
      maintenanceEveryDays: t.int(),
    }),
  });
  const LogInput = b.inputType('LogInstrumentInput', {
    fields: (t) => ({
      id: t.id({ description: 'Made by the client: sent twice, written once.' }),
      instrumentId: t.id({ required: true }),
      kind: t.field({ type: Kind, required: true }),
      at: t.field({ type: 'DateTime', description: 'Now when left out.' }),
      hasPassed: t.boolean({ description: 'Of a calibration.' }),
      text: t.string({ required: true }),
      fileIds: t.idList(),
      nextDueOn: t.field({ type: 'Date', description: 'As the certificate says; else by the interval.' }),
    }),
  });
  const UseInput = b.inputType('InstrumentUseInput', {
    fields: (t) => ({
      instrumentId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      reason: t.string({ required: true }),
    }),
  });

  b.queryFields((t) => ({
    instrument: t.field({
      type: Instrument,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getInstrument, { instrumentId: id }),
    }),
    instruments: t.field({
      type: connection(b, Instrument),
      args: { section: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listInstruments, given(args)),
    }),
    instrumentLog: t.field({
      type: connection(b, Entry),
      args: { instrumentId: t.arg.id({ required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(equipmentLog, given(args)),
    }),
    instrumentsDue: t.field({
      type: connection(b, Due),
      description: 'Calibrations and maintenance due by a day, longest overdue first.',
      args: { until: t.arg({ type: 'Date', required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listDue, given(args)),
    }),
    instrumentDowntime: t.field({
      type: [Downtime],
      args: {
        instrumentIds: t.arg.idList({ required: true }),
        from: t.arg({ type: 'Date', required: true }),
        to: t.arg({ type: 'Date', required: true }),
      },
      resolve: (_, args, ctx) => ctx.call(downtimeOf, args),
    }),
  }));
  b.mutationFields((t) => ({
    saveInstrument: t.field({
      type: Instrument,
      args: { input: t.arg({ type: SaveInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(saveInstrument, given(input)),
    }),
    logInstrument: t.field({
      type: Instrument,
      description: 'Calibration, maintenance, breakdown, repair or a note; status and due days follow from it.',
      args: { input: t.arg({ type: LogInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(logInstrument, given(input)),
    }),
    retireInstrument: t.field({
      type: Instrument,
      args: { input: t.arg({ type: UseInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(retireInstrument, input),
    }),
    reinstateInstrument: t.field({
      type: Instrument,
      args: { input: t.arg({ type: UseInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(reinstateInstrument, input),
    }),
  }));
}
