import { getPolicies } from '#contract/organization.ts';
import type { Page, PageInput, ParsedInput } from '#platform/contract.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { getRack as getRackCall, RackView, TubeView } from '../contract.ts';
import { rackNotFound } from '../contract.ts';
import { keptLongEnough, keptUntil } from '../domain/retention.ts';
import * as racks from '../rack-store.ts';
import { listKept } from '../tube-store.ts';
import { pageByInstant } from './instant-pages.ts';

export async function listRacks(ctx: Ctx, { first, after }: PageInput): Promise<Page<RackView>> {
  const from = after ? String(decodeCursor(after, 1)[0]) : '';
  const rows = await racks.listRacks(ctx.db, ctx.labId(), from, first + 1);
  return toPage(
    rows,
    first,
    (rack) => [rack.code],
    (rack) => rack,
  );
}

export async function getRack(
  ctx: Ctx,
  { code }: ParsedInput<typeof getRackCall>,
): Promise<Answer<typeof getRackCall>> {
  const rack = await racks.findRack(ctx.db, ctx.labId(), code);
  if (rack === undefined) throw rackNotFound({ code });
  return { rack, tubes: await racks.tubesInRack(ctx.db, ctx.labId(), rack.code) };
}

export async function listDisposable(
  ctx: Ctx,
  page: PageInput,
): Promise<Page<{ readonly tube: TubeView; readonly keptUntil: string }>> {
  const { sampleRetentionDays } = await ctx.callAsSystem(getPolicies, {});
  const before = keptLongEnough(ctx.now(), sampleRetentionDays);
  return pageByInstant(
    page,
    (from) => listKept(ctx.db, ctx.labId(), before, from),
    (tube) => [tube.keptFrom ?? '', tube.id],
    (tube) => ({ tube, keptUntil: keptUntil(tube.keptFrom ?? '', sampleRetentionDays) }),
  );
}
