// Quality control: control materials, their values, the rules they break, and what is held until that is put right.
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

import { Outcome, WestgardRule } from './contract/westgard.ts';

export * from './contract/chart.ts';
export * from './contract/eqa.ts';
export * from './contract/errors.ts';
export * from './contract/patient-average.ts';
export * from './contract/westgard.ts';

/** A material of one level, of one maker's lot, with its targets per analyte and instrument. */
export const ControlLotView = z.object({
  id: Id,
  material: z.string(),
  lotNumber: z.string(),
  /** 1 low, 2 normal, 3 high, as the lab counts them. */
  level: z.int(),
  expiresOn: Day,
  /** What analyzers send as its sample id; capitals. A trailing `*` stands for any ending. */
  sampleIds: z.array(z.string()),
  isActive: z.boolean(),
  version: Version,
});
export type ControlLotView = z.output<typeof ControlLotView>;

export const TargetView = z.object({
  lotId: Id,
  instrument: z.string(),
  analyteCode: z.string(),
  /** assigned: by the maker; cumulative: from the lab's own values. */
  kind: z.enum(['assigned', 'cumulative']),
  /** Decimal text in the analyte's unit. */
  mean: z.string(),
  sd: z.string(),
  /** Values behind a cumulative target. */
  count: z.int(),
  validFrom: Instant,
  setBy: z.string(),
});
export type TargetView = z.output<typeof TargetView>;

export const ControlRunView = z.object({
  id: Id,
  lotId: Id,
  level: z.int(),
  instrument: z.string(),
  analyteCode: z.string(),
  /** Controls of several levels measured together. */
  runId: Id,
  value: z.string(),
  unit: z.string(),
  measuredAt: Instant,
  by: z.string(),
  messageId: Id.nullable(),
  reagentLot: z.string().nullable(),
  /** Two decimals; null while the lot has no target. */
  z: z.string().nullable(),
  /** Every rule that fires at this value, warnings among them. */
  rules: z.array(WestgardRule),
  outcome: Outcome,
  /** What was typed with it; for a void one, why it was put aside. */
  note: z.string().nullable(),
});
export type ControlRunView = z.output<typeof ControlRunView>;

/** The hold a rejected run makes, until a corrective action with a good control lifts it. */
export const QcHoldView = z.object({
  id: Id,
  instrument: z.string(),
  analyteCode: z.string(),
  rules: z.array(WestgardRule),
  runId: Id,
  /** The last control in control before it; null when there was none: everything is suspect. */
  lastGoodAt: Instant.nullable(),
  since: Instant,
  status: z.enum(['open', 'lifted']),
  cause: z.string().nullable(),
  action: z.string().nullable(),
  /** When a correction was recorded; null while none is. */
  correctedAt: Instant.nullable(),
  /** What the look-back of the patients found. */
  lookBackNote: z.string().nullable(),
  liftedAt: Instant.nullable(),
  liftedBy: z.string().nullable(),
  version: Version,
});
export type QcHoldView = z.output<typeof QcHoldView>;

/** Where the controls of an analyzer's analyte stand: the board's green, amber, red (lab-day 3). */
export const QcState = z.object({
  instrument: z.string(),
  analyteCode: z.string(),
  /** none: no control was ever run; due: none since the interval of the lab. */
  state: z.enum(['in_control', 'warning', 'failed', 'due', 'none']),
  lastRunAt: Instant.nullable(),
  lastGoodAt: Instant.nullable(),
  holdId: Id.nullable(),
});
export type QcState = z.output<typeof QcState>;

/** By hand at the bench; several levels of one run in one call. */
export const recordControls = defineCall(
  'qc.recordControls',
  z.object({
    /** Client-made id of the run: sending it twice records it once. */
    runId: Id.optional(),
    instrument: z.string().min(1).max(100),
    measuredAt: Instant.nullish(),
    reagentLot: z.string().max(80).nullish(),
    values: z
      .array(z.object({ lotId: Id, analyteCode: z.string().max(40), value: z.string().trim().max(40) }))
      .min(1)
      .max(200),
    note: noteText(500).nullish(),
  }),
  z.array(ControlRunView),
);

export const ControlObservation = z.object({
  /** Same key, same observation: one that comes twice is recorded once. */
  key: z.string().max(200),
  messageId: Id,
  instrument: z.string().max(100),
  /** The sample id as sent. */
  sampleId: z.string().max(60),
  analyteCode: z.string().max(40),
  value: z.string().max(100),
  unit: z.string().max(60),
  reagentLot: z.string().max(80).nullable(),
  measuredAt: Instant.nullable(),
});
export type ControlObservation = z.output<typeof ControlObservation>;
/**
 * For the integration service: control samples among what analyzers sent. unknown_lot: no active lot has that sample id.
 */
export const takeControls = defineCall(
  'qc.takeControls',
  z.object({ observations: z.array(ControlObservation).min(1).max(2000) }),
  z.array(
    z.object({
      key: z.string(),
      /** unknown_lot: also when its lot is inactive or expired; unit_mismatch: another unit than the analyte's, so no z can be had. */
      outcome: z.enum(['recorded', 'repeated', 'unknown_lot', 'not_numeric', 'unit_mismatch']),
    }),
  ),
);
/** Which of these sample ids are those of control lots, as asked; those of inactive and expired lots too, for no such tube is a patient's. */
export const recogniseControls = defineCall(
  'qc.recogniseControls',
  z.object({ sampleIds: z.array(z.string().max(60)).max(2000) }),
  z.array(z.string()),
);
/** Batch: where the controls stand now. Pairs never controlled come as `none`. */
export const getQcStates = defineCall(
  'qc.states',
  z.object({ pairs: z.array(z.object({ instrument: z.string(), analyteCode: z.string() })).max(1000) }),
  z.array(QcState),
);
/** The board: every pair that has a control, worst first. */
export const listQcStates = defineCall(
  'qc.listStates',
  PageInput.extend({
    instrument: z.string().max(100).nullish(),
    /** One state only: `due` is the list of controls to be run. */
    state: QcState.shape.state.nullish(),
  }),
  pageOf(QcState),
);
/** Active lots first, by material, lot number and level. */
export const listControlLots = defineCall(
  'qc.listLots',
  PageInput.extend({ isActive: z.boolean().nullish() }),
  pageOf(ControlLotView),
);
/** Every target a lot ever had, newest first. */
export const listTargets = defineCall('qc.listTargets', PageInput.extend({ lotId: Id }), pageOf(TargetView));
/** Batch: the controls of some runs. */
export const controlsOfRuns = defineCall(
  'qc.controlsOfRuns',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(ControlRunView),
);
/** Puts a value aside that was mistyped or is no control, with the reason; what came after it is judged again without it. A hold stays. */
export const voidControl = defineCall('qc.void', z.object({ controlId: Id, reason: noteText(300) }), ControlRunView);
export const listHolds = defineCall(
  'qc.listHolds',
  PageInput.extend({ status: z.enum(['open', 'lifted']).default('open') }),
  pageOf(QcHoldView),
);
/**
 * What was done at the analyzer before the controls are run again (calibrated, other reagent): they begin a series of their own,
 * so that nine values on one side before the calibration do not reject the first after it.
 */
export const recordCorrection = defineCall(
  'qc.recordCorrection',
  z.object({ holdId: Id, expectedVersion: Version, action: noteText(1000) }),
  QcHoldView,
);
/** One patient result that may be wrong: given by the analyzer between the last good control and the end of the hold. */
export const LookBackItem = z.object({
  resultId: Id,
  orderId: Id,
  patientId: Id,
  barcode: z.string().nullable(),
  value: z.string().nullable(),
  unit: z.string(),
  status: z.string(),
  enteredAt: Instant.nullable(),
  /** When it was signed; such a value may be on a report. */
  authorisedAt: Instant.nullable(),
});
export type LookBackItem = z.output<typeof LookBackItem>;
/** lab-day 43: oldest first, whatever became of them. */
export const lookBack = defineCall('qc.lookBack', PageInput.extend({ holdId: Id }), pageOf(LookBackItem));
/** The corrective action that lifts a hold: cause, what was done, what the look-back found. @throws qc.no_good_control */
export const liftHold = defineCall(
  'qc.liftHold',
  z.object({
    holdId: Id,
    expectedVersion: Version,
    cause: noteText(500),
    action: noteText(1000),
    lookBackNote: noteText(2000),
  }),
  QcHoldView,
);
export const saveControlLot = defineCall(
  'qc.saveLot',
  z.object({
    id: Id.optional(),
    expectedVersion: Version.nullish(),
    material: shortText(120),
    lotNumber: shortText(60),
    level: z.int().min(1).max(9),
    expiresOn: Day,
    sampleIds: z.array(z.string().trim().toUpperCase().min(2).max(60)).max(20),
    isActive: z.boolean().default(true),
  }),
  ControlLotView,
);
export const setTarget = defineCall(
  'qc.setTarget',
  z.object({
    lotId: Id,
    instrument: z.string().min(1).max(100),
    analyteCode: z.string().min(1).max(40),
    kind: z.enum(['assigned', 'cumulative']),
    /** Needed for an assigned target; a cumulative one is worked out from the lot's accepted values. */
    mean: z.string().max(40).nullish(),
    sd: z.string().max(40).nullish(),
    /** Controls measured from then on are judged by it; now when left out. */
    validFrom: Instant.nullish(),
    /** Of a cumulative one: lab_cv keeps the CV of the lot before at this level, own takes the lot's. lab_cv unless it is the first lot. */
    sdFrom: z.enum(['lab_cv', 'own']).nullish(),
  }),
  TargetView,
);
export const qcTrail = trailCall('qc');

const HoldFact = z.object({
  holdId: Id,
  instrument: z.string(),
  analyteCode: z.string(),
  lastGoodAt: Instant.nullable(),
  at: Instant,
});
/** The subject of each is the hold. */
export const qcFailed = defineEvent('qc.failed', 1, HoldFact.extend({ rules: z.array(WestgardRule) }));
export const qcCleared = defineEvent('qc.cleared', 1, HoldFact.extend({ by: z.string() }));
/** A control was measured; for who counts reagents. The subject is the run. */
export const controlMeasured = defineEvent(
  'qc.control_measured',
  1,
  z.object({
    runId: Id,
    instrument: z.string(),
    /** One for each value: an analyte with two levels stands twice. */
    analyteCodes: z.array(z.string()),
    reagentLot: z.string().nullable(),
    at: Instant,
  }),
);
