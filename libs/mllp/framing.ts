// MLLP block: VT, payload, FS, CR. No length, no checksum, no escaping.
import { MllpError, mllpErrorCode } from './mllp-error.ts';

export const VT = 0x0b;
export const FS = 0x1c;
export const CR = 0x0d;
export const LF = 0x0a;

/**
 * Wraps one message or batch for the wire; write the result in one piece.
 * @throws MllpError mllp.reserved_byte when the payload holds VT or FS
 */
export function frame(payload: Uint8Array): Uint8Array {
  if (payload.includes(VT) || payload.includes(FS)) {
    throw new MllpError(mllpErrorCode.reservedByte, 'A payload may not hold the bytes 0B or 1C.', 'permanent');
  }
  const block = new Uint8Array(payload.length + 3);
  block[0] = VT;
  block.set(payload, 1);
  block[payload.length + 1] = FS;
  block[payload.length + 2] = CR;
  return block;
}
