import { getPatients } from '#contract/patient.ts';
import { inBatches } from '#platform/batches.ts';
import type { Ctx } from '#platform/service.ts';

const MAX_PATIENTS = 200;

/** Every id under which each of these patients has results: merged records are one person. */
export async function samePersons(
  ctx: Ctx,
  patientIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const patients = await inBatches(patientIds, MAX_PATIENTS, (ids) => ctx.callAsSystem(getPatients, { ids }));
  return new Map(patients.map(({ id, samePersonIds }) => [id, samePersonIds]));
}
