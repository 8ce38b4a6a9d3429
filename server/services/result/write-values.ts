// The one way in which values reach the table, whoever gave them: what follows for their samples is settled, all is written,
// put on record and told in the caller's transaction.
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { resultEntered } from './contract.ts';
import type { Standing } from './domain/instrument-entry.ts';
import type { Person } from './domain/reference-range.ts';
import { applySampleRules, CALCULATED } from './domain/sample-rules.ts';
import { withTubeDoubts } from './domain/tube-doubt.ts';
import type { Facts } from './gather-facts.ts';
import { personOf } from './gather-facts.ts';
import { sampleRulesOf, samplesOf } from './judge-row.ts';
import { noteCriticals } from './release/note-criticals.ts';
import type { ReleasePolicies } from './release/policies.ts';
import { noteReversals } from './release/reversals-store.ts';
import type { ResultRow } from './store.ts';
import { saveBeside, saveEntries } from './value-store.ts';

/** One result in the course of a command. */
export interface Touched {
  readonly before: ResultRow;
  /** The same object as `before` when nothing changed. */
  readonly standing: Standing;
  readonly person: Person | null;
  readonly enteredBy: string | null;
  /** Its value came or is another one. */
  readonly isFresh: boolean;
  /** A further value came beside it. */
  readonly isRerun: boolean;
  /** What the trail says of it beside the usual facts; null: it changed by what became of others. */
  readonly act: { readonly name: string; readonly facts: object } | null;
}

export function untouched(before: ResultRow): Touched {
  const { person, enteredBy } = before;
  return { before, standing: before, person, enteredBy, isFresh: false, isRerun: false, act: null };
}

/**
 * All results of the samples that were touched, with what follows for each.
 * @param isEach true: untouched samples are settled as well, for a fact they are judged by changed
 */
export function settleSamples(touched: Iterable<Touched>, facts: Facts, isEach = false): readonly Touched[] {
  return samplesOf(touched).flatMap((sample) => {
    const [first] = sample;
    const isTouched = isEach || sample.some(({ before, standing }) => before !== standing);
    if (first === undefined || !isTouched) return sample;
    const commented = sample.map((one) =>
      one.isFresh && one.standing.value !== null ? { ...one, standing: withTubeDoubts(one.before, one.standing) } : one,
    );
    const rows = new Map(sample.map(({ before }) => [before.id, before]));
    const members = commented.map(({ before: row, standing, isFresh }) => ({ row, standing, isFresh }));
    // Age is that at the draw: of several tubes one may not be drawn yet, or be rejected.
    const drawn = sample.find(({ before }) => before.collectedAt !== null) ?? first;
    const settled = applySampleRules(members, sampleRulesOf(drawn.before, rows, facts));
    return commented.map((one, at) => withMember(one, settled[at], facts));
  });
}

function withMember(
  one: Touched,
  member: { readonly standing: Standing; readonly isFresh: boolean } | undefined,
  facts: Facts,
): Touched {
  if (member === undefined || member.standing === one.standing) return one;
  if (!member.isFresh || one.isFresh) return { ...one, standing: member.standing };
  const hasValue = member.standing.value !== null;
  return {
    ...one,
    standing: hasValue ? withTubeDoubts(one.before, member.standing) : member.standing,
    isFresh: true,
    person: hasValue ? personOf(one.before, facts) : null,
    enteredBy: hasValue ? CALCULATED : null,
  };
}

/**
 * Writes what changed, puts it on record, tells of values that came and of criticals.
 * @param all settled; the rows are locked
 * @returns the rows that were written and are not signed, as they are now
 */
export async function writeValues(
  ctx: Ctx,
  tx: Tx,
  policies: ReleasePolicies,
  all: readonly Touched[],
): Promise<readonly ResultRow[]> {
  const labId = ctx.labId();
  const at = ctx.now();
  const changed = all.filter(({ before, standing }) => standing !== before);
  const atBench = changed.filter(({ standing }) => standing.status === 'entered' || standing.status === 'awaiting');
  const beside = changed.filter((one) => !atBench.includes(one));
  const rows =
    atBench.length === 0
      ? []
      : await saveEntries(
          tx,
          labId,
          atBench.map(({ before, standing, person, enteredBy, isFresh }) => ({
            id: before.id,
            standing,
            person: standing.value === null ? null : person,
            enteredAt: standing.value === null ? null : isFresh ? at : (before.enteredAt ?? at),
            enteredBy: standing.value === null ? null : (enteredBy ?? ctx.actor.name),
          })),
        );
  if (beside.length > 0)
    await saveBeside(
      tx,
      labId,
      beside.map(({ before, standing }) => ({ id: before.id, standing })),
    );
  for (const one of changed) record(tx, one);
  await noteBack(ctx, tx, changed);
  await noteCriticals(ctx, tx, policies, rows);
  tellEntered(ctx, tx, changed, at);
  return rows;
}

function isBack({ before, standing }: Touched): boolean {
  return before.status === 'verified' && standing.status !== 'verified';
}

function record(tx: Tx, one: Touched): void {
  const { before, standing, act } = one;
  const { status: to, value, rawValue, flags, holds } = standing;
  const facts = {
    from: before.status,
    to,
    analyteCode: before.analyteCode,
    value,
    rawValue,
    flags,
    holds,
    ...act?.facts,
  };
  if (isBack(one)) {
    const { verifiedBy } = before;
    const was = { value: before.value, rawValue: before.rawValue };
    tx.audit(
      'result.send_back',
      before.id,
      { ...facts, verifiedBy, before: was, reason: standing.sentBackReason ?? standing.blankReason },
      before.orderId,
    );
  } else if (act !== null) tx.audit(act.name, before.id, facts, before.orderId);
  else if (before.value !== null || value !== null) {
    const was = { value: before.value, rawValue: before.rawValue, flags: before.flags, holds: before.holds };
    // The value of a calculated one, or what another value of the sample means for this.
    const name = one.isFresh ? 'result.calculate' : 'result.judge_sample';
    tx.audit(name, before.id, { ...facts, before: was, blankReason: standing.blankReason }, before.orderId);
  }
}

/** A verified value that is back at the bench is a reversed approval. */
async function noteBack(ctx: Ctx, tx: Tx, changed: readonly Touched[]): Promise<void> {
  const back = Map.groupBy(changed.filter(isBack), ({ standing, isRerun }) =>
    JSON.stringify([isRerun ? 'rerun' : 'judged_again', standing.sentBackReason ?? standing.blankReason ?? '']),
  );
  for (const own of back.values()) {
    const [first] = own;
    if (first === undefined) continue;
    const { standing, isRerun } = first;
    await noteReversals(
      ctx,
      tx,
      {
        kind: isRerun ? 'rerun' : 'judged_again',
        reason: standing.sentBackReason ?? standing.blankReason ?? 'The value is another one',
      },
      own.map(({ before }) => before),
    );
  }
}

type Item = EventPayload<typeof resultEntered>['items'][number];

/** One event an order, of values that came: from people, instruments and formulas, and those kept beside. */
function tellEntered(ctx: Ctx, tx: Tx, changed: readonly Touched[], at: string): void {
  const came = changed.filter(({ standing, isFresh, isRerun }) => (isFresh && standing.value !== null) || isRerun);
  for (const own of Map.groupBy(came, ({ before }) => before.orderId).values()) {
    const [first] = own;
    if (first === undefined) continue;
    const items = own.map(toItem);
    const sources = new Set(items.map(({ source }) => source).filter((source) => source !== CALCULATED));
    tx.emit(resultEntered, first.before.orderId, {
      orderId: first.before.orderId,
      patientId: first.before.patientId,
      resultIds: own.map(({ before }) => before.id),
      at,
      by: ctx.actor.name,
      source: [...sources].sort().join(', ') || CALCULATED,
      items,
    });
  }
}

function toItem({ before, standing, isRerun }: Touched): Item {
  const { id: resultId, testCode, analyteCode } = before;
  // What came beside the value stands last among the others.
  const came = isRerun ? standing.otherValues.at(-1) : undefined;
  return {
    resultId,
    testCode,
    analyteCode,
    source: came?.source ?? standing.source ?? '',
    reagentLot: came === undefined ? standing.reagentLot : (came.reagentLot ?? null),
    isRerun,
  };
}
