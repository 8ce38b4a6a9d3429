// Why the bench refuses.
import * as z from 'zod';

import { defineError } from '#platform/errors.ts';

export const resultNotFound = defineError('result.not_found', 404, () => 'There is no such result in this lab.');
/** `from`: the states the move is made from; `may`: the permission it takes, or `system` when no person makes it. */
export const cannotMoveResult = defineError<{
  readonly status: string;
  readonly move: string;
  readonly from: readonly string[];
  readonly may: string;
}>(
  'result.cannot_move',
  409,
  ({ status, move, from, may }) =>
    `A result that is ${status} cannot be ${move}. That is for one that is ${Array.isArray(from) ? from.join(' or ') : String(from)}, by ${may === 'system' ? 'the system itself' : `who holds ${may}`}.`,
);
export const staleResult = defineError<{ readonly resultId: string; readonly version: number }>(
  'result.stale',
  409,
  ({ version }) => `The result was changed meanwhile (now version ${version}); look at it again before you act.`,
);
export const holdsUnseen = defineError<{ readonly resultId: string; readonly holds: readonly string[] }>(
  'result.holds_unseen',
  409,
  ({ holds }) =>
    `The result is held for: ${Array.isArray(holds) ? holds.join(', ') : String(holds)}. Verify it with those holds named in holdsSeen once you have looked.`,
);
export const unitMismatch = defineError<{ readonly expected: string }>(
  'result.unit_mismatch',
  400,
  ({ expected }) => `The field unit differs from the unit of the test; expected ${expected}.`,
);
export const emptyValue = defineError(
  'result.empty_value',
  400,
  () => 'The field value is empty; expected a number or a text.',
);
export const notANumber = defineError(
  'result.not_a_number',
  400,
  () => 'The field value is not a number; expected digits, if need be with < or > in front and a decimal point.',
);
export const unknownInstrument = defineError<{ readonly known: readonly string[] }>(
  'result.unknown_instrument',
  400,
  ({ known }) =>
    `The field instrument names none of the lab's; expected ${Array.isArray(known) ? known.join(', ') : String(known)}.`,
);
export const tooManyDigits = defineError(
  'result.too_many_digits',
  400,
  () => 'The field value is not a number as it is measured; expected at most 12 digits, without an exponent.',
);
export const notAChoice = defineError<{ readonly choices: readonly string[] }>(
  'result.not_a_choice',
  400,
  ({ choices }) =>
    `The field value is not one of the test's choices; expected ${Array.isArray(choices) ? choices.join(', ') : String(choices)}.`,
);
export const orderNotKnownYet = defineError(
  'result.order_not_known_yet',
  503,
  () => 'The order has not reached the bench yet; it will be tried again.',
  'transient',
);
export const fourEyes = defineError<{ readonly resultId: string }>(
  'result.four_eyes',
  403,
  () => 'Whoever verified a result may not authorise it in this lab; another person has to sign.',
);
export const criticalUncalled = defineError<{ readonly resultId: string }>(
  'result.critical_uncalled',
  409,
  () =>
    'A critical value cannot be released before the call is recorded: who was told, when, and that it was read back.',
);
export const lockedByOwner = defineError<{ readonly resultId: string; readonly holds: readonly string[] }>(
  'result.locked',
  409,
  ({ holds }) =>
    `The result is held for ${Array.isArray(holds) ? holds.join(', ') : String(holds)}; a recorded corrective action lifts that, nobody can verify past it.`,
);
export const Overtaken = z.enum([
  'tube_rejected',
  'control_failed',
  'instrument_blocked',
  'patient_corrected',
  'test_cancelled',
]);
/** What its owner has done and the bench has not been told yet. */
export type Overtaken = z.output<typeof Overtaken>;
const overtakenWords: Readonly<Record<Overtaken, string>> = {
  tube_rejected: 'the tube is rejected',
  control_failed: 'a control of the analyzer failed',
  instrument_blocked: 'the analyzer is blocked',
  patient_corrected: "the patient's sex or date of birth was corrected",
  test_cancelled: 'the test was cancelled',
};
export const resultOvertaken = defineError<{ readonly resultId: string; readonly because: Overtaken }>(
  'result.overtaken',
  409,
  ({ because }) => {
    const known = Overtaken.safeParse(because);
    const words = known.success ? overtakenWords[known.data] : 'what it rests on has changed';
    return `The result, or a value it is calculated from, cannot be signed as it stands: ${words}. The bench will show it in a moment; look again.`;
  },
);
export const secondCheckNeeded = defineError<{ readonly resultId: string }>(
  'result.second_check_needed',
  403,
  () => 'The value was transcribed from paper; somebody other than who entered it has to compare and verify it.',
);
export const criticalNotFound = defineError(
  'result.critical_not_found',
  404,
  () => 'There is no such critical value in this lab.',
);
export const criticalClosed = defineError<{ readonly criticalId: string }>(
  'result.critical_closed',
  409,
  () => 'The value of this call was corrected meanwhile; look at the list of criticals again before you call.',
);
export const calledInFuture = defineError(
  'result.called_in_future',
  400,
  () => 'The field calledAt lies in the future.',
);
/** `foundAt`: when the value came. */
export const calledTooEarly = defineError<{ readonly criticalId: string; readonly foundAt: string }>(
  'result.called_too_early',
  400,
  ({ foundAt }) => `The field calledAt lies before the value came, at ${foundAt}; nobody could have been told of it.`,
);
export const callIdTaken = defineError('result.call_id_taken', 409, () => 'Another call carries this id already.');
export const readBackUnreached = defineError(
  'result.read_back_unreached',
  400,
  () => 'The field wasReadBack is true, yet wasReached is false; who was not reached has read nothing back.',
);
export const criticalNotDue = defineError(
  'result.critical_not_due',
  503,
  () => 'The critical value is not due to escalate yet; the clock of the job queue runs ahead.',
  'transient',
);
export const calculatedNotTyped = defineError(
  'result.calculated',
  409,
  () => 'This result is calculated from others of the sample; it cannot be typed. Correct what it is calculated from.',
);
export const absurdUnconfirmed = defineError(
  'result.absurd_unconfirmed',
  409,
  () =>
    'The value lies beyond the physiological limit. Enter it again with a reason in the field confirmAbsurd if it is right.',
);
export const noSuchValue = defineError(
  'result.no_such_value',
  404,
  () => 'The result has no other value in that place; look at it again.',
);
