// Open values judged once more, for what they are judged by has changed: the patient, or a fact of the order. What is
// calculated from them, or is contradicted by them, follows.
import type { Ctx, Tx } from '#platform/service.ts';

import { saveRejudged } from './correction-store.ts';
import type { Judged, JudgedAgain } from './domain/judge-again.ts';
import { judgeAgain, whyBack } from './domain/judge-again.ts';
import type { Person } from './domain/reference-range.ts';
import { mustMove } from './domain/status.ts';
import type { Facts } from './gather-facts.ts';
import { circumstancesOf } from './judge-row.ts';
import { noteCriticals } from './release/note-criticals.ts';
import type { ReleasePolicies } from './release/policies.ts';
import { noteReversals } from './release/reversals-store.ts';
import type { ResultRow } from './store.ts';
import { listOfOrders } from './worklist-store.ts';
import { settleSamples, untouched, writeValues } from './write-values.ts';

export interface Valued {
  readonly row: ResultRow;
  readonly value: string;
  readonly rawValue: string;
  readonly person: Person | null;
}

/** Those that have a value, with whom they are to be judged by. */
export function valued(rows: readonly ResultRow[], facts: Pick<Facts, 'personAt'>): readonly Valued[] {
  return rows.flatMap((row) => {
    const { value, rawValue, collectedAt, patientId } = row;
    if (value === null || rawValue === null || collectedAt === null) return [];
    return [{ row, value, rawValue, person: facts.personAt(patientId, collectedAt) }];
  });
}

export function judgedNow({ row, value, rawValue, person }: Valued, facts: Facts): JudgedAgain {
  const circumstances = circumstancesOf(row, facts, row.indices);
  return judgeAgain(row, { ...row, value, rawValue }, person, facts.bandsOf(row.analyteCode), circumstances);
}

export interface Because {
  /** A sentence without its full stop, for a verified value that comes back. */
  readonly verified: string;
}

/**
 * Judges values again and writes what is new. A verified value that is judged otherwise goes back to the bench.
 * @param those values that are not signed, locked
 */
export async function rejudge(
  ctx: Ctx,
  tx: Tx,
  policies: ReleasePolicies,
  those: readonly Valued[],
  facts: Facts,
  { verified: because }: Because,
): Promise<void> {
  const labId = ctx.labId();
  const rows = those.map((one) => {
    const { row } = one;
    const judged = judgedNow(one, facts);
    const to = judged.change === 'judgement' ? mustMove(row.status, 'judged again') : row.status;
    const goesBack = to !== row.status;
    return { id: row.id, row, to, judged, backBecause: goesBack ? whyBack(row, judged, because) : null };
  });
  if (rows.length > 0) await saveRejudged(tx, labId, rows);
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
  for (const { row, backBecause } of rows)
    if (backBecause !== null) await noteReversals(ctx, tx, { kind: 'judged_again', reason: backBecause }, [row]);
  await noteCriticals(
    ctx,
    tx,
    policies,
    rows
      .filter(({ judged }) => judged.change === 'judgement')
      .map(({ row, judged: { value, flags, range } }) => ({ ...row, value, flags: [...flags], range })),
  );
}

/**
 * What follows in the samples of these orders, though no value came: a formula may read age, sex, fasting or weeks of
 * pregnancy, or its own tube was drawn after its inputs were entered.
 * @param locked ids of the rows that the caller has locked; others are read, and stay as they are
 */
export async function resettle(
  ctx: Ctx,
  tx: Tx,
  policies: ReleasePolicies,
  orderIds: readonly string[],
  locked: ReadonlySet<string>,
  facts: Facts,
): Promise<void> {
  if (orderIds.length === 0) return;
  const rows = await listOfOrders(tx, ctx.labId(), orderIds);
  const settled = settleSamples(rows.map(untouched), facts, true);
  await writeValues(
    ctx,
    tx,
    policies,
    settled.filter(({ before }) => locked.has(before.id)),
  );
}

export function toFact({ flags, holds, range, person }: Pick<Judged, 'flags' | 'holds' | 'range' | 'person'>): object {
  const ages =
    range === null
      ? null
      : { sex: range.sex, fromDays: range.ageFromDays, toDays: range.ageToDays, ageDays: range.ageDays };
  return { flags, holds, range: ages, person };
}
