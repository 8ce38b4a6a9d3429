export const hl7ErrorCode = {
  /** No bytes at all, or only padding. */
  empty: 'hl7.empty',
  tooLarge: 'hl7.too_large',
  /** The first segment is not MSH. */
  noHeader: 'hl7.no_header',
  /** The payload begins with FHS or BHS: split it first. */
  isBatch: 'hl7.is_batch',
  /** MSH-1 or MSH-2 cannot serve as delimiters. */
  badDelimiters: 'hl7.bad_delimiters',
  /** A path such as `PID-5.1` is not written as it should be. */
  badPath: 'hl7.bad_path',
  /** The charset of the message has no sign for a character that is to be written. */
  cannotEncode: 'hl7.cannot_encode',
  /** The message declares no escape character, and the text holds a delimiter. */
  cannotEscape: 'hl7.cannot_escape',
  /** Plain data for a builder lacks something required, or has a name or shape that fits nowhere. */
  cannotBuild: 'hl7.cannot_build',
  /** The field or segment may not be changed, or does not exist. */
  cannotEdit: 'hl7.cannot_edit',
} as const;
export type Hl7ErrorCode = (typeof hl7ErrorCode)[keyof typeof hl7ErrorCode];

/** The only error this library throws. The message never quotes field contents, so it may be logged. */
export class Hl7Error extends Error {
  readonly code: Hl7ErrorCode;
  /** Where in the message, as a path (`MSH-2`); absent when no place can be named. */
  readonly location: string | undefined;

  constructor(code: Hl7ErrorCode, message: string, location?: string) {
    super(message);
    this.name = 'Hl7Error';
    this.code = code;
    this.location = location;
  }
}

/** Something odd that did not stop the reading. */
export interface Hl7Warning {
  readonly code: string;
  readonly text: string;
  readonly location?: string;
}
