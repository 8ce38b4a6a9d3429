import { randomBytes } from 'node:crypto';

import type { ParsedInput } from '#platform/contract.ts';
import { busyRow } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { composeReport as composeReportCall, ReportView } from '../contract.ts';
import { CHECK_CODE_BYTES, checkCodeOf } from '../domain/check-code.ts';
import { composeContent } from '../domain/compose-content.ts';
import { gather, orderOf } from '../gather.ts';
import type { Gathered } from '../gather.ts';
import { renderReportJob } from '../jobs/render-report.ts';
import { ReportContent } from '../domain/report-content.ts';
import * as store from '../store.ts';

const MOST_TRIES = 5;

/** Rolls the transaction back: another version came between the gathering and the lock, so what was gathered may be old. */
export class Overtaken extends Error {}

/**
 * Composes the next version of an order's report, and schedules its PDF. The facts are gathered outside the transaction,
 * since a call to another service must not wait inside one; they count only when no version was composed meanwhile, so
 * a later version never stands on earlier results.
 * @returns the current version, new or not; null while a result is not authorised
 */
export async function composeReport(
  ctx: Ctx,
  { orderId }: ParsedInput<typeof composeReportCall>,
): Promise<ReportView | null> {
  const order = await orderOf(ctx, orderId);
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const seen = (await store.findLatest(ctx.db, ctx.labId(), order.id))?.version ?? 0;
    const gathered = await gather(ctx, order);
    if (!gathered) return null;
    try {
      return await composeVersion(ctx, order, gathered, seen);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
  }
  throw busyRow({});
}

/**
 * One try: the version after `seenVersion`, or the current one when it stands on the same results.
 * @throws Overtaken when another version was composed since `seenVersion` was read
 */
export async function composeVersion(
  ctx: Ctx,
  order: { readonly id: string; readonly patientId: string },
  { basis, facts }: Gathered,
  seenVersion: number,
): Promise<ReportView> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    await store.lockOrder(tx, labId, order.id);
    const latest = await store.findLatest(tx, labId, order.id);
    if ((latest?.version ?? 0) !== seenVersion) throw new Overtaken();

    if (latest?.basis === basis) {
      if (latest.status !== 'failed') return latest;
      // Asked for again by a person, or told again: the PDF gets another round of tries, now. No key: under the first
      // job's key it would wait for that one's next try, which may be hours away. The job is harmless twice.
      const again = await store.makeAgain(tx, labId, latest.id);
      tx.schedule(renderReportJob, { reportId: latest.id });
      tx.audit('report.render_again', latest.id, { version: latest.version }, order.id);
      return again;
    }

    const version = seenVersion + 1;
    const checkCode = checkCodeOf(randomBytes(CHECK_CODE_BYTES));
    const verifyUrl = `${ctx.config.publicUrl}/r/${checkCode}`;
    // Parsed here, so that what cannot be printed is refused before it is a version.
    const content = ReportContent.parse(
      composeContent(facts, { version, composedAt: ctx.now(), checkCode, verifyUrl }),
    );
    const superseded = await store.supersedeBefore(tx, labId, order.id, version);
    const report = await store.add(tx, labId, {
      id: ctx.newId(),
      orderId: order.id,
      patientId: order.patientId,
      basis,
      content,
      checkCode,
      fileId: ctx.newId(),
    });
    tx.schedule(renderReportJob, { reportId: report.id }, { key: report.id });
    tx.audit('report.compose', report.id, { version, number: report.number, basis, superseded }, order.id);
    return report;
  });
}
