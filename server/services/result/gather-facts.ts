// Fetches what values are judged by: the patients' sex and birth, the catalogue's bands and rules, earlier values of the same
// people. One batch for any number of values. Called before a transaction begins, so that no lock waits for another service.
import type { Formula } from '@nidaan/formula';
import { ageInDays, calendarDay } from '@nidaan/values';

import type { AnalyteRules, ConsistencyRule, RangeBand, ReflexRule } from '#contract/order.ts';
import type { PatientView } from '#contract/patient.ts';
import { getPatients } from '#contract/patient.ts';
import { inBatches } from '#platform/batches.ts';
import { busyRow } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { Earlier } from './domain/delta.ts';
import type { Person } from './domain/reference-range.ts';
import type { Bearer } from './domain/sample-scope.ts';
import type { Asked } from './earlier-store.ts';
import { listEarlier } from './earlier-store.ts';
import { rulesFor } from './known-rules.ts';
import type { ResultRow } from './store.ts';

const MAX_PATIENTS = 200;

export interface Facts {
  /** Null when the person is not known, or born after the collection. */
  personAt(patientId: string, collectedAt: string): Person | null;
  /** What formulas may read of patient and order. */
  bearerOf(row: OfBearer): Bearer;
  /** The day of collection in the lab's zone. */
  dayOf(collectedAt: string): string;
  rulesOf(analyteCode: string): AnalyteRules | undefined;
  bandsOf(analyteCode: string): readonly RangeBand[];
  readonly consistency: readonly ConsistencyRule[];
  readonly reflex: readonly ReflexRule[];
  /** Undefined when there is none, or none can be: the tube is not drawn. */
  earlierOf(resultId: string): Earlier | undefined;
  /** Undefined when the text is no formula; the catalogue refuses such, an older version may still hold one. */
  parse(text: string): Formula | undefined;
}

export type ToJudge = Pick<
  ResultRow,
  'id' | 'patientId' | 'analyteCode' | 'collectedAt' | 'specimen' | 'unit' | 'kind' | 'status' | 'formula'
>;

type OfBearer = Pick<ResultRow, 'patientId' | 'collectedAt' | 'isFasting' | 'gestationWeeks'>;

/** Null when the tube is not drawn, or the person not known at that time. */
export function personOf(
  row: { readonly patientId: string; readonly collectedAt: string | null },
  facts: Pick<Facts, 'personAt'>,
): Person | null {
  return row.collectedAt === null ? null : facts.personAt(row.patientId, row.collectedAt);
}

type Read = Pick<ResultRow, 'corrections' | 'collectedAt'>;

/**
 * Refuses facts that were overtaken: a correction of the patient, or another drawing, passed after the row was read, which
 * was before they were gathered. One that passes later finds the value and judges it again.
 * @throws platform.busy; the same command succeeds when tried again
 */
export function mustBeUncorrected(locked: Read, read: Read | undefined): void {
  if (read === undefined || locked.corrections !== read.corrections || locked.collectedAt !== read.collectedAt)
    throw busyRow({});
}

/** @param results all results of the samples that are judged: what is calculated or contradicted needs the rules of each */
export async function gatherFacts(ctx: Ctx, results: readonly ToJudge[]): Promise<Facts> {
  const [patients, rules] = await Promise.all([
    fetchPatients(ctx, new Set(results.map((result) => result.patientId))),
    rulesFor(
      ctx,
      new Set(results.map(({ analyteCode }) => analyteCode)),
      new Set(results.flatMap(({ formula }) => formula ?? [])),
    ),
  ]);
  const earlier = await fetchEarlier(ctx, results, patients);
  const dayOf = memo((collectedAt: string) => calendarDay(collectedAt));
  // A tube's values share patient and time, and finding the calendar day costs more than looking up.
  const bornAndDrawn = memo((key: string) => {
    const [patientId = '', collectedAt = ''] = key.split(' ');
    const patient = patients.get(patientId);
    const person = toPerson(patient, collectedAt);
    const ageYears = patient === undefined || person === null ? null : yearsBetween(patient.bornOn, dayOf(collectedAt));
    return { person, ageYears };
  });
  const knownAt = (patientId: string, collectedAt: string) => bornAndDrawn(`${patientId} ${collectedAt}`);
  return {
    ...rules,
    dayOf,
    bandsOf: (analyteCode) => rules.rulesOf(analyteCode)?.bands ?? [],
    personAt: (patientId, collectedAt) => knownAt(patientId, collectedAt).person,
    bearerOf: ({ patientId, collectedAt, isFasting, gestationWeeks }) => {
      const known = collectedAt === null ? undefined : knownAt(patientId, collectedAt);
      return {
        sex: known?.person?.sex ?? patients.get(patientId)?.sex ?? null,
        ageDays: known?.person?.ageDays ?? null,
        ageYears: known?.ageYears ?? null,
        isFasting,
        gestationWeeks,
      };
    },
    earlierOf: (resultId) => earlier.get(resultId),
  };
}

function memo<T>(find: (key: string) => T): (key: string) => T {
  const found = new Map<string, T>();
  return (key) => {
    const known = found.get(key);
    if (known !== undefined || found.has(key)) return known as T;
    const value = find(key);
    found.set(key, value);
    return value;
  };
}

/** What `personAt` of the facts says, without the rest of them. */
export async function askPersons(ctx: Ctx, patientIds: ReadonlySet<string>): Promise<Facts['personAt']> {
  const patients = await fetchPatients(ctx, patientIds);
  return (patientId, collectedAt) => toPerson(patients.get(patientId), collectedAt);
}

async function fetchPatients(ctx: Ctx, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, PatientView>> {
  const patients = await inBatches(wanted, MAX_PATIENTS, (ids) => ctx.callAsSystem(getPatients, { ids }));
  return new Map(patients.map((patient) => [patient.id, patient]));
}

/** Of everybody under all the ids a merged person has; the latest of them counts. */
async function fetchEarlier(
  ctx: Ctx,
  results: readonly ToJudge[],
  patients: ReadonlyMap<string, PatientView>,
): Promise<ReadonlyMap<string, Earlier>> {
  const asked = results.flatMap((row): readonly Asked[] => {
    const { id, patientId, collectedAt, kind, status, analyteCode, specimen, unit } = row;
    const isOpen = status === 'awaiting' || status === 'entered' || status === 'verified';
    if (kind !== 'numeric' || collectedAt === null || !isOpen) return [];
    const ids = patients.get(patientId)?.samePersonIds ?? [];
    return [...new Set([patientId, ...ids])].map((each) => ({
      resultId: id,
      patientId: each,
      analyteCode,
      specimen,
      unit,
      collectedAt,
    }));
  });
  const latest = new Map<string, Earlier>();
  if (asked.length === 0) return latest;
  for (const { ofId, ...earlier } of await listEarlier(ctx.db, ctx.labId(), asked)) {
    const known = latest.get(ofId);
    if (known === undefined || known.collectedAt < earlier.collectedAt) latest.set(ofId, earlier);
  }
  return latest;
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

/** Completed years; both days as YYYY-MM-DD. Born on 29 February: a year older on 1 March of a common year. */
function yearsBetween(bornOn: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return day.slice(5) < bornOn.slice(5) ? years - 1 : years;
}
