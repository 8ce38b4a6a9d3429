// What can go wrong, as values (faults) and as the one exception type of this package.
// Faults never carry patient data: only codes, counts and positions.

/** Does trying again help? transient: yes; ambiguous: it may have arrived, look first; permanent: fix the input. */
export type Again = 'transient' | 'ambiguous' | 'permanent';

export const errorTable = {
  'astm.no_answer': ['transient', 'The device did not answer in time.'],
  'astm.busy': ['transient', 'The device said it is busy, six times.'],
  'astm.unconfirmed': [
    'ambiguous',
    'The device had the whole message but its last answer did not come or was not readable.',
  ],
  'astm.refused': ['transient', 'The device refused one frame six times.'],
  'astm.interrupted': ['transient', 'The device asked for the line before the message was complete.'],
  'astm.connection_lost': ['ambiguous', 'The connection ended before the device confirmed the message.'],
  'astm.connect_failed': ['transient', 'The connection could not be opened.'],
  'astm.queue_full': ['transient', 'Too many messages wait for this line.'],
  'astm.illegal_text': ['permanent', 'The text holds a control character that a frame may not carry.'],
  'astm.bad_option': ['permanent', 'An option is out of its range.'],
} as const satisfies Record<string, readonly [Again, string]>;

export type AstmErrorCode = keyof typeof errorTable;

/** The only exception this package throws or rejects with. `code` is stable; the message is for a person. */
export class AstmError extends Error {
  readonly code: AstmErrorCode;
  readonly again: Again;
  constructor(code: AstmErrorCode, detail?: string, cause?: unknown) {
    super(detail === undefined ? errorTable[code][1] : `${errorTable[code][1]} ${detail}`, { cause });
    this.name = 'AstmError';
    this.code = code;
    this.again = errorTable[code][0];
  }
}

export type AstmFaultCode =
  // line
  | 'frame_checksum'
  | 'frame_defective'
  | 'frame_abandoned'
  | 'frame_too_long'
  | 'frame_number'
  | 'frame_changed'
  | 'frame_duplicate'
  | 'frame_without_enq'
  | 'frame_in_frame'
  | 'control_in_frame'
  | 'checksum_latin1'
  | 'session_restarted'
  | 'receiver_busy'
  | 'receive_silence'
  | 'store_late'
  | 'store_failed'
  | 'stored_not_acknowledged'
  | 'overrun'
  | 'contention'
  | 'sender_silence'
  // records
  | 'outside_message'
  | 'delimiters'
  | 'unknown_record'
  | 'no_terminator'
  | 'charset_fallback';

/** Something unusual that was survived. `at` is the 1-based line of the record or the frame number, when one is meant. */
export type AstmFault = { readonly code: AstmFaultCode; readonly at?: number; readonly detail?: string };
