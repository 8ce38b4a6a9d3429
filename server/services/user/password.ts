// Hashing and checking passwords. Slow on purpose, and off the event loop: node runs Argon2 in its thread pool.
// Meas: about 30 ms of one core and 19 MiB at the current cost (two-core virtual machine).
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

import type { Argon2Cost } from './domain/password-hash.ts';
import { currentCost, formatPasswordHash, isOutdated, parsePasswordHash } from './domain/password-hash.ts';

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const NO_SALT = Buffer.alloc(SALT_BYTES);
const runArgon2 = promisify(argon2);

function derive(password: string, salt: Uint8Array, cost: Argon2Cost, hashBytes: number): Promise<Uint8Array> {
  return runArgon2('argon2id', {
    // Src: NIST SP 800-63B-4 section 3.1.1.2: normalise first, or one password typed on two keyboards is two.
    message: password.normalize('NFKC'),
    nonce: salt,
    memory: cost.memoryKib,
    passes: cost.passes,
    parallelism: cost.lanes,
    tagLength: hashBytes,
  });
}

export async function hashPassword(password: string, cost: Argon2Cost = currentCost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return formatPasswordHash({ cost, salt, hash: await derive(password, salt, cost, HASH_BYTES) });
}

export interface PasswordVerdict {
  readonly isRight: boolean;
  /** A right password whose hash was made with less work than is asked for now. */
  readonly needsNewHash: boolean;
}

/**
 * Checks a password against what is stored.
 * @param stored absent when there is no such account: the same work is done, so that the answer takes as long
 */
export async function checkPassword(password: string, stored: string | undefined): Promise<PasswordVerdict> {
  if (stored === undefined) {
    await derive(password, NO_SALT, currentCost, HASH_BYTES);
    return { isRight: false, needsNewHash: false };
  }
  const parsed = parsePasswordHash(stored);
  if (!parsed) throw new Error('A stored password hash is not readable');
  const isRight = timingSafeEqual(await derive(password, parsed.salt, parsed.cost, parsed.hash.length), parsed.hash);
  return { isRight, needsNewHash: isRight && isOutdated(parsed, currentCost) };
}
