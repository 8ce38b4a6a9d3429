// Patient-based QC: moving figures of the patients' own values, for shifts between two controls.
import * as z from 'zod';

import { defineCall, defineEvent, Id, Instant, PageInput, pageOf, Version } from '#platform/contract.ts';

const Decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,10})?$/, 'a decimal number');

export const MonitorView = z.object({
  id: Id,
  instrument: z.string(),
  analyteCode: z.string(),
  method: z.enum(['mean', 'median', 'ewma']),
  /** Values a figure is made of; for EWMA a new value weighs 2 / (block + 1). */
  block: z.int(),
  /** Values outside do not count; null: no limit on that side. */
  truncateLow: z.string().nullable(),
  truncateHigh: z.string().nullable(),
  /** Control limits of the figure; without them it is only drawn. */
  low: z.string().nullable(),
  high: z.string().nullable(),
  limitsFrom: z.enum(['none', 'hand', 'own_days']),
  /** warn: an event and a line of the list; hold: the analyzer's analyte is held as after a rejected control. */
  onAlarm: z.enum(['warn', 'hold']),
  isOn: z.boolean(),
  version: Version,
});
export type MonitorView = z.output<typeof MonitorView>;

export const AlarmView = z.object({
  id: Id,
  monitorId: Id,
  instrument: z.string(),
  analyteCode: z.string(),
  at: Instant,
  figure: z.string(),
  low: z.string(),
  high: z.string(),
  /** The patient value that took the figure over its limit. */
  resultId: Id,
  holdId: Id.nullable(),
});
export type AlarmView = z.output<typeof AlarmView>;

export const saveMonitor = defineCall(
  'qc.saveMonitor',
  z.object({
    id: Id.optional(),
    expectedVersion: Version.nullish(),
    instrument: z.string().min(1).max(100),
    analyteCode: z.string().min(1).max(40),
    method: MonitorView.shape.method,
    block: z.int().min(5).max(500),
    truncateLow: Decimal.nullish(),
    truncateHigh: Decimal.nullish(),
    /** By hand, both or none; left out, those there are stay. */
    low: Decimal.nullish(),
    high: Decimal.nullish(),
    onAlarm: MonitorView.shape.onAlarm.default('warn'),
    isOn: z.boolean().default(true),
  }),
  MonitorView,
);
/** Sets the limits from the percentiles of the extremes of the lab's own days without an alarm. @throws qc.too_few_days */
export const setMonitorLimits = defineCall(
  'qc.setMonitorLimits',
  z.object({
    monitorId: Id,
    expectedVersion: Version,
    /** Share of days with a false alarm that the lab accepts. */
    falseAlarmShare: z.number().min(0).max(0.5).default(0.05),
    /** Days looked back over. */
    days: z.int().min(20).max(365).default(90),
  }),
  MonitorView,
);
export const listMonitors = defineCall('qc.listMonitors', PageInput, pageOf(MonitorView));
/** Newest first. */
export const listPatientAlarms = defineCall('qc.listPatientAlarms', PageInput, pageOf(AlarmView));
export const MonitorPoint = z.object({
  resultId: Id,
  at: Instant,
  /** Null until the block is full. */
  figure: z.string().nullable(),
  isAlarm: z.boolean(),
});
export type MonitorPoint = z.output<typeof MonitorPoint>;
/** The moving figure, newest first. */
export const monitorSeries = defineCall('qc.monitorSeries', PageInput.extend({ monitorId: Id }), pageOf(MonitorPoint));

/** A figure of the patients passed its limits; told once, when it goes out. The subject is the monitor. */
export const patientAlarm = defineEvent(
  'qc.patient_alarm',
  1,
  z.object({
    monitorId: Id,
    instrument: z.string(),
    analyteCode: z.string(),
    resultId: Id,
    holdId: Id.nullable(),
    at: Instant,
  }),
);
