import * as z from 'zod';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { listWorklist as listWorklistCall } from '../contract.ts';
import * as store from '../store.ts';

const Place = z.tuple([z.int().min(0).max(2), z.iso.datetime(), z.uuid(), z.int()]);

/** What waits at the bench. A row that came meanwhile neither repeats nor hides another: pages go by place, not by number. */
export async function listWorklist(
  ctx: Ctx,
  input: ParsedInput<typeof listWorklistCall>,
): Promise<Page<store.ResultRow>> {
  const { status, section, first, after } = input;
  const rows = await store.listWorklist(ctx.db, ctx.labId(), {
    status,
    section: section ?? null,
    after: after ? toPlace(after) : null,
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (row) => [row.priorityRank, row.cameAt, row.orderId, row.position],
    (row) => row,
  );
}

function toPlace(cursor: string): store.WorklistPlace {
  const place = Place.safeParse(decodeCursor(cursor, 4));
  if (!place.success) throw badCursor({});
  const [priorityRank, cameAt, orderId, position] = place.data;
  return { priorityRank, cameAt, orderId, position };
}
