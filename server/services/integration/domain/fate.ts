// What became of a message, in words for the list.
import type { HeldPlace } from './reading.ts';

/** `Waits in the inbox: 2 unknown_code, 1 not_ordered.`; null when nothing waits. */
export function problemOf(open: readonly Pick<HeldPlace, 'reason'>[]): string | null {
  if (open.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { reason } of open) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return `Waits in the inbox: ${[...counts].map(([reason, count]) => `${count} ${reason}`).join(', ')}.`;
}

/** Tries before a message that fails inside is left to a person. */
export const MAX_ATTEMPTS = 5;
/** The same, where waiting is what helps: a fact still on its way from another service. */
export const MAX_PATIENT_ATTEMPTS = 10;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 60_000;

/** Milliseconds until the next try, undefined when there is none. `attempts` have failed, this one included. */
export function nextTryMs(attempts: number, isPatient: boolean): number | undefined {
  if (attempts >= (isPatient ? MAX_PATIENT_ATTEMPTS : MAX_ATTEMPTS)) return undefined;
  return Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
}
