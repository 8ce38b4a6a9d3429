// Cutting one leaf out of a field. The delimiters are compared as character codes, in one pass, without splitting.
import type { Encoding } from './charset.ts';
import type { Delimiters } from './delimiters.ts';
import { unescapeText } from './escape.ts';

/** The explicit null of HL7: two quotation marks and nothing else. */
export const NULL_VALUE = '""';

export interface SegmentContext {
  readonly delimiters: Delimiters;
  readonly encoding: Encoding;
  /** Character codes; -1 where the message has no such delimiter. */
  readonly fieldCode: number;
  readonly repetitionCode: number;
  readonly componentCode: number;
  readonly subcomponentCode: number;
  readonly escapeCode: number;
}

/** Reads from the field that stands at `from` up to `end`. Subcomponent 0 is the whole component. */
export function cutLeaf(
  text: string,
  from: number,
  end: number,
  context: SegmentContext,
  repetition: number,
  component: number,
  subcomponent: number,
): string {
  const { repetitionCode, componentCode, escapeCode } = context;
  const isWhole = subcomponent === 0;
  const subcomponentCode = isWhole ? -2 : context.subcomponentCode;
  let leafStart = from;
  let isEscaped = false;
  let r = 1;
  let c = 1;
  let s = 1;
  for (let i = from; i <= end; i += 1) {
    const code = i === end ? repetitionCode : text.charCodeAt(i);
    if (code === escapeCode && i !== end) {
      isEscaped = true;
    } else if (code === subcomponentCode || code === componentCode || code === repetitionCode) {
      if (r === repetition && c === component && (isWhole || s === subcomponent)) {
        return leafText(text, leafStart, i, isEscaped, context);
      }
      if (code === subcomponentCode) {
        s += 1;
      } else if (code === componentCode) {
        c += 1;
        s = 1;
      } else {
        r += 1;
        c = 1;
        s = 1;
      }
      if (r > repetition || (r === repetition && c > component)) return '';
      leafStart = i + 1;
      isEscaped = false;
    }
  }
  return '';
}

/** Running text: inner delimiters left in, trailing ones dropped (`a^^` equals `a`), unescaped. */
export function plainText(raw: string, context: SegmentContext): string {
  let end = raw.length;
  while (end > 0) {
    const code = raw.charCodeAt(end - 1);
    if (code !== context.componentCode && code !== context.subcomponentCode) break;
    end -= 1;
  }
  const trimmed = end === raw.length ? raw : raw.slice(0, end);
  return trimmed === NULL_VALUE ? '' : unescapeText(trimmed, context.delimiters, context.encoding);
}

function leafText(text: string, start: number, end: number, isEscaped: boolean, context: SegmentContext): string {
  if (start === end) return '';
  const raw = text.slice(start, end);
  if (isEscaped) return unescapeText(raw, context.delimiters, context.encoding);
  return raw === NULL_VALUE ? '' : raw;
}
