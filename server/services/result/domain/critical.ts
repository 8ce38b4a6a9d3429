// Critical values and the calls about them (lab-day 48, lab-medicine 6). What decides is what the doctor believes: the value
// of the last call that was read back. A critical value nobody was told needs a call, and so does any value that has taken
// the place of a critical one somebody was told.
import type { Flag, UsedRange } from '../contract.ts';

const criticalFlags: readonly Flag[] = ['LL', 'HH', 'AA'];

export function isCritical(flags: readonly Flag[]): boolean {
  return flags.some((flag) => criticalFlags.includes(flag));
}

/** Stands for the value in a correction when there is none any more: the tube was rejected, or a formula lost its input. */
export const WITHDRAWN = 'withdrawn';

/** A value as it was, or is to be, told. */
export interface Told {
  readonly value: string;
  readonly flags: readonly Flag[];
}

export interface Now {
  /** As reported; null when the result has no value. */
  readonly value: string | null;
  readonly flags: readonly Flag[];
}

export const Verdict = {
  /** Nothing to do. */
  none: 'none',
  /** A new one, waiting for its call. */
  open: 'open',
  /** The open one is about another value now; nobody was told, so its clock runs on. */
  refresh: 'refresh',
  /** Nobody needs to be called any more. */
  close: 'close',
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

export interface Decision {
  readonly verdict: Verdict;
  /** What the doctor believes is right as it stands; false: it was wrong, and the record of that call is closed. */
  readonly isBeliefRight: boolean;
}

/**
 * @param open the one that waits for its call; null: none does
 * @param belief the last that was told and read back; null: nobody was told anything of this result
 */
export function decide(open: Told | null, belief: Told | null, now: Now): Decision {
  const value = now.value ?? WITHDRAWN;
  const needsCall =
    belief === null
      ? now.value !== null && isCritical(now.flags)
      : value !== belief.value && (isCritical(now.flags) || isCritical(belief.flags));
  return { verdict: verdictOf(open, needsCall, { value, flags: now.flags }), isBeliefRight: !needsCall };
}

function verdictOf(open: Told | null, needsCall: boolean, now: Told): Verdict {
  if (!needsCall) return open === null ? Verdict.none : Verdict.close;
  if (open === null) return Verdict.open;
  return open.value === now.value && open.flags.join() === now.flags.join() ? Verdict.none : Verdict.refresh;
}

/** Which limit the value passed, by the range stored with it. */
export function limitPassed(flags: readonly Flag[], range: UsedRange | null): string {
  if (flags.includes('LL')) return `below the critical limit ${range?.criticalLow ?? ''}`.trimEnd();
  if (flags.includes('HH')) return `above the critical limit ${range?.criticalHigh ?? ''}`.trimEnd();
  if (flags.includes('AA')) return 'critical finding';
  return 'no limit passed: corrects what was told';
}

export type CriticalStatus = 'open' | 'told' | 'closed';
export type CriticalMove = 'called' | 'escalated' | 'cleared' | 'superseded' | 'right after all';

const moves = {
  // Called: reached, and read back. Any other try is on record and changes nothing.
  open: { called: 'told', escalated: 'open', cleared: 'closed' },
  // Called once more, to somebody else: the first call stands.
  told: { called: 'told', superseded: 'closed' },
  closed: { 'right after all': 'told' },
} as const satisfies Readonly<Record<CriticalStatus, Readonly<Partial<Record<CriticalMove, CriticalStatus>>>>>;

export function criticalAfter(status: CriticalStatus, move: CriticalMove): CriticalStatus | undefined {
  const ways: Readonly<Partial<Record<CriticalMove, CriticalStatus>>> = moves[status];
  return ways[move];
}

/**
 * When it escalates next. After a stop of the house it is due once, not as often as was missed.
 * @param minutes of the lab's policy
 */
export function nextDueAt(dueAt: string, now: string, minutes: number): string {
  return new Date(Math.max(Date.parse(dueAt), Date.parse(now)) + minutes * 60_000).toISOString();
}
