import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, instantKey, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import { monitorView } from '../commands/save-monitor.ts';
import { monitorNotFound } from '../contract.ts';
import type {
  AlarmView,
  listMonitors as listMonitorsCall,
  listPatientAlarms as listPatientAlarmsCall,
  MonitorPoint,
  monitorSeries as monitorSeriesCall,
  MonitorView,
} from '../contract.ts';
import { decimalText } from '../domain/statistics.ts';
import * as patients from '../patient-store.ts';
import type { MonitorRow, PatientValue } from '../patient-store.ts';

export async function listMonitors(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listMonitorsCall>,
): Promise<Page<MonitorView>> {
  const [instrument, analyteCode] = after ? decodeCursor(after, 2) : ['', ''];
  const rows = await ctx.db.rows<MonitorRow>(
    patients.monitorsQuery(ctx.labId(), { after: [String(instrument), String(analyteCode)], limit: first + 1 }),
  );
  return toPage(rows, first, (row) => [row.instrument, row.analyteCode], monitorView);
}

export async function listPatientAlarms(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listPatientAlarmsCall>,
): Promise<Page<AlarmView>> {
  const rows = await ctx.db.rows<AlarmView>(
    patients.alarmsQuery(ctx.labId(), { after: after ? instantKey(after) : null, limit: first + 1 }),
  );
  return toPage(
    rows,
    first,
    (row) => [row.at, row.id],
    (row) => row,
  );
}

/** The lab's own settings and figures, no patient's value among them. */
export async function monitorSeries(
  ctx: Ctx,
  { monitorId, first, after }: ParsedInput<typeof monitorSeriesCall>,
): Promise<Page<MonitorPoint>> {
  const monitor = await patients.getMonitor(ctx.db, ctx.labId(), monitorId);
  if (monitor === undefined) throw monitorNotFound({});
  const [seq] = after ? decodeCursor(after, 1) : [null];
  if (seq !== null && typeof seq !== 'number') throw badCursor({});
  const rows = await ctx.db.rows<PatientValue>(
    patients.seriesQuery(ctx.labId(), { monitorId, from: null, before: seq ?? null, limit: first + 1 }),
  );
  return toPage(
    rows,
    first,
    (row) => [row.seq],
    (row) => ({ resultId: row.resultId, at: row.at, figure: decimalText(row.figure, 4), isAlarm: row.isAlarm }),
  );
}
