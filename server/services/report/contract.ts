// Report versions: composed once from authorised results, made into a PDF once, checked by anyone with the QR code.
import * as z from 'zod';

import { defineCall, defineEvent, Id, Instant, trailCall } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

/** making: composed, PDF not made yet; failed: the PDF could not be made, see the job; released; superseded by a newer one. */
export const ReportStatus = z.enum(['making', 'failed', 'released', 'superseded']);
export type ReportStatus = z.output<typeof ReportStatus>;

export const ReportView = z.object({
  id: Id,
  orderId: Id,
  patientId: Id,
  /** Report number as printed: the order's number and the version. */
  number: z.string(),
  version: z.int(),
  status: ReportStatus,
  fileId: Id.nullable(),
  /** SHA-256 of the PDF's bytes, hex. */
  sha256: z.string().nullable(),
  sizeBytes: z.int().nullable(),
  /** Address behind the QR code. */
  verifyUrl: z.string(),
  composedAt: Instant,
  releasedAt: Instant.nullable(),
  signedBy: z.string(),
  /** Printed as interim: tests are pending, or a culture is preliminary. */
  isPartial: z.boolean(),
  /** Printed as amended: a value that an earlier version showed reads otherwise now. */
  isAmended: z.boolean(),
  /** Number of the version that stands instead; null unless superseded. */
  supersededBy: z.string().nullable(),
});
export type ReportView = z.output<typeof ReportView>;

export const reportNotFound = defineError('report.not_found', 404, () => 'There is no such report in this lab.');
export const reportNotReady = defineError(
  'report.not_ready',
  409,
  () => 'The report is still being made; try again shortly.',
  'transient',
);
export const noSuchSection = defineError<{ readonly section: string; readonly sections: readonly string[] }>(
  'report.no_such_section',
  400,
  ({ section, sections }) =>
    `The order has no tests of a section ${section}; its sections are ${Array.isArray(sections) ? sections.join(', ') : String(sections)}.`,
);
export const unknownCheckCode = defineError(
  'report.unknown_check_code',
  404,
  () => 'No report carries this check code.',
);
export const signatoryUnfit = defineError(
  'report.signatory_unfit',
  409,
  () => 'The person who authorised has no registration number on record, so no report can carry the signature.',
);

/** Batch: reports by order, newest version first. */
export const reportsOfOrders = defineCall(
  'report.ofOrders',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(ReportView),
);
export const getReport = defineCall('report.get', z.object({ reportId: Id }), ReportView);
/** A signed link to the PDF that expires. @throws report.not_ready */
export const linkReport = defineCall(
  'report.link',
  z.object({ reportId: Id }),
  z.object({ url: z.string(), expiresAt: Instant }),
);
/** For anyone with the code on the paper: is this report genuine and current? No health data, no name. */
export const checkReport = defineCall(
  'report.check',
  z.object({ code: z.string().max(120) }),
  z.object({
    labName: z.string(),
    number: z.string(),
    version: z.int(),
    status: ReportStatus,
    releasedAt: Instant.nullable(),
    signedBy: z.string(),
    sha256: z.string().nullable(),
    isPartial: z.boolean(),
    isAmended: z.boolean(),
    /** Number of the version that stands instead; null unless superseded. */
    supersededBy: z.string().nullable(),
  }),
);
/**
 * Composes the report of an order; the same results make no second version. Null while not all are authorised, or with
 * `isPartial` while nothing is. As long as a signed result is open for amendment the version that stands is given.
 */
export const composeReport = defineCall(
  'report.compose',
  z.object({
    orderId: Id,
    /** What is authorised by now, the rest printed as pending: an interim report (lab-day 51). */
    isPartial: z.boolean().default(false),
    /** With isPartial: only what is authorised of this section, with what the version that stands has printed. */
    section: z.string().max(40).nullish(),
  }),
  ReportView.nullable(),
);
export const reportTrail = trailCall('report');

export const reportReleased = defineEvent(
  'report.released',
  1,
  z.object({
    reportId: Id,
    orderId: Id,
    patientId: Id,
    number: z.string(),
    version: z.int(),
    fileId: Id,
    at: Instant,
    isPartial: z.boolean().default(false),
    /** Whoever got an earlier version has to get this one. */
    isAmended: z.boolean().default(false),
  }),
);
