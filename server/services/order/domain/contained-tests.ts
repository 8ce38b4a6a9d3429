// Tests of an order that another of its tests gives anyway: haemoglobin beside a blood count. The same tube is measured once
// and has one value for an analyte, so such a test is no work of its own.
import type { TestView } from '../contract.ts';

/** What the rule needs to know of a test. */
export type MeasuredTest = Pick<TestView, 'code'> & {
  readonly container: { readonly code: string };
  readonly analytes: readonly { readonly code: string }[];
  /** Tubes of different times are never one tube. */
  readonly timedDraw?: { readonly name: string } | null;
};

/**
 * For each test of an order the others it contains: those of the same container and time all of whose analytes it has. Of
 * two with the same analytes the one named first contains the other. A test without analytes contains nothing and is in no
 * other.
 * @param tests of one order, each once, in the order they were named
 */
export function containedTests(tests: readonly MeasuredTest[]): ReadonlyMap<string, readonly string[]> {
  const analytesOf = new Map(tests.map((test) => [test.code, new Set(test.analytes.map(({ code }) => code))]));
  const sizeOf = ({ code }: MeasuredTest): number => analytesOf.get(code)?.size ?? 0;
  const contains = (outer: MeasuredTest, at: number, inner: MeasuredTest, innerAt: number): boolean => {
    if (at === innerAt || outer.container.code !== inner.container.code || sizeOf(inner) === 0) return false;
    if (outer.timedDraw?.name !== inner.timedDraw?.name) return false;
    if (!inner.analytes.every(({ code }) => analytesOf.get(outer.code)?.has(code))) return false;
    return sizeOf(outer) > sizeOf(inner) || at < innerAt;
  };
  return new Map(
    tests.map((outer, at) => [
      outer.code,
      tests.filter((inner, innerAt) => contains(outer, at, inner, innerAt)).map(({ code }) => code),
    ]),
  );
}
