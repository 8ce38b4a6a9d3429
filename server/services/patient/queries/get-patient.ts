import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { getPatient as getCall, PatientView } from '../contract.ts';
import { patientNotFound } from '../contract.ts';
import * as store from '../store.ts';

/** Who opened a patient's page is noted; the system's own looking is not. */
export async function getPatient(ctx: Ctx, { patientId }: ParsedInput<typeof getCall>): Promise<PatientView> {
  const patient = await store.getPatient(ctx.db, ctx.labId(), patientId);
  if (!patient) throw patientNotFound({});
  if (ctx.actor.kind === 'user') ctx.auditView('patient.view', patientId, patientId);
  return patient;
}
