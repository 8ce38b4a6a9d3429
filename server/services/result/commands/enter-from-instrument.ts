// A whole batch of observations in one transaction and a handful of statements, however many they are. Each observation
// has its own fate. What finds no place here stores nothing, so that its key may come again once the fault is mended.
import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx, Tx } from '#platform/service.ts';

import type {
  EntryOutcome,
  enterFromInstrument as enterFromInstrumentCall,
  InstrumentObservation,
} from '../contract.ts';
import { askTubes } from '../ask-tubes.ts';
import { resultEntered } from '../contract.ts';
import type { Settled, Standing } from '../domain/instrument-entry.ts';
import { settle } from '../domain/instrument-entry.ts';
import type { Judgement } from '../domain/judge.ts';
import { judge } from '../domain/judge.ts';
import type { Place } from '../domain/place-observations.ts';
import { createPlacer } from '../domain/place-observations.ts';
import type { Person } from '../domain/reference-range.ts';
import type { Facts } from '../gather-facts.ts';
import { gatherFacts, mustBeUncorrected, personOf } from '../gather-facts.ts';
import * as store from '../store.ts';
import { factsByOrder } from './take-steps.ts';

interface Fate {
  readonly outcome: EntryOutcome;
  readonly resultId: string | null;
  readonly orderId: string | null;
}

/** One result in the course of a batch: several observations may touch it. */
interface Touched {
  readonly before: store.ResultRow;
  readonly standing: Standing;
  readonly person: Person | null;
  readonly enteredBy: string | null;
  readonly outcomes: readonly {
    readonly outcome: EntryOutcome;
    readonly value: string;
    readonly instrument: string;
    readonly messageId: string;
  }[];
}

export async function enterFromInstrument(
  ctx: Ctx,
  { observations }: ParsedInput<typeof enterFromInstrumentCall>,
): Promise<Answer<typeof enterFromInstrumentCall>> {
  const labId = ctx.labId();
  const place = await placerOf(ctx, new Set(observations.map(({ barcode }) => barcode.trim())));
  const placed = observations.map((observation) => ({ observation, place: place(observation) }));
  const found = new Map(
    placed.flatMap(({ place: at }) => (at.kind === 'found' ? at.rows.map((row) => [row.id, row] as const) : [])),
  );
  const facts = await gatherFacts(ctx, [...found.values()]);

  const fates = await ctx.transaction(async (tx) => {
    const locked = await store.lock(tx, labId, [...found.keys()]);
    for (const row of locked) mustBeUncorrected(row, found.get(row.id));
    const touched = new Map(locked.map((row) => [row.id, untouched(row)]));
    // Read after the lock: who sent the same keys a moment ago has committed by now.
    const known = await store.listObservations(
      tx,
      labId,
      observations.map(({ key }) => key),
    );
    const fateOf = new Map<string, Fate>(known.map((row) => [row.key, row]));
    const kept: store.NewObservation[] = [];
    for (const { observation, place: at } of placed) {
      if (fateOf.has(observation.key)) continue;
      const fate = at.kind === 'none' ? nowhere(at.outcome) : touch(touched, at.rows, observation, facts, ctx.now());
      fateOf.set(observation.key, fate);
      if (isKept(fate)) kept.push({ ...observation, ...fate });
    }
    await write(ctx, tx, [...touched.values()], kept);
    return fateOf;
  });
  return observations.map(({ key }) => {
    const { outcome, resultId, orderId } = fates.get(key) ?? nowhere('not_ordered');
    return { key, outcome, resultId, orderId };
  });
}

/** Looks up all tubes at once, and asks about the strangers among them. */
async function placerOf(
  ctx: Ctx,
  barcodes: ReadonlySet<string>,
): Promise<(observation: InstrumentObservation) => Place<store.ResultRow>> {
  const rows = await store.listByBarcodes(ctx.db, ctx.labId(), [...barcodes]);
  const found = new Set(rows.map(({ barcode }) => barcode));
  const tubesOf = await askTubes(
    ctx,
    [...barcodes].filter((barcode) => !found.has(barcode)),
  );
  const others = new Set([...tubesOf.values()].map(({ barcode }) => barcode).filter((barcode) => !found.has(barcode)));
  const more = others.size > 0 ? await store.listByBarcodes(ctx.db, ctx.labId(), [...others]) : [];
  return createPlacer([...rows, ...more], tubesOf);
}

function untouched(before: store.ResultRow): Touched {
  return { before, standing: before, person: before.person, enteredBy: before.enteredBy, outcomes: [] };
}

function nowhere(outcome: EntryOutcome): Fate {
  return { outcome, resultId: null, orderId: null };
}

function isKept(
  fate: Fate,
): fate is { readonly outcome: EntryOutcome; readonly resultId: string; readonly orderId: string } {
  return fate.resultId !== null && fate.orderId !== null;
}

/** Applies one observation to its results, and returns the fate it had with the first of them, or with a signed one that differs. */
function touch(
  touched: Map<string, Touched>,
  rows: readonly store.ResultRow[],
  observation: InstrumentObservation,
  facts: Facts,
  at: string,
): Fate {
  let fate = nowhere('not_ordered');
  for (const { id } of rows) {
    const now = touched.get(id);
    if (now === undefined) throw new Error('A result that was found can be locked');
    const { value, instrument, messageId } = observation;
    const settled = settleOne(now, observation, facts, at);
    const hasChanged = settled.standing !== now.standing;
    touched.set(id, {
      ...now,
      standing: settled.standing,
      person: settled.outcome === 'entered' ? personOf(now.before, facts) : now.person,
      enteredBy: settled.outcome === 'entered' ? instrument : now.enteredBy,
      outcomes: hasChanged
        ? [...now.outcomes, { outcome: settled.outcome, value, instrument, messageId }]
        : now.outcomes,
    });
    // Of several results the signed one must be told, whatever became of the others.
    if (fate.resultId !== null && settled.outcome !== 'after_authorised') continue;
    if (fate.outcome === 'after_authorised') continue;
    fate =
      settled.outcome === 'not_collected'
        ? nowhere('not_collected')
        : { outcome: settled.outcome, resultId: id, orderId: now.before.orderId };
  }
  return fate;
}

function settleOne(
  { before, standing }: Touched,
  observation: InstrumentObservation,
  facts: Facts,
  at: string,
): Settled {
  const isDoubted = observation.doubts.length > 0;
  const { value, unit, instrument, messageId, note, isPreliminary } = observation;
  const judged: Judgement = judge(
    before,
    {
      value,
      lacksUnit: before.kind === 'numeric' && before.unit !== '' && unit.trim() === '',
      isDoubted,
      isPreliminary,
    },
    personOf(before, facts),
    facts.bandsOf(before.analyteCode),
  );
  return settle(standing, { value, unit, instrument, messageId, note, isDoubted, isPreliminary, at }, judged);
}

async function write(ctx: Ctx, tx: Tx, all: readonly Touched[], kept: readonly store.NewObservation[]): Promise<void> {
  const labId = ctx.labId();
  const at = ctx.now();
  const changed = all.filter(({ before, standing }) => standing !== before);
  const open = changed.filter(({ standing }) => standing.status === 'entered');
  const signed = changed.filter(({ standing }) => standing.status !== 'entered');
  if (open.length > 0) {
    const entries = open.map(({ before, standing, person, enteredBy }) => ({
      id: before.id,
      standing,
      person,
      enteredAt: before.enteredAt ?? at,
      enteredBy: enteredBy ?? ctx.actor.name,
    }));
    await store.saveEntries(tx, labId, entries);
  }
  if (signed.length > 0)
    await store.saveBeside(
      tx,
      labId,
      signed.map(({ before, standing }) => ({ id: before.id, standing })),
    );
  if (kept.length > 0) await store.addObservations(tx, labId, at, kept);
  for (const { before, standing, outcomes } of changed) {
    const { status: to, value, rawValue, flags, holds } = standing;
    const facts = {
      from: before.status,
      to,
      analyteCode: before.analyteCode,
      value,
      rawValue,
      flags,
      holds,
      arrived: outcomes,
    };
    if (before.status === 'verified' && to === 'entered') {
      const { verifiedBy } = before;
      tx.audit(
        'result.send_back',
        before.id,
        { ...facts, verifiedBy, reason: standing.sentBackReason },
        before.orderId,
      );
    } else tx.audit('result.enter', before.id, facts, before.orderId);
  }
  const entered = changed.filter(({ outcomes }) => outcomes.some(({ outcome }) => outcome === 'entered'));
  for (const fact of factsByOrder(entered.map(({ before }) => before))) {
    const own = entered.filter(({ before }) => before.orderId === fact.orderId);
    const source = [...new Set(own.map(({ standing }) => standing.source ?? ''))].sort().join(', ');
    tx.emit(resultEntered, fact.orderId, { ...fact, at, by: ctx.actor.name, source });
  }
}
