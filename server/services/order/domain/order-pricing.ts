// What an order costs. The rule, as said at the desk: nothing is paid twice. A panel costs its own price whatever it
// contains; an item all of whose tests are in another ordered panel costs nothing; panels that only share some tests
// each keep their price, since a panel's price is not a sum that could be taken apart.
// Source: lab-day 10, "overlap between packages removed and priced once".
import type { CatalogueItem } from '../contract.ts';

export interface PricedItem {
  readonly item: CatalogueItem;
  /** What is charged: the catalogue's price, or 0 when another item of the order covers this one. */
  readonly pricePaise: number;
  readonly isCovered: boolean;
}

/** @param items in the order they were asked for, each once */
export function priceItems(items: readonly CatalogueItem[]): readonly PricedItem[] {
  return items.map((item, at) => {
    const isCovered = items.some((other, otherAt) => otherAt !== at && covers(other, otherAt, item, at));
    return { item, pricePaise: isCovered ? 0 : item.pricePaise, isCovered };
  });
}

/** Strict, so that of two items that cover each other exactly one is charged: the panel, else the one named first. */
function covers(other: CatalogueItem, otherAt: number, item: CatalogueItem, at: number): boolean {
  const tests = new Set(other.testCodes);
  if (!item.testCodes.every((code) => tests.has(code))) return false;
  if (tests.size > new Set(item.testCodes).size) return true;
  if (other.kind !== item.kind) return other.kind === 'panel';
  return otherAt < at;
}
