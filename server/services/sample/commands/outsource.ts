import { calendarDay } from '@nidaan/values';

import { getFile } from '#contract/file.ts';
import { getTests } from '#contract/order.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type {
  ManifestView,
  makeManifest as makeManifestCall,
  outlabReport as outlabReportCall,
  routeTube as routeTubeCall,
  sendManifest as sendManifestCall,
} from '../contract.ts';
import { cannotList, manifestNotFound, notAtCounter, notOnManifest, tubeNotFound, wrongFile } from '../contract.ts';
import { addSteps } from '../custody-store.ts';
import { cannotManifest, manifestAfter } from '../domain/bag-status.ts';
import * as manifests from '../manifest-store.ts';
import { manifestViews } from '../queries/read-manifests.ts';
import { setReferralLab } from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';
import { nextCode } from './document-number.ts';
import { checkReferralLabs } from './referral-labs.ts';
import { step } from './steps.ts';

/** To a referral lab, as when the instrument here is down, or back to the bench. Not once it is on a manifest. */
export async function routeTube(
  ctx: Ctx,
  { barcode, referralLabId, place }: ParsedInput<typeof routeTubeCall>,
): Promise<store.Tube> {
  await checkReferralLabs(ctx, referralLabId === null ? [] : [referralLabId]);
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const [tube] = await store.lockTubes(tx, labId, [barcode]);
    if (tube === undefined) throw tubeNotFound({ barcode });
    if (tube.status !== 'received') throw notAtCounter({ status: tube.status });
    if (tube.manifestId !== null) throw cannotList({ barcodes: [tube.barcode] });
    if (tube.referralLabId === referralLabId) return tube;
    const routed = await setReferralLab(tx, labId, tube.id, referralLabId);
    const facts = { from: tube.referralLabId, to: referralLabId };
    await addSteps(tx, labId, [step(ctx, tube.id, 'routed', { place, facts })]);
    tx.audit('sample.route', tube.id, facts, tube.orderId);
    return routed;
  });
}

/** A list of tubes for one referral lab, due when the slowest of their tests is. */
export async function makeManifest(
  ctx: Ctx,
  { id, referralLabId, barcodes, expectedOn }: ParsedInput<typeof makeManifestCall>,
): Promise<ManifestView> {
  const labId = ctx.labId();
  const known = id === undefined ? undefined : await manifests.findManifest(ctx.db, labId, id);
  if (known) return oneView(ctx, known.id);
  const [lab] = await checkReferralLabs(ctx, [referralLabId]);
  const seen = await store.findTubes(ctx.db, labId, barcodes);
  const codes = [...new Set(seen.flatMap((tube) => tube.testCodes))].slice(0, 500);
  const tests = await ctx.callAsSystem(getTests, { codes });
  const slowest = Math.max(0, ...tests.map((test) => test.turnaroundMinutes));

  const manifestId = id ?? ctx.newId();
  await ctx.transaction(async (tx) => {
    const tubes = await store.lockTubes(tx, labId, barcodes);
    const byBarcode = new Map(
      tubes.flatMap((tube) => [tube.accession, tube.barcode].map((text) => [store.scanned(text), tube] as const)),
    );
    const unfit = barcodes.filter((barcode) => !isListable(byBarcode.get(store.scanned(barcode)), referralLabId));
    if (unfit.length > 0) throw cannotList({ barcodes: unfit });
    const at = ctx.now();
    const number = await nextCode(tx, labId, 'manifest', at);
    const isNew = await manifests.addManifest(tx, labId, {
      id: manifestId,
      number,
      referralLabId,
      referralLabName: lab?.name ?? '',
      expectedOn: expectedOn ?? calendarDay(new Date(Date.parse(at) + slowest * 60_000).toISOString()),
      madeAt: at,
      madeBy: ctx.actor.name,
    });
    if (!isNew) return;
    const ids = tubes.map((tube) => tube.id);
    await manifests.listOn(tx, labId, manifestId, ids);
    await addSteps(
      tx,
      labId,
      ids.map((tubeId) => step(ctx, tubeId, 'listed', { at, facts: { manifest: number, referralLabId } })),
    );
    for (const tube of tubes) tx.audit('sample.list', tube.id, { manifestId, number, referralLabId }, tube.orderId);
  });
  return oneView(ctx, manifestId);
}

function isListable(tube: store.Tube | undefined, referralLabId: string): boolean {
  return (
    tube !== undefined &&
    tube.status === 'received' &&
    tube.referralLabId === referralLabId &&
    tube.manifestId === null &&
    tube.lineIds.length > 0
  );
}

/** The tubes leave the house. */
export async function sendManifest(
  ctx: Ctx,
  { manifestId, courier }: ParsedInput<typeof sendManifestCall>,
): Promise<ManifestView> {
  await ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const manifest = await manifests.lockManifest(tx, labId, manifestId);
    if (manifest === undefined) throw manifestNotFound({});
    const next = manifestAfter(manifest.status, 'send');
    if (next === undefined) throw cannotManifest(manifest.status, 'send');
    if (next === manifest.status) return;
    const at = ctx.now();
    await manifests.setManifestSent(tx, labId, manifestId, courier ?? null, at, ctx.actor.name);
    const tubes = await manifests.tubesOfManifests(tx, labId, [manifestId]);
    await manifests.takeOutOfRacks(tx, labId, manifestId);
    await addSteps(
      tx,
      labId,
      tubes.map((tube) =>
        step(ctx, tube.id, 'sent_out', {
          at,
          place: manifest.referralLabName,
          facts: { manifest: manifest.number, courier: courier ?? null, from: tube.location },
        }),
      ),
    );
    tx.audit('sample.send_manifest', manifestId, { from: manifest.status, to: next, number: manifest.number });
  });
  return oneView(ctx, manifestId);
}

/** Their report of one order. The file must have been stored for that order, so that it can be read with it. */
export async function outlabReport(
  ctx: Ctx,
  { manifestId, orderId, fileId }: ParsedInput<typeof outlabReportCall>,
): Promise<ManifestView> {
  const file = await ctx.callAsSystem(getFile, { fileId });
  if (file.ownerType !== 'order' || file.ownerId !== orderId) throw wrongFile({});
  await ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const manifest = await manifests.lockManifest(tx, labId, manifestId);
    if (manifest === undefined) throw manifestNotFound({});
    if (manifestAfter(manifest.status, 'report') === undefined) throw cannotManifest(manifest.status, 'report');
    const tubes = await manifests.tubesOfManifests(tx, labId, [manifestId]);
    if (!tubes.some((tube) => tube.orderId === orderId)) throw notOnManifest({});
    const attachedAt = ctx.now();
    const report = { orderId, fileId, attachedAt, attachedBy: ctx.actor.name };
    if (!(await manifests.addReport(tx, labId, manifestId, report))) return;
    tx.audit('sample.outlab_report', manifestId, { fileId, number: manifest.number }, orderId);
    const [view] = await manifestViews(tx, labId, [manifest]);
    if (view?.openOrderIds.length === 0) await manifests.setReported(tx, labId, manifestId);
  });
  return oneView(ctx, manifestId);
}

async function oneView(ctx: Ctx, manifestId: string): Promise<ManifestView> {
  const manifest = await manifests.findManifest(ctx.db, ctx.labId(), manifestId);
  if (manifest === undefined) throw manifestNotFound({});
  const [view] = await manifestViews(ctx.db, ctx.labId(), [manifest]);
  if (view === undefined) throw manifestNotFound({});
  return view;
}
