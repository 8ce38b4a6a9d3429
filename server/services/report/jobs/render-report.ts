// Makes the PDF of a composed report and releases it. Safe to run twice: the file's id stands in the report's row, and a
// file that is there already is released as it is, even when a newer typesetter would make other bytes.
import { createHash } from 'node:crypto';

import { adoptFile, fileNotFound, getFile } from '#contract/file.ts';
import type { FileView } from '#contract/file.ts';
import { ServiceError } from '#platform/errors.ts';
import { PdfError } from '#platform/pdf/pdf-error.ts';
import { defineJob } from '#platform/service.ts';
import type { Ctx } from '#platform/service.ts';

import { reportReleased } from '../contract.ts';
import { ReportContent } from '../domain/report-content.ts';
import { renderReport } from '../rendering/render-report.ts';
import { loadPictures } from './load-pictures.ts';
import * as store from '../store.ts';

export const renderReportJob = defineJob<{ readonly reportId: string }>('report.render');

export async function runRenderReport(ctx: Ctx, { reportId }: { readonly reportId: string }): Promise<void> {
  const report = await store.findToRender(ctx.db, ctx.labId(), reportId);
  // Released by an earlier run, or overtaken by a newer version before it had a PDF.
  if (!report || report.status === 'released' || report.status === 'superseded') return;
  try {
    const file = (await findFile(ctx, report.fileId)) ?? (await makeFile(ctx, report));
    await release(ctx, report, file);
  } catch (error) {
    const code = codeOf(error);
    ctx.log.error('report.render_failed', { reportId, code });
    await ctx.transaction(async (tx) => {
      const noted = await store.noteFailure(tx, ctx.labId(), reportId, code);
      if (noted && report.status !== 'failed') tx.audit('report.render_failed', reportId, { code }, report.orderId);
    });
    throw error;
  }
}

async function findFile(ctx: Ctx, fileId: string): Promise<FileView | undefined> {
  try {
    return await ctx.callAsSystem(getFile, { fileId });
  } catch (error) {
    if (error instanceof ServiceError && error.code === fileNotFound.code) return undefined;
    throw error;
  }
}

async function makeFile(ctx: Ctx, report: store.ReportToRender): Promise<FileView> {
  const pdf = await typeset(ctx, report);
  const stagingKey = `staging/${ctx.newId()}`;
  await ctx.ports.files.put(stagingKey, pdf);
  try {
    return await ctx.callAsSystem(adoptFile, {
      id: report.fileId,
      stagingKey,
      name: `${report.number}.pdf`,
      contentType: 'application/pdf',
      sizeBytes: pdf.length,
      sha256: createHash('sha256').update(pdf).digest('hex'),
      ownerType: 'report',
      ownerId: report.id,
      caseId: report.orderId,
    });
  } catch (error) {
    await ctx.ports.files.delete(stagingKey).catch(() => {});
    throw error;
  }
}

/** A picture that cannot be printed must not keep the values from the patient: the report then says it is on file. */
async function typeset(ctx: Ctx, { id, content }: store.ReportToRender): Promise<Uint8Array> {
  const parsed = ReportContent.parse(content);
  const pictures = await loadPictures(ctx, parsed);
  try {
    return await renderReport(ctx.ports.pdf, parsed, pictures);
  } catch (error) {
    if (!(error instanceof PdfError) || pictures.size === 0) throw error;
    ctx.log.error('report.picture_unprintable', { reportId: id, code: codeOf(error) });
    return renderReport(ctx.ports.pdf, parsed);
  }
}

async function release(ctx: Ctx, report: store.ReportToRender, { sha256, sizeBytes }: FileView): Promise<void> {
  await ctx.transaction(async (tx) => {
    const at = ctx.now();
    const released = await store.release(tx, ctx.labId(), report.id, { sha256, sizeBytes, at });
    if (!released) return;
    const { id: reportId, orderId, patientId, number, version, isPartial, isAmended } = released;
    tx.audit('report.release', reportId, { number, version, fileId: report.fileId, sha256, sizeBytes }, orderId);
    const { fileId } = report;
    tx.emit(reportReleased, orderId, {
      reportId,
      orderId,
      patientId,
      number,
      version,
      fileId,
      at,
      isPartial,
      isAmended,
    });
  });
}

/** What went wrong as a code; an error's text may quote the report. */
function codeOf(error: unknown): string {
  if (error instanceof ServiceError) return error.code;
  return error instanceof PdfError ? `pdf.${error.kind}` : 'unexpected';
}
