// Whether a stored picture can be put into a PDF: what it says it is, whole at both ends, and of a bearable size when it is
// unpacked. A small file may claim a billion pixels.

/** 24 megapixels, a camera's; unpacked about 100 MB. */
const MOST_PIXELS = 24_000_000;

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPrintable(bytes: Uint8Array, type: 'png' | 'jpg'): boolean {
  const pixels = type === 'png' ? pixelsOfPng(bytes) : pixelsOfJpeg(bytes);
  return pixels !== undefined && pixels > 0 && pixels <= MOST_PIXELS;
}

/** Width and height stand in the first chunk, IHDR (PNG specification, 11.2.2); IEND is the last. */
function pixelsOfPng(bytes: Uint8Array): number | undefined {
  if (bytes.length < 45 || PNG_SIGNATURE.some((byte, place) => bytes[place] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(12) !== 0x49484452 || view.getUint32(bytes.length - 8) !== 0x49454e44) return undefined;
  return view.getUint32(16) * view.getUint32(20);
}

/** Segments up to the frame header SOFn, which tells height and width (ITU-T T.81, B.2.2). */
function pixelsOfJpeg(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // C4, C8 and CC are no frames: tables, reserved, arithmetic conditioning.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return view.getUint16(at + 5) * view.getUint16(at + 7);
    const isFill = marker === 0xff;
    at += isFill ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}
