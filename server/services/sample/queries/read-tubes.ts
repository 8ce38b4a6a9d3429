import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, instantKeyOf, START_OF_TIME, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type {
  findTube as findTubeCall,
  findTubes as findTubesCall,
  listNotDrawn as listNotDrawnCall,
  listTubes as listTubesCall,
  markNotDrawn as markNotDrawnCall,
  tubesOfOrders as tubesOfOrdersCall,
} from '../contract.ts';
import { tubeNotFound } from '../contract.ts';
import * as store from '../tube-store.ts';
import { pageByInstant } from './instant-pages.ts';

export async function findTube(ctx: Ctx, { barcode }: ParsedInput<typeof findTubeCall>): Promise<store.Tube> {
  const tube = await store.findTube(ctx.db, ctx.labId(), barcode);
  if (tube === undefined) throw tubeNotFound({ barcode });
  return tube;
}

/** In the order asked; a barcode asked twice is answered twice. */
export async function findTubes(
  ctx: Ctx,
  { barcodes }: ParsedInput<typeof findTubesCall>,
): Promise<Answer<typeof findTubesCall>> {
  const rows = await store.findTubes(ctx.db, ctx.labId(), barcodes);
  const byScan = new Map(rows.map((row) => [row.scannedAs, row]));
  return barcodes.flatMap((barcode) => {
    const tube = byScan.get(store.scanned(barcode));
    return tube === undefined ? [] : [{ barcode, tube }];
  });
}

export function tubesOfOrders(
  ctx: Ctx,
  { ids }: ParsedInput<typeof tubesOfOrdersCall>,
): Promise<readonly store.Tube[]> {
  return store.tubesOfOrders(ctx.db, ctx.labId(), ids);
}

const BEGINNING_OF_LIST = [-1, ...START_OF_TIME] as const;

export async function listTubes(
  ctx: Ctx,
  { status, first, after }: ParsedInput<typeof listTubesCall>,
): Promise<Page<store.Tube>> {
  const rows = await store.listTubes(ctx.db, ctx.labId(), {
    status,
    after: after ? tubeKey(after) : BEGINNING_OF_LIST,
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (tube) => [tube.priorityRank, tube.statusAt, tube.id],
    (tube) => tube,
  );
}

function tubeKey(cursor: string): readonly [number, string, string] {
  const [rank, statusAt, id] = decodeCursor(cursor, 3);
  if (!Number.isInteger(rank)) throw badCursor({});
  return [Number(rank), ...instantKeyOf(statusAt, id)];
}

export function listNotDrawn(
  ctx: Ctx,
  page: ParsedInput<typeof listNotDrawnCall>,
): Promise<Page<Answer<typeof markNotDrawnCall>>> {
  return pageByInstant(
    page,
    (from) => store.listNotDrawn(ctx.db, ctx.labId(), from),
    (tube) => [tube.rescheduledTo ?? tube.notDrawnAt ?? '', tube.id],
    (tube) => ({
      tube,
      // The list holds none without; 'other' is what a reason unknown would be.
      reason: tube.notDrawnReason ?? 'other',
      at: tube.notDrawnAt ?? tube.statusAt,
      rescheduledTo: tube.rescheduledTo,
    }),
  );
}
