// What a person's values were over the years, under every record of the person (lab-day 46). Looking is on record (lab-day 70).
import * as z from 'zod';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, instantKey, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { HistoryValue, resultHistory as resultHistoryCall, resultTrend as resultTrendCall } from '../contract.ts';
import type { Before, Signed } from '../domain/history.ts';
import { compareInTime, layHistory, ofColumns, oldestOfEach } from '../domain/history.ts';
import * as store from '../history-store.ts';
import { samePersons } from '../release/same-persons.ts';

const DrawPlace = z.tuple([z.iso.datetime(), z.uuid(), z.string().max(100)]);

async function everyIdOf(ctx: Ctx, patientId: string): Promise<readonly string[]> {
  return (await samePersons(ctx, new Set([patientId]))).get(patientId) ?? [patientId];
}

function noteLook(ctx: Ctx, patientId: string): void {
  if (ctx.actor.kind === 'user') ctx.auditView('result.view_previous', patientId, patientId);
}

async function beforeEach(
  ctx: Ctx,
  patientIds: readonly string[],
  rows: readonly Signed[],
): Promise<(analyteCode: string) => Before> {
  const asked = oldestOfEach(rows).flatMap(({ id, analyteCode, collectedAt }) =>
    collectedAt === null ? [] : [{ id, analyteCode, collectedAt }],
  );
  // Of several records of one person the latest comes last.
  const found = new Map(
    (await store.listPreceding(ctx.db, ctx.labId(), patientIds, asked)).map((row) => [row.analyteCode, row]),
  );
  return (analyteCode) => found.get(analyteCode);
}

export async function resultHistory(
  ctx: Ctx,
  { patientId, analyteCodes, from, to, first, after }: ParsedInput<typeof resultHistoryCall>,
): Promise<Answer<typeof resultHistoryCall>> {
  const labId = ctx.labId();
  const patientIds = await everyIdOf(ctx, patientId);
  const draws = await store.listDraws(ctx.db, labId, {
    patientIds,
    analyteCodes,
    from: from ?? null,
    to: to ?? null,
    after: after ? toDraw(after) : null,
    limit: first + 1,
  });
  const { edges, endCursor, hasNextPage } = toPage(
    draws,
    first,
    ({ collectedAt, orderId, draw }) => [collectedAt, orderId, draw],
    (draw) => draw,
  );
  const columns = edges.map(({ node: { draw, ...rest } }) => ({ ...rest, draw: draw === '' ? null : draw }));
  const orderIds = [...new Set(columns.map(({ orderId }) => orderId))];
  const signed = orderIds.length === 0 ? [] : await store.listSignedOfOrders(ctx.db, labId, orderIds);
  const wanted = new Set(analyteCodes);
  const rows = ofColumns(columns, signed).filter(({ analyteCode }) => wanted.size === 0 || wanted.has(analyteCode));
  const table = layHistory(columns, rows, await beforeEach(ctx, patientIds, rows));
  if (columns.length > 0) noteLook(ctx, patientId);
  return { ...table, endCursor, hasNextPage };
}

function toDraw(cursor: string): store.Draw {
  const place = DrawPlace.safeParse(decodeCursor(cursor, 3));
  if (!place.success) throw badCursor({});
  const [collectedAt, orderId, draw] = place.data;
  return { collectedAt, orderId, draw };
}

export async function resultTrend(
  ctx: Ctx,
  { patientId, analyteCode, from, to, first, after }: ParsedInput<typeof resultTrendCall>,
): Promise<Page<HistoryValue>> {
  const patientIds = await everyIdOf(ctx, patientId);
  const rows = await store.listTrend(ctx.db, ctx.labId(), {
    patientIds,
    analyteCode,
    from: from ?? null,
    to: to ?? null,
    after: after ? toPoint(after) : null,
    limit: first + 1,
  });
  const before = await beforeEach(ctx, patientIds, rows);
  const points = compareInTime(rows, before(analyteCode));
  if (points.length > 0) noteLook(ctx, patientId);
  return toPage(
    points,
    first,
    ({ collectedAt, resultId }) => [collectedAt, resultId],
    (point) => point,
  );
}

function toPoint(cursor: string): { readonly collectedAt: string; readonly id: string } {
  const [collectedAt, id] = instantKey(cursor);
  return { collectedAt, id };
}
