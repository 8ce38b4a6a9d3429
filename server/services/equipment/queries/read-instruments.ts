import { calendarDay, isUuid } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, instantKey, LEAST_ID, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import { badPeriod, instrumentNotFound } from '../contract.ts';
import type {
  blockedOf as blockedOfCall,
  BlockedInstrument,
  downtimeOf as downtimeOfCall,
  DowntimeView,
  DueItem,
  equipmentLog as equipmentLogCall,
  getInstrument as getInstrumentCall,
  InstrumentView,
  listDue as listDueCall,
  listInstruments as listInstrumentsCall,
  LogEntryView,
} from '../contract.ts';
import { downtimeIn } from '../domain/downtime.ts';
import { addDays, isOverdue, startOfDay } from '../domain/due-days.ts';
import * as store from '../store.ts';
import { instrumentView } from '../views.ts';

const MOST_DAYS = 3660;

export async function getInstrument(
  ctx: Ctx,
  { instrumentId }: ParsedInput<typeof getInstrumentCall>,
): Promise<InstrumentView> {
  const row = await store.getInstrument(ctx.db, ctx.labId(), instrumentId);
  if (row === undefined) throw instrumentNotFound({});
  return instrumentView(row);
}

export async function blockedOf(
  ctx: Ctx,
  { instruments }: ParsedInput<typeof blockedOfCall>,
): Promise<BlockedInstrument[]> {
  if (instruments.length === 0) return [];
  return [...(await ctx.db.rows<BlockedInstrument>(store.blockedQuery(ctx.labId(), instruments)))];
}

export async function listInstruments(
  ctx: Ctx,
  { section, first, after }: ParsedInput<typeof listInstrumentsCall>,
): Promise<Page<InstrumentView>> {
  const [name, id] = after ? decodeCursor(after, 2) : ['', LEAST_ID];
  if (!isUuid(String(id)) || String(name).includes('\0')) throw badCursor({});
  const place = { section: section ?? null, after: [String(name), String(id)], limit: first + 1 } as const;
  const rows = await ctx.db.rows<store.InstrumentRow>(store.instrumentsQuery(ctx.labId(), place));
  return toPage(rows, first, (row) => [row.nameKey, row.id], instrumentView);
}

export async function listLog(
  ctx: Ctx,
  { instrumentId, first, after }: ParsedInput<typeof equipmentLogCall>,
): Promise<Page<LogEntryView>> {
  const place = { instrumentId, after: after ? instantKey(after) : null, limit: first + 1 };
  const rows = await ctx.db.rows<LogEntryView>(store.logQuery(ctx.labId(), place));
  return toPage(
    rows,
    first,
    (row) => [row.at, row.id],
    (row) => row,
  );
}

export async function listDue(
  ctx: Ctx,
  { until, first, after }: ParsedInput<typeof listDueCall>,
): Promise<Page<DueItem>> {
  const [dueOn, kind, id] = after ? decodeCursor(after, 3) : ['0001-01-01', '', LEAST_ID];
  if (!isUuid(String(id)) || !/^\d{4}-\d\d-\d\d$/.test(String(dueOn)) || !/^[a-z]*$/.test(String(kind)))
    throw badCursor({});
  const place = { until, after: [String(dueOn), String(kind), String(id)], limit: first + 1 } as const;
  const rows = await ctx.db.rows<store.DueRow>(store.dueQuery(ctx.labId(), place));
  const ids = [...new Set(rows.map((row) => row.id))];
  const byId = new Map((await store.getInstruments(ctx.db, ctx.labId(), ids)).map((row) => [row.id, row]));
  const today = calendarDay(ctx.now());
  const page = toPage(
    rows,
    first,
    (row) => [row.dueOn, row.kind, row.id],
    (row) => row,
  );
  return {
    ...page,
    edges: page.edges.flatMap(({ cursor, node }) => {
      const instrument = byId.get(node.id);
      if (instrument === undefined) return [];
      const { kind: what, dueOn: day } = node;
      const item = { instrument: instrumentView(instrument), kind: what, dueOn: day, isOverdue: isOverdue(day, today) };
      return [{ cursor, node: item }];
    }),
  };
}

/** Ids that are no instrument of this lab are left out. */
export async function downtimeOf(
  ctx: Ctx,
  { instrumentIds, from, to }: ParsedInput<typeof downtimeOfCall>,
): Promise<DowntimeView[]> {
  if (to < from || addDays(from, MOST_DAYS) < to) throw badPeriod({});
  const labId = ctx.labId();
  const [fromAt, toAt] = [startOfDay(from), startOfDay(addDays(to, 1))];
  const ids = [...new Set(instrumentIds)];
  const known = new Set((await store.getInstruments(ctx.db, labId, ids)).map(({ id }) => id));
  const outages = Map.groupBy(
    await ctx.db.rows<store.OutageRow>(store.outagesQuery(labId, ids, fromAt, toAt)),
    ({ instrumentId }) => instrumentId,
  );
  return ids
    .filter((id) => known.has(id))
    .map((instrumentId) => ({
      instrumentId,
      ...downtimeIn(outages.get(instrumentId) ?? [], fromAt, toAt, ctx.now()),
    }));
}
