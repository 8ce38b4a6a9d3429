// The pathologist's screen (lab-day 46): for each order what waits for a signature, the rest of the order, and what the same
// person had before. A page costs the same handful of statements and one call, however many orders it holds.
import * as z from 'zod';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { EarlierValue, signingQueue as signingQueueCall, SigningCase } from '../contract.ts';
import { deltaOf } from '../domain/delta.ts';
import { lockedBy } from '../domain/holds.ts';
import { listOpenOfResults } from '../release/criticals-store.ts';
import { listPreviousSigned } from '../release/previous-store.ts';
import type { QueuePlace } from '../release/queue-store.ts';
import { listQueue } from '../release/queue-store.ts';
import { samePersons } from '../release/same-persons.ts';
import type { ResultRow } from '../store.ts';
import { listOfOrders } from '../worklist-store.ts';

const Place = z.tuple([z.int().min(0).max(2), z.iso.datetime(), z.uuid()]);
const EARLIER_VALUES = 5;

export async function signingQueue(
  ctx: Ctx,
  { first, after, section }: ParsedInput<typeof signingQueueCall>,
): Promise<Page<SigningCase>> {
  const places = await listQueue(ctx.db, ctx.labId(), {
    section: section ?? null,
    after: after ? toPlace(after) : null,
    limit: first + 1,
  });
  const shown = places.slice(0, first);
  const cases = await casesOf(
    ctx,
    shown.map(({ orderId }) => orderId),
    section ?? null,
  );
  const byOrder = new Map(cases.map((each) => [each.orderId, each]));
  if (ctx.actor.kind === 'user') for (const { orderId } of cases) ctx.auditView('result.view', orderId, orderId);
  // An order whose last value was signed between the two statements is shown no more; the page goes on from its place.
  const page = toPage(
    places,
    first,
    ({ priorityRank, placedAt, orderId }) => [priorityRank, placedAt, orderId],
    (place) => place,
  );
  return {
    ...page,
    edges: page.edges.flatMap(({ cursor, node: { orderId } }) => {
      const node = byOrder.get(orderId);
      return node === undefined ? [] : [{ cursor, node }];
    }),
  };
}

function toPlace(cursor: string): QueuePlace {
  const place = Place.safeParse(decodeCursor(cursor, 3));
  if (!place.success) throw badCursor({});
  const [priorityRank, placedAt, orderId] = place.data;
  return { priorityRank, placedAt, orderId };
}

async function casesOf(ctx: Ctx, orderIds: readonly string[], section: string | null): Promise<readonly SigningCase[]> {
  const rows = await listOfOrders(ctx.db, ctx.labId(), orderIds);
  const isToSign = (row: ResultRow) => row.status === 'verified' && (section === null || row.section === section);
  const toSign = rows.filter(isToSign);
  const uncalled = new Set(
    (
      await listOpenOfResults(
        ctx.db,
        ctx.labId(),
        toSign.map(({ id }) => id),
      )
    ).map(({ resultId }) => resultId),
  );
  const earlier = await earlierValues(ctx, toSign);
  const byOrder = Map.groupBy(rows, ({ orderId }) => orderId);
  return [...byOrder.values()].flatMap((own) => {
    const results = own.filter(isToSign);
    const locked = lockedBy(own);
    const [some] = results;
    if (some === undefined) return [];
    return [
      {
        orderId: some.orderId,
        patientId: some.patientId,
        priority: some.priority,
        results,
        others: own.filter((row) => !isToSign(row)),
        earlier: results.map(({ id }) => ({ resultId: id, values: [...(earlier.get(id) ?? [])] })),
        uncalledResultIds: results.map(({ id }) => id).filter((id) => uncalled.has(id)),
        lockedResultIds: results.map(({ id }) => id).filter((id) => locked.has(id)),
      },
    ];
  });
}

/** By result; a value of an amendment is compared with what was signed of itself too. */
async function earlierValues(
  ctx: Ctx,
  rows: readonly ResultRow[],
): Promise<ReadonlyMap<string, readonly EarlierValue[]>> {
  const samePerson = await samePersons(ctx, new Set(rows.map(({ patientId }) => patientId)));
  const previous = await listPreviousSigned(
    ctx.db,
    ctx.labId(),
    rows.map(({ patientId, analyteCode }) => ({ patientIds: samePerson.get(patientId) ?? [patientId], analyteCode })),
    EARLIER_VALUES,
  );
  return new Map(
    rows.map((row, place) => [row.id, (previous[place] ?? []).flatMap((before) => toEarlier(row, before))]),
  );
}

function toEarlier(row: ResultRow, before: ResultRow): readonly EarlierValue[] {
  const { id: resultId, value, unit, flags, collectedAt, authorisedAt } = before;
  if (value === null || authorisedAt === null) return [];
  const delta =
    row.value === null || row.collectedAt === null || collectedAt === null || row.unit !== unit
      ? null
      : deltaOf([], row.value, row.collectedAt, { resultId, value, collectedAt });
  return [
    {
      resultId,
      value,
      unit,
      flags,
      collectedAt,
      authorisedAt,
      change: delta?.change ?? null,
      percent: delta?.percent ?? null,
    },
  ];
}
