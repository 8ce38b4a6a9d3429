// Why quality control refuses.
import { defineError } from '#platform/errors.ts';

export const lotNotFound = defineError('qc.lot_not_found', 404, () => 'There is no such control lot in this lab.');
export const holdNotFound = defineError('qc.hold_not_found', 404, () => 'There is no such hold in this lab.');
export const noGoodControl = defineError(
  'qc.no_good_control',
  409,
  () => 'The hold cannot be lifted: no control in control was measured after the failure.',
);
export const staleQc = defineError<{ readonly version: number }>(
  'qc.stale',
  409,
  ({ version }) => `The record was changed meanwhile (now version ${version}); load it again.`,
);
export const lotTaken = defineError(
  'qc.lot_taken',
  409,
  () => 'This lab has that level of that lot of the material already.',
);
export const sampleIdTaken = defineError<{ readonly sampleId: string }>(
  'qc.sample_id_taken',
  409,
  ({ sampleId }) => `Another active lot is sent under the sample id ${sampleId}; one id names one control.`,
);
export const sampleIdTooWide = defineError<{ readonly sampleId: string }>(
  'qc.sample_id_too_wide',
  400,
  ({ sampleId }) =>
    `The sample id ${sampleId} could be a patient's: expected a full id, or at least three characters and one * at the end.`,
);
export const lotNotUsable = defineError<{ readonly lotId: string; readonly why: string }>(
  'qc.lot_not_usable',
  409,
  ({ why }) => `The control lot cannot be used: it is ${why}.`,
);
export const unknownAnalyteOfControl = defineError<{ readonly analyteCode: string }>(
  'qc.unknown_analyte',
  400,
  ({ analyteCode }) => `The catalogue has no analyte with the code ${analyteCode}.`,
);
export const controlNotNumeric = defineError<{ readonly analyteCode: string }>(
  'qc.not_a_number',
  400,
  ({ analyteCode }) => `The value of ${analyteCode} is not a number; expected digits with at most one decimal point.`,
);
export const controlTwice = defineError<{ readonly analyteCode: string }>(
  'qc.value_twice',
  400,
  ({ analyteCode }) => `One run names one level of ${analyteCode} twice; a repeat is a run of its own.`,
);
export const runDiffers = defineError(
  'qc.run_differs',
  409,
  () => 'That run is recorded already, with other values; void the wrong value and record a new run.',
);
export const measuredInFuture = defineError(
  'qc.measured_in_future',
  400,
  () => 'The field measuredAt lies in the future; expected when the control was measured.',
);
export const targetNotUsable = defineError(
  'qc.target_not_usable',
  400,
  () => 'An assigned target needs the fields mean and sd: decimal numbers, the SD above 0.',
);
export const tooFewValues = defineError<{ readonly count: number; readonly days: number }>(
  'qc.too_few_values',
  409,
  ({ count, days }) =>
    `A target of the lab's own needs accepted values of at least 20 days that are not all alike; there are ${count} of ${days} days.`,
);
export const controlNotFound = defineError(
  'qc.control_not_found',
  404,
  () => 'There is no such control value in this lab.',
);
export const controlIsVoid = defineError(
  'qc.is_void',
  409,
  () => 'The control value was put aside already, for another reason.',
);
export const holdIsLifted = defineError('qc.is_lifted', 409, () => 'The hold was lifted already.');
export const tooLongAgo = defineError(
  'qc.too_long_ago',
  409,
  () => 'More than 2,000 controls came after that one; what lies so far back is not judged again.',
);
export const monitorNotFound = defineError(
  'qc.monitor_not_found',
  404,
  () => 'There is no such patient average in this lab.',
);
export const monitorTaken = defineError(
  'qc.monitor_taken',
  409,
  () => 'This analyzer and analyte have a patient average already.',
);
export const tooFewDays = defineError<{ readonly days: number; readonly needed: number }>(
  'qc.too_few_days',
  409,
  ({ days, needed }) => `Limits from the lab's own days need ${needed} days with figures; there are ${days}.`,
);
export const limitsCrossed = defineError(
  'qc.limits_crossed',
  400,
  () => 'The lower limit lies above the upper one, or a limit is no number.',
);
export const eqaSampleNotFound = defineError('qc.eqa_sample_not_found', 404, () => 'There is no such EQA sample.');
export const eqaRoundTaken = defineError('qc.eqa_round_taken', 409, () => 'That round of the scheme is there already.');
export const eqaEvaluated = defineError(
  'qc.eqa_evaluated',
  409,
  () => 'The scheme has evaluated this sample; our result cannot be changed any more.',
);
export const eqaNoResult = defineError(
  'qc.eqa_no_result',
  409,
  () => 'There is no result of ours to evaluate for this sample.',
);
