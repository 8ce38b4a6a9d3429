// Which replies a message asks for: MSH-15 and MSH-16, table 0155.
import type { Hl7Message } from './message.ts';

const conditions = { AL: 'always', NE: 'never', ER: 'on-error', SU: 'on-success' } as const;
export type ReplyCondition = (typeof conditions)[keyof typeof conditions];

export interface AcknowledgementMode {
  readonly mode: 'original' | 'enhanced';
  /** The message is itself a reply that wants none. */
  readonly isFinalReply: boolean;
  /** When CA/CE/CR is due, at once and on the same connection. */
  readonly accept: ReplyCondition;
  /** When AA/AE/AR or a typed response is due. */
  readonly application: ReplyCondition;
}

/**
 * Tells which replies are due. A field that holds no value of table 0155 counts as empty: Mindray chemistry puts the kind of
 * result (0 patient, 1 calibration, 2 QC) in MSH-16 and still waits for its ACK.
 */
export function acknowledgementMode(message: Hl7Message): AcknowledgementMode {
  const accept = conditionOf(message.header.text(15));
  const application = conditionOf(message.header.text(16));
  const isReply = message.first('MSA') !== undefined;
  if (isReply && (accept === undefined || accept === 'never')) {
    const mode = accept === undefined && application === undefined ? 'original' : 'enhanced';
    return { mode, isFinalReply: true, accept: 'never', application: 'never' };
  }
  if (accept === undefined && application === undefined) {
    return { mode: 'original', isFinalReply: false, accept: 'never', application: 'always' };
  }
  return { mode: 'enhanced', isFinalReply: false, accept: accept ?? 'never', application: application ?? 'never' };
}

/** Whether a reply is due, knowing how it went. */
export function isReplyDue(condition: ReplyCondition, outcome: 'success' | 'error'): boolean {
  switch (condition) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'on-error':
      return outcome === 'error';
    case 'on-success':
      return outcome === 'success';
    default:
      condition satisfies never;
      return true;
  }
}

function conditionOf(value: string): ReplyCondition | undefined {
  const code = value.trim().toUpperCase();
  return code === 'AL' || code === 'NE' || code === 'ER' || code === 'SU' ? conditions[code] : undefined;
}
