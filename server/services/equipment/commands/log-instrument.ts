import { calendarDay } from '@nidaan/values';

import { getFile } from '#contract/file.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { dueDayNotFitting, instrumentNotFound, logEntryTaken, verdictNeeded, wrongTime } from '../contract.ts';
import type { InstrumentView, LogEntryView, logInstrument as logInstrumentCall } from '../contract.ts';
import { nextDue } from '../domain/due-days.ts';
import { overdueHolds, settle } from '../settle.ts';
import * as store from '../store.ts';
import type { InstrumentRow } from '../store.ts';
import { instrumentView } from '../views.ts';
import { moveTo } from './move-instrument.ts';

type Input = ParsedInput<typeof logInstrumentCall>;

/** One entry of the log; sent twice with one id it is written once. */
export async function logInstrument(ctx: Ctx, input: Input): Promise<InstrumentView> {
  const labId = ctx.labId();
  const entry = entryOf(ctx, input);
  checkEntry(entry, ctx.now());
  const [holdsWhenOverdue] = await Promise.all([
    overdueHolds(ctx),
    ...entry.fileIds.map((fileId) => ctx.callAsSystem(getFile, { fileId })),
  ]);
  return ctx.transaction(async (tx) => {
    const before = await store.lockInstrument(tx, labId, entry.instrumentId);
    if (before === undefined) throw instrumentNotFound({});
    const known = await store.getLogEntry(tx, labId, entry.id);
    if (known !== undefined) {
      if (isSame(known, entry, !input.at)) return instrumentView(before);
      throw logEntryTaken({});
    }
    const after = { ...(await move(ctx, tx, before, entry)), ...whatCounts(before, entry) };
    await store.addLogEntry(tx, labId, entry, ctx.now());
    const saved = await settle(ctx, tx, before, after, holdsWhenOverdue);
    const { kind, at, hasPassed, fileIds, nextDueOn } = entry;
    tx.audit(
      'equipment.log',
      before.id,
      { entryId: entry.id, kind, at, hasPassed, fileIds, nextDueOn, from: before.status, to: saved.status },
      before.id,
    );
    return instrumentView(saved);
  });
}

function entryOf(ctx: Ctx, input: Input): LogEntryView {
  return {
    id: input.id ?? ctx.newId(),
    instrumentId: input.instrumentId,
    kind: input.kind,
    // To milliseconds, as instants are kept and compared.
    at: new Date(input.at ?? ctx.now()).toISOString(),
    by: ctx.actor.name,
    hasPassed: input.hasPassed ?? null,
    text: input.text,
    fileIds: [...new Set(input.fileIds)],
    nextDueOn: input.nextDueOn ?? null,
  };
}

function checkEntry({ kind, at, hasPassed, nextDueOn }: LogEntryView, now: string): void {
  if (at > now) throw wrongTime({ notBefore: null });
  if ((kind === 'calibration') !== (hasPassed !== null)) throw verdictNeeded({});
  if (nextDueOn === null) return;
  const setsDueDay = kind === 'maintenance' || hasPassed === true;
  if (!setsDueDay || nextDueOn <= calendarDay(at)) throw dueDayNotFitting({});
}

/** Who asked again may be another person at the same screen; the words decide. */
function isSame(known: LogEntryView, entry: LogEntryView, isTimeLeftOut: boolean): boolean {
  const words = (of: LogEntryView): string =>
    JSON.stringify([of.instrumentId, of.kind, of.hasPassed, of.text, of.fileIds, of.nextDueOn]);
  return words(known) === words(entry) && (isTimeLeftOut || known.at === entry.at);
}

async function move(ctx: Ctx, tx: Tx, before: InstrumentRow, { kind, at }: LogEntryView): Promise<InstrumentRow> {
  const after = moveTo(before, kind, at);
  if (after.status === before.status) return after;
  if (after.status === 'down') await store.beginOutage(tx, ctx.labId(), before.id, at);
  else await store.endOutage(tx, ctx.labId(), before.id, at);
  return after;
}

/** One that was done before the last on record is written down late, and changes nothing. */
function whatCounts(before: InstrumentRow, { kind, at, hasPassed, nextDueOn }: LogEntryView): Partial<InstrumentRow> {
  if (kind === 'calibration' && at >= (before.lastCalibratedAt ?? '')) {
    const verdict = { lastCalibratedAt: at, lastCalibrationPassed: hasPassed };
    if (hasPassed !== true) return verdict;
    const calibratedOn = calendarDay(at);
    const calibrationDueOn = nextDue(calibratedOn, before.calibrationEveryDays, nextDueOn);
    return { ...verdict, calibratedOn, calibrationDueOn };
  }
  if (kind === 'maintenance' && at >= (before.lastMaintainedAt ?? '')) {
    return {
      lastMaintainedAt: at,
      maintenanceDueOn: nextDue(calendarDay(at), before.maintenanceEveryDays, nextDueOn),
    };
  }
  return {};
}
