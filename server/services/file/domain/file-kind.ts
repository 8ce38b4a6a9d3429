// What kind of file some first bytes begin. The name and the announced type are the sender's word; the bytes are not.

/** Kinds that are taken; the rest is refused with what was found. */
export type FileKind =
  | {
      readonly isTaken: true;
      readonly contentType: 'application/pdf' | 'image/png' | 'image/jpeg' | 'text/plain' | 'text/csv';
    }
  | { readonly isTaken: false; readonly found: string };

type Signature = readonly [contentType: string, bytes: readonly number[]];

// Src: ISO 32000-2 7.5.2 (%PDF-), PNG specification 5.2, ITU-T T.81 B.1.1.3 (SOI followed by a marker).
const taken: readonly (readonly ['application/pdf' | 'image/png' | 'image/jpeg', readonly number[]])[] = [
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
];
/** Named in the refusal, so that the person knows what was sent. */
const known: readonly Signature[] = [
  ['application/zip', [0x50, 0x4b, 0x03, 0x04]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['application/x-executable', [0x4d, 0x5a]],
  ['application/x-executable', [0x7f, 0x45, 0x4c, 0x46]],
  ['application/x-ole-storage', [0xd0, 0xcf, 0x11, 0xe0]],
  ['application/gzip', [0x1f, 0x8b]],
];

function begins(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}

// Tab, line feed, form feed and carriage return are text; the other control characters are not.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000e-\u001f\u007f]/u;
/** A tag, a comment or an XML declaration; "<5.0" is a value. */
const MARKUP = /^\s*<[A-Za-z!?/]/u;

/** The text of first bytes, which may end within a character when more follows; undefined when they are not UTF-8. */
function decode(head: Uint8Array, isCut: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: isCut });
  } catch {
    return undefined;
  }
}

/**
 * Judges a file by its first bytes.
 * @param head the first bytes, some hundred of them, or the whole file when it is shorter
 * @param file its name only tells CSV from other plain text
 */
export function fileKindOf(
  head: Uint8Array,
  { name, sizeBytes }: { readonly name: string; readonly sizeBytes: number },
): FileKind {
  if (head.length === 0) return { isTaken: false, found: 'an empty file' };
  for (const [contentType, bytes] of taken) if (begins(head, bytes)) return { isTaken: true, contentType };
  for (const [found, bytes] of known) if (begins(head, bytes)) return { isTaken: false, found };
  const text = decode(head, head.length < sizeBytes);
  if (text === undefined || CONTROL.test(text)) return { isTaken: false, found: 'application/octet-stream' };
  // A page or a drawing with a script in it would run in the reader's browser, at our address.
  if (MARKUP.test(text)) return { isTaken: false, found: 'text/html or XML' };
  return { isTaken: true, contentType: /\.csv$/i.test(name) ? 'text/csv' : 'text/plain' };
}
