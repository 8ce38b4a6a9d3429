// Aliquots, racks and the end of a tube.
import * as z from 'zod';

import { defineCall, Id, Instant, PageInput, pageOf, shortText } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

import { Barcode, Place, RefusedScan, TubeView } from './tubes.ts';

export const notEnough = defineError<{ readonly remainingMl: number; readonly askedMl: number }>(
  'sample.not_enough',
  409,
  ({ remainingMl, askedMl }) => `${askedMl} mL cannot be poured off: ${remainingMl} mL are left.`,
);
export const notPrimary = defineError(
  'sample.not_primary',
  409,
  () => 'Aliquots are poured from the tube that was drawn, not from another aliquot.',
);
export const tooManyAliquots = defineError('sample.too_many_aliquots', 409, () => 'A tube has at most nine aliquots.');
export const notOnTube = defineError<{ readonly lineIds: readonly string[] }>(
  'sample.not_on_tube',
  400,
  () => 'A test named is not on this tube, or is named for two aliquots.',
);
export const notAtCounter = defineError<{ readonly status: string }>(
  'sample.not_here',
  409,
  ({ status }) =>
    `A ${status} tube cannot be poured off, routed or stored; it must be received first (done by those who hold sample.store).`,
);

/**
 * Pours off a received tube: one aliquot a volume, with the parent's barcode and a suffix -A1, -A2 … (lab-day 30). Tests
 * named move to their aliquot.
 */
export const aliquotTube = defineCall(
  'sample.aliquot',
  z.object({
    barcode: Barcode,
    aliquots: z
      .array(
        z.object({
          volumeMl: z.number().positive().max(1000),
          /** Tests that are run from it instead of the parent. */
          lineIds: z.array(Id).max(100).default([]),
          /** Another bench than the parent's. */
          section: shortText(40).nullish(),
          /** The referral lab it goes to. */
          referralLabId: Id.nullish(),
        }),
      )
      .min(1)
      .max(9),
    place: Place.nullish(),
  }),
  z.object({ parent: TubeView, aliquots: z.array(TubeView) }),
);

export const Temperature = z.enum(['room', 'refrigerated', 'frozen']);
export type Temperature = z.output<typeof Temperature>;
/** The barcode on a rack; kept in capitals. */
export const RackCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9-]{0,19}$/, '1 to 20 letters, digits or dashes');
export const RackView = z.object({
  id: Id,
  /** The barcode on the rack. */
  code: z.string(),
  rows: z.int(),
  columns: z.int(),
  place: z.string(),
  temperature: Temperature,
  /** Positions taken now. */
  tubeCount: z.int(),
});
export type RackView = z.output<typeof RackView>;
/** A row letter and a column number: `C7`. */
export const RackPosition = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z][1-9]\d?$/, 'a row letter and a column number, such as C7');

export const rackNotFound = defineError<{ readonly code: string }>(
  'sample.rack_not_found',
  404,
  ({ code }) => `There is no rack with the code ${code}.`,
);
export const noSuchPosition = defineError<{ readonly position: string; readonly last: string }>(
  'sample.no_such_position',
  400,
  ({ position, last }) => `The rack has no position ${position}; its last is ${last}.`,
);
export const positionTaken = defineError('sample.position_taken', 409, () => 'Another tube stands in that position.');
export const rackFull = defineError<{ readonly code: string }>(
  'sample.rack_full',
  409,
  ({ code }) => `The rack ${code} has no free position.`,
);
export const rackInUse = defineError(
  'sample.rack_in_use',
  409,
  () => 'Tubes stand in positions that the rack would lose; take them out first.',
);
export const notStored = defineError('sample.not_stored', 409, () => 'The tube stands in no rack.');

/** Adds a rack, or changes the one with that code. */
export const saveRack = defineCall(
  'sample.saveRack',
  z.object({
    code: RackCode,
    rows: z.int().min(1).max(26),
    columns: z.int().min(1).max(99),
    place: Place,
    temperature: Temperature,
  }),
  RackView,
);
export const listRacks = defineCall('sample.listRacks', PageInput, pageOf(RackView));
/** What stands in a rack, by position. */
export const getRack = defineCall(
  'sample.getRack',
  z.object({ code: RackCode }),
  z.object({ rack: RackView, tubes: z.array(TubeView) }),
);
/** Puts a tube into a rack, at the first free position when none is named; from another position it moves. */
export const storeTube = defineCall(
  'sample.store',
  z.object({ barcode: Barcode, rackCode: RackCode, position: RackPosition.nullish() }),
  TubeView,
);
export const retrieveTube = defineCall(
  'sample.retrieve',
  z.object({ barcode: Barcode, reason: shortText(200).nullish(), place: Place.nullish() }),
  TubeView,
);

export const tooEarlyToDispose = defineError<{ readonly keepUntil: string }>(
  'sample.too_early_to_dispose',
  409,
  ({ keepUntil }) => `The tube is kept until ${keepUntil}; to dispose of it before, give the field reason.`,
);
export const undecidedTube = defineError(
  'sample.undecided',
  409,
  () => 'The tube is rejected and nobody has decided what becomes of its tests (done by those who hold sample.reject).',
);
/** Tubes whose time is over (policy sampleRetentionDays), longest kept first. */
export const listDisposable = defineCall(
  'sample.listDisposable',
  PageInput,
  pageOf(z.object({ tube: TubeView, keptUntil: Instant })),
);
/** Throws tubes away. Before their time only with a reason. Each is disposed of or named with why not. */
export const disposeTubes = defineCall(
  'sample.dispose',
  z.object({
    barcodes: z.array(Barcode).min(1).max(200),
    reason: shortText(200).nullish(),
    place: Place.nullish(),
  }),
  z.object({ disposed: z.array(TubeView), refused: z.array(RefusedScan) }),
);
