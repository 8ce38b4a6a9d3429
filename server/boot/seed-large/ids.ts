// Ids in order of time, and the same for the same plan. Src: RFC 9562, version 7; the random bits are number and kind.
const KIND = { order: 0, patient: 1, line: 2, tube: 3, result: 4, rejection: 5, message: 6, control: 7 } as const;
export type Kind = keyof typeof KIND;

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

function mix(seed: number, n: number): number {
  let mixed = (seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** @param n below 2^32, unique of its kind together with `part` @param part below 512 */
export function makeId(seed: number, ms: number, kind: Kind, n: number, part = 0): string {
  const time = hex(ms, 12);
  const salt = mix(seed, n);
  const low = hex((KIND[kind] << 9) | part, 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${low}-8${hex(salt >>> 20, 3)}-${hex(n, 8)}${hex(salt & 0xffff, 4)}`;
}
