import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { PatientView, updatePatient as updateCall } from '../contract.ts';
import { idTaken, isMerged, patientNotFound, stalePatient } from '../contract.ts';
import { checkBornOn } from '../domain/born-on.ts';
import { cleanContact } from '../domain/contact.ts';
import { changesOf } from '../domain/correction.ts';
import { nameKey } from '../domain/patient-name.ts';
import * as searches from '../search-store.ts';
import * as store from '../store.ts';
import { reindex, tellChanged } from './person.ts';

/** A field left out stays; null clears mobile, email, address or ABHA. A day of birth that is given is exact from then on. */
export async function updatePatient(ctx: Ctx, input: ParsedInput<typeof updateCall>): Promise<PatientView> {
  const labId = ctx.labId();
  const now = ctx.now();
  return ctx.transaction(async (tx) => {
    const before = await store.lockPatient(tx, labId, input.patientId);
    if (!before) throw patientNotFound({});
    if (before.mergedIntoId !== null) throw isMerged({ patientId: before.id, survivorId: before.mergedIntoId });
    if (before.version !== input.expectedVersion) throw stalePatient({ version: before.version });
    const corrected = cleanContact({
      ...before,
      name: input.name ?? before.name,
      sex: input.sex ?? before.sex,
      mobile: input.mobile === undefined ? before.mobile : input.mobile,
      email: input.email === undefined ? before.email : input.email,
      address: input.address === undefined ? before.address : input.address,
      abhaNumber: input.abhaNumber === undefined ? before.abhaNumber : input.abhaNumber,
      abhaAddress: input.abhaAddress === undefined ? before.abhaAddress : input.abhaAddress,
      language: input.language ?? before.language,
      ...(input.bornOn === undefined ? {} : { bornOn: checkBornOn(input.bornOn, now), isBornOnApproximate: false }),
    });
    const ids = {
      abhaNumber: corrected.abhaNumber === before.abhaNumber ? null : corrected.abhaNumber,
      abhaAddress: corrected.abhaAddress === before.abhaAddress ? null : corrected.abhaAddress,
    };
    await store.lockAbha(tx, labId, ids);
    const holder = await store.findAbhaHolder(tx, labId, before.id, ids);
    if (holder) throw idTaken(holder);
    const patient = await store.savePatient(tx, labId, corrected, nameKey(corrected.name));
    if (corrected.name !== before.name) {
      await searches.saveSound(tx, labId, patient.id, patient.name);
      await reindex(tx, labId, patient.id);
    }
    tx.audit(
      'patient.update',
      patient.id,
      { changes: changesOf(before, patient), version: patient.version },
      patient.id,
    );
    tellChanged(tx, patient, patient.samePersonIds, now);
    return patient;
  });
}
