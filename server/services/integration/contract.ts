// Instruments: what they sent, byte for byte, what became of it, and the inbox of what fits nothing.
import * as z from 'zod';

import { defineCall, defineEvent, Id, Instant, noteText, PageInput, pageOf, trailCall } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

export const Protocol = z.enum(['hl7', 'astm']);

/** stored: safe on disk, not looked at yet; processed: every observation found its place; held: something waits in the inbox; refused: not understood, answered AE or AR. */
export const MessageStatus = z.enum(['stored', 'processed', 'held', 'refused']);
export type MessageStatus = z.output<typeof MessageStatus>;

export const MessageView = z.object({
  id: Id,
  protocol: Protocol,
  receivedAt: Instant,
  /** Address it came from. */
  peer: z.string(),
  /** As it names itself; empty when it does not. */
  instrument: z.string(),
  messageType: z.string(),
  controlId: z.string(),
  sizeBytes: z.int(),
  /** What we answered: AA, AE, AR … */
  ackCode: z.string().nullable(),
  status: MessageStatus,
  /** Why it was refused or held, for a person. */
  problem: z.string().nullable(),
  /** How often the same bytes came before. */
  isRepeat: z.boolean(),
  processedAt: Instant.nullable(),
});
export type MessageView = z.output<typeof MessageView>;

export const InboxReason = z.enum([
  'unknown_barcode',
  'no_barcode',
  'unknown_code',
  'not_ordered',
  'not_collected',
  /** A value that differs came for a result that is signed: the result stands, and a person decides whether it may. */
  'after_authorised',
  'unit_mismatch',
  'no_value',
  /** The tube was rejected, the test cancelled, or the tube was drawn for another time: no value is entered. */
  'tube_rejected',
  'cancelled',
  'wrong_slot',
  'control_sample',
  'not_production',
  'withdrawn',
  'unsupported_type',
  'fault',
]);
export type InboxReason = z.output<typeof InboxReason>;

export const InboxItem = z.object({
  id: Id,
  messageId: Id,
  reason: InboxReason,
  instrument: z.string(),
  barcode: z.string(),
  code: z.string(),
  codeText: z.string(),
  value: z.string(),
  unit: z.string(),
  /** Where in the message, for example `OBX[3]`. */
  location: z.string(),
  arrivedAt: Instant,
  status: z.enum(['open', 'resolved', 'discarded']),
  resolvedAt: Instant.nullable(),
  resolvedBy: z.string().nullable(),
  resolution: z.string().nullable(),
});
export type InboxItem = z.output<typeof InboxItem>;

export const messageNotFound = defineError(
  'integration.message_not_found',
  404,
  () => 'There is no such message in this lab.',
);
export const inboxItemNotFound = defineError(
  'integration.inbox_item_not_found',
  404,
  () => 'There is no such inbox item in this lab.',
);
export const inboxItemClosed = defineError(
  'integration.inbox_item_closed',
  409,
  () => 'The inbox item was dealt with already.',
);
export const benchBehind = defineError(
  'integration.bench_behind',
  503,
  () => 'The tube is drawn, but the bench has not heard of it yet; it will be tried again.',
  'transient',
);
export const unknownAnalyte = defineError<{ readonly analyteCode: string }>(
  'integration.unknown_analyte',
  400,
  ({ analyteCode }) => `The catalogue has no analyte with the code ${analyteCode}.`,
);

export const listMessages = defineCall(
  'integration.listMessages',
  PageInput.extend({ status: MessageStatus.nullish() }),
  pageOf(MessageView),
);
/** With its bytes: as base64, and as text for a person (control characters shown as symbols). */
export const getMessage = defineCall(
  'integration.getMessage',
  z.object({ messageId: Id }),
  MessageView.extend({ rawBase64: z.string(), rawText: z.string() }),
);
/** Processes a stored message again, after a mapping was made or a tube collected. What was entered is not entered twice. */
export const replayMessage = defineCall('integration.replayMessage', z.object({ messageId: Id }), MessageView);
export const listInbox = defineCall(
  'integration.listInbox',
  PageInput.extend({ status: z.enum(['open', 'resolved', 'discarded']).default('open') }),
  pageOf(InboxItem),
);
/** Puts an item aside, with the reason; the bytes stay. */
export const discardInboxItem = defineCall(
  'integration.discardInboxItem',
  z.object({ itemId: Id, reason: noteText(300) }),
  InboxItem,
);
/** Says which analyte an instrument's code means, from now on; or H, I, L: the index of haemolysis, icterus, lipaemia. */
export const mapInstrumentCode = defineCall(
  'integration.mapCode',
  z.object({
    instrument: z.string().max(100),
    code: z.string().min(1).max(60),
    analyteCode: z.string().min(1).max(40),
  }),
  z.object({ instrument: z.string(), code: z.string(), analyteCode: z.string() }),
);
export const listCodeMappings = defineCall(
  'integration.listCodeMappings',
  PageInput,
  pageOf(
    z.object({
      instrument: z.string(),
      code: z.string(),
      analyteCode: z.string(),
      mappedAt: Instant,
      mappedBy: z.string(),
    }),
  ),
);
export const integrationTrail = trailCall('integration');

export const instrumentResult = defineEvent(
  'integration.result_received',
  1,
  z.object({ messageId: Id, instrument: z.string(), entered: z.int(), held: z.int(), at: Instant }),
);
