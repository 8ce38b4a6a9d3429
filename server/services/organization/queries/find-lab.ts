import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { findLab as findLabCall, LabView } from '../contract.ts';
import { labCodeNeeded, labNotFound } from '../contract.ts';
import * as store from '../store.ts';

/** The lab to sign in to. Without a code it is the only one there is. */
export async function findLab(ctx: Ctx, { code }: ParsedInput<typeof findLabCall>): Promise<store.LabToSignIn> {
  const wanted = code === '' ? null : (code ?? null);
  const labs = await store.listLabsToSignIn(ctx.asLab(store.beforeLogin).db, wanted);
  const [lab, another] = labs;
  if (!lab) throw labNotFound({ code: wanted ?? '' });
  if (another) throw labCodeNeeded({});
  return lab;
}

export async function getLab(ctx: Ctx): Promise<LabView> {
  const lab = await store.getLab(ctx.db, ctx.labId());
  if (!lab) throw labNotFound({ code: ctx.labId() });
  return lab;
}
