// Decides, before anything is stored, what a block of HL7 holds and what will be answered once it is on disk. Pure: bytes in,
// arrivals and replies out.
// Src: HL7 v2.5.1 chapter 2 (original and enhanced mode, ERR, batches).
import {
  acknowledgementMode,
  buildAck,
  buildRefusal,
  checkOru,
  Hl7Error,
  isReplyDue,
  parseMessage,
  readBatch,
  splitMessages,
  whyUnreadable,
} from '@nidaan/hl7v2';
import type { AckCode, AckError, Hl7Message } from '@nidaan/hl7v2';

import type { Arrival } from './archive.ts';

export interface Hl7Answer {
  readonly arrivals: readonly Arrival[];
  /** To send when all arrivals are stored; undefined when the sender wants none. */
  readonly reply: Uint8Array | undefined;
  /** To send when they could not be stored: asks to send again. */
  readonly sorry: (why: string) => Uint8Array | undefined;
}

export interface AnswerOptions {
  readonly now: Date;
  /** Makes the control id of a reply; at most 20 characters. */
  readonly newControlId: () => string;
  readonly maxBytes: number;
  readonly peer: string;
}

interface Part {
  readonly arrival: Arrival;
  readonly reply: Uint8Array | undefined;
  readonly sorry: (why: string) => Uint8Array | undefined;
}

type Level = 'accepted' | 'error' | 'rejected';
const applicationCodes: Readonly<Record<Level, AckCode>> = { accepted: 'AA', error: 'AE', rejected: 'AR' };
const acceptCodes: Readonly<Record<Level, AckCode>> = { accepted: 'CA', error: 'CE', rejected: 'CR' };

export function answerHl7(payload: Uint8Array, options: AnswerOptions): Hl7Answer {
  const messages = splitMessages(payload);
  const [only, another] = messages;
  if (only === payload && another === undefined) {
    const part = answerMessage(payload, options);
    return { arrivals: [part.arrival], reply: part.reply, sorry: part.sorry };
  }
  return answerBatch(payload, options);
}

/** The code that is due, in the mode the sender asks for; undefined when it asks for none. */
function codeDue(message: Hl7Message, level: Level): AckCode | undefined {
  const { application, accept } = acknowledgementMode(message);
  const outcome = level === 'accepted' ? 'success' : 'error';
  // With both asked for, the application's reply is the one a sender waits for; a block of ours carries one reply.
  if (isReplyDue(application, outcome)) return applicationCodes[level];
  return isReplyDue(accept, outcome) ? acceptCodes[level] : undefined;
}

function answerMessage(bytes: Uint8Array, options: AnswerOptions): Part {
  let message: Hl7Message;
  try {
    message = parseMessage(bytes, { maxBytes: options.maxBytes });
  } catch (error) {
    if (!(error instanceof Hl7Error)) throw error;
    return refuseUnreadable(bytes, whyUnreadable(error), options);
  }
  const { code, problems } = checkOru(message);
  const errors = problems.filter((problem) => problem.severity === 'E');
  const level: Level = code === 'AA' ? 'accepted' : code === 'AE' ? 'error' : 'rejected';
  const due = codeDue(message, level);
  return {
    arrival: {
      protocol: 'hl7',
      peer: options.peer,
      instrument: message.header.text(3) || message.header.text(4),
      messageType: [message.header.leaf(9, 1, 1), message.header.leaf(9, 1, 2)].filter((part) => part !== '').join('^'),
      controlId: message.header.plain(10),
      raw: bytes,
      content: null,
      ackCode: due ?? null,
      status: level === 'accepted' ? 'stored' : 'refused',
      problem: level === 'accepted' ? null : errors.map(sentence).join(' '),
    },
    reply: due === undefined ? undefined : ack(message, due, errors, options),
    sorry: (why) => {
      const code207 = codeDue(message, 'rejected');
      return code207 === undefined
        ? undefined
        : ack(message, code207, [{ code: '207', severity: 'E', text: why }], options);
    },
  };
}

const sentence = (problem: AckError): string =>
  `${problem.location === undefined ? '' : `${problem.location}: `}${problem.text ?? problem.code}`;

/** For bytes that brought down the reading itself: they are kept, and the sender is told that it is our fault. */
export function refuseUnread(payload: Uint8Array, options: AnswerOptions): Hl7Answer {
  const part = refuseUnreadable(
    payload,
    { code: '207', severity: 'E', text: 'The message could not be read.' },
    options,
  );
  return { arrivals: [part.arrival], reply: part.reply, sorry: part.sorry };
}

function refuseUnreadable(bytes: Uint8Array, problem: AckError, options: AnswerOptions): Part {
  const refusal = (error: AckError) => buildRefusal({ controlId: options.newControlId(), now: options.now, error });
  return {
    arrival: {
      protocol: 'hl7',
      peer: options.peer,
      instrument: '',
      messageType: '',
      controlId: '',
      raw: bytes,
      content: null,
      ackCode: 'AR',
      status: 'refused',
      problem: sentence(problem),
    },
    reply: refusal(problem),
    sorry: (why) => refusal({ code: '207', severity: 'E', text: why }),
  };
}

function ack(message: Hl7Message, code: AckCode, errors: readonly AckError[], options: AnswerOptions): Uint8Array {
  // Mindray chemistry, known by its use of MSH-16 for the kind of result, reads the number in MSA-6 and wants its ERR.
  const style = /^[0-2]$/.test(message.header.text(16).trim()) ? 'mindray' : 'standard';
  const base = { code, controlId: options.newControlId(), now: options.now, style } as const;
  try {
    return buildAck(message, { ...base, errors });
  } catch (error) {
    if (!(error instanceof Hl7Error)) throw error;
    // Our sentence cannot be written with the sender's delimiters or charset: the code alone still can.
    return buildAck(message, { ...base, errors: errors.map((each) => ({ code: each.code })) });
  }
}

/** A batch, or several messages in one block: each is stored and answered by itself, the replies go back together. */
function answerBatch(payload: Uint8Array, options: AnswerOptions): Hl7Answer {
  const contents = readBatch(payload);
  if (contents.messages.length === 0) {
    const part = refuseUnreadable(
      payload,
      { code: '100', severity: 'E', location: 'MSH', text: 'The block holds no message.' },
      options,
    );
    return { arrivals: [part.arrival], reply: part.reply, sorry: part.sorry };
  }
  const parts = contents.messages.map((bytes) => answerMessage(bytes, options));
  const arrivals = parts.map((part) => part.arrival);
  const envelope = envelopeOf(payload, contents.messages);
  if (envelope.length > 0) {
    arrivals.unshift({
      protocol: 'hl7',
      peer: options.peer,
      instrument: arrivals[0]?.instrument ?? '',
      messageType: 'BATCH',
      controlId: contents.batches[0]?.controlId ?? '',
      raw: envelope,
      content: null,
      ackCode: null,
      status: 'processed',
      problem: contents.warnings.length === 0 ? null : contents.warnings.map((warning) => warning.text).join(' '),
    });
  }
  const together = (replies: readonly (Uint8Array | undefined)[]) =>
    joinReplies(
      replies.filter((reply) => reply !== undefined),
      contents.batches[0]?.controlId,
      options,
    );
  return {
    arrivals,
    reply: together(parts.map((part) => part.reply)),
    sorry: (why) => together(parts.map((part) => part.sorry(why))),
  };
}

/** What of a block lies outside its messages (FHS, BHS, BTS, FTS), so that every byte is kept. */
function envelopeOf(payload: Uint8Array, messages: readonly Uint8Array[]): Uint8Array {
  const rest: Uint8Array[] = [];
  let at = payload.byteOffset;
  for (const message of messages) {
    rest.push(payload.subarray(at - payload.byteOffset, message.byteOffset - payload.byteOffset));
    at = message.byteOffset + message.byteLength;
  }
  rest.push(payload.subarray(at - payload.byteOffset));
  const outside = Buffer.concat(rest);
  return outside.every((byte) => byte === 0x0d || byte === 0x0a) ? new Uint8Array(0) : outside;
}

/** @param batchId BHS-11 of the batch answered, which goes into our BHS-12; undefined when there was no batch header */
function joinReplies(
  replies: readonly Uint8Array[],
  batchId: string | undefined,
  options: AnswerOptions,
): Uint8Array | undefined {
  if (replies.length === 0) return undefined;
  if (batchId === undefined) return Buffer.concat(replies);
  const stamp = options.now.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  const safeId = batchId.replaceAll(/[|^~\\&\r\n]/g, ' ');
  const head = `BHS|^~\\&|||||${stamp}+0000||||${options.newControlId()}|${safeId}\r`;
  return Buffer.concat([Buffer.from(head), ...replies, Buffer.from(`BTS|${replies.length}\r`)]);
}
