// A message as its bytes plus positions. Nothing is copied into trees: reading a field cuts it out of the text,
// and a message nobody changed is sent on as the very bytes that came.
import type { Encoding } from './charset.ts';
import type { Delimiters } from './delimiters.ts';
import type { Hl7Warning } from './hl7-error.ts';
import type { SegmentContext } from './leaf.ts';
import { findWarnings } from './message-warnings.ts';
import { cachedPath } from './path.ts';
import { Segment } from './segment.ts';

export interface MessageCharset {
  /** First repetition of MSH-18 as sent; '' when the sender says nothing. */
  readonly label: string;
  readonly encoding: Encoding;
  /** True when the bytes contradict the label and were read as windows-1252. */
  readonly isFallback: boolean;
}

/** What `parseMessage` found; not for direct use. */
export interface MessageParts {
  readonly bytes: Uint8Array;
  /** Byte positions of the message proper: after BOM and padding, before padding and MLLP end. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly text: string;
  readonly lineEnd: '\r' | '\n';
  readonly delimiters: Delimiters;
  readonly charset: MessageCharset;
  readonly isLenient: boolean;
  readonly delimiterFault: 'doubled' | 'unusable' | undefined;
  /** Something that is no padding stands before the header. */
  readonly hasLeadingText: boolean;
}

export class Hl7Message {
  /** The bytes as received, BOM and padding included. */
  readonly bytes: Uint8Array;
  readonly delimiters: Delimiters;
  readonly charset: MessageCharset;
  readonly segments: readonly Segment[];
  readonly #parts: MessageParts;
  /** Made when a segment is first asked for by name. */
  #byName: ReadonlyMap<string, readonly Segment[]> | undefined;

  constructor(parts: MessageParts) {
    this.bytes = parts.bytes;
    this.delimiters = parts.delimiters;
    this.charset = parts.charset;
    this.#parts = parts;
    this.segments = cutSegments(parts);
    this.#byName = undefined;
  }

  #index(): ReadonlyMap<string, readonly Segment[]> {
    this.#byName ??= byName(this.segments);
    return this.#byName;
  }

  /** The message proper as text. */
  get raw(): string {
    return this.#parts.text;
  }

  /** What is wrong with MSH-2: `unusable` when a sign of it cannot delimit, `doubled` when the escape character stands twice. */
  get delimiterFault(): 'doubled' | 'unusable' | undefined {
    return this.#parts.delimiterFault;
  }

  /** MSH. */
  get header(): Segment {
    const header = this.segments[0];
    if (header === undefined) throw new TypeError('a parsed message has its MSH');
    return header;
  }

  /** Segments of one name, in order. */
  all(name: string): readonly Segment[] {
    return this.#index().get(name) ?? [];
  }

  /** The first segment of a name, or the nth of it, counting from 1. */
  first(name: string, occurrence = 1): Segment | undefined {
    return this.#index().get(name)?.[occurrence - 1];
  }

  /**
   * The leaf at a path such as `PID-5.1`, `OBX[2]-5` or `PID-3[2].4.2`, unescaped; '' when absent. What the path leaves out
   * is 1, as in `Segment.text`. A path without a field gives the whole segment as sent.
   * @throws Hl7Error hl7.bad_path
   */
  get(path: string): string {
    const { segment: name, occurrence, field, repetition, component, subcomponent } = cachedPath(path);
    const segment = this.first(name, occurrence);
    if (segment === undefined) return '';
    if (field === undefined) return segment.raw;
    return segment.leaf(field, repetition ?? 1, component ?? 1, subcomponent ?? 1);
  }

  /** Oddities that did not stop the reading; looked for when asked. */
  get warnings(): readonly Hl7Warning[] {
    return findWarnings(this);
  }

  /** For the writers of this library: where the message proper stands in `bytes`, and how its segments end. */
  get layout(): Omit<MessageParts, 'bytes' | 'delimiters' | 'charset'> {
    return this.#parts;
  }
}

function cutSegments({ text, lineEnd, delimiters, charset, isLenient }: MessageParts): readonly Segment[] {
  const context: SegmentContext = {
    delimiters,
    encoding: charset.encoding,
    fieldCode: codeOf(delimiters.field),
    repetitionCode: codeOf(delimiters.repetition),
    componentCode: codeOf(delimiters.component),
    subcomponentCode: codeOf(delimiters.subcomponent),
    escapeCode: codeOf(delimiters.escape),
  };
  const segments: Segment[] = [];
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf(lineEnd, start);
    const end = found < 0 ? text.length : found;
    // One LF directly after a CR belongs to the segment end; any other LF of a CR message is data.
    let from = lineEnd === '\r' && start > 0 && text.charCodeAt(start) === 10 ? start + 1 : start;
    if (isLenient) while (from < end && (text.charCodeAt(from) === 32 || text.charCodeAt(from) === 9)) from += 1;
    if (from < end) segments.push(new Segment(text, from, end, context));
    start = end + 1;
  }
  return segments;
}

function byName(segments: readonly Segment[]): ReadonlyMap<string, readonly Segment[]> {
  const index = new Map<string, Segment[]>();
  for (const segment of segments) {
    const list = index.get(segment.name);
    if (list === undefined) index.set(segment.name, [segment]);
    else list.push(segment);
  }
  return index;
}

function codeOf(sign: string): number {
  return sign === '' ? -1 : sign.charCodeAt(0);
}
