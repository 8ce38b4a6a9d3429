// What an instrument's code may mean beside an analyte of the catalogue: an index of the serum. Haemolysis, icterus and lipaemia
// are no results of anybody; the bench keeps them with every value of the tube and asks the index rules.
import type { SerumIndices } from '#contract/result.ts';

const codes = { H: true, I: true, L: true } as const satisfies Readonly<Record<keyof SerumIndices, true>>;

/** `H`, `I` or `L`, as the result service takes them in place of an analyte's code. */
export function isIndexCode(code: string): boolean {
  return Object.hasOwn(codes, code);
}
