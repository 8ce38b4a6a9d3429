// What an order costs. The rule, as said at the desk: nothing is paid twice. A panel costs its own price whatever it
// contains; an item all of whose tests are in another ordered item, or in a test of it, costs nothing; panels that only share some tests
// each keep their price, since a panel's price is not a sum that could be taken apart.
// Source: lab-day 10, "overlap between packages removed and priced once".
import type { CatalogueItem } from '../contract.ts';
import type { MeasuredTest } from './contained-tests.ts';
import { containedTests } from './contained-tests.ts';

export interface PricedItem {
  readonly item: CatalogueItem;
  /** What is charged: the catalogue's price, or 0 when another item of the order covers this one. */
  readonly pricePaise: number;
  readonly isCovered: boolean;
}

/**
 * @param items in the order they were asked for, each once
 * @param tests of the catalogue, by code
 */
export function priceItems(
  items: readonly CatalogueItem[],
  tests: ReadonlyMap<string, MeasuredTest>,
): readonly PricedItem[] {
  const codes = new Set(items.flatMap((item) => item.testCodes));
  const contained = containedTests([...codes].flatMap((code) => tests.get(code) ?? []));
  const given = items.map(({ kind, testCodes }): Given => {
    return { kind, tests: new Set(testCodes.flatMap((code) => [code, ...(contained.get(code) ?? [])])) };
  });
  return items.map((item, at) => {
    const own = given[at];
    const isCovered =
      own !== undefined && given.some((other, otherAt) => otherAt !== at && covers(other, otherAt, own, at));
    return { item, pricePaise: isCovered ? 0 : item.pricePaise, isCovered };
  });
}

/** What an item gives: its tests, and those that its tests contain. */
interface Given {
  readonly kind: CatalogueItem['kind'];
  readonly tests: ReadonlySet<string>;
}

/** Strict, so that of two items that cover each other exactly one is charged: the panel, else the one named first. */
function covers(other: Given, otherAt: number, item: Given, at: number): boolean {
  if (!item.tests.isSubsetOf(other.tests)) return false;
  if (other.tests.size > item.tests.size) return true;
  if (other.kind !== item.kind) return other.kind === 'panel';
  return otherAt < at;
}
