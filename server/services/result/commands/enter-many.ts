import type { ParsedInput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { enterManyResults as enterManyCall } from '../contract.ts';
import { resultNotFound, staleResult } from '../contract.ts';
import { referredBarcodes } from '../ask-tubes.ts';
import { measuredBy, underOwnersHolds } from '../domain/read-from.ts';
import { mustMove } from '../domain/status.ts';
import type { TypedValue } from '../domain/typed-entry.ts';
import type { Facts } from '../gather-facts.ts';
import { instrumentNamed, knownInstruments } from '../known-instruments.ts';
import { gatherFacts, mustBeUncorrected, personOf } from '../gather-facts.ts';
import type { ActiveHolds } from '../release/owner-holds.ts';
import { activeHolds } from '../release/owner-holds.ts';
import { policiesOf } from '../release/policies.ts';
import * as store from '../store.ts';
import { standingOfTyped } from '../type-value.ts';
import { listOfOrders } from '../worklist-store.ts';
import type { Touched } from '../write-values.ts';
import { settleSamples, untouched, writeValues } from '../write-values.ts';

type Item = ParsedInput<typeof enterManyCall>['items'][number];

/** What became of one item: its result as written, or why it was refused. */
export interface Outcome {
  readonly item: Item;
  readonly row: store.ResultRow | null;
  readonly refusal: ServiceError | null;
}

/** The grid at the bench: each item is taken or refused by itself, so that one slip of the keyboard loses nothing else. */
export async function enterMany(
  ctx: Ctx,
  { items }: ParsedInput<typeof enterManyCall>,
): Promise<Answer<typeof enterManyCall>> {
  const { outcomes, others } = await enterItems(ctx, items);
  return {
    items: outcomes.map(({ item, row, refusal }) => ({
      resultId: item.resultId,
      result: row,
      refused:
        refusal === null ? null : { code: refusal.code, message: refusal.message, details: { ...refusal.details } },
    })),
    others,
  };
}

/**
 * Enters typed values in one transaction and a handful of statements, however many they are.
 * @returns the outcome of each item in its place, and the other results that changed with them: calculated values, holds
 */
export async function enterItems(
  ctx: Ctx,
  asked: readonly Item[],
): Promise<{ readonly outcomes: readonly Outcome[]; readonly others: readonly store.ResultRow[] }> {
  const labId = ctx.labId();
  const known = asked.some(({ instrument }) => instrument) ? await knownInstruments(ctx) : [];
  const items = asked.map((item) => ({
    ...item,
    resultId: item.resultId.toLowerCase(),
    instrument: item.instrument ? spelt(item.instrument, known) : null,
  }));
  const ids = items.map(({ resultId }) => resultId);
  const orderIds = (await store.orderIdsOf(ctx.db, labId, ids)).map(({ orderId }) => orderId);
  const read = orderIds.length === 0 ? [] : await listOfOrders(ctx.db, labId, orderIds);
  const readById = new Map(read.map((row) => [row.id, row]));
  // Asked before the facts are fetched, so that a refused entry costs nothing; asked again under the lock.
  const refused = items.map((item) => ({
    item,
    row: null,
    refusal: refusalOf(() => {
      mayEnter(readById.get(item.resultId), item);
      if (item.instrument !== null) instrumentNamed(item.instrument, known);
    }),
  }));
  if (refused.every(({ refusal }) => refusal !== null)) return { outcomes: refused, others: [] };
  const askedIds = new Set(ids);
  const tubes = read.flatMap(({ id, barcode }) => (barcode !== null && askedIds.has(id) ? [barcode] : []));
  const [facts, policies, referred] = await Promise.all([
    gatherFacts(ctx, read),
    policiesOf(ctx),
    referredBarcodes(ctx, tubes),
  ]);
  const instruments = items.flatMap(({ resultId, instrument }) => {
    const row = readById.get(resultId);
    return [instrument, row === undefined ? null : measuredBy(row)].flatMap((name) => name ?? []);
  });
  return ctx.transaction(async (tx) => {
    // First of all: see activeHolds.
    const owners = await activeHolds(tx, labId, [...new Set(instruments)]);
    const locked = await store.lockOrders(tx, labId, orderIds);
    const touched = new Map(locked.map((row) => [row.id, untouched(row)]));
    const tried = items.map((item) => ({
      item,
      refusal: refusalOf(() => {
        if (item.instrument !== null) instrumentNamed(item.instrument, known);
        const now = touched.get(item.resultId);
        const next = enterOne(ctx, now, readById.get(item.resultId), item, { facts, referred, owners });
        touched.set(item.resultId, next);
      }),
    }));
    const written = await writeValues(ctx, tx, policies, settleSamples(touched.values(), facts));
    const byId = new Map(written.map((row) => [row.id, row]));
    const outcomes = tried.map(({ item, refusal }) => ({
      item,
      refusal,
      row: refusal === null ? (byId.get(item.resultId) ?? null) : null,
    }));
    const own = new Set(outcomes.flatMap(({ row }) => (row === null ? [] : [row.id])));
    return { outcomes, others: written.filter(({ id }) => !own.has(id)) };
  });
}

/** In the instrument's own spelling; an unknown name stays and is refused with its item. */
function spelt(typed: string, known: readonly string[]): string {
  try {
    return instrumentNamed(typed, known);
  } catch (error) {
    if (error instanceof ServiceError) return typed;
    throw error;
  }
}

/** Any refusal of the catalogue of errors; a fault of the house goes on. */
function refusalOf(attempt: () => void): ServiceError | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (error instanceof ServiceError && error.retry === 'permanent') return error;
    throw error;
  }
}

function mayEnter(row: store.ResultRow | undefined, { expectedVersion }: Item): store.ResultRow {
  if (row === undefined) throw resultNotFound({});
  if (row.version !== expectedVersion) throw staleResult({ resultId: row.id, version: row.version });
  mustMove(row.status, 'entered');
  return row;
}

/** A tube may have been routed to a referral lab after its test was ordered to be done here. */
export function asTranscribed(row: store.ResultRow, referred: ReadonlySet<string>): store.ResultRow {
  return row.barcode !== null && referred.has(row.barcode) ? { ...row, isOutsourced: true } : row;
}

interface By {
  readonly facts: Facts;
  /** Barcodes of tubes that went to a referral lab. */
  readonly referred: ReadonlySet<string>;
  readonly owners: ActiveHolds;
}

function enterOne(
  ctx: Ctx,
  now: Touched | undefined,
  read: store.ResultRow | undefined,
  item: Item,
  { facts, referred, owners }: By,
): Touched {
  const before = mayEnter(now?.before, item);
  mustBeUncorrected(before, read);
  // The same result twice in one grid: the second is of another version than the first has made.
  if (now?.isFresh) throw staleResult({ resultId: before.id, version: before.version + 1 });
  const typed: TypedValue = item;
  const standing = underOwnersHolds(
    standingOfTyped(asTranscribed(before, referred), typed, facts),
    before,
    item.instrument ?? null,
    (instrument) => owners.of(instrument, before),
  );
  const replaced = { value: before.value, rawValue: before.rawValue, source: before.source, note: before.note };
  return {
    before,
    standing,
    person: personOf(before, facts),
    enteredBy: ctx.actor.name,
    isFresh: true,
    isRerun: false,
    act: {
      name: 'result.enter',
      facts: {
        before: before.value === null ? null : replaced,
        source: standing.source,
        ...(standing.readFrom ? { readFrom: standing.readFrom } : {}),
        ...(standing.sentAs === null ? {} : { typedAs: standing.sentAs }),
        ...(item.confirmAbsurd ? { confirmedAbsurd: item.confirmAbsurd } : {}),
      },
    },
  };
}
