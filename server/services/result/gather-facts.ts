// Fetches what values are judged by and this service does not own: the patients' sex and birth, the catalogue's bands.
// One batch for any number of values. Called before a transaction begins, so that no lock waits for another service.
import { ageInDays } from '@nidaan/values';

import type { RangeBand } from '#contract/order.ts';
import { getRanges } from '#contract/order.ts';
import type { PatientView } from '#contract/patient.ts';
import { getPatients } from '#contract/patient.ts';
import { busyRow } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { Person } from './domain/reference-range.ts';

const MAX_PATIENTS = 200;
const MAX_ANALYTES = 1000;

export interface Facts {
  /** Null when the person is not known, or born after the collection. */
  personAt(patientId: string, collectedAt: string): Person | null;
  bandsOf(analyteCode: string): readonly RangeBand[];
}

export interface ToJudge {
  readonly patientId: string;
  readonly analyteCode: string;
}

/** Null when the tube is not drawn, or the person not known at that time. */
export function personOf(
  row: { readonly patientId: string; readonly collectedAt: string | null },
  facts: Facts,
): Person | null {
  return row.collectedAt === null ? null : facts.personAt(row.patientId, row.collectedAt);
}

/**
 * Refuses facts that a correction of the patient may have overtaken: it passed after the row was read, which was before
 * they were gathered. One that passes later finds the value and judges it again.
 * @throws platform.busy; the same command succeeds when tried again
 */
export function mustBeUncorrected(
  locked: { readonly corrections: number },
  read: { readonly corrections: number } | undefined,
): void {
  if (read === undefined || locked.corrections !== read.corrections) throw busyRow({});
}

function* chunks(items: Iterable<string>, size: number): Generator<string[]> {
  const all = [...items];
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

export async function gatherFacts(ctx: Ctx, results: readonly ToJudge[]): Promise<Facts> {
  const patients = new Map<string, PatientView>();
  for (const ids of chunks(new Set(results.map((result) => result.patientId)), MAX_PATIENTS)) {
    for (const patient of await ctx.callAsSystem(getPatients, { ids })) patients.set(patient.id, patient);
  }
  const bands: RangeBand[] = [];
  for (const analyteCodes of chunks(new Set(results.map((result) => result.analyteCode)), MAX_ANALYTES)) {
    bands.push(...(await ctx.callAsSystem(getRanges, { analyteCodes })));
  }
  const byAnalyte = Map.groupBy(bands, (band) => band.analyteCode);
  // A tube's values share patient and time, and finding the calendar day costs more than looking up.
  const people = new Map<string, Person | null>();
  return {
    bandsOf: (analyteCode) => byAnalyte.get(analyteCode) ?? [],
    personAt: (patientId, collectedAt) => {
      const key = `${patientId} ${collectedAt}`;
      let person = people.get(key);
      if (person === undefined) {
        person = toPerson(patients.get(patientId), collectedAt);
        people.set(key, person);
      }
      return person;
    },
  };
}

function toPerson(patient: PatientView | undefined, collectedAt: string): Person | null {
  if (patient === undefined) return null;
  try {
    return { sex: patient.sex, ageDays: ageInDays(patient.bornOn, collectedAt) };
  } catch (error) {
    // Born after the collection: a birth date corrected since, or a wrong one. The value is held, not guessed at.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
