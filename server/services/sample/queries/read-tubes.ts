import type { Page, ParsedInput } from '#platform/contract.ts';
import { Id, Instant } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type {
  findTube as findTubeCall,
  findTubes as findTubesCall,
  listTubes as listTubesCall,
  tubesOfOrders as tubesOfOrdersCall,
} from '../contract.ts';
import { tubeNotFound } from '../contract.ts';
import * as store from '../store.ts';

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

const BEGINNING_OF_TIME = ['-infinity', '00000000-0000-0000-0000-000000000000'] as const;

export async function listTubes(
  ctx: Ctx,
  { status, first, after }: ParsedInput<typeof listTubesCall>,
): Promise<Page<store.Tube>> {
  const rows = await store.listTubes(ctx.db, ctx.labId(), {
    status,
    after: after ? tubeKey(after) : BEGINNING_OF_TIME,
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (tube) => [tube.statusAt, tube.id],
    (tube) => tube,
  );
}

function tubeKey(cursor: string): readonly [string, string] {
  const [statusAt, id] = decodeCursor(cursor, 2);
  const at = Instant.safeParse(statusAt);
  const tubeId = Id.safeParse(id);
  if (!at.success || !tubeId.success) throw badCursor({});
  return [at.data, tubeId.data];
}
