import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { LabView, updateLab as updateLabCall } from '../contract.ts';
import { organizationChanged, staleLab } from '../contract.ts';
import * as store from '../store.ts';

export async function updateLab(ctx: Ctx, input: ParsedInput<typeof updateLabCall>): Promise<LabView> {
  const { expectedVersion, ...changes } = input;
  return ctx.transaction(async (tx) => {
    const before = await store.lockLab(tx, ctx.labId());
    if (before.version !== expectedVersion) throw staleLab({ version: before.version });
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const lab = await store.saveLab(tx, { ...before, ...given });
    tx.audit('organization.update_lab', lab.id, { fields: Object.keys(given), version: lab.version });
    tx.emit(organizationChanged, lab.id, { labId: lab.id, name: lab.name, at: ctx.now() });
    return lab;
  });
}
