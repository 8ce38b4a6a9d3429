// A patient's sex or date of birth was corrected: what is not signed yet is judged again by the raw value, what is signed
// stays and the trail of its order says so. A change of name or mobile touches nothing here.
import type { patientChanged } from '#contract/patient.ts';
import type { EventPayload } from '#platform/contract.ts';
import { busyRow } from '#platform/errors.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import * as store from '../correction-store.ts';
import type { Judged } from '../domain/judge-again.ts';
import { isSamePerson, judgeAgain, whyBack } from '../domain/judge-again.ts';
import type { Person } from '../domain/reference-range.ts';
import { mustMove } from '../domain/status.ts';
import type { Facts } from '../gather-facts.ts';
import { gatherFacts } from '../gather-facts.ts';
import type { ResultRow } from '../store.ts';

/** @throws platform.busy, and is tried again: an analyte came between the catalogue's answer and the lock */
export async function onPatientChanged(ctx: Ctx, { patientId }: EventPayload<typeof patientChanged>): Promise<void> {
  const labId = ctx.labId();
  const analytes = await store.analytesOfPatient(ctx.db, labId, patientId);
  // The patient as known now, not as in the event: a later correction has its own, and judges the same.
  const facts = await gatherFacts(
    ctx,
    analytes.map(({ analyteCode }) => ({ patientId, analyteCode })),
  );
  const asked = new Set(analytes.map(({ analyteCode }) => analyteCode));
  await ctx.transaction(async (tx) => {
    const open = await store.lockOpenOfPatient(tx, labId, patientId);
    await store.countCorrection(
      tx,
      labId,
      open.map(({ id }) => id),
    );
    // Read after the lock: what was being signed meanwhile is among these, not among the open ones.
    const signed = await store.listSignedOfPatient(tx, labId, patientId);
    if ([...open, ...signed].some(({ analyteCode }) => !asked.has(analyteCode))) throw busyRow({});
    await rejudge(tx, labId, open, facts);
    await noteSigned(tx, labId, signed, facts);
  });
}

interface Valued {
  readonly row: ResultRow;
  readonly rawValue: string;
  readonly person: Person | null;
}

/** Those that have a value, with whom they are to be judged by. */
function valued(rows: readonly ResultRow[], facts: Facts): readonly Valued[] {
  return rows.flatMap((row) => {
    const { rawValue, collectedAt, patientId } = row;
    if (rawValue === null || collectedAt === null) return [];
    return [{ row, rawValue, person: facts.personAt(patientId, collectedAt) }];
  });
}

async function rejudge(tx: Tx, labId: string, open: readonly ResultRow[], facts: Facts): Promise<void> {
  const rows = valued(open, facts)
    .filter(({ row, person }) => !isSamePerson(row.person, person))
    .map(({ row, rawValue, person }) => {
      const judged = judgeAgain(row, { ...row, rawValue }, person, facts.bandsOf(row.analyteCode));
      const isJudgedOtherwise = judged.change === 'judgement';
      const to = isJudgedOtherwise ? mustMove(row.status, 'judged again') : row.status;
      const goesBack = to !== row.status;
      return { id: row.id, row, to, judged, backBecause: goesBack ? whyBack(row, judged) : null };
    });
  if (rows.length > 0) await store.saveRejudged(tx, labId, rows);
  for (const { row, to, judged, backBecause } of rows) {
    if (judged.change === 'none') continue;
    const { status: from, analyteCode, value, verifiedBy } = row;
    tx.audit(
      'result.rejudge',
      row.id,
      { from, to, analyteCode, value, verifiedBy, before: toFact(row), now: toFact(judged), reason: backBecause },
      row.orderId,
    );
  }
}

/** Signed values never change. The trail says once for each correction what they would be judged as. */
async function noteSigned(tx: Tx, labId: string, signed: readonly ResultRow[], facts: Facts): Promise<void> {
  const rows = valued(signed, facts);
  const noted = await store.lastNotedPersons(
    tx,
    labId,
    rows.map(({ row }) => row.id),
  );
  const lastKnown = new Map(noted.map(({ resultId, person }) => [resultId, person]));
  for (const { row, rawValue, person } of rows) {
    const known = lastKnown.get(row.id);
    const before = known === undefined ? row.person : known;
    if (isSamePerson(before, person)) continue;
    const judged = judgeAgain(row, { ...row, rawValue }, person, facts.bandsOf(row.analyteCode));
    tx.audit(
      'result.patient_corrected',
      row.id,
      {
        status: row.status,
        analyteCode: row.analyteCode,
        value: row.value,
        person: { before, now: person },
        signed: toFact(row),
        wouldBe: toFact(judged),
      },
      row.orderId,
    );
  }
}

function toFact({ flags, holds, range, person }: Judged): object {
  const ages =
    range === null
      ? null
      : { sex: range.sex, fromDays: range.ageFromDays, toDays: range.ageToDays, ageDays: range.ageDays };
  return { flags, holds, range: ages, person };
}
