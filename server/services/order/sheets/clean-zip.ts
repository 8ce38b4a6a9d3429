// Takes a spreadsheet's zip apart with every size bounded and puts it together anew, so that the reader after it meets no
// surprise: it trusts the sizes written in the file, and a zip may claim 4 GB or unfold to it.
// Src: APPNOTE.TXT of PKWARE, 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
import { crc32, inflateRawSync } from 'node:zlib';

export class ZipError extends Error {
  override readonly name = 'ZipError';
}

interface ZipFile {
  readonly name: string;
  readonly content: Buffer;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const MAX_FILES = 200;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files of a zip.
 * @param maxBytes of all files unfolded together
 * @throws ZipError when it is no zip, is damaged, encrypted or too large
 */
export function unzip(bytes: Buffer, maxBytes: number): readonly ZipFile[] {
  try {
    return readFiles(bytes, maxBytes);
  } catch (error) {
    if (error instanceof ZipError) throw error;
    // Offsets that point outside, and data that is no deflate stream.
    if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ZipError('it unfolds to more than is allowed');
    }
    throw new ZipError('it is damaged');
  }
}

function readFiles(bytes: Buffer, maxBytes: number): readonly ZipFile[] {
  // A comment of up to 65,535 bytes may follow the 22 of the end record.
  const last = bytes.subarray(Math.max(0, bytes.length - 65_557));
  const end = last.lastIndexOf(uint32(END));
  if (end === -1) throw new ZipError('it is no spreadsheet of the xlsx kind');
  const tail = last.subarray(end);
  const count = tail.readUInt16LE(10);
  if (count > MAX_FILES) throw new ZipError(`it holds more than ${MAX_FILES} files`);
  let at = tail.readUInt32LE(16);
  let left = maxBytes;
  const files: ZipFile[] = [];
  const names = new Set<string>();
  for (let n = 0; n < count; n += 1) {
    if (bytes.readUInt32LE(at) !== CENTRAL) throw new ZipError('it is damaged');
    const flags = bytes.readUInt16LE(at + 8);
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if ((flags & 1) === 1) throw new ZipError('it is protected by a password');
    if (name.endsWith('/')) continue;
    if (names.has(name)) throw new ZipError('it holds a file twice');
    names.add(name);
    if (bytes.readUInt32LE(local) !== LOCAL) throw new ZipError('it is damaged');
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    if (start + packed > bytes.length) throw new ZipError('it is damaged');
    const content = unfold(bytes.subarray(start, start + packed), method, left);
    left -= content.length;
    files.push({ name, content });
  }
  return files;
}

function unfold(packed: Buffer, method: number, left: number): Buffer {
  if (method !== STORED && method !== DEFLATED) throw new ZipError('it is packed in a way not known here');
  if (method === STORED ? packed.length > left : left < 1) throw new ZipError('it unfolds to more than is allowed');
  return method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: left });
}

/** A zip of the files, not compressed, sizes as they are. */
export function zip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of files) {
    const label = Buffer.from(name, 'utf8');
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(0x0800, 2); // the name is UTF-8
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(content.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(label.length, 22);
    const header = Buffer.concat([uint32(LOCAL), facts, label]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([uint32(CENTRAL), Buffer.from([20, 0]), facts, entry, label]));
    parts.push(header, content);
    offset += header.length + content.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}
