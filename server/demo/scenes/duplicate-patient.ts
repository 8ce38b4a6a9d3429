// One person registered twice in two spellings: found by the likely duplicates, merged with a reason, one history from then on.
import { findLikely, getPatient, mergePatients, registerPatient } from '#contract/patient.ts';
import { lastResults } from '#contract/result.ts';

import type { Scene } from '../day-table.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitValues, draw, measure, receive, verifyAndSign } from '../steps.ts';

export async function duplicatePatient(day: LabDay): Promise<Scene> {
  const { staff } = day;
  const [sex, age, mobile] = ['female' as const, { years: 44 }, '9820011012'];
  const survivor = await staff.desk.call(registerPatient, {
    name: 'Sunita Kulkarni',
    sex,
    age,
    mobile,
    isKnownToDiffer: true,
  });
  day.table.patients += 1;
  const visit = await admit(day, {
    name: 'सुनीता कुलकर्णी',
    sex,
    age,
    mobile,
    referredBy: null,
    items: ['ALB'],
    priority: 'routine',
  });
  await draw(day, visit);
  await receive(day, [visit]);
  await measure(day, visit, false);
  await awaitValues(day, [visit]);
  await verifyAndSign(day, visit.orderId);
  day.signed.push(visit);
  const likely = await staff.desk.call(findLikely, { name: 'Sunita Kulkarni', sex, age, mobile });
  const isFound = likely.some(({ patient }) => patient.id === visit.patientId);
  await staff.manager.call(mergePatients, {
    survivorId: survivor.id,
    patientId: visit.patientId,
    reason: 'Same person, same telephone, shown on her identity card',
  });
  const merged = await staff.desk.call(getPatient, { patientId: visit.patientId });
  const earlier = await staff.technician.call(lastResults, { patientId: survivor.id, analyteCode: 'ALB' });
  return {
    name: 'duplicate patient',
    what: `${survivor.mrn} and a second record of the same person merged; her albumin of ${earlier[0]?.value ?? ''} is found under both`,
    where: `desk: query { patient(id: "${survivor.id}") { mrn name samePersonIds } }`,
    facts: {
      isFound,
      mergedInto: merged.mergedIntoId === survivor.id,
      records: merged.samePersonIds.length,
      earlierUnderSurvivor: earlier.some(({ orderId }) => orderId === visit.orderId),
    },
  };
}
