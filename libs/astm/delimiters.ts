// Delimiters of a message, as its H record declares them, and the escape rules of LIS02-A2 that depend on them.
import type { AstmFault } from './errors.ts';

export type Delimiters = {
  readonly field: string;
  /** Empty when the header does not declare one: then nothing repeats. Same for component and escape. */
  readonly repeat: string;
  readonly component: string;
  readonly escape: string;
};

export const standardDelimiters: Delimiters = { field: '|', repeat: '\\', component: '^', escape: '&' };

/**
 * Reads the delimiters of an H record. Order after the field separator: repeat, component, escape.
 * A header without usable delimiters gets the usual ones and a fault. `\\^&` (a doubled backslash of copied text) is read as `\^&`.
 */
export function readDelimiters(header: string): { readonly delimiters: Delimiters; readonly faults: AstmFault[] } {
  const field = header.charAt(1) || standardDelimiters.field;
  const end = header.indexOf(field, 2);
  const declared = header.slice(2, end === -1 ? undefined : end).trim();
  const usable = [...new Set(declared)].filter((char) => char !== field && !/[A-Za-z0-9\s]/.test(char));
  const isClean = usable.length === declared.length && usable.length >= 1 && usable.length <= 4;
  const faults: AstmFault[] = isClean ? [] : [{ code: 'delimiters', detail: `${declared.length} declared` }];
  if (usable.length === 0) return { delimiters: { ...standardDelimiters, field }, faults };
  const [repeat = '', component = '', escape = ''] = usable;
  return { delimiters: { field, repeat, component, escape }, faults };
}

function decodeHex(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

function unescapeBody(body: string, delimiters: Delimiters): string | undefined {
  switch (body) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'R':
      return delimiters.repeat;
    case 'E':
      return delimiters.escape;
    default:
      return /^X(?:[0-9A-Fa-f]{2})+$/.test(body) ? decodeHex(body.slice(1)) : undefined;
  }
}

/**
 * Decodes escapes in one leaf. Never loses text: an unknown or lone escape character stays as it is.
 * `&H&`, `&N&` and `&Z..&` stay too: dropping them would eat letters of names such as `R&H&S`, and no capture uses them.
 */
export function unescapeText(text: string, delimiters: Delimiters): string {
  const { escape } = delimiters;
  if (escape === '' || !text.includes(escape)) return text;
  let out = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf(escape, at);
    if (start === -1) return out + text.slice(at);
    const end = text.indexOf(escape, start + 1);
    if (end === -1) return out + text.slice(at);
    const decoded = unescapeBody(text.slice(start + 1, end), delimiters);
    // On an unknown body only the first escape character is passed over: the second may open a real escape.
    out += text.slice(at, start) + (decoded ?? escape);
    at = decoded === undefined ? start + 1 : end + 1;
  }
}

/** Escapes one leaf for sending. Control characters (CR and LF too) become hexadecimal escapes. */
export function escapeText(text: string, delimiters: Delimiters): string {
  const { field, repeat, component, escape } = delimiters;
  if (escape === '') return text;
  let out = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === escape) out += `${escape}E${escape}`;
    else if (char === field) out += `${escape}F${escape}`;
    else if (char === component) out += `${escape}S${escape}`;
    else if (char === repeat) out += `${escape}R${escape}`;
    else if (code < 0x20) out += `${escape}X${code.toString(16).toUpperCase().padStart(2, '0')}${escape}`;
    else out += char;
  }
  return out;
}
