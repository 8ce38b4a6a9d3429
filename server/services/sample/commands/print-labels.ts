import { tubeLabelZpl } from '@nidaan/barcode-labels';

import { getTests } from '#contract/order.ts';
import { getLab } from '#contract/organization.ts';
import { getPatient } from '#contract/patient.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { printLabels as printLabelsCall } from '../contract.ts';
import { labelOf } from '../label-text.ts';
import { renderLabelSheet } from '../rendering/render-labels.ts';
import * as store from '../store.ts';
import { planTubes } from './plan-tubes.ts';

export interface Printed {
  readonly format: 'zpl' | 'pdf';
  readonly zpl: string | null;
  readonly pdf: string | null;
  readonly tubes: readonly store.Tube[];
}

/** Labels of all tubes of an order, in the sequence they are filled. Each print is counted and in the audit trail. */
export async function printLabels(
  ctx: Ctx,
  { orderId, format }: ParsedInput<typeof printLabelsCall>,
): Promise<Printed> {
  const tubes = await planTubes(ctx, { orderId });
  const patientId = tubes[0]?.patientId;
  if (patientId === undefined) throw new Error('A planned order has at least one tube');
  const [patient, lab, tests] = await Promise.all([
    // As the system: a label shows name, age and sex to whoever may stick it on.
    ctx.callAsSystem(getPatient, { patientId }),
    ctx.callAsSystem(getLab, {}),
    ctx.callAsSystem(getTests, { codes: tubes.flatMap((tube) => tube.testCodes) }),
  ]);
  const now = ctx.now();
  const shortNames = new Map(tests.map((test) => [test.code, test.shortName]));
  const labels = tubes.map((tube) => labelOf(tube, { patient, labName: lab.name, shortNames, now }));
  const zpl = format === 'zpl' ? labels.map((label) => tubeLabelZpl(label)).join('') : null;
  const pdf =
    format === 'pdf' ? Buffer.from(await renderLabelSheet(ctx.ports.pdf, labels, now)).toString('base64') : null;

  const counted = await ctx.transaction(async (tx) => {
    await store.countPrints(tx, ctx.labId(), orderId);
    tx.audit(
      'sample.print_labels',
      orderId,
      { format, count: tubes.length, tubeIds: tubes.map((tube) => tube.id) },
      orderId,
    );
    return store.tubesOfOrders(tx, ctx.labId(), [orderId]);
  });
  return { format, zpl, pdf, tubes: counted };
}
