// How much of one message is read at all. A message beyond it is kept and shown, and not read: a person looks at the bytes, and
// the messages of others go on.
import type { MessageReading } from '../domain/reading.ts';
import { heldPlace } from '../domain/reading.ts';

/** Orders and observations of one message. The largest uploads seen of analyzers (a day's run in one message) hold some hundreds. */
export const MAX_PLACES = 5000;

/** One item for the whole message. @param found orders and observations, or what describes their specimens */
export function tooMany(found: number): MessageReading {
  const codeText = `Too many observations: ${found} places, at most ${MAX_PLACES} are read in one message.`;
  return { tubes: [], held: [heldPlace('message', 'fault', { codeText })], controls: [], skipped: 0 };
}
