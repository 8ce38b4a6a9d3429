// Reading what release keeps: criticals, signed versions, reversed approvals, an instrument's values.
import type { Page, ParsedInput } from '#platform/contract.ts';
import { instantKey, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type {
  criticalsOfOrders as criticalsOfOrdersCall,
  getResults as getResultsCall,
  listCriticals as listCriticalsCall,
  listReversals as listReversalsCall,
  resultsOfInstrument as resultsOfInstrumentCall,
  ReversalView,
  signedVersions as signedVersionsCall,
} from '../contract.ts';
import { listSignedCopies } from '../release/amendment-store.ts';
import * as criticals from '../release/criticals-store.ts';
import { listOfInstrument } from '../release/queue-store.ts';
import * as reversals from '../release/reversals-store.ts';
import type { ResultRow } from '../store.ts';
import { findMany } from '../store.ts';

/** The instant and id that a cursor of these lists stands for. @throws platform.bad_cursor */
function placeOf(after: string | null | undefined): { readonly at: string; readonly id: string } | null {
  if (!after) return null;
  const [at, id] = instantKey(after);
  return { at, id };
}

/** In the order asked; unknown ids are left out. */
export async function getResults(ctx: Ctx, { ids }: ParsedInput<typeof getResultsCall>): Promise<readonly ResultRow[]> {
  const byId = new Map((await findMany(ctx.db, ctx.labId(), ids)).map((row) => [row.id, row]));
  noteViews(ctx, [...byId.values()]);
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
}

export async function resultsOfInstrument(
  ctx: Ctx,
  { instrument, analyteCode, from, to, first, after }: ParsedInput<typeof resultsOfInstrumentCall>,
): Promise<Page<ResultRow>> {
  const place = placeOf(after);
  const rows = await listOfInstrument(ctx.db, ctx.labId(), {
    instrument,
    analyteCode,
    from,
    to,
    after: place === null ? null : { enteredAt: place.at, id: place.id },
    limit: first + 1,
  });
  noteViews(ctx, rows.slice(0, first));
  return toPage(
    rows,
    first,
    (row) => [row.enteredAt ?? '', row.id],
    (row) => row,
  );
}

export async function signedVersions(
  ctx: Ctx,
  { resultIds }: ParsedInput<typeof signedVersionsCall>,
): Promise<Answer<typeof signedVersionsCall>> {
  const labId = ctx.labId();
  const copies = await listSignedCopies(ctx.db, labId, resultIds);
  const now = await findMany(ctx.db, labId, resultIds);
  noteViews(ctx, now);
  return now.flatMap((row) => {
    const earlier = copies.filter(({ id }) => id === row.id).map(({ amendedBy, ...signed }) => ({ signed, amendedBy }));
    const all = row.status === 'authorised' ? [...earlier, { signed: row, amendedBy: null }] : earlier;
    return all.map((version, place) => ({ resultId: row.id, number: place + 1, ...version }));
  });
}

export async function listReversals(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listReversalsCall>,
): Promise<Page<ReversalView>> {
  const rows = await reversals.listReversals(ctx.db, ctx.labId(), { after: placeOf(after), limit: first + 1 });
  return toPage(
    rows,
    first,
    (row) => [row.at, row.id],
    (row) => row,
  );
}

export async function listCriticals(
  ctx: Ctx,
  { status, first, after }: ParsedInput<typeof listCriticalsCall>,
): Promise<Page<criticals.CriticalRow>> {
  const place = placeOf(after);
  const rows = await criticals.listCriticals(ctx.db, ctx.labId(), {
    status,
    after: place === null ? null : { dueAt: place.at, id: place.id },
    limit: first + 1,
  });
  if (ctx.actor.kind === 'user')
    for (const { orderId } of rows.slice(0, first)) ctx.auditView('result.view_critical', orderId, orderId);
  return toPage(
    rows,
    first,
    (row) => [row.dueAt, row.id],
    (row) => row,
  );
}

export function criticalsOfOrders(
  ctx: Ctx,
  { ids }: ParsedInput<typeof criticalsOfOrdersCall>,
): Promise<readonly criticals.CriticalRow[]> {
  return criticals.listCriticalsOfOrders(ctx.db, ctx.labId(), ids);
}

/** Reading somebody's results is an act of its own (lab-day 70); a service's reading is not. */
function noteViews(ctx: Ctx, rows: readonly ResultRow[]): void {
  if (ctx.actor.kind !== 'user') return;
  for (const orderId of new Set(rows.map((row) => row.orderId))) ctx.auditView('result.view', orderId, orderId);
}
