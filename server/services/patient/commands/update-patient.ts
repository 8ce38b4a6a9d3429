import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { PatientView, updatePatient as updateCall } from '../contract.ts';
import { patientChanged, patientNotFound, stalePatient } from '../contract.ts';
import { checkBornOn } from '../domain/born-on.ts';
import { cleanContact } from '../domain/contact.ts';
import { changesOf } from '../domain/correction.ts';
import { nameKey, nameParts } from '../domain/patient-name.ts';
import * as store from '../store.ts';
import { factOf } from './patient-fact.ts';

/** A field left out stays; null clears mobile, email or address. A day of birth that is given is exact from then on. */
export async function updatePatient(ctx: Ctx, input: ParsedInput<typeof updateCall>): Promise<PatientView> {
  const labId = ctx.labId();
  const now = ctx.now();
  return ctx.transaction(async (tx) => {
    const before = await store.lockPatient(tx, labId, input.patientId);
    if (!before) throw patientNotFound({});
    if (before.version !== input.expectedVersion) throw stalePatient({ version: before.version });
    const corrected = cleanContact({
      ...before,
      name: input.name ?? before.name,
      sex: input.sex ?? before.sex,
      mobile: input.mobile === undefined ? before.mobile : input.mobile,
      email: input.email === undefined ? before.email : input.email,
      address: input.address === undefined ? before.address : input.address,
      ...(input.bornOn === undefined ? {} : { bornOn: checkBornOn(input.bornOn, now), isBornOnApproximate: false }),
    });
    const patient = await store.savePatient(tx, labId, corrected, nameKey(corrected.name));
    if (corrected.name !== before.name) await store.replaceNameParts(tx, labId, patient.id, nameParts(patient.name));
    tx.audit(
      'patient.update',
      patient.id,
      { changes: changesOf(before, patient), version: patient.version },
      patient.id,
    );
    tx.emit(patientChanged, patient.id, factOf(patient, now));
    return patient;
  });
}
