import type { Page, PageInput, ParsedInput } from '#platform/contract.ts';
import { START_OF_TIME } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import * as bags from '../bag-store.ts';
import type { getBag as getBagCall, listBags as listBagsCall, MissingTube } from '../contract.ts';
import { bagNotFound } from '../contract.ts';
import { tubesByIds } from '../tube-store.ts';
import { pageByInstant } from './instant-pages.ts';

export async function getBag(ctx: Ctx, { code }: ParsedInput<typeof getBagCall>): Promise<Answer<typeof getBagCall>> {
  const bag = await bags.findBag(ctx.db, ctx.labId(), code);
  if (bag === undefined) throw bagNotFound({ code });
  const inBag = await bags.tubesOfBag(ctx.db, ctx.labId(), bag.id);
  const tubes = await tubesByIds(
    ctx.db,
    ctx.labId(),
    inBag.map((each) => each.tubeId),
  );
  const missing = new Set(inBag.filter((each) => each.state === 'missing').map((each) => each.tubeId));
  return { bag, tubes, missing: tubes.filter((tube) => missing.has(tube.id)) };
}

export function listBags(ctx: Ctx, { status, ...page }: ParsedInput<typeof listBagsCall>): Promise<Page<bags.Bag>> {
  return pageByInstant(
    page,
    (from) => bags.listBags(ctx.db, ctx.labId(), status, from),
    (bag) => [bag.statusAt, bag.id],
    (bag) => bag,
  );
}

export async function listMissing(ctx: Ctx, page: PageInput): Promise<Page<MissingTube>> {
  const lost = await pageByInstant(
    page,
    (from) => bags.listMissing(ctx.db, ctx.labId(), from),
    (row) => [row.missingSince, row.tubeId],
    (row) => row,
    START_OF_TIME,
  );
  const ids = lost.edges.map((edge) => edge.node.tubeId);
  const tubes = new Map((await tubesByIds(ctx.db, ctx.labId(), ids)).map((tube) => [tube.id, tube]));
  return {
    ...lost,
    edges: lost.edges.flatMap(({ cursor, node: { tubeId, bagCode, missingSince } }) => {
      const tube = tubes.get(tubeId);
      return tube === undefined ? [] : [{ cursor, node: { tube, bagCode, missingSince } }];
    }),
  };
}
