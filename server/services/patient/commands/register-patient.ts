import { mrn } from '@nidaan/values';

import { getLab } from '#contract/organization.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { PatientView, registerPatient as registerCall } from '../contract.ts';
import { idTaken, patientRegistered, possibleDuplicate } from '../contract.ts';
import { toBornOn } from '../domain/born-on.ts';
import { cleanContact } from '../domain/contact.ts';
import { nameSound } from '../domain/name-sound.ts';
import { nameKey } from '../domain/patient-name.ts';
import { recordNumberPrefix } from '../domain/record-number.ts';
import * as searches from '../search-store.ts';
import * as store from '../store.ts';
import { factOf } from './patient-fact.ts';

async function nextSerial(ctx: Ctx, tx: Tx): Promise<store.RecordSerial> {
  const next = await store.takeSerial(tx, ctx.labId());
  // Once in a lab's life: its letters are asked for with the first patient.
  return next ?? store.takeFirstSerial(tx, ctx.labId(), recordNumberPrefix(await ctx.callAsSystem(getLab, {})));
}

/** Sent twice with one id it registers once; what was registered first is returned. */
export async function registerPatient(ctx: Ctx, input: ParsedInput<typeof registerCall>): Promise<PatientView> {
  const labId = ctx.labId();
  const now = ctx.now();
  const { name, sex, isKnownToDiffer } = input;
  const contact = cleanContact({
    name,
    mobile: input.mobile ?? null,
    email: input.email ?? null,
    address: input.address ?? null,
    abhaNumber: input.abhaNumber ?? null,
    abhaAddress: input.abhaAddress ?? null,
  });
  const born = toBornOn(input.bornOn ?? null, input.age ?? null, now);
  const key = nameKey(name);
  const sound = nameSound(name);
  const id = input.id ?? ctx.newId();
  return ctx.transaction(async (tx) => {
    await store.lockSound(tx, labId, sound);
    await store.lockAbha(tx, labId, contact);
    const before = input.id === undefined ? undefined : await store.getPatient(tx, labId, id);
    if (before) return before;
    const holder = await store.findAbhaHolder(tx, labId, id, contact);
    if (holder) throw idTaken(holder);
    if (!isKnownToDiffer) {
      const patientIds = await store.findAlike(tx, labId, {
        nameKey: key,
        nameSound: sound,
        sex,
        mobile: contact.mobile,
        bornOn: born.bornOn,
      });
      if (patientIds.length > 0) throw possibleDuplicate({ patientIds });
    }
    // The counter is locked from here to the commit, so it comes last.
    const number = mrn(await nextSerial(ctx, tx));
    const patient = await store.addPatient(
      tx,
      labId,
      { id, mrn: number, sex, registeredAt: now, language: input.language, ...contact, ...born },
      key,
    );
    if (!patient) {
      // The same id under another name at the same moment: the first stands, and a number is left out.
      const first = await store.getPatient(tx, labId, id);
      if (!first) throw new Error('A patient that could not be added is not there');
      return first;
    }
    await searches.indexNames(tx, labId, id, [patient.name]);
    await searches.saveSound(tx, labId, id, patient.name);
    tx.audit('patient.register', id, { mrn: patient.mrn, isKnownToDiffer }, id);
    tx.emit(patientRegistered, id, factOf(patient, now));
    return patient;
  });
}
