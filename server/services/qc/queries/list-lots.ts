// Lots, their targets, and the sample ids that name them.
import { isUuid } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, instantKey, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type {
  ControlLotView,
  listControlLots as listControlLotsCall,
  listTargets as listTargetsCall,
  recogniseControls as recogniseControlsCall,
  TargetView,
} from '../contract.ts';
import { matches } from '../domain/sample-ids.ts';
import * as store from '../store.ts';
import type { LotRow, TargetRow } from '../store.ts';
import { lotView, targetView } from '../views.ts';

export async function listControlLots(
  ctx: Ctx,
  { first, after, isActive }: ParsedInput<typeof listControlLotsCall>,
): Promise<Page<ControlLotView>> {
  const [inactive, material, lotNumber, level, id] = after ? decodeCursor(after, 5) : [];
  if (after && (!isUuid(String(id)) || typeof level !== 'number')) throw badCursor({});
  const rows = await ctx.db.rows<LotRow>(
    store.lotsQuery(ctx.labId(), {
      isActive: isActive ?? null,
      after: after ? [inactive === 1, String(material), String(lotNumber), Number(level), String(id)] : null,
      limit: first + 1,
    }),
  );
  return toPage(rows, first, (row) => [row.isActive ? 0 : 1, row.material, row.lotNumber, row.level, row.id], lotView);
}

export async function listTargets(
  ctx: Ctx,
  { lotId, first, after }: ParsedInput<typeof listTargetsCall>,
): Promise<Page<TargetView>> {
  const rows = await ctx.db.rows<TargetRow>(
    store.targetsQuery(ctx.labId(), { lotId, after: after ? instantKey(after) : null, limit: first + 1 }),
  );
  return toPage(rows, first, (row) => [row.setAt, row.id], targetView);
}

/** Inactive and expired lots too: what a control's id is on is no patient's tube. */
export async function recogniseControls(
  ctx: Ctx,
  { sampleIds }: ParsedInput<typeof recogniseControlsCall>,
): Promise<string[]> {
  if (sampleIds.length === 0) return [];
  const patterns = (await store.allLots(ctx.db, ctx.labId())).flatMap((lot) => lot.sampleIds);
  if (patterns.length === 0) return [];
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const wide = patterns.filter((pattern) => pattern.endsWith('*'));
  return sampleIds.filter(
    (sampleId) => exact.has(sampleId.trim().toUpperCase()) || wide.some((pattern) => matches(pattern, sampleId)),
  );
}
