import { randomBytes } from 'node:crypto';

import type { ParsedInput } from '#platform/contract.ts';
import { busyRow } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { composeReport as composeReportCall, ReportView } from '../contract.ts';
import { noSuchSection } from '../contract.ts';
import { changesOf } from '../domain/changes.ts';
import { CHECK_CODE_BYTES, checkCodeOf } from '../domain/check-code.ts';
import type { Scope } from '../domain/choose-results.ts';
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
 * Composes the next version of an order's report, and schedules its PDF.
 * @returns the version that stands, new or not; null while not all is authorised, or in part while nothing is
 * @throws report.no_such_section
 */
export async function composeReport(
  ctx: Ctx,
  { orderId, isPartial, section }: ParsedInput<typeof composeReportCall>,
): Promise<ReportView | null> {
  const ofSection = typeof section === 'string' && section !== '';
  if (ofSection) {
    // A section misspelt would be answered as one of which nothing is signed.
    const sections = [...new Set((await orderOf(ctx, orderId)).lines.map((line) => line.section))];
    if (!sections.includes(section)) throw noSuchSection({ section, sections });
  }
  if (!isPartial) return compose(ctx, orderId, { kind: 'complete' });
  return compose(ctx, orderId, ofSection ? { kind: 'section', section } : { kind: 'authorised' });
}

/**
 * What the version that stands has printed, as it was signed anew: it must not go on showing a value that was amended, or an
 * earlier stage of a culture, while other tests of the order are pending. Nothing when there is no version.
 */
export async function composePrinted(ctx: Ctx, orderId: string): Promise<ReportView | null> {
  return compose(ctx, orderId, { kind: 'printed' });
}

/**
 * The facts are gathered outside the transaction, since a call to another service must not wait inside one; they count only
 * when no version was composed meanwhile, so a later version never stands on earlier results.
 */
async function compose(ctx: Ctx, orderId: string, scope: Scope): Promise<ReportView | null> {
  const order = await orderOf(ctx, orderId);
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const latest = await store.findLatest(ctx.db, ctx.labId(), order.id);
    if (!latest && scope.kind === 'printed') return null;
    const gathered = await gather(ctx, order, scope, printedBy(latest));
    if (gathered.kind === 'nothing') return null;
    // While a signed value is open again, what was given out stands (lab-day 58).
    if (gathered.kind === 'amending') return latest ?? null;
    try {
      return await composeVersion(ctx, order, gathered, latest?.version ?? 0);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
  }
  throw busyRow({});
}

function printedBy(latest: store.LatestReport | undefined): ReadonlySet<string> | null {
  return latest ? new Set((latest.printed ?? []).map(({ resultId }) => resultId)) : null;
}

/** The report that stands says what was gathered, and nothing else: a report in part adds nothing to a whole one. */
function isSame(latest: store.LatestReport, { basis, basisAsFinal, basisBefore }: Gathered): boolean {
  if (latest.printed === null) return latest.basis === basisBefore;
  return latest.basis === basis || latest.basis === basisAsFinal;
}

/**
 * One try: the version after `seenVersion`, or the current one when it stands on the same results.
 * @throws Overtaken when another version was composed since `seenVersion` was read
 */
export async function composeVersion(
  ctx: Ctx,
  order: { readonly id: string; readonly patientId: string },
  gathered: Gathered,
  seenVersion: number,
): Promise<ReportView> {
  const labId = ctx.labId();
  const { basis, facts, printed } = gathered;
  return ctx.transaction(async (tx) => {
    await store.lockOrder(tx, labId, order.id);
    const latest = await store.findLatest(tx, labId, order.id);
    if ((latest?.version ?? 0) !== seenVersion) throw new Overtaken();

    if (latest && isSame(latest, gathered)) {
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
    const superseded = await store.supersedeBefore(tx, labId, order.id, version);
    // After that: one that was being made till now is either released and counts, or never will be.
    const released = await store.listReleased(tx, labId, order.id);
    const changes = changesOf(gathered.versions, released);
    const replaces = released[0]?.number ?? null;
    // Parsed here, so that what cannot be printed is refused before it is a version.
    const content = ReportContent.parse(
      composeContent(facts, { version, composedAt: ctx.now(), checkCode, verifyUrl, replaces, changes }),
    );
    const report = await store.add(tx, labId, {
      id: ctx.newId(),
      orderId: order.id,
      patientId: order.patientId,
      basis,
      printed,
      content,
      checkCode,
      fileId: ctx.newId(),
    });
    tx.schedule(renderReportJob, { reportId: report.id }, { key: report.id });
    const { number, isPartial, isAmended } = report;
    tx.audit('report.compose', report.id, { version, number, basis, superseded, isPartial, isAmended }, order.id);
    return report;
  });
}
