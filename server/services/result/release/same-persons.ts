import { getPatients } from '#contract/patient.ts';
import type { Ctx } from '#platform/service.ts';

const MAX_PATIENTS = 200;

/** Every id under which each of these patients has results: merged records are one person. */
export async function samePersons(
  ctx: Ctx,
  patientIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const all = [...patientIds];
  const found = new Map<string, readonly string[]>();
  for (let at = 0; at < all.length; at += MAX_PATIENTS) {
    const ids = all.slice(at, at + MAX_PATIENTS);
    for (const { id, samePersonIds } of await ctx.callAsSystem(getPatients, { ids })) found.set(id, samePersonIds);
  }
  return found;
}
