// A patient's sex or date of birth was corrected: what is not signed yet is judged again by the raw value, what is signed
// stays and the trail of its order says so. A change of name or mobile touches nothing here.
import type { patientChanged } from '#contract/patient.ts';
import type { EventPayload } from '#platform/contract.ts';
import { busyRow } from '#platform/errors.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import * as store from '../correction-store.ts';
import { isSamePerson } from '../domain/judge-again.ts';
import type { Facts } from '../gather-facts.ts';
import { gatherFacts } from '../gather-facts.ts';
import { judgedNow, rejudge, resettle, toFact, valued } from '../rejudge.ts';
import { policiesOf } from '../release/policies.ts';
import type { ResultRow } from '../store.ts';

/** @throws platform.busy, and is tried again: a result came between the catalogue's answer and the lock */
export async function onPatientChanged(ctx: Ctx, { patientId }: EventPayload<typeof patientChanged>): Promise<void> {
  const labId = ctx.labId();
  const read = await store.listOfPatient(ctx.db, labId, patientId);
  if (read.length === 0) return;
  // The patient as known now, not as in the event: a later correction has its own, and judges the same.
  const [facts, policies] = await Promise.all([gatherFacts(ctx, read), policiesOf(ctx)]);
  const asked = new Set(read.map(({ analyteCode }) => analyteCode));
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
    const others = valued(open, facts).filter(({ row, person }) => !isSamePerson(row.person, person));
    await rejudge(ctx, tx, policies, others, facts, {
      verified: "The patient's sex or date of birth was corrected after this value was verified",
    });
    const orderIds = [...new Set(others.map(({ row }) => row.orderId))];
    await resettle(ctx, tx, policies, orderIds, new Set(open.map(({ id }) => id)), facts);
    // What was signed and is being amended is on a report still, under the person as known then.
    const standing = await store.listStandingCopies(tx, labId, open);
    await noteSigned(tx, labId, [...signed, ...standing], facts);
  });
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
  for (const one of rows) {
    const { row, person } = one;
    const known = lastKnown.get(row.id);
    const before = known === undefined ? row.person : known;
    if (isSamePerson(before, person)) continue;
    tx.audit(
      'result.patient_corrected',
      row.id,
      {
        status: row.status,
        analyteCode: row.analyteCode,
        value: row.value,
        person: { before, now: person },
        signed: toFact(row),
        wouldBe: toFact(judgedNow(one, facts)),
      },
      row.orderId,
    );
  }
}
