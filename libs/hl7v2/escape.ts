// Escape sequences of chapter 2 ("Use of escape sequences in text fields"). Reading never throws and never loses a character;
// what it does not know stays as it came.
import type { Encoding } from './charset.ts';
import type { Delimiters } from './delimiters.ts';
import { decodeAs } from './charset.ts';
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';

// Trap: `\.sp99999999\` would ask for 100 MB of line ends; above this the sequence stays as text.
const MAX_REPEAT = 1000;

/** Turns a raw leaf into text: `\F\`→field separator, `\X..\`→bytes in the message's charset, `\.br\`→line feed. */
export function unescapeText(raw: string, delimiters: Delimiters, encoding: Encoding = 'utf-8'): string {
  const sign = delimiters.escape;
  if (sign === '') return raw;
  let at = raw.indexOf(sign);
  if (at < 0) return raw;
  let out = '';
  let copied = 0;
  while (at >= 0) {
    const close = raw.indexOf(sign, at + 1);
    if (close < 0) break;
    const body = raw.slice(at + 1, close);
    if (isHex(body)) {
      const run = hexRun(raw, at, sign);
      out += raw.slice(copied, at) + decodeAs(Buffer.from(run.digits, 'hex'), encoding).text;
      copied = run.end;
      at = raw.indexOf(sign, copied);
    } else if (isForeign(body)) {
      // Kept whole, so that its closing sign does not open another sequence.
      at = raw.indexOf(sign, close + 1);
    } else {
      const meaning = meaningOf(body, delimiters);
      if (meaning === undefined) {
        at = close;
      } else {
        out += raw.slice(copied, at) + meaning;
        copied = close + 1;
        at = raw.indexOf(sign, copied);
      }
    }
  }
  return out + raw.slice(copied);
}

/**
 * Makes text safe to stand in a leaf of a message. The reverse of `unescapeText` for every string.
 * Line ends and the MLLP bytes 0B and 1C become hex escapes.
 * @throws Hl7Error hl7.cannot_escape when the message declares no escape character and one is needed
 */
export function escapeText(text: string, delimiters: Delimiters): string {
  // Most texts need nothing: one pass over character codes finds that out.
  const special = specialCodes(delimiters);
  let i = 0;
  while (i < text.length && !isSpecial(text.charCodeAt(i), special)) i += 1;
  if (i === text.length) return text;
  let out = '';
  let copied = 0;
  for (; i < text.length; i += 1) {
    if (!isSpecial(text.charCodeAt(i), special)) continue;
    const letter = letterFor(text.charAt(i), delimiters);
    if (letter === '') continue;
    if (delimiters.escape === '') {
      throw new Hl7Error(
        hl7ErrorCode.cannotEscape,
        'The message declares no escape character, but the text needs one.',
      );
    }
    out += text.slice(copied, i) + delimiters.escape + letter + delimiters.escape;
    copied = i + 1;
  }
  return out + text.slice(copied);
}

const specials = new WeakMap<Delimiters, readonly number[]>();

function specialCodes(delimiters: Delimiters): readonly number[] {
  const known = specials.get(delimiters);
  if (known !== undefined) return known;
  const { field, component, repetition, escape, subcomponent, truncation } = delimiters;
  const codes = [field, component, repetition, escape, subcomponent, truncation].map((sign) => sign.charCodeAt(0));
  specials.set(delimiters, codes);
  return codes;
}

function isSpecial(code: number, special: readonly number[]): boolean {
  return code < 0x20 || special.includes(code);
}

function letterFor(sign: string, delimiters: Delimiters): string {
  switch (sign) {
    case delimiters.escape:
      return 'E';
    case delimiters.field:
      return 'F';
    case delimiters.component:
      return 'S';
    case delimiters.subcomponent:
      return 'T';
    case delimiters.repetition:
      return 'R';
    case delimiters.truncation:
      return 'P';
    case '\r':
      return 'X0D';
    case '\n':
      return 'X0A';
    case '\v':
      return 'X0B';
    case '\u001c':
      return 'X1C';
    default:
      return '';
  }
}

function isHex(body: string): boolean {
  return body.length > 1 && body.length % 2 === 1 && body.startsWith('X') && /^X[0-9A-Fa-f]+$/.test(body);
}

/** Local sequences and charset switches (ISO 2022): no meaning here, but their shape is known. */
function isForeign(body: string): boolean {
  return /^(?:Z[0-9A-Fa-f]+|C[0-9A-Fa-f]{4}|M[0-9A-Fa-f]{4}(?:[0-9A-Fa-f]{2})?)$/.test(body);
}

// Why a run: some senders write one character of several bytes as several sequences, `\XC3\\XA9\`.
function hexRun(raw: string, from: number, sign: string): { readonly digits: string; readonly end: number } {
  const parts: string[] = [];
  let at = from;
  while (raw.charAt(at) === sign) {
    const close = raw.indexOf(sign, at + 1);
    if (close < 0) break;
    const body = raw.slice(at + 1, close);
    if (!isHex(body)) break;
    parts.push(body.slice(1));
    at = close + 1;
  }
  return { digits: parts.join(''), end: at };
}

function meaningOf(body: string, delimiters: Delimiters): string | undefined {
  switch (body) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component === '' ? undefined : delimiters.component;
    case 'T':
      return delimiters.subcomponent === '' ? undefined : delimiters.subcomponent;
    case 'R':
      return delimiters.repetition === '' ? undefined : delimiters.repetition;
    case 'E':
      return delimiters.escape;
    case 'P':
      return delimiters.truncation === '' ? undefined : delimiters.truncation;
    case 'H':
    case 'N':
      // Highlighting on and off: no text.
      return '';
    default:
      return body.startsWith('.') ? formatting(body) : undefined;
  }
}

function formatting(body: string): string | undefined {
  const parts = /^\.(br|sp|fi|nf|in|ti|sk|ce)\s?([+-]?\d{0,6})$/.exec(body);
  if (parts === null) return undefined;
  const count = parts[2] === undefined || parts[2] === '' ? 1 : Number(parts[2]);
  switch (parts[1]) {
    case 'br':
    case 'ce':
      return '\n';
    case 'sp':
      return count >= 0 && count <= MAX_REPEAT ? '\n'.repeat(count) : undefined;
    case 'sk':
      return count >= 0 && count <= MAX_REPEAT ? ' '.repeat(count) : undefined;
    default:
      // Word wrap and indents shape the page, they carry no text.
      return '';
  }
}
