// Patient-based QC.
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import { listMonitors, listPatientAlarms, monitorSeries, saveMonitor, setMonitorLimits } from '../contract.ts';
import type { AlarmView, MonitorPoint, MonitorView } from '../contract.ts';

export function patientAverageFields(b: Builder): void {
  const Monitor = typeRef<MonitorView>(b, 'PatientAverage');
  Monitor.implement({
    description: 'A moving figure of the patients of one analyzer and analyte.',
    fields: (t) => ({
      id: t.exposeID('id'),
      instrument: t.exposeString('instrument'),
      analyteCode: t.exposeString('analyteCode'),
      method: t.exposeString('method', { description: 'mean, median or ewma' }),
      block: t.exposeInt('block'),
      truncateLow: t.exposeString('truncateLow', { nullable: true }),
      truncateHigh: t.exposeString('truncateHigh', { nullable: true }),
      low: t.exposeString('low', { nullable: true }),
      high: t.exposeString('high', { nullable: true }),
      limitsFrom: t.exposeString('limitsFrom', { description: 'none, hand or own_days' }),
      onAlarm: t.exposeString('onAlarm', { description: 'warn or hold' }),
      isOn: t.exposeBoolean('isOn'),
      version: t.exposeInt('version'),
    }),
  });
  const Point = typeRef<MonitorPoint>(b, 'PatientAveragePoint');
  Point.implement({
    fields: (t) => ({
      resultId: t.exposeID('resultId'),
      at: t.field({ type: 'DateTime', resolve: (point) => point.at }),
      figure: t.exposeString('figure', { nullable: true, description: 'Null until the block is full.' }),
      isAlarm: t.exposeBoolean('isAlarm'),
    }),
  });
  const Alarm = typeRef<AlarmView>(b, 'PatientAverageAlarm');
  Alarm.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      monitorId: t.exposeID('monitorId'),
      instrument: t.exposeString('instrument'),
      analyteCode: t.exposeString('analyteCode'),
      at: t.field({ type: 'DateTime', resolve: (alarm) => alarm.at }),
      figure: t.exposeString('figure'),
      low: t.exposeString('low'),
      high: t.exposeString('high'),
      resultId: t.exposeID('resultId'),
      holdId: t.exposeID('holdId', { nullable: true }),
    }),
  });

  const Method = b.enumType('PatientAverageMethod', { values: ['mean', 'median', 'ewma'] as const });
  const OnAlarm = b.enumType('PatientAverageOnAlarm', { values: ['warn', 'hold'] as const });
  const SavePatientAverageInput = b.inputType('SavePatientAverageInput', {
    fields: (t) => ({
      id: t.id(),
      expectedVersion: t.int(),
      instrument: t.string({ required: true }),
      analyteCode: t.string({ required: true }),
      method: t.field({ type: Method, required: true }),
      block: t.int({ required: true }),
      truncateLow: t.string(),
      truncateHigh: t.string(),
      low: t.string(),
      high: t.string(),
      onAlarm: t.field({ type: OnAlarm }),
      isOn: t.boolean(),
    }),
  });
  b.queryFields((t) => ({
    patientAverages: t.field({
      type: connection(b, Monitor),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listMonitors, given(args)),
    }),
    patientAverageSeries: t.field({
      type: connection(b, Point),
      args: { monitorId: t.arg.id({ required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(monitorSeries, given(args)),
    }),
    patientAverageAlarms: t.field({
      type: connection(b, Alarm),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listPatientAlarms, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    savePatientAverage: t.field({
      type: Monitor,
      args: { input: t.arg({ type: SavePatientAverageInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(saveMonitor, given(input)),
    }),
    setPatientAverageLimits: t.field({
      type: Monitor,
      description: "From the percentiles of the extremes of the lab's own days without an alarm.",
      args: {
        monitorId: t.arg.id({ required: true }),
        expectedVersion: t.arg.int({ required: true }),
        falseAlarmShare: t.arg.float({ description: 'Of the days; 0.05 when left out.' }),
        days: t.arg.int({ description: 'Looked back over; 90 when left out.' }),
      },
      resolve: (_, args, ctx) => ctx.call(setMonitorLimits, given(args)),
    }),
  }));
}
