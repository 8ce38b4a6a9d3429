// A changed copy of a message. Only the segments that were touched are written anew; all other bytes are those received.
import type { FieldValue } from './field-value.ts';
import type { SegmentValues } from './build-message.ts';
import type { Hl7Path } from './path.ts';
import type { Hl7Message } from './message.ts';
import { writeSegment } from './build-message.ts';
import { encodeText } from './charset.ts';
import { isRaw, isRepeated, writeField } from './field-value.ts';
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';
import type { Piece } from './pieces.ts';
import { parsePath } from './path.ts';
import { cutPieces } from './pieces.ts';

export class MessageEditor {
  readonly #message: Hl7Message;
  /** BOM and padding before the message. */
  readonly #lead: Uint8Array;
  /** Padding and MLLP end after the end of the last segment. */
  readonly #tail: Uint8Array;
  readonly #pieces: Piece[];

  constructor(message: Hl7Message) {
    this.#message = message;
    this.#lead = message.bytes.subarray(0, message.layout.bodyStart);
    this.#pieces = cutPieces(message);
    const { bytes, layout } = message;
    this.#tail = bytes.subarray(layout.bodyEnd + (this.#pieces.at(-1)?.end.length ?? 0));
  }

  /**
   * Sets what the path names: a field, a repetition (`PID-3[2]`), a component or a subcomponent. Text is escaped; lists and
   * `repeated(...)` only where the path names a field or repetition. Missing places before it are filled with empty ones.
   * @throws Hl7Error hl7.cannot_edit when the segment does not exist, or for MSH-1, MSH-2 and MSH-18, on which all other
   *   bytes depend; hl7.bad_path; hl7.cannot_escape
   */
  set(path: string, value: FieldValue): this {
    const place = parsePath(path);
    const piece = this.#find(place);
    const { field } = place;
    if (field === undefined) throw new Hl7Error(hl7ErrorCode.cannotEdit, 'Name a field, not a whole segment.', path);
    if (piece.name === 'MSH' && (field <= 2 || field === 18)) {
      throw new Hl7Error(
        hl7ErrorCode.cannotEdit,
        'Delimiters and charset rule the whole message: build a new one.',
        path,
      );
    }
    const { delimiters } = this.#message;
    const deep = place.component !== undefined || place.repetition !== undefined;
    if (deep && (isRepeated(value) || (place.component !== undefined && (isRaw(value) || Array.isArray(value))))) {
      throw new Hl7Error(hl7ErrorCode.cannotEdit, 'A component takes one plain value.', path);
    }
    const written = writeField(value, delimiters);
    const index = piece.name === 'MSH' ? field - 1 : field;
    piece.raw = replacePart(piece.raw, delimiters.field, index + 1, (old) => {
      if (!deep) return written;
      return replacePart(old, delimiters.repetition, place.repetition ?? 1, (repetition) => {
        if (place.component === undefined) return written;
        return replacePart(repetition, delimiters.component, place.component, (component) => {
          if (place.subcomponent === undefined) return written;
          return replacePart(component, delimiters.subcomponent, place.subcomponent, () => written);
        });
      });
    });
    piece.kept = undefined;
    return this;
  }

  /** Puts a new segment after the one named (`OBX[2]`). */
  insertAfter(path: string, values: SegmentValues): this {
    const piece = this.#find(parsePath(path));
    const { delimiters, layout } = this.#message;
    const [name] = values;
    const end = encodeText(layout.lineEnd, this.#message.charset.encoding);
    if (piece.end.length === 0) piece.end = end;
    const raw = writeSegment(values, delimiters).slice(0, -1);
    this.#pieces.splice(this.#pieces.indexOf(piece) + 1, 0, { name, kept: undefined, raw, end });
    return this;
  }

  /** Takes a segment out; MSH stays. */
  remove(path: string): this {
    const piece = this.#find(parsePath(path));
    if (piece === this.#pieces[0]) throw new Hl7Error(hl7ErrorCode.cannotEdit, 'A message keeps its MSH.', path);
    this.#pieces.splice(this.#pieces.indexOf(piece), 1);
    return this;
  }

  /** @throws Hl7Error hl7.cannot_encode when the message's charset lacks a character of the new text */
  toBytes(): Uint8Array {
    const { encoding } = this.#message.charset;
    const parts = this.#pieces.flatMap((piece) => [piece.kept ?? encodeText(piece.raw, encoding), piece.end]);
    return Buffer.concat([this.#lead, ...parts, this.#tail]);
  }

  #find(path: Hl7Path): Piece {
    const found = this.#pieces.filter((piece) => piece.name === path.segment)[path.occurrence - 1];
    if (found === undefined) {
      throw new Hl7Error(
        hl7ErrorCode.cannotEdit,
        'There is no such segment.',
        `${path.segment}[${String(path.occurrence)}]`,
      );
    }
    return found;
  }
}

/** Starts a changed copy; the message itself never changes. */
export function editMessage(message: Hl7Message): MessageEditor {
  return new MessageEditor(message);
}

function replacePart(raw: string, sign: string, number: number, change: (old: string) => string): string {
  if (sign === '') {
    if (number === 1) return change(raw);
    throw new Hl7Error(hl7ErrorCode.cannotEscape, 'The message declares no delimiter for this depth.');
  }
  const parts = raw.split(sign);
  while (parts.length < number) parts.push('');
  parts[number - 1] = change(parts[number - 1] ?? '');
  return parts.join(sign);
}
