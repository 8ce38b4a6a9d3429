import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { settleItems } from '../book.ts';
import { badGtin, itemNotFound, staleStock, unitFixed } from '../contract.ts';
import type { ItemView, saveItem as saveItemCall } from '../contract.ts';
import { isGtin } from '../domain/gs1.ts';
import { shown } from '../domain/quantity.ts';
import * as store from '../store.ts';
import type { ItemFacts } from '../store.ts';
import { itemNow } from '../views.ts';

type Input = ParsedInput<typeof saveItemCall>;

function factsOf({ expectedVersion: _version, ...input }: Input, id: string): ItemFacts {
  const amount = (text: string | null | undefined): string | null => (text ? shown(text) : null);
  return {
    ...input,
    id,
    maker: input.maker ?? null,
    openDays: input.openDays ?? null,
    reorderPoint: amount(input.reorderPoint),
    reorderQuantity: amount(input.reorderQuantity),
    gtins: [...new Set(input.gtins)].toSorted(),
  };
}

/** Adds an item, or changes one. Adding sent twice with one id adds once. */
export async function saveItem(ctx: Ctx, input: Input): Promise<ItemView> {
  const labId = ctx.labId();
  for (const gtin of input.gtins) if (!isGtin(gtin)) throw badGtin({ gtin });
  const facts = factsOf(input, input.id ?? ctx.newId());
  const { id } = facts;
  return ctx.transaction(async (tx) => {
    const isNew = input.expectedVersion === null || input.expectedVersion === undefined;
    const added = isNew ? await store.addItem(tx, labId, facts) : undefined;
    const [before] = await store.lockItems(tx, labId, [id]);
    if (before === undefined) throw itemNotFound({});
    if (added === undefined) {
      const held = await itemNow(tx, labId, id);
      if (isSame(held, facts)) return held;
      if (before.version !== input.expectedVersion) throw staleStock({ version: before.version });
      if (before.unit !== facts.unit && (await store.hasLots(tx, labId, id))) throw unitFixed({});
      await store.changeItem(tx, labId, facts);
      tx.audit('inventory.change_item', id, { from: held, to: facts }, id);
    } else {
      tx.audit('inventory.add_item', id, { code: facts.code, kind: facts.kind, unit: facts.unit }, id);
    }
    await store.setGtins(tx, labId, id, facts.gtins);
    // Another reorder point may make it low, or no more.
    await settleItems(ctx, tx, { items: new Map([[id, before]]) }, [id]);
    return itemNow(tx, labId, id);
  });
}

function isSame(held: ItemView, facts: ItemFacts): boolean {
  return Object.entries(facts).every(
    ([field, value]) => JSON.stringify(Reflect.get(held, field)) === JSON.stringify(value),
  );
}
