// Where a message begins and ends inside the bytes that came: byte order marks, MLLP bytes, padding and text before the header
// are passed over, never thrown away.

export interface FoundHeader {
  readonly name: 'MSH' | 'FHS' | 'BHS';
  readonly start: number;
}

/** The first header segment. Text before it (a comment, a log prefix, an abandoned block) is passed over. */
export function findHeader(bytes: Uint8Array, start: number, end: number): FoundHeader | undefined {
  const at = nameAt(bytes, start, end);
  // At the very start a header counts even with a separator that cannot be one: its fault is named then.
  if (at !== undefined) return { name: at, start };
  for (let i = start + 1; i + 4 < end; i += 1) {
    const name = bytes[i + 1] === 0x53 || bytes[i + 1] === 0x48 ? nameAt(bytes, i, end) : undefined;
    if (name === undefined) continue;
    const before = bytes[i - 1];
    const opensLine = before === 0x0d || before === 0x0a || before === 0x0b;
    // Inside a line only the usual encoding characters prove a header.
    const isUsual = bytes[i + 4] === 0x5e && bytes[i + 5] === 0x7e;
    if ((opensLine || isUsual) && canDelimit(bytes[i + 3] ?? 0)) return { name, start: i };
  }
  return undefined;
}

/** After a byte order mark, MLLP start, line ends and blanks. */
export function startOfBody(bytes: Uint8Array): number {
  let at = 0;
  for (;;) {
    const byte = bytes[at];
    if (byte === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    else if (byte === 0x0b || byte === 0x0d || byte === 0x0a || byte === 0x20 || byte === 0x09 || byte === 0) at += 1;
    else return at;
  }
}

// A CR after FS is MLLP's and says nothing about how segments end.
export function endOfBody(
  bytes: Uint8Array,
  start: number,
): { readonly bodyEnd: number; readonly hasFinalCr: boolean } {
  let end = bytes.length;
  let hasFinalCr = false;
  while (end > start) {
    const byte = bytes[end - 1];
    if (byte === 0x1c) hasFinalCr = false;
    else if (byte === 0x0d) hasFinalCr = true;
    else if (byte !== 0x0a && byte !== 0x0b && byte !== 0) break;
    end -= 1;
  }
  return { bodyEnd: end, hasFinalCr };
}

function nameAt(bytes: Uint8Array, at: number, end: number): FoundHeader['name'] | undefined {
  if (at + 3 > end || bytes[at + 2] !== (bytes[at] === 0x4d ? 0x48 : 0x53)) return undefined;
  if (bytes[at] === 0x4d && bytes[at + 1] === 0x53) return 'MSH';
  if (bytes[at + 1] !== 0x48) return undefined;
  return bytes[at] === 0x46 ? 'FHS' : bytes[at] === 0x42 ? 'BHS' : undefined;
}

/** ASCII signs that are no letter, digit, blank or control character. */
export function canDelimit(byte: number): boolean {
  return (
    byte > 0x20 &&
    byte < 0x7f &&
    !(byte >= 0x30 && byte <= 0x39) &&
    !(byte >= 0x41 && byte <= 0x5a) &&
    !(byte >= 0x61 && byte <= 0x7a)
  );
}
