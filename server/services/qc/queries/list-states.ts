// The board: where the controls of each analyzer's analyte stand (lab-day 3), and what is due.
import type { Page, ParsedInput } from '#platform/contract.ts';
import { decodeCursor, instantKey, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type {
  getQcStates as getQcStatesCall,
  listHolds as listHoldsCall,
  listQcStates as listQcStatesCall,
  QcHoldView,
  QcState,
} from '../contract.ts';
import * as store from '../store.ts';
import type { HoldRow, StateRow } from '../store.ts';
import { holdView } from '../views.ts';

export async function listQcStates(
  ctx: Ctx,
  { first, after, instrument, state }: ParsedInput<typeof listQcStatesCall>,
): Promise<Page<QcState>> {
  const [rank, onInstrument, analyteCode] = after ? decodeCursor(after, 3) : [0, '', ''];
  const rows = await ctx.db.rows<StateRow>(
    store.statesQuery(ctx.labId(), {
      now: ctx.now(),
      instrument: instrument ?? null,
      state: state ?? null,
      after: [Number(rank) || 0, String(onInstrument), String(analyteCode)],
      limit: first + 1,
    }),
  );
  return toPage(
    rows,
    first,
    (row) => [row.rank, row.instrument, row.analyteCode],
    ({ rank: _, ...row }) => row,
  );
}

export async function getQcStates(ctx: Ctx, { pairs }: ParsedInput<typeof getQcStatesCall>): Promise<QcState[]> {
  if (pairs.length === 0) return [];
  return [...(await store.statesOfPairs(ctx.db, ctx.labId(), ctx.now(), pairs))];
}

export async function listHolds(
  ctx: Ctx,
  { first, after, status }: ParsedInput<typeof listHoldsCall>,
): Promise<Page<QcHoldView>> {
  const rows = await ctx.db.rows<HoldRow>(
    store.holdsQuery(ctx.labId(), { status, after: after ? instantKey(after) : null, limit: first + 1 }),
  );
  return toPage(rows, first, (row) => [row.since, row.id], holdView);
}
