// What the owners of tubes, controls, instruments, patients and orders say now, against a result as the bench has it. Their
// events are on the way for some moments, longer while a service is down; nothing may be signed in between that they forbid.
// Each rule asks what its event will do here, and no more: what the event would leave alone stays free to be signed.
import type { OrderView } from '#contract/order.ts';
import type { TubeView } from '#contract/sample.ts';

import type { Overtaken, ResultView } from '../contract.ts';
import { isSamePerson } from './judge-again.ts';
import { measuredBy } from './read-from.ts';
import type { Person } from './reference-range.ts';
import { isAmending } from './status.ts';

export type TubeNow = Pick<TubeView, 'barcode' | 'status' | 'rejectedAt' | 'rejectDecision'>;

/** A result about to be signed, with what it was judged by. */
export interface ToSign extends ResultView {
  readonly measuredAs: string | null;
  /** Sex and age the value was judged by; null: unknown. */
  readonly person: Person | null;
  /** That of a rejected tube that is run after all. */
  readonly tubeComment: string | null;
}

/** Since when values are bound; null: all are. */
export interface Bound {
  readonly since: string | null;
}

/** As told just now. */
export interface Owners {
  tubeOf(row: ToSign): TubeNow | undefined;
  /** Controls that failed and were not put right: since the last good one. By an analyte's own code or the one it is sent under. */
  failedOf(instrument: string, row: ToSign): Bound | undefined;
  blockedOf(instrument: string): Bound | undefined;
  /** By whom the value is to be judged. */
  personOf(row: ToSign): Person | null;
  lineOf(row: ToSign): Pick<OrderView['lines'][number], 'status'> | undefined;
}

/** Null: it stands as its owners see it. */
export function overtakenBy(row: ToSign, owners: Owners): Overtaken | null {
  if (!isAmending(row) && owners.lineOf(row)?.status === 'cancelled') return 'test_cancelled';
  if (isTubeLost(row, owners.tubeOf(row))) return 'tube_rejected';
  if (isPersonCorrected(row, owners)) return 'patient_corrected';
  const instrument = measuredBy(row);
  if (instrument === null) return null;
  if (!row.holds.includes('qc_failed') && isBound(row, owners.failedOf(instrument, row))) return 'control_failed';
  if (!row.holds.includes('instrument_blocked') && isBound(row, owners.blockedOf(instrument)))
    return 'instrument_blocked';
  return null;
}

function isBound({ enteredAt }: ToSign, bound: Bound | undefined): boolean {
  return bound !== undefined && (bound.since === null || enteredAt === null || !isEarlier(enteredAt, bound.since));
}

/**
 * What was signed stays when its tube is rejected, and may be amended after; a rejection since then takes the value away. A tube
 * that is run after all takes it away as well, for the value has to come once more, with the comment.
 */
function isTubeLost(row: ToSign, tube: TubeNow | undefined): boolean {
  if (tube === undefined || tube.rejectedAt === null) return false;
  const isOpenSince = row.amendment === null || !isEarlier(tube.rejectedAt, row.amendment.at);
  if (tube.status === 'rejected') return isOpenSince;
  const isOlder = row.enteredAt !== null && isEarlier(row.enteredAt, tube.rejectedAt);
  return tube.rejectDecision === 'run_with_comment' && row.tubeComment === null && isOlder && isOpenSince;
}

/**
 * A value without a person was held for that, and somebody looked. One that stands as it was signed, though it is open for an
 * amendment, is the pathologist's to judge: the trail told of the correction then.
 */
function isPersonCorrected(row: ToSign, owners: Owners): boolean {
  const { person, value, rawValue, collectedAt, enteredAt, amendment } = row;
  if (person === null || value === null || rawValue === null || collectedAt === null) return false;
  if (amendment !== null && (enteredAt === null || isEarlier(enteredAt, amendment.at))) return false;
  return !isSamePerson(person, owners.personOf(row));
}

function isEarlier(one: string, other: string): boolean {
  return Date.parse(one) < Date.parse(other);
}
