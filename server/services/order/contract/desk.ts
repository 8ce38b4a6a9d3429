// Help for the desk: orders typed but not placed, and the people and tests of a whole camp in one file.
import * as z from 'zod';

import { defineCall, Id, Instant, PageInput, pageOf, shortText } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

export const DraftView = z.object({
  id: Id,
  /** What the screen kept, as it gave it. */
  content: z.record(z.string(), z.unknown()),
  savedAt: Instant,
});
export type DraftView = z.output<typeof DraftView>;

export const draftTooLarge = defineError<{ readonly maxBytes: number }>(
  'order.draft_too_large',
  413,
  ({ maxBytes }) => `The draft is too large; at most ${maxBytes} bytes of JSON are kept.`,
);
export const draftRefused = defineError<{ readonly field: string }>(
  'order.draft_refused',
  400,
  ({ field }) => `The draft's field ${field} looks like an Aadhaar number; Aadhaar numbers are never stored here.`,
);
export const tooManyDrafts = defineError<{ readonly most: number }>(
  'order.too_many_drafts',
  409,
  ({ most }) => `You have ${most} drafts already; place or discard one first.`,
);
/** Keeps what is typed, for the user alone. The id is that of the order to be: placing it removes the draft. */
export const saveDraft = defineCall(
  'order.saveDraft',
  z.object({ id: Id, content: z.record(z.string().max(100), z.unknown()) }),
  DraftView,
);
/** One's own, newest first. */
export const listDrafts = defineCall('order.listDrafts', PageInput, pageOf(DraftView));
export const discardDraft = defineCall(
  'order.discardDraft',
  z.object({ id: Id }),
  z.object({ isDiscarded: z.boolean() }),
);

/** A fault of a file, by the row and column as a spreadsheet shows them: the heading is row 1. */
export const FileFault = z.object({
  row: z.int(),
  column: z.string(),
  /** What was expected. */
  expected: z.string(),
});
export type FileFault = z.output<typeof FileFault>;

export const UploadRow = z.object({
  row: z.int(),
  status: z.enum(['waiting', 'placed', 'possible_duplicate', 'refused']),
  patientId: Id.nullable(),
  orderId: Id.nullable(),
  /** The code of the refusal; null otherwise. */
  refusal: z.string().nullable(),
  /** Registered people this one may be; the upload is sent again with a choice for the row. */
  possiblePatientIds: z.array(Id),
});
export type UploadRow = z.output<typeof UploadRow>;

export const UploadView = z.object({
  id: Id,
  /** The camp. */
  sourceId: Id,
  fileName: z.string(),
  rows: z.int(),
  waiting: z.int(),
  placed: z.int(),
  possibleDuplicates: z.int(),
  refused: z.int(),
  uploadedAt: Instant,
  uploadedBy: z.string(),
});
export type UploadView = z.output<typeof UploadView>;

export const badFile = defineError<{ readonly faults: readonly FileFault[] }>('order.bad_file', 400, ({ faults }) =>
  Array.isArray(faults)
    ? `The file has faults: ${faults
        .slice(0, 10)
        .map((fault) => `row ${fault.row}, column ${fault.column}: expected ${fault.expected}`)
        .join('; ')}${faults.length > 10 ? `; and ${faults.length - 10} more` : ''}.`
    : 'The file has faults: {faults}.',
);
export const uploadTaken = defineError(
  'order.upload_taken',
  409,
  () => 'Another file was sent under this id already; an upload that is sent again must be the same file.',
);
export const uploadNotFound = defineError('order.upload_not_found', 404, () => 'There is no such upload in this lab.');

/**
 * People and tests of a camp, 1,000 at most. The file has a heading row with: name, sex, born_on or age, mobile, tests; and
 * if wanted address, priority, fasting, notes. A dry run stores nothing and gives every fault; otherwise a file with faults
 * is refused whole, and a good one is worked through in the background. Sent again with the same id nothing is made twice.
 */
export const importOrders = defineCall(
  'order.import',
  z.object({
    /** Client-made. */
    uploadId: Id,
    /** The camp the orders come from. */
    sourceId: Id,
    fileName: shortText(120),
    format: z.enum(['csv', 'xlsx']),
    /** The file, base64. */
    content: z.base64().max(1_800_000),
    isDryRun: z.boolean().default(false),
    /** For rows that may be somebody registered already: who it is, or that it is somebody else. */
    choices: z
      .array(z.object({ row: z.int(), patientId: Id.nullish(), isKnownToDiffer: z.boolean().default(false) }))
      .max(1000)
      .default([]),
  }),
  z.object({
    rows: z.int(),
    faults: z.array(FileFault),
    /** Null for a dry run. */
    upload: UploadView.nullable(),
  }),
);
export const getUpload = defineCall('order.getUpload', z.object({ uploadId: Id }), UploadView);
/** Rows of an upload in the order of the file; those of one status when given. */
export const listUploadRows = defineCall(
  'order.listUploadRows',
  PageInput.extend({ uploadId: Id, status: UploadRow.shape.status.nullish() }),
  pageOf(UploadRow),
);
