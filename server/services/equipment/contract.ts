// Instruments: what they are, whether they are calibrated and maintained, whether they may be used.
import * as z from 'zod';

import {
  Day,
  defineCall,
  defineEvent,
  Id,
  Instant,
  noteText,
  PageInput,
  pageOf,
  shortText,
  trailCall,
  Version,
} from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

export const InstrumentStatus = z.enum(['in_service', 'down', 'retired']);
export type InstrumentStatus = z.output<typeof InstrumentStatus>;

export const InstrumentView = z.object({
  id: Id,
  /** The name it gives itself in its messages, and under which results and controls are kept. */
  messageName: z.string(),
  name: z.string(),
  maker: z.string(),
  model: z.string(),
  serialNumber: z.string(),
  section: z.string(),
  installedOn: Day.nullable(),
  /** in_service; down: out of order since `downSince`; retired. */
  status: InstrumentStatus,
  downSince: Instant.nullable(),
  /** Days from one calibration to the next; null: never due. */
  calibrationEveryDays: z.int().nullable(),
  maintenanceEveryDays: z.int().nullable(),
  /** The last day on which it is still in time; overdue from the day after. */
  calibrationDueOn: Day.nullable(),
  maintenanceDueOn: Day.nullable(),
  /** Why its results are held now; null when they are not. */
  blockedReason: z.string().nullable(),
  version: Version,
});
export type InstrumentView = z.output<typeof InstrumentView>;

export const LogEntryView = z.object({
  id: Id,
  instrumentId: Id,
  kind: z.enum(['calibration', 'maintenance', 'breakdown', 'repair', 'note']),
  at: Instant,
  by: z.string(),
  /** Pass or fail of a calibration; null for the others. */
  hasPassed: z.boolean().nullable(),
  text: z.string(),
  /** Certificate or service report, in the file service. */
  fileIds: z.array(Id),
  nextDueOn: Day.nullable(),
});
export type LogEntryView = z.output<typeof LogEntryView>;

export const instrumentNotFound = defineError(
  'equipment.not_found',
  404,
  () => 'There is no such instrument in this lab.',
);
export const messageNameTaken = defineError(
  'equipment.message_name_taken',
  409,
  () => 'Another instrument of this lab has that name in its messages.',
);

export const staleInstrument = defineError<{ readonly version: number }>(
  'equipment.stale',
  409,
  ({ version }) => `The instrument was changed meanwhile (now version ${version}); load it again.`,
);
export const instrumentCannot = defineError<{ readonly status: string; readonly move: string; readonly who: string }>(
  'equipment.cannot_move',
  409,
  ({ status, move, who }) =>
    `An instrument that is ${status} takes no ${move}; who may record it where it fits holds ${who}.`,
);
export const verdictNeeded = defineError(
  'equipment.verdict_needed',
  400,
  () => 'The field hasPassed belongs to a calibration: true or false there, left out elsewhere.',
);
export const dueDayNotFitting = defineError(
  'equipment.due_day_not_fitting',
  400,
  () => 'The field nextDueOn belongs to a passed calibration or a maintenance, and lies after it.',
);
export const wrongTime = defineError<{ readonly notBefore: string | null }>(
  'equipment.wrong_time',
  400,
  ({ notBefore }) =>
    notBefore === null
      ? 'The field at lies in the future.'
      : `The field at lies before ${notBefore}, when the instrument last changed its state.`,
);
export const logEntryTaken = defineError(
  'equipment.log_entry_taken',
  409,
  () => 'An entry with this id is in the log already, with other content; the log is never changed.',
);
export const renameWhileBlocked = defineError(
  'equipment.rename_while_blocked',
  409,
  () => 'The results of this instrument are held under its message name; the name can change when it is free again.',
);
export const badPeriod = defineError(
  'equipment.bad_period',
  400,
  () => 'The period ends before it begins, or is longer than 3,660 days.',
);
export const checkNotDue = defineError(
  'equipment.check_not_due',
  409,
  () => 'The day whose calibrations are to be checked has not begun.',
  'transient',
);

/** Adds an instrument, or changes the one of this id. */
export const saveInstrument = defineCall(
  'equipment.save',
  z.object({
    id: Id.optional(),
    expectedVersion: Version.nullish(),
    messageName: z.string().trim().min(1).max(100),
    name: shortText(120),
    maker: shortText(80),
    model: shortText(80),
    serialNumber: shortText(80),
    section: shortText(40),
    installedOn: Day.nullish(),
    calibrationEveryDays: z.int().min(1).max(3650).nullish(),
    maintenanceEveryDays: z.int().min(1).max(3650).nullish(),
  }),
  InstrumentView,
);
export const getInstrument = defineCall('equipment.get', z.object({ instrumentId: Id }), InstrumentView);
export const listInstruments = defineCall(
  'equipment.list',
  PageInput.extend({ section: z.string().max(40).nullish() }),
  pageOf(InstrumentView),
);
export const BlockedInstrument = z.object({
  instrument: z.string(),
  reason: z.string(),
  /** Values that came from then on are held, earlier ones are not; null: blocked before the time was kept. */
  since: Instant.nullable(),
});
export type BlockedInstrument = z.output<typeof BlockedInstrument>;
/** Batch, by message name: which of these are blocked now. Free and unknown ones are left out. */
export const blockedOf = defineCall(
  'equipment.blockedOf',
  z.object({ instruments: z.array(z.string().max(100)).max(1000) }),
  z.array(BlockedInstrument),
);
/** Records calibration, maintenance, breakdown, repair; the status and the due days follow from it. */
export const logInstrument = defineCall(
  'equipment.log',
  z.object({
    id: Id.optional(),
    instrumentId: Id,
    kind: LogEntryView.shape.kind,
    at: Instant.nullish(),
    hasPassed: z.boolean().nullish(),
    text: noteText(2000),
    /** Files that the file service holds; all are there or the entry is refused. */
    fileIds: z.array(Id).max(10).default([]),
    nextDueOn: Day.nullish(),
  }),
  InstrumentView,
);
export const equipmentLog = defineCall(
  'equipment.listLog',
  PageInput.extend({ instrumentId: Id }),
  pageOf(LogEntryView),
);
/** Out of use for good, with the reason; a retired instrument's results are held. */
export const retireInstrument = defineCall(
  'equipment.retire',
  z.object({ instrumentId: Id, expectedVersion: Version, reason: noteText(300) }),
  InstrumentView,
);
/** A retired one comes back into service. */
export const reinstateInstrument = defineCall(
  'equipment.reinstate',
  z.object({ instrumentId: Id, expectedVersion: Version, reason: noteText(300) }),
  InstrumentView,
);

export const DueItem = z.object({
  instrument: InstrumentView,
  kind: z.enum(['calibration', 'maintenance']),
  dueOn: Day,
  isOverdue: z.boolean(),
});
export type DueItem = z.output<typeof DueItem>;
/** What is due by that day, longest overdue first; retired instruments are left out. */
export const listDue = defineCall('equipment.listDue', PageInput.extend({ until: Day }), pageOf(DueItem));

export const DowntimeView = z.object({
  instrumentId: Id,
  /** Breakdowns that began in the period. */
  breakdowns: z.int(),
  /** Whole minutes out of order within the period. */
  downMinutes: z.int(),
  /** The part of the period that has passed. */
  periodMinutes: z.int(),
  /** Two decimals; null while nothing of the period has passed. */
  availabilityPercent: z.string().nullable(),
});
export type DowntimeView = z.output<typeof DowntimeView>;
/** Both days included, as days of the lab; what has not passed yet does not count. */
export const downtimeOf = defineCall(
  'equipment.downtime',
  z.object({ instrumentIds: z.array(Id).min(1).max(100), from: Day, to: Day }),
  z.array(DowntimeView),
);
export const equipmentTrail = trailCall('equipment');

/** Its results are held from now on (calibration overdue or failed, broken down), or no more. The subject is the instrument. */
export const instrumentBlocked = defineEvent(
  'equipment.blocked',
  1,
  z.object({ instrumentId: Id, instrument: z.string(), reason: z.string(), at: Instant }),
);
export const instrumentUnblocked = defineEvent(
  'equipment.unblocked',
  1,
  z.object({ instrumentId: Id, instrument: z.string(), at: Instant }),
);
export const equipmentChanged = defineEvent(
  'equipment.changed',
  1,
  z.object({ instrumentId: Id, instrument: z.string(), status: InstrumentView.shape.status, at: Instant }),
);
