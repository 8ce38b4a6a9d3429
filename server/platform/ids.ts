import { createHash, randomUUIDv7 } from 'node:crypto';

/** A new id: UUID version 7, so that ids made later sort later and indexes stay compact. */
export function newId(): string {
  return randomUUIDv7();
}

/**
 * An id worked out from what it stands for, so that doing the same again finds what was made the first time: UUID version 8
 * (RFC 9562, section 5.8) from the SHA-256 of the parts.
 */
export function derivedId(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
