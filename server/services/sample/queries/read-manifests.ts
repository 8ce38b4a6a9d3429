import { calendarDay } from '@nidaan/values';

import { Day, Id } from '#platform/contract.ts';
import type { Page, PageInput, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, START_OF_TIME, toPage } from '#platform/paging.ts';
import type { Ctx, Db } from '#platform/service.ts';

import type {
  getManifest as getManifestCall,
  listManifests as listManifestsCall,
  listToSend as listToSendCall,
  ManifestStatus,
  ManifestView,
  TubeView,
} from '../contract.ts';
import { manifestNotFound } from '../contract.ts';
import * as manifests from '../manifest-store.ts';
import { pageByInstant } from './instant-pages.ts';

/** Manifests with their tubes and reports, three statements for all. */
export async function manifestViews(
  db: Db,
  labId: string,
  rows: readonly manifests.Manifest[],
): Promise<readonly ManifestView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const tubes = await manifests.tubesOfManifests(db, labId, ids);
  const reports = await manifests.reportsOf(db, labId, ids);
  return rows.map((row) => {
    const own = tubes.filter((tube) => tube.manifestId === row.id);
    const ownReports = reports.filter((report) => report.manifestId === row.id);
    const reported = new Set(ownReports.map((report) => report.orderId));
    // A tube rejected or emptied of tests meanwhile waits for no report.
    const waiting = own.filter((tube) => tube.status === 'received' && tube.lineIds.length > 0);
    const open = new Set(waiting.map((tube) => tube.orderId).filter((orderId) => !reported.has(orderId)));
    return { ...row, tubes: [...own], reports: ownReports, openOrderIds: [...open] };
  });
}

export async function getManifest(
  ctx: Ctx,
  { manifestId }: ParsedInput<typeof getManifestCall>,
): Promise<ManifestView> {
  const manifest = await manifests.findManifest(ctx.db, ctx.labId(), manifestId);
  const [view] = manifest === undefined ? [] : await manifestViews(ctx.db, ctx.labId(), [manifest]);
  if (view === undefined) throw manifestNotFound({});
  return view;
}

export function listToSend(
  ctx: Ctx,
  { referralLabId, ...page }: ParsedInput<typeof listToSendCall>,
): Promise<Page<TubeView>> {
  return pageByInstant(
    page,
    (from) => manifests.listToSend(ctx.db, ctx.labId(), referralLabId, from),
    (tube) => [tube.receivedAt ?? '', tube.id],
    (tube) => tube,
  );
}

export function listManifests(
  ctx: Ctx,
  { status, ...page }: ParsedInput<typeof listManifestsCall>,
): Promise<Page<ManifestView>> {
  return pageOf(ctx, status, null, page);
}

export function listOverdue(ctx: Ctx, page: PageInput): Promise<Page<ManifestView>> {
  return pageOf(ctx, 'sent', calendarDay(ctx.now()), page);
}

async function pageOf(
  ctx: Ctx,
  status: ManifestStatus,
  before: string | null,
  { first, after }: PageInput,
): Promise<Page<ManifestView>> {
  const labId = ctx.labId();
  const from = after ? keyIn(after) : START_OF_TIME;
  const rows = await manifests.listManifests(ctx.db, labId, { status, before, after: from, limit: first + 1 });
  const views = await manifestViews(ctx.db, labId, rows);
  return toPage(
    views,
    first,
    (view) => [view.expectedOn, view.id],
    (view) => view,
  );
}

function keyIn(cursor: string): readonly [string, string] {
  const [text, id] = decodeCursor(cursor, 2);
  const day = Day.safeParse(text);
  const manifestId = Id.safeParse(id);
  if (!day.success || !manifestId.success) throw badCursor({});
  return [day.data, manifestId.data];
}
