import type { EventPayload } from '#platform/contract.ts';

import type { PatientView, patientRegistered } from '../contract.ts';

/** What other services are told of a patient: what ranges and ages need, and no name or number. */
export function factOf(patient: PatientView, at: string): EventPayload<typeof patientRegistered> {
  const { id: patientId, sex, bornOn, isBornOnApproximate } = patient;
  return { patientId, sex, bornOn, isBornOnApproximate, at };
}
