import type { Delimiters } from './delimiters.ts';
import type { FieldValue } from './field-value.ts';
import { encodeText, encodingOfLabel } from './charset.ts';
import { encodingCharacters, standardDelimiters } from './delimiters.ts';
import { writeField } from './field-value.ts';
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';

/** Fields by number: `{ 3: [['1234', '', '', 'LAB']] , 5: ['Rao', 'Asha'] }`. */
export type FieldsByNumber = { readonly [field: number]: FieldValue };
/** By number, or in order from field 1: `['NTE', 1, 'L', 'haemolysed']`. */
export type SegmentValues = readonly [name: string, fields: FieldsByNumber] | readonly [name: string, ...FieldValue[]];

export interface NewMessage {
  /** MSH by field number, from 3 on; MSH-1 and MSH-2 come from the delimiters. */
  readonly header: FieldsByNumber;
  /** The segments after MSH. */
  readonly segments: readonly SegmentValues[];
  readonly delimiters?: Delimiters;
}

/**
 * Builds a message; every segment ends in CR. The charset is that of header field 18. When 18 is not given and the text is
 * not plain ASCII, the message is written in UTF-8 and says so.
 * @throws Hl7Error hl7.cannot_encode, hl7.cannot_escape, or hl7.cannot_edit for a segment name or field number that cannot be
 */
export function buildMessage({ header, segments, delimiters = standardDelimiters }: NewMessage): Uint8Array {
  const rest = segments.map((values) => writeSegment(values, delimiters)).join('');
  const said = header[18];
  const label = said === undefined ? '' : (writeField(said, delimiters).split(delimiters.repetition || '~')[0] ?? '');
  return encodeMessage(
    label,
    writeHeader(header, delimiters) + rest,
    (charset) => writeHeader({ ...header, 18: charset }, delimiters) + rest,
  );
}

/**
 * Encodes a message by the label its MSH-18 says. Where it says none and the text is not plain ASCII, `labelled` gives the text
 * again with a label.
 * @throws Hl7Error hl7.cannot_encode
 */
export function encodeMessage(label: string, draft: string, labelled: (charset: string) => string): Uint8Array {
  const isAscii = !/[^\p{ASCII}]/u.test(draft);
  if (label === '') return encodeText(isAscii ? draft : labelled('UNICODE UTF-8'), 'utf-8');
  const encoding = encodingOfLabel(label);
  if (encoding === undefined || (label.trim().toUpperCase() === 'ASCII' && !isAscii)) {
    throw new Hl7Error(
      hl7ErrorCode.cannotEncode,
      'The charset of MSH-18 is unknown or cannot hold the text.',
      'MSH-18',
    );
  }
  return encodeText(draft, encoding);
}

export function writeHeader(fields: FieldsByNumber, delimiters: Delimiters): string {
  const items = ['MSH', encodingCharacters(delimiters)];
  for (const [key, value] of Object.entries(fields)) {
    const number = fieldNumber(key);
    if (number < 3)
      throw new Hl7Error(hl7ErrorCode.cannotEdit, 'MSH-1 and MSH-2 come from the delimiters.', `MSH-${key}`);
    items[number - 1] = writeField(value, delimiters);
  }
  return endSegment(items, delimiters);
}

/** One segment with its CR. */
export function writeSegment(values: SegmentValues, delimiters: Delimiters): string {
  const [name, first, ...others] = values;
  if (!/^[A-Z][A-Z0-9]{2}$/.test(name) || name === 'MSH') {
    throw new Hl7Error(hl7ErrorCode.cannotEdit, 'A segment name is three capitals or digits, and MSH is the header.');
  }
  const items: string[] = [name];
  if (isByNumber(first)) {
    for (const [key, value] of Object.entries(first)) items[fieldNumber(key)] = writeField(value, delimiters);
  } else {
    for (const value of [first, ...others]) items.push(isByNumber(value) ? '' : writeField(value, delimiters));
  }
  return endSegment(items, delimiters);
}

// Trailing empty fields mean nothing and are left out.
function endSegment(items: readonly string[], delimiters: Delimiters): string {
  const filled = Array.from(items, (item: string | undefined) => item ?? '');
  const last = filled.findLastIndex((item) => item !== '');
  return `${filled.slice(0, last + 1).join(delimiters.field)}\r`;
}

function fieldNumber(key: string): number {
  const number = Number(key);
  if (!Number.isInteger(number) || number < 1 || number > 999) {
    throw new Hl7Error(hl7ErrorCode.cannotEdit, 'Fields are numbered from 1.');
  }
  return number;
}

function isByNumber(value: FieldValue | FieldsByNumber): value is FieldsByNumber {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !('raw' in value) && !('repeat' in value)
  );
}
