import type { Page, ParsedInput } from '#platform/contract.ts';
import { END_OF_TIME } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type {
  custody as custodyCall,
  listRejections as listRejectionsCall,
  listUndecided as listUndecidedCall,
  rejectionCounts as rejectionCountsCall,
  RejectionView,
} from '../contract.ts';
import * as custodyStore from '../custody-store.ts';
import { pageByInstant } from './instant-pages.ts';
import { findTube } from './read-tubes.ts';

export async function custody(
  ctx: Ctx,
  { barcode }: ParsedInput<typeof custodyCall>,
): Promise<Answer<typeof custodyCall>> {
  const tube = await findTube(ctx, { barcode });
  const steps = await custodyStore.stepsOf(ctx.db, ctx.labId(), tube.id);
  return steps.map((each) => ({ ...each, barcode: tube.barcode }));
}

const keyOf = (row: RejectionView): readonly [string, string] => [row.rejectedAt, row.id];
const asItIs = (row: RejectionView): RejectionView => row;

export function listUndecided(ctx: Ctx, page: ParsedInput<typeof listUndecidedCall>): Promise<Page<RejectionView>> {
  return pageByInstant(page, (from) => custodyStore.listUndecided(ctx.db, ctx.labId(), from), keyOf, asItIs);
}

/** Days of the lab: Asia/Kolkata has had no other offset since 1945. */
function spanOf({ fromDay, toDay }: { readonly fromDay: string; readonly toDay: string }): custodyStore.Span {
  const from = new Date(`${fromDay}T00:00:00+05:30`).toISOString();
  const to = new Date(Date.parse(`${toDay}T00:00:00+05:30`) + 86_400_000).toISOString();
  return { from, to };
}

export function listRejections(
  ctx: Ctx,
  { reasonCode, fromDay, toDay, ...page }: ParsedInput<typeof listRejectionsCall>,
): Promise<Page<RejectionView>> {
  const span = spanOf({ fromDay, toDay });
  const read = (from: Parameters<typeof custodyStore.listRejections>[4]) =>
    custodyStore.listRejections(ctx.db, ctx.labId(), span, reasonCode ?? null, from);
  return pageByInstant(page, read, keyOf, asItIs, END_OF_TIME);
}

export async function rejectionCounts(
  ctx: Ctx,
  period: ParsedInput<typeof rejectionCountsCall>,
): Promise<Answer<typeof rejectionCountsCall>> {
  const span = spanOf(period);
  const [reasons, collected] = await Promise.all([
    custodyStore.countRejections(ctx.db, ctx.labId(), span),
    custodyStore.countCollected(ctx.db, ctx.labId(), span),
  ]);
  return { collected, rejected: reasons.reduce((sum, each) => sum + each.count, 0), reasons };
}
