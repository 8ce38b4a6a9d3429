// Changing the catalogue: dated versions with who and why, the self-test, publishing, history, spreadsheets in and out.
import * as z from 'zod';

import { Day, defineCall, Id, Instant, noteText, PageInput, pageOf } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

import { CatalogueChanges, EntryCode } from './catalogue-inputs.ts';

/** What a change is about. Bands, deltas, index rules and interpretations are one entry an analyte, changed as a whole. */
export const EntryKind = z.enum([
  'container',
  'analyte',
  'test',
  'panel',
  'bands',
  'deltas',
  'index_rules',
  'interpretations',
  'consistency',
  'reflex',
]);
export type EntryKind = z.output<typeof EntryKind>;

/** draft: not to be ordered yet; live; retired: no longer ordered, kept because orders and reports name it. */
export const EntryStatus = z.enum(['draft', 'live', 'retired']);
export type EntryStatus = z.output<typeof EntryStatus>;

/** What the self-test found. An error forbids publishing; a warning is for a person to judge. */
export const CatalogueFault = z.object({
  severity: z.enum(['error', 'warning']),
  entity: EntryKind,
  /** Code of the entry; of the analyte for bands and rules of an analyte. */
  code: z.string(),
  field: z.string(),
  message: z.string(),
});
export type CatalogueFault = z.output<typeof CatalogueFault>;

/** Version of the catalogue the caller saw; null only when the lab has none yet. */
const ExpectedVersion = Id.nullable();

export const staleCatalogue = defineError<{ readonly version: string }>(
  'order.stale_catalogue',
  409,
  ({ version }) => `Someone changed the catalogue meanwhile; load it again (it is at version ${version}).`,
);
export const versionNeeded = defineError<{ readonly version: string }>(
  'order.version_needed',
  400,
  ({ version }) =>
    `Give the field expectedVersion, the version of the catalogue you saw (it is at ${version}); it is left out only for a lab without a catalogue.`,
);
export const catalogueRefused = defineError<{ readonly faults: readonly CatalogueFault[]; readonly total: number }>(
  'order.catalogue_refused',
  409,
  ({ faults, total }) =>
    Array.isArray(faults)
      ? `The catalogue would have ${total} fault${total === 1 ? '' : 's'}: ${faults
          .slice(0, 5)
          .map(({ entity, code, field, message }) => `${entity} ${code}, ${field}: ${message}`)
          .join('; ')}.`
      : 'The catalogue would have {total} faults: {faults}.',
);
export const unknownEntry = defineError<{ readonly entity: string; readonly code: string }>(
  'order.unknown_entry',
  404,
  ({ entity, code }) => `The catalogue has no ${entity} with the code ${code}.`,
);

export const CatalogueState = z.object({
  /** Null: the lab has no catalogue. */
  version: Id.nullable(),
  changedAt: Instant.nullable(),
  tests: z.int(),
  panels: z.int(),
  analytes: z.int(),
  /** Codes of the tests and panels that are not to be ordered yet. */
  drafts: z.array(z.string()),
});
export type CatalogueState = z.output<typeof CatalogueState>;
export const getCatalogueState = defineCall('order.catalogueState', z.object({}), CatalogueState);

export const ChangedCatalogue = z.object({
  /** The version it has now; unchanged when nothing differs. */
  version: Id.nullable(),
  /** Entries that differ, at most 1,000 named. */
  changed: z.array(z.object({ kind: EntryKind, code: z.string() })),
  changedCount: z.int(),
  /** Warnings about the entries changed, at most 200. */
  warnings: z.array(CatalogueFault),
});
export type ChangedCatalogue = z.output<typeof ChangedCatalogue>;

/**
 * Writes a batch of changes as one new version. Refused whole when the catalogue would have an error it has not now: an
 * old error does not stand in the way of correcting another.
 */
export const changeCatalogue = defineCall(
  'order.changeCatalogue',
  CatalogueChanges.extend({
    /** Client-made id, becomes the version: sent twice it changes once. */
    id: Id.optional(),
    expectedVersion: ExpectedVersion,
    reason: noteText(500),
  }),
  ChangedCatalogue,
);
/** Lets a draft (or retired) test or panel be ordered; refused with what the self-test says against it. */
export const publishTest = defineCall(
  'order.publishTest',
  z.object({ id: Id.optional(), code: EntryCode, expectedVersion: ExpectedVersion, reason: noteText(500) }),
  ChangedCatalogue,
);
/** The self-test of the catalogue as it stands, errors first. */
export const checkCatalogue = defineCall(
  'order.checkCatalogue',
  z.object({
    /** Only about this test or panel and what it reports; null: all. */
    code: EntryCode.nullish(),
  }),
  z.object({
    version: Id.nullable(),
    errors: z.int(),
    warnings: z.int(),
    /** At most 1,000. */
    faults: z.array(CatalogueFault),
  }),
);

export const CatalogueChangeView = z.object({
  version: Id,
  kind: EntryKind,
  code: z.string(),
  /** The entry before and after; null: it was not there, or is no longer. */
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string(),
  at: Instant,
  by: z.string(),
  byId: Id.nullable(),
});
export type CatalogueChangeView = z.output<typeof CatalogueChangeView>;
/** Every change, newest first; of one entry when kind and code are given. */
export const catalogueHistory = defineCall(
  'order.catalogueHistory',
  PageInput.extend({ entry: z.object({ kind: EntryKind, code: z.string().max(60) }).nullish() }),
  pageOf(CatalogueChangeView),
);

/** The sheets of a spreadsheet, in the order they are written; a CSV holds one of them. */
export const SheetName = z.enum([
  'containers',
  'analytes',
  'tests',
  'panels',
  'ranges',
  'deltas',
  'index_rules',
  'interpretations',
  'consistency',
  'reflex',
]);
export type SheetName = z.output<typeof SheetName>;

export const SheetFault = z.object({
  sheet: z.string(),
  /** As the spreadsheet counts: the header is row 1. */
  row: z.int(),
  column: z.string(),
  message: z.string(),
});
export type SheetFault = z.output<typeof SheetFault>;

export const MAX_SHEET_BYTES = 12_000_000;
export const badSpreadsheet = defineError<{ readonly why: string }>(
  'order.bad_spreadsheet',
  400,
  ({ why }) => `The file cannot be read as a catalogue: ${why}.`,
);

/**
 * Brings the catalogue to what the sheets say; entries they do not name stay. Faults are told all at once, not thrown: with
 * any of them nothing is written.
 */
export const importCatalogue = defineCall(
  'order.importCatalogue',
  z.object({
    id: Id.optional(),
    format: z.enum(['csv', 'xlsx']),
    /** Which sheet a CSV is; not read for xlsx. */
    sheet: SheetName.nullish(),
    contentBase64: z.base64().max(Math.ceil(MAX_SHEET_BYTES / 3) * 4),
    isDryRun: z.boolean(),
    expectedVersion: ExpectedVersion,
    reason: noteText(500),
    /** The day from which changed ranges hold; today when null. */
    rangesFrom: Day.nullish(),
  }),
  z.object({
    isWritten: z.boolean(),
    version: Id.nullable(),
    rows: z.int(),
    changed: z.array(z.object({ kind: EntryKind, code: z.string() })),
    changedCount: z.int(),
    /** At most 500. */
    faults: z.array(SheetFault),
    faultCount: z.int(),
    warnings: z.array(CatalogueFault),
  }),
);
export const exportCatalogue = defineCall(
  'order.exportCatalogue',
  z.object({ format: z.enum(['csv', 'xlsx']), sheet: SheetName.nullish() }),
  z.object({ fileName: z.string(), contentType: z.string(), contentBase64: z.string(), version: Id.nullable() }),
);
