import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { createLab as createLabCall, LabView } from '../contract.ts';
import { organizationChanged } from '../contract.ts';
import * as store from '../store.ts';

/** Makes a lab, a tenant of its own: the first write of its data, so it runs as the new lab itself. */
export async function createLab(ctx: Ctx, input: ParsedInput<typeof createLabCall>): Promise<LabView> {
  const labId = input.id ?? ctx.newId();
  return ctx.asLab(labId).transaction(async (tx) => {
    const lab = await store.addLab(tx, { ...input, id: labId, createdOn: ctx.now().slice(0, 10) });
    tx.audit('organization.create_lab', labId, { code: lab.code });
    tx.emit(organizationChanged, labId, { labId, name: lab.name, at: ctx.now() });
    return lab;
  });
}
