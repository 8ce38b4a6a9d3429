import type { Ctx, Tx } from '#platform/service.ts';

import { organizationChanged } from '../contract.ts';
import * as store from '../store.ts';

/** Tells others to read again what they keep of this lab: policies, calendar or partners. */
export async function tellChanged(ctx: Ctx, tx: Tx): Promise<void> {
  const lab = await store.getLab(tx, ctx.labId());
  if (lab) tx.emit(organizationChanged, lab.id, { labId: lab.id, name: lab.name, at: ctx.now() });
}
