// What became of a message, in words for the list.
import type { HeldPlace } from './reading.ts';
import { heldPlace } from './reading.ts';

/** `Waits in the inbox: 2 unknown_code, 1 not_ordered.`; null when nothing waits. */
export function problemOf(open: readonly Pick<HeldPlace, 'reason'>[]): string | null {
  if (open.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { reason } of open) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return `Waits in the inbox: ${[...counts].map(([reason, count]) => `${count} ${reason}`).join(', ')}.`;
}

/** Items of one message. More would hide what other messages left in the inbox. */
export const MAX_ITEMS = 500;

/**
 * The places that become items: each place once, what was said last; beyond `MAX_ITEMS` one more that says how many are left
 * out. A value that came for a signed result goes before all others.
 */
export function itemsOf(held: readonly HeldPlace[]): readonly HeldPlace[] {
  const places = [...new Map(held.map((place) => [place.location, place])).values()];
  if (places.length <= MAX_ITEMS) return places;
  const urgent = places.filter(({ reason }) => reason === 'after_authorised');
  const others = places.filter(({ reason }) => reason !== 'after_authorised');
  const shown = [...urgent, ...others].slice(0, MAX_ITEMS);
  const codeText = `${places.length - MAX_ITEMS} places more of this message wait; mend these and replay it.`;
  return [...shown, heldPlace('more', 'fault', { codeText })];
}

/**
 * Starts without an end after which a message is not begun again: it is taken to kill or hang the process that reads it. Three,
 * since a power cut or an update may fall into the first and the second.
 */
export const MAX_STARTS = 3;

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
