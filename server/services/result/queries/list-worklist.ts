// What waits at the bench. A row that came meanwhile neither repeats nor hides another: pages go by place, not by number.
import { calendarDay } from '@nidaan/values';
import * as z from 'zod';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type {
  benchCounts as benchCountsCall,
  listLeftOver as listLeftOverCall,
  listWorklist as listWorklistCall,
} from '../contract.ts';
import type { ResultRow } from '../store.ts';
import { rankOf } from '../store.ts';
import * as store from '../worklist-store.ts';

const Place = z.tuple([z.int().min(0).max(2), z.iso.datetime(), z.uuid(), z.int()]);
const Due = z.tuple([z.iso.datetime(), z.uuid(), z.int()]);

export async function listWorklist(ctx: Ctx, input: ParsedInput<typeof listWorklistCall>): Promise<Page<ResultRow>> {
  const { first, after, section, priority, sort, ...search } = input;
  const rows = await store.listWorklist(ctx.db, ctx.labId(), {
    ...search,
    sections: section ? [section, ...search.sections] : search.sections,
    priorityRank: priority ? rankOf[priority] : null,
    instrument: search.instrument ?? null,
    testCode: search.testCode ?? null,
    cameBefore: search.cameBefore ?? null,
    order:
      sort === 'priority'
        ? { sort, after: after ? toPlace(after) : null }
        : { sort, after: after ? toDue(after) : null },
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (row) =>
      sort === 'priority'
        ? [row.priorityRank, row.cameAt, row.orderId, row.position]
        : [row.dueAt, row.orderId, row.position],
    (row) => row,
  );
}

function toPlace(cursor: string): store.WorklistPlace {
  const place = Place.safeParse(decodeCursor(cursor, 4));
  if (!place.success) throw badCursor({});
  const [priorityRank, cameAt, orderId, position] = place.data;
  return { priorityRank, cameAt, orderId, position };
}

function toDue(cursor: string): store.DuePlace {
  const place = Due.safeParse(decodeCursor(cursor, 3));
  if (!place.success) throw badCursor({});
  const [dueAt, orderId, position] = place.data;
  return { dueAt, orderId, position };
}

/** Midnight at which the day begins; India has one zone and no summer time. */
const midnight = (day: string): string => `${day}T00:00:00+05:30`;

export async function listLeftOver(
  ctx: Ctx,
  { first, after, section, before }: ParsedInput<typeof listLeftOverCall>,
): Promise<Page<ResultRow>> {
  const place = after ? toDue(after) : null;
  const rows = await store.listLeftOver(ctx.db, ctx.labId(), {
    section: section ?? null,
    cameBefore: midnight(before ?? calendarDay(ctx.now())),
    after: place === null ? null : { cameAt: place.dueAt, orderId: place.orderId, position: place.position },
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (row) => [row.cameAt, row.orderId, row.position],
    (row) => row,
  );
}

export async function benchCounts(ctx: Ctx): Promise<Answer<typeof benchCountsCall>> {
  return store.countBench(ctx.db, ctx.labId(), ctx.now());
}
