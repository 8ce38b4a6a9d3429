// The second factor: time-based one-time codes as authenticator apps make them (RFC 6238: SHA-1, six digits, 30 seconds),
// and recovery codes for the day the phone is lost.
import { Secret, TOTP } from 'otpauth';

const STEP_MS = 30_000;
/** A code of the step before or after is taken too: clocks of phones differ, and typing takes time. */
const STEPS_AROUND = 1;
/** Crockford's letters: none that is taken for another. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
export const RECOVERY_CODES = 10;
const RECOVERY_LETTERS = 10;

const totpOf = (secret: string, label = '') =>
  new TOTP({ issuer: 'Nidaan', label, algorithm: 'SHA1', digits: 6, period: 30, secret: Secret.fromBase32(secret) });

/** A new shared secret, 160 bits as RFC 4226 section 4 recommends, in base 32. */
export function newSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** `otpauth://totp/…`, shown as a QR code to the authenticator app. */
export function secretUri(secret: string, username: string): string {
  return totpOf(secret, username).toString();
}

/** The step whose code this is, near `nowMs`; undefined when it is none. */
export function stepOfCode(secret: string, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totpOf(secret).validate({ token: code, timestamp: nowMs, window: STEPS_AROUND });
  return delta === null ? undefined : Math.floor(nowMs / STEP_MS) + delta;
}

export function codeAt(secret: string, nowMs: number): string {
  return totpOf(secret).generate({ timestamp: nowMs });
}

/** As typed, in one spelling; what reads as another letter is that letter. */
export function cleanCode(typed: string): string {
  return typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
}

/** @param random at least 100 random bytes */
export function recoveryCodes(random: Uint8Array): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, (_, index) =>
    Array.from(
      random.subarray(index * RECOVERY_LETTERS, (index + 1) * RECOVERY_LETTERS),
      // 256 is a multiple of 32, so every letter is as likely.
      (byte) => LETTERS[byte % LETTERS.length],
    ).join(''),
  );
}
