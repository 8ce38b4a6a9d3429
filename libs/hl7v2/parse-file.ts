import type { BatchGroup } from './batch-tracker.ts';
import type { Hl7Warning } from './hl7-error.ts';
import type { Hl7Message } from './message.ts';
import type { ParseOptions } from './parse-message.ts';
import { readBatch } from './batch.ts';
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';
import { parseMessage } from './parse-message.ts';

/** A message of the file that could not be read. */
export interface UnreadMessage {
  /** Which one, from 1, counting all. */
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly error: Hl7Error;
}

export interface Hl7File {
  /** The file as it came; `serialise(file)` gives them back. */
  readonly bytes: Uint8Array;
  readonly messages: readonly Hl7Message[];
  readonly unread: readonly UnreadMessage[];
  readonly batches: readonly BatchGroup[];
  readonly warnings: readonly Hl7Warning[];
}

/**
 * Reads a file or payload of any kind: one message, several one after the other, a batch (FHS BHS ... BTS FTS), with comments
 * or framing around them. One unreadable message does not keep the others back.
 * @throws Hl7Error when no message at all can be read: the fault of the first (hl7.empty, hl7.no_header, hl7.bad_delimiters,
 *   hl7.too_large); a batch that holds none is hl7.empty
 */
export function parseFile(bytes: Uint8Array, options: ParseOptions = {}): Hl7File {
  const { messages: payloads, batches, warnings } = readBatch(bytes);
  const messages: Hl7Message[] = [];
  const unread: UnreadMessage[] = [];
  payloads.forEach((payload, index) => {
    try {
      messages.push(parseMessage(payload, options));
    } catch (error) {
      if (!(error instanceof Hl7Error)) throw error;
      unread.push({ number: index + 1, bytes: payload, error });
    }
  });
  if (messages.length === 0) throw unread[0]?.error ?? new Hl7Error(hl7ErrorCode.empty, 'There is no message.');
  return { bytes, messages, unread, batches, warnings };
}
