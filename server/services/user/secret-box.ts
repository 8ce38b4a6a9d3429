// What the user service keeps unreadable in its tables, under keys derived from AUTH_SECRET (HKDF, RFC 5869), each for one
// purpose: shared secrets of second factors (AES-256-GCM, bound to their user) and recovery codes (HMAC).
// With another AUTH_SECRET neither works any more: an administrator then resets the password and drops the second factor.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function keyFor(purpose: 'second factor' | 'recovery code', authSecret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', authSecret, '', `nidaan ${purpose}`, 32));
}

export function sealSecret(authSecret: string, userId: string, secret: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyFor('second factor', authSecret), nonce);
  cipher.setAAD(Buffer.from(userId));
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Undefined when it was sealed for another user or under another AUTH_SECRET. */
export function openSecret(authSecret: string, userId: string, sealedText: string): string | undefined {
  const bytes = Buffer.from(sealedText, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', keyFor('second factor', authSecret), nonce, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(userId));
  try {
    decipher.setAuthTag(tag);
    return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

export function recoveryCodeHmac(authSecret: string, userId: string, code: string): string {
  return createHmac('sha256', keyFor('recovery code', authSecret)).update(`${userId} ${code}`).digest('base64url');
}
