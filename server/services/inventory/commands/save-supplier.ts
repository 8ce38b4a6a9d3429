import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { staleStock, supplierNotFound } from '../contract.ts';
import type { saveSupplier as saveSupplierCall, SupplierView } from '../contract.ts';
import * as purchases from '../purchase-store.ts';

/** Adds a supplier, or changes one. Adding sent twice with one id adds once. */
export async function saveSupplier(
  ctx: Ctx,
  { expectedVersion, ...input }: ParsedInput<typeof saveSupplierCall>,
): Promise<SupplierView> {
  const labId = ctx.labId();
  const facts = { ...input, id: input.id ?? ctx.newId(), phone: input.phone ?? null, email: input.email ?? null };
  return ctx.transaction(async (tx) => {
    const isNew = expectedVersion === null || expectedVersion === undefined;
    const added = isNew ? await purchases.addSupplier(tx, labId, facts) : undefined;
    if (added !== undefined) {
      tx.audit('inventory.add_supplier', added.id, { code: added.code }, added.id);
      return added;
    }
    const before = await purchases.lockSupplier(tx, labId, facts.id);
    if (before === undefined) throw supplierNotFound({});
    if (Object.entries(facts).every(([field, value]) => Reflect.get(before, field) === value)) return before;
    if (before.version !== expectedVersion) throw staleStock({ version: before.version });
    const after = await purchases.changeSupplier(tx, labId, facts);
    tx.audit('inventory.change_supplier', after.id, { from: before, to: after }, after.id);
    return after;
  });
}
