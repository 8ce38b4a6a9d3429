// The text form of a password hash, as the Argon2 reference implementation writes it (PHC string format):
// $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>, salt and hash in base64 without padding.

export interface Argon2Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface PasswordHash {
  readonly cost: Argon2Cost;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** Src: OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, two passes, one lane. */
export const currentCost: Argon2Cost = { memoryKib: 19_456, passes: 2, lanes: 1 };

const FORM = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '');

export function formatPasswordHash({ cost, salt, hash }: PasswordHash): string {
  return `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=${cost.lanes}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** Undefined when the text is not such a hash. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, memory, passes, lanes, salt, hash] = FORM.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  // Src: RFC 9106 section 3.1: at least one pass and one lane, eight KiB a lane.
  if (cost.passes < 1 || cost.lanes < 1 || cost.memoryKib < 8 * cost.lanes) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

/** Tells whether a hash was made with less work than is asked for now, so that it is made anew at the next login. */
export function isOutdated(hash: PasswordHash, wanted: Argon2Cost): boolean {
  const { cost } = hash;
  return cost.memoryKib < wanted.memoryKib || cost.passes < wanted.passes || cost.lanes < wanted.lanes;
}
