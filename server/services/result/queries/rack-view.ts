import * as z from 'zod';

import type { ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { RackTube } from '../bench-store.ts';
import { listOfTubes, listRack } from '../bench-store.ts';
import type { rackView as rackViewCall } from '../contract.ts';
import { loadRack } from '../domain/rack.ts';

const Place = z.tuple([z.int().min(0).max(2), z.iso.datetime(), z.uuid(), z.string().max(40)]);

/** A page is one rack, with its own controls. */
export async function rackView(
  ctx: Ctx,
  { section, testCode, first, after, controlsFirst, controlsLast }: ParsedInput<typeof rackViewCall>,
): Promise<Answer<typeof rackViewCall>> {
  const labId = ctx.labId();
  const tubes = await listRack(ctx.db, labId, {
    section,
    testCode: testCode ?? null,
    after: after ? toTube(after) : null,
    limit: first + 1,
  });
  const { edges, endCursor, hasNextPage } = toPage(
    tubes,
    first,
    ({ priorityRank, cameAt, orderId, barcode }) => [priorityRank, cameAt, orderId, barcode],
    (tube) => tube,
  );
  const loaded = edges.map(({ node }) => node);
  const results = await listOfTubes(
    ctx.db,
    labId,
    loaded.map(({ barcode }) => barcode),
    section,
  );
  const places = loadRack(loaded, testCode ? results.filter((result) => result.testCode === testCode) : results, {
    first: controlsFirst,
    last: controlsLast,
  });
  return { places, endCursor, hasNextPage };
}

function toTube(cursor: string): RackTube {
  const place = Place.safeParse(decodeCursor(cursor, 4));
  if (!place.success) throw badCursor({});
  const [priorityRank, cameAt, orderId, barcode] = place.data;
  return { priorityRank, cameAt, orderId, barcode };
}
