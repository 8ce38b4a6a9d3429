// The token of a signed link: which file of which lab, until when, and a signature over it. No name and nothing about a
// person is in it, since links travel through logs and histories (P7).
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface LinkClaim {
  readonly labId: string;
  readonly fileId: string;
  /** Last second of its life, whole seconds since 1970, UTC. */
  readonly expiresAtSeconds: number;
}

// Layout: version 1 (1 byte), lab (16), file (16), expiry (6, big endian), HMAC-SHA256 (32).
const VERSION = 1;
const EXPIRY_AT = 33;
const BODY_BYTES = 39;
const SIGNATURE_BYTES = 32;
const TOKEN_CHARS = Math.ceil(((BODY_BYTES + SIGNATURE_BYTES) * 4) / 3);
/** The same secret signs other things too; a signature made for one must not pass for another. */
const PURPOSE = 'nidaan file link 1:';

const bytesOfId = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

function idOfBytes(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function sign(body: Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update(PURPOSE).update(body).digest();
}

/** @param secret at least as long as is hard to guess; the same on every replica */
export function makeLinkToken({ labId, fileId, expiresAtSeconds }: LinkClaim, secret: string): string {
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUInt8(VERSION, 0);
  bytesOfId(labId).copy(body, 1);
  bytesOfId(fileId).copy(body, 17);
  body.writeUIntBE(expiresAtSeconds, EXPIRY_AT, 6);
  return Buffer.concat([body, sign(body, secret)]).toString('base64url');
}

/** What a token says when its signature is ours, else undefined. Whether it has expired is the caller's question. */
export function readLinkToken(token: string, secret: string): LinkClaim | undefined {
  if (token.length !== TOKEN_CHARS) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  // Trap: base64url decoding skips strange characters and ignores spare bits; one token has one spelling here.
  if (bytes.length !== BODY_BYTES + SIGNATURE_BYTES || bytes.toString('base64url') !== token) return undefined;
  const body = bytes.subarray(0, BODY_BYTES);
  if (!timingSafeEqual(sign(body, secret), bytes.subarray(BODY_BYTES))) return undefined;
  if (body.readUInt8(0) !== VERSION) return undefined;
  return {
    labId: idOfBytes(body.subarray(1, 17)),
    fileId: idOfBytes(body.subarray(17, EXPIRY_AT)),
    expiresAtSeconds: body.readUIntBE(EXPIRY_AT, 6),
  };
}
