// What the sample service tells moves the lines of the tube. News that comes twice, or late, leaves a line where it is.
import type { LabCalendar } from '#contract/organization.ts';
import type { sampleCollected, sampleDecided, sampleReceived, sampleRejected } from '#contract/sample.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { cancelStates, lockWhole } from '../commands/change-lines.ts';
import { calendarOf } from '../commands/order-terms.ts';
import type { OrderView } from '../contract.ts';
import { calculatedFrom } from '../domain/calculation-lines.ts';
import { mayCancel, stageAfter } from '../domain/line-stages.ts';
import { promise } from '../domain/promise.ts';
import type { LineState } from '../line-store.ts';
import * as lineStore from '../line-store.ts';
import { currentCatalogue } from '../queries/catalogue-shelf.ts';

interface TubeNews {
  readonly orderId: string;
  readonly lineIds: readonly string[];
}

async function move(ctx: Ctx, news: TubeNews, next: (line: LineState) => LineState): Promise<void> {
  const labId = ctx.labId();
  await ctx.transaction(async (tx) => {
    const lines = await linesOfTube(tx, labId, news);
    await lineStore.saveLines(tx, labId, news.orderId, lines.map(next));
  });
}

async function linesOfTube(tx: Tx, labId: string, { orderId, lineIds }: TubeNews): Promise<readonly LineState[]> {
  const mine = new Set(lineIds);
  return (await lineStore.lockLines(tx, labId, orderId)).filter((line) => mine.has(line.lineId));
}

export function onSampleCollected(ctx: Ctx, news: EventPayload<typeof sampleCollected>): Promise<void> {
  return move(ctx, news, (line) => ({
    ...line,
    stage: stageAfter(line.stage, 'collect') ?? line.stage,
    collectedAt: line.collectedAt ?? news.at,
  }));
}

export function onSampleReceived(ctx: Ctx, news: EventPayload<typeof sampleReceived>): Promise<void> {
  return move(ctx, news, (line) => ({
    ...line,
    stage: stageAfter(line.stage, 'receive') ?? line.stage,
    receivedAt: line.receivedAt ?? news.at,
  }));
}

export function onSampleRejected(ctx: Ctx, news: EventPayload<typeof sampleRejected>): Promise<void> {
  return move(ctx, news, (line) => ({ ...line, stage: stageAfter(line.stage, 'reject') ?? line.stage }));
}

export async function onSampleDecided(ctx: Ctx, news: EventPayload<typeof sampleDecided>): Promise<void> {
  if (news.decision === 'run_with_comment') {
    await move(ctx, news, (line) => ({ ...line, stage: stageAfter(line.stage, 'use_after_all') ?? line.stage }));
    return;
  }
  const labId = ctx.labId();
  const calendar = await calendarOf(ctx);
  const catalogue = await currentCatalogue(ctx);
  await ctx.transaction(async (tx) => {
    const order = await lockWhole(tx, labId, news.orderId);
    const lines = await linesOfTube(tx, labId, news);
    if (news.decision === 'refund') {
      const mine = new Set(lines.map((line) => line.lineId));
      const all = (await lineStore.lockLines(tx, labId, order.id)).filter((line) => mayCancel(line.stage) !== null);
      const mayGo = new Set(all.map((line) => line.lineId));
      const refunded = new Set(all.flatMap((line) => (mine.has(line.lineId) ? [line.lineId] : [])));
      // What was to be calculated from it can never be.
      const derived = calculatedFrom(order.lines, refunded, (id) => mayGo.has(id), catalogue);
      const ids = new Set([...refunded, ...derived]);
      const open = all.filter((line) => ids.has(line.lineId));
      const reason = `tube ${news.barcode} rejected, refunded`;
      if (refunded.size > 0) await cancelStates(ctx, tx, order, open, reason, catalogue);
      return;
    }
    const again = lines.filter((line) => stageAfter(line.stage, 'draw_again') !== undefined);
    await lineStore.saveLines(
      tx,
      labId,
      order.id,
      again.map((line) => drawAgain(line, order, news.at, calendar)),
    );
  });
}

/** lab-day 29: recollected on the same bill, with a turnaround that begins anew. */
function drawAgain(line: LineState, order: OrderView, at: string, calendar: LabCalendar): LineState {
  return {
    ...line,
    stage: stageAfter(line.stage, 'draw_again') ?? line.stage,
    collectedAt: null,
    receivedAt: null,
    enteredAt: null,
    verifiedAt: null,
    clockFrom: at,
    promisedAt: promise(at, line, order.priority, calendar),
    draws: line.draws + 1,
  };
}
