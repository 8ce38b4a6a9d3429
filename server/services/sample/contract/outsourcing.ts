// Tubes that go to a referral lab: lists, manifests, their reports (lab-day 31).
import * as z from 'zod';

import { Day, defineCall, Id, Instant, PageInput, pageOf } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

import { Barcode, Place, TubeView } from './tubes.ts';

/** made: listed, not gone; sent; reported: the report of every order on it is here. */
export const ManifestStatus = z.enum(['made', 'sent', 'reported']);
export type ManifestStatus = z.output<typeof ManifestStatus>;

/** The referral lab's report for one order. Its values are transcribed at the bench and checked by a second person. */
export const OutlabReport = z.object({
  orderId: Id,
  /** The stored file. */
  fileId: Id,
  attachedAt: Instant,
  attachedBy: z.string(),
});
export type OutlabReport = z.output<typeof OutlabReport>;

export const ManifestView = z.object({
  id: Id,
  /** `MAN-`, day, number, check digit; also its barcode. */
  number: z.string(),
  referralLabId: Id,
  referralLabName: z.string(),
  status: ManifestStatus,
  /** By when the last report is due: the longest turnaround of its tests from when it was made. */
  expectedOn: Day,
  madeAt: Instant,
  madeBy: z.string(),
  sentAt: Instant.nullable(),
  sentBy: z.string().nullable(),
  tubes: z.array(TubeView),
  reports: z.array(OutlabReport),
  /** Orders on it whose report has not come. */
  openOrderIds: z.array(Id),
});
export type ManifestView = z.output<typeof ManifestView>;

export const manifestNotFound = defineError('sample.manifest_not_found', 404, () => 'There is no such manifest.');
export const notReferralLab = defineError(
  'sample.not_referral_lab',
  400,
  () => 'The field referralLabId names no active referral lab.',
);
export const cannotMoveManifest = defineError<{
  readonly status: string;
  readonly move: string;
  readonly expected: string;
  readonly mayBy: string;
}>(
  'sample.cannot_move_manifest',
  409,
  ({ status, move, expected, mayBy }) =>
    `A manifest that is ${status} cannot be ${move}; it must be ${expected} first (done by those who hold ${mayBy}).`,
);
export const cannotList = defineError<{ readonly barcodes: readonly string[] }>(
  'sample.cannot_list',
  409,
  ({ barcodes }) =>
    `Only received tubes that go to this referral lab and are on no other manifest can be listed; leave out ${Array.isArray(barcodes) ? barcodes.join(', ') : String(barcodes)}.`,
);
export const notOnManifest = defineError(
  'sample.not_on_manifest',
  400,
  () => 'No tube of that order is on this manifest.',
);

export const wrongFile = defineError(
  'sample.wrong_file',
  400,
  () => 'The field fileId names no file that was stored for that order.',
);

/** Sends a received tube to a referral lab, or back to a bench here when null. */
export const routeTube = defineCall(
  'sample.route',
  z.object({ barcode: Barcode, referralLabId: Id.nullable(), place: Place.nullish() }),
  TubeView,
);
/** Received tubes of one referral lab that are on no manifest, longest waiting first. */
export const listToSend = defineCall('sample.listToSend', PageInput.extend({ referralLabId: Id }), pageOf(TubeView));
export const makeManifest = defineCall(
  'sample.makeManifest',
  z.object({
    /** Client-made id: making the same manifest twice makes it once. */
    id: Id.optional(),
    referralLabId: Id,
    barcodes: z.array(Barcode).min(1).max(200),
    /** When their turnaround is known better than ours. */
    expectedOn: Day.nullish(),
  }),
  ManifestView,
);
export const sendManifest = defineCall(
  'sample.sendManifest',
  z.object({ manifestId: Id, courier: Place.nullish() }),
  ManifestView,
);
/** Attaches the referral lab's report of one order; the manifest is done when every order has one. */
export const outlabReport = defineCall(
  'sample.outlabReport',
  z.object({ manifestId: Id, orderId: Id, fileId: Id }),
  ManifestView,
);
export const getManifest = defineCall('sample.getManifest', z.object({ manifestId: Id }), ManifestView);
/** The list that travels with the tubes, base64 of a PDF. */
export const printManifest = defineCall(
  'sample.printManifest',
  z.object({ manifestId: Id }),
  z.object({ pdf: z.string() }),
);
/** Manifests by status, the one due first first. */
export const listManifests = defineCall(
  'sample.listManifests',
  PageInput.extend({ status: ManifestStatus }),
  pageOf(ManifestView),
);
/** Manifests that are sent and whose expected day is over, longest overdue first. */
export const listOverdue = defineCall('sample.listOverdueManifests', PageInput, pageOf(ManifestView));
