// What measurements took, off the shelf: from the lots in which it was, the rest kept as short, and the sums of the day.
import { calendarDay } from '@nidaan/values';

import type { Ctx, Tx } from '#platform/service.ts';

import { book, lockShelf } from './book.ts';
import type { Booking, Shelf } from './book.ts';
import type { ShortageView, UsageKind, UsageRow } from './contract.ts';
import { allocate } from './domain/allocate.ts';
import type { Allocation } from './domain/allocate.ts';
import { quantityText, shown, thousandths } from './domain/quantity.ts';
import type { Recipe } from './domain/runs.ts';
import * as usage from './usage-store.ts';

export interface Use {
  readonly recipe: Recipe;
  readonly kind: UsageKind;
  readonly runs: number;
  /** Null: by hand. */
  readonly instrument: string | null;
  readonly reagentLot: string | null;
  /** Result or control run behind it. */
  readonly sourceId: string;
}

/** What the list of shortages and the report call a measurement without an instrument. */
export const BY_HAND = 'manual';

export async function takeUses(ctx: Ctx, tx: Tx, at: string, uses: readonly Use[]): Promise<void> {
  const needed = uses.filter(({ runs }) => runs > 0);
  if (needed.length === 0) return;
  const shelf = await lockShelf(
    tx,
    ctx.labId(),
    needed.map(({ recipe }) => recipe.itemId),
  );
  const left = new Map([...shelf.lots.values()].map((lot) => [lot.id, thousandths(shown(lot.quantity))]));
  const bookings: Booking[] = [];
  const shortages: ShortageView[] = [];
  const sums = new Map<string, UsageRow>();
  for (const use of needed) {
    const quantity = thousandths(shown(use.recipe.quantity)) * BigInt(use.runs);
    const allocation = allocateOn(shelf, left, use, quantity, calendarDay(at));
    for (const take of allocation.takes) {
      left.set(take.lotId, (left.get(take.lotId) ?? 0n) - take.quantity);
      const { kind, sourceId } = use;
      bookings.push({ lotId: take.lotId, kind, quantity: -take.quantity, at, reason: take.doubt, sourceId });
    }
    if (allocation.why !== null) {
      const { sourceId } = use;
      shortages.push({
        ...nameOf(use),
        id: ctx.newId(),
        quantity: quantityText(allocation.short),
        why: allocation.why,
        at,
        sourceId,
      });
    }
    addTo(sums, use, quantity, allocation.short);
  }
  await book(ctx, tx, shelf, bookings);
  if (shortages.length > 0) await usage.addShortages(tx, ctx.labId(), shortages);
  await usage.addUsage(tx, ctx.labId(), calendarDay(at), [...sums.values()]);
}

function allocateOn(
  shelf: Shelf,
  left: ReadonlyMap<string, bigint>,
  { recipe, instrument, reagentLot }: Use,
  quantity: bigint,
  today: string,
): Allocation {
  const lots = [...shelf.lots.values()]
    .filter(({ itemId }) => itemId === recipe.itemId)
    .map((lot) => ({ ...lot, quantity: left.get(lot.id) ?? 0n }))
    .filter((lot) => lot.quantity > 0n);
  const isOpenedFirst = (shelf.items.get(recipe.itemId)?.openDays ?? null) !== null;
  return allocate({ quantity, instrument, reagentLot, today, isOpenedFirst }, lots);
}

function nameOf({ recipe, kind, instrument }: Use) {
  const { itemId, measure, code } = recipe;
  return { itemId, kind, measure, code, instrument: instrument ?? BY_HAND };
}

/** One row a day for each item, code, instrument and kind. */
function addTo(sums: Map<string, UsageRow>, use: Use, quantity: bigint, short: bigint): void {
  const name = nameOf(use);
  const key = JSON.stringify(name);
  const before = sums.get(key) ?? { ...name, runs: 0, quantity: '0', short: '0' };
  sums.set(key, {
    ...before,
    runs: before.runs + use.runs,
    quantity: quantityText(thousandths(before.quantity) + quantity),
    short: quantityText(thousandths(before.short) + short),
  });
}
