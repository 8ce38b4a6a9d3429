// When the money of an item goes back (lab-day 18: a reversal, never an erase). An item is reversed whole or not at all: a
// panel's price is not a sum that could be taken apart, so it stands while one of its tests is still to be done.
import type { OrderItem, OrderLine } from '../contract.ts';

export interface StoredItem extends OrderItem {
  readonly position: number;
  /** Codes of the lines that give it; empty on items of before lines were noted. */
  readonly lineCodes: readonly string[];
}

type LineFact = Pick<OrderLine, 'id' | 'testCode' | 'panelCode' | 'status'>;

/** Items none of whose lines is open any more once `cancelledIds` are cancelled. */
export function itemsToReverse(
  items: readonly StoredItem[],
  lines: readonly LineFact[],
  cancelledIds: ReadonlySet<string>,
): readonly StoredItem[] {
  const isOpen = (line: LineFact): boolean => line.status === 'open' && !cancelledIds.has(line.id);
  return items.filter((item) => {
    if (item.isReversed) return false;
    const own = lines.filter((line) => gives(line, item));
    return own.length > 0 && !own.some(isOpen);
  });
}

function gives(line: LineFact, item: StoredItem): boolean {
  if (item.lineCodes.length > 0) return item.lineCodes.includes(line.testCode);
  return line.panelCode === item.code || line.testCode === item.code;
}
