// The code on the paper with which anyone may ask whether a report is genuine. Random: nothing can be guessed from it,
// and none can be guessed. Written in Crockford's base 32, which has no I, L, O and U to misread.

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 15 bytes are 120 bits and fill 24 characters exactly. */
export const CHECK_CODE_BYTES = 15;
const LENGTH = 24;

/** @param random CHECK_CODE_BYTES bytes from a cryptographic source */
export function checkCodeOf(random: Uint8Array): string {
  if (random.length !== CHECK_CODE_BYTES) throw new RangeError(`A check code is made of ${CHECK_CODE_BYTES} bytes.`);
  const bits = random.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  return Array.from({ length: LENGTH }, (_, place) =>
    DIGITS.charAt(Number((bits >> BigInt(5 * (LENGTH - 1 - place))) & 31n)),
  ).join('');
}

/** As printed for typing: six groups of four. */
export function printedCheckCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/**
 * The code a person typed or a scanner read, in its one spelling: any case, blanks and dashes anywhere, O for 0, I and L
 * for 1 (Crockford's reading rules). Undefined when it can be no code.
 */
export function readCheckCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return code.length === LENGTH && [...code].every((letter) => DIGITS.includes(letter)) ? code : undefined;
}
