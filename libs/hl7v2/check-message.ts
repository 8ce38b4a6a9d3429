// What makes a message one we cannot process, as problems ready for an ERR segment.
import type { AckError } from './build-ack.ts';
import type { Hl7Error } from './hl7-error.ts';
import type { Hl7Message } from './message.ts';
import { hl7ErrorCode } from './hl7-error.ts';

export interface Problem extends AckError {
  readonly severity: 'E' | 'W' | 'I';
  readonly text: string;
}

export interface CheckOutcome {
  /** The reply due for content: AA also when there are only warnings. For accept acknowledgements read CA, CE, CR. */
  readonly code: 'AA' | 'AE' | 'AR';
  readonly problems: readonly Problem[];
}

const oruEvents: readonly string[] = ['', 'R01', 'R30', 'R31', 'R32'];
const oulEvents: readonly string[] = ['R21', 'R22', 'R23'];

export const unusableDelimiters: Problem = {
  location: 'MSH-2',
  code: '102',
  severity: 'E',
  text: 'A letter, a digit, a control character or the same sign twice cannot delimit.',
};

/**
 * Tells whether `readOru` may be used on a message. Refuses only what the sender's software must change: type, event, split
 * messages. Never refuses for what a person at the analyser cannot mend (unknown test, unknown sample, missing OBX-11).
 */
export function checkOru(message: Hl7Message): CheckOutcome {
  const { header } = message;
  const problems: Problem[] = [];
  if (message.delimiterFault === 'unusable') return { code: 'AR', problems: [unusableDelimiters] };
  const type = header.leaf(9, 1, 1).trim();
  const event = header.leaf(9, 1, 2).trim();
  if (type === '') {
    problems.push({ location: 'MSH-9', code: '101', severity: 'E', text: 'The message type is missing.' });
    return { code: 'AR', problems };
  }
  if (type !== 'ORU' && type !== 'OUL') {
    problems.push({
      location: 'MSH-9.1',
      code: '200',
      severity: 'E',
      text: 'Only result messages ORU and OUL are taken here.',
    });
    return { code: 'AR', problems };
  }
  if (!(type === 'ORU' ? oruEvents : oulEvents).includes(event)) {
    problems.push({ location: 'MSH-9.2', code: '201', severity: 'E', text: `This event of ${type} is not taken.` });
    return { code: 'AR', problems };
  }
  const continued = header.field(14) !== '' ? 'MSH-14' : undefined;
  const continues = message.first('DSC')?.leaf(1, 1, 1) ?? '';
  if (continued !== undefined || continues !== '') {
    const text = 'Messages split by continuation are not joined: send the message whole.';
    problems.push({ location: continued ?? 'DSC-1', code: '207', severity: 'E', text });
    return { code: 'AR', problems };
  }
  if (header.plain(10) === '') {
    problems.push({ location: 'MSH-10', code: '101', severity: 'W', text: 'The message has no control id.' });
  }
  if (header.leaf(11, 1, 1) !== 'P') {
    problems.push({
      location: 'MSH-11',
      code: '202',
      severity: 'W',
      text: 'Not marked as production: kept away from reports.',
    });
  }
  if (message.first('OBX') === undefined) {
    problems.push({ code: '100', severity: 'W', text: 'The message holds no observation.' });
  }
  return { code: 'AA', problems };
}

/** The problem behind an error of `parseMessage`, for `buildRefusal`. */
export function whyUnreadable(error: Hl7Error): Problem {
  const where = error.location === undefined ? {} : { location: error.location };
  switch (error.code) {
    case hl7ErrorCode.badDelimiters:
      return { ...where, code: '102', severity: 'E', text: error.message };
    case hl7ErrorCode.empty:
    case hl7ErrorCode.noHeader:
    case hl7ErrorCode.isBatch:
      return { ...where, code: '100', severity: 'E', text: error.message };
    default:
      return { ...where, code: '207', severity: 'E', text: error.message };
  }
}
