// Acknowledgements: MSH, MSA and, where there is something to tell, ERR in the shape of the sender's version.
import type { Delimiters } from './delimiters.ts';
import type { FieldsByNumber, SegmentValues } from './build-message.ts';
import type { FieldValue } from './field-value.ts';
import type { Hl7Message } from './message.ts';
import type { Hl7Version } from './version.ts';
import type { ErrorCode } from './tables/error-codes.ts';
import { writeHeader, writeSegment } from './build-message.ts';
import { encodeText } from './charset.ts';
import { standardDelimiters } from './delimiters.ts';
import { parsePath } from './path.ts';
import { errorCodes } from './tables/error-codes.ts';
import { writeTimestamp } from './timestamp.ts';
import { isAtLeast, readVersion } from './version.ts';

export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** One problem, ready to stand in an ERR segment. */
export interface AckError {
  /** Path such as `OBX[2]-5`; absent when it concerns the whole message. */
  readonly location?: string;
  readonly code: ErrorCode;
  readonly severity?: 'E' | 'W' | 'I';
  /** For the person at the other end (ERR-8). */
  readonly text?: string;
  /** For support (ERR-7). */
  readonly diagnostic?: string;
}

export interface AckOptions {
  readonly code: AckCode;
  /** Our own new id for the reply (MSH-10). */
  readonly controlId: string;
  readonly now: Date;
  /** Zone written in MSH-7; minutes east of UTC, default 330 (India). */
  readonly utcOffsetMinutes?: number;
  /** MSA-3, read by people. */
  readonly text?: string;
  readonly errors?: readonly AckError[];
  /** Who we are; default what the sender called us (its MSH-5 and MSH-6). */
  readonly sendingApplication?: string;
  readonly sendingFacility?: string;
  /** `mindray`: MSA-6 carries the number and an ERR segment always follows, as BS and CL chemistry expect. Default `standard`. */
  readonly style?: 'standard' | 'mindray';
}

/**
 * Builds the reply to a message, in its delimiters, version and charset, with MSA-2 exactly as its MSH-10.
 * @throws Hl7Error hl7.cannot_encode or hl7.cannot_escape when the texts given cannot be written in the sender's charset or delimiters
 */
export function buildAck(message: Hl7Message, options: AckOptions): Uint8Array {
  const { header } = message;
  // Signs that cannot delimit are not sent back: the reply then speaks in the usual ones, and names are taken as plain text.
  const isUsable = message.delimiterFault !== 'unusable';
  const delimiters = isUsable ? message.delimiters : standardDelimiters;
  const echo = (field: number): FieldValue => (isUsable ? { raw: header.field(field) } : header.plain(field));
  const version = readVersion(header.text(12));
  const fields: FieldsByNumber = {
    3: options.sendingApplication ?? echo(5),
    4: options.sendingFacility ?? echo(6),
    5: echo(3),
    6: echo(4),
    7: writeTimestamp(options.now, options.utcOffsetMinutes ?? 330),
    9: messageType(header.text(9, { component: 2 }), version, delimiters),
    10: options.controlId,
    11: echo(11),
    12: echo(12),
    18: echo(18),
  };
  const text = [writeHeader(fields, delimiters)];
  const errors = options.errors ?? [];
  const isMindray = options.style === 'mindray';
  const status = errors[0]?.code ?? (options.code.endsWith('A') ? '0' : '207');
  const msa: SegmentValues = [
    'MSA',
    options.code,
    echo(10),
    options.text ?? (isMindray ? errorCodes[status] : errors[0]?.text),
    undefined,
    undefined,
    isMindray ? status : undefined,
  ];
  text.push(isMindray ? withLastSeparator(writeSegment(msa, delimiters), delimiters) : writeSegment(msa, delimiters));
  if (isMindray) text.push(withLastSeparator(writeSegment(['ERR', status], delimiters), delimiters));
  else text.push(...errorSegments(errors, version, delimiters));
  return encodeText(text.join(''), message.charset.encoding);
}

export interface RefusalOptions extends Pick<
  AckOptions,
  'controlId' | 'now' | 'utcOffsetMinutes' | 'sendingApplication' | 'sendingFacility'
> {
  readonly error: AckError;
  /** Their MSH-10 if it could be made out some other way; default empty. */
  readonly theirControlId?: string;
}

/**
 * A bare `AR` for bytes in which no header could be read. Whether to send it is the interface's choice: a peer that cannot
 * match it may be better served by a closed connection.
 */
export function buildRefusal(options: RefusalOptions): Uint8Array {
  const version = { minor: 5, patch: 1 };
  const header: FieldsByNumber = {
    3: options.sendingApplication,
    4: options.sendingFacility,
    7: writeTimestamp(options.now, options.utcOffsetMinutes ?? 330),
    9: 'ACK',
    10: options.controlId,
    11: 'P',
    12: '2.5.1',
    18: 'UNICODE UTF-8',
  };
  const text = [
    writeHeader(header, standardDelimiters),
    writeSegment(['MSA', 'AR', options.theirControlId, options.error.text], standardDelimiters),
    ...errorSegments([options.error], version, standardDelimiters),
  ];
  return encodeText(text.join(''), 'utf-8');
}

// ACK alone to 2.3; the event from 2.3.1; the structure from 2.4. Analysers that name no version take `ACK^R01`.
function messageType(event: string, version: Hl7Version | undefined, delimiters: Delimiters): FieldValue {
  if (event === '' || delimiters.component === '' || !isAtLeast(version, 3, 1, true)) return 'ACK';
  return isAtLeast(version, 4, 0, false) ? ['ACK', event, 'ACK'] : ['ACK', event];
}

function errorSegments(
  errors: readonly AckError[],
  version: Hl7Version | undefined,
  delimiters: Delimiters,
): readonly string[] {
  if (errors.length === 0) return [];
  // A peer that names no version is taken for a new one: ERR-1 was withdrawn, ERR-2 to ERR-8 are readable by people too.
  if (!isAtLeast(version, 5, 0, true)) {
    const locations = errors.map((error) => eld(error, delimiters));
    return [writeSegment(['ERR', { raw: locations.join(delimiters.repetition || '~') }], delimiters)];
  }
  return errors.map((error) =>
    writeSegment(
      [
        'ERR',
        {
          2: flat(locationParts(error), delimiters),
          3: flat([error.code, errorCodes[error.code], 'HL70357'], delimiters),
          4: error.severity ?? 'E',
          7: error.diagnostic,
          8: error.text,
        },
      ],
      delimiters,
    ),
  );
}

// ELD of version 2.4 and older: segment, sequence, field, then the code with its text and table as subcomponents.
function eld(error: AckError, delimiters: Delimiters): string {
  const [segment = '', sequence = '', field = ''] = locationParts(error);
  const code = delimiters.subcomponent === '' ? [error.code] : [error.code, errorCodes[error.code], 'HL70357'];
  const parts = [segment, sequence, field, code.join(delimiters.subcomponent)];
  return delimiters.component === '' ? error.code : parts.join(delimiters.component);
}

/** ERL: segment, sequence, field, repetition, component, subcomponent. */
function locationParts(error: AckError): readonly string[] {
  if (error.location === undefined) return [];
  const path = parsePath(error.location);
  const repetition = path.field === undefined ? undefined : (path.repetition ?? 1);
  const numbers = [path.occurrence, path.field, repetition, path.component, path.subcomponent];
  return [path.segment, ...numbers.map((number) => (number === undefined ? '' : String(number)))];
}

/** Components where the sender has a component delimiter, else only the first. */
function flat(parts: readonly string[], delimiters: Delimiters): FieldValue {
  return delimiters.component === '' ? parts[0] : parts;
}

function withLastSeparator(segment: string, delimiters: Delimiters): string {
  return `${segment.slice(0, -1)}${delimiters.field}\r`;
}
