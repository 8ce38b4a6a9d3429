import { fitsAsCode128, tubeLabelZpl } from '@nidaan/barcode-labels';

import { getTests } from '#contract/order.ts';
import { getLab } from '#contract/organization.ts';
import { getPatient } from '#contract/patient.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { printLabels as printLabelsCall, Symbology } from '../contract.ts';
import { nothingToLabel } from '../contract.ts';
import { labelOf } from '../label-text.ts';
import { renderLabelSheet } from '../rendering/render-labels.ts';
import { countPrints } from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';
import { planTubes } from './plan-tubes.ts';

export interface Printed {
  readonly format: 'zpl' | 'pdf';
  readonly zpl: string | null;
  readonly pdf: string | null;
  readonly tubes: readonly store.Tube[];
}

/**
 * Labels of the tubes of an order, in the sequence they are filled. Each print is counted and in the audit trail, which says
 * which were printed again; no reason is asked, as a desk that must explain a smudged label sticks the smudged one on.
 */
export async function printLabels(
  ctx: Ctx,
  { orderId, format, symbology, barcodes }: ParsedInput<typeof printLabelsCall>,
): Promise<Printed> {
  const tubes = chosen(await planTubes(ctx, { orderId }), barcodes ?? null);
  const patientId = tubes[0]?.patientId;
  if (patientId === undefined) throw nothingToLabel({});
  const [patient, lab, tests] = await Promise.all([
    // As the system: a label shows name, age and sex to whoever may stick it on.
    ctx.callAsSystem(getPatient, { patientId }),
    ctx.callAsSystem(getLab, {}),
    ctx.callAsSystem(getTests, { codes: tubes.flatMap((tube) => tube.testCodes) }),
  ]);
  const now = ctx.now();
  const shortNames = new Map(tests.map((test) => [test.code, test.shortName]));
  const facts = { patient, labName: lab.name, shortNames, now };
  const labels = tubes.map((tube) => ({ ...labelOf(tube, facts), symbology: symbologyFor(tube.accession, symbology) }));
  const zpl = format === 'zpl' ? labels.map((label) => tubeLabelZpl(label)).join('') : null;
  const pdf =
    format === 'pdf' ? Buffer.from(await renderLabelSheet(ctx.ports.pdf, labels, now)).toString('base64') : null;

  const ids = tubes.map((tube) => tube.id);
  const counted = await ctx.transaction(async (tx) => {
    const printed = await countPrints(tx, ctx.labId(), ids);
    const again = printed.filter((tube) => tube.labelsPrinted > 1).map((tube) => tube.id);
    tx.audit(
      'sample.print_labels',
      orderId,
      { format, symbology, count: tubes.length, tubeIds: ids, reprintedIds: again },
      orderId,
    );
    return printed;
  });
  const byId = new Map(counted.map((tube) => [tube.id, tube]));
  return { format, zpl, pdf, tubes: ids.flatMap((id) => byId.get(id) ?? []) };
}

/** An aliquot of a lab with a long prefix is too long for bars of a width that scanners read: it gets a Data Matrix. */
function symbologyFor(accession: string, asked: Symbology): Symbology {
  return asked === 'code128' && !fitsAsCode128(accession) ? 'datamatrix' : asked;
}

/** Those named, else all that may still be drawn or run. */
function chosen(tubes: readonly store.Tube[], barcodes: readonly string[] | null): readonly store.Tube[] {
  const useful = tubes.filter(({ status }) => status === 'planned' || status === 'collected' || status === 'received');
  if (barcodes === null) return useful;
  const asked = new Set(barcodes.map(store.scanned));
  return useful.filter((tube) => asked.has(store.scanned(tube.barcode)) || asked.has(store.scanned(tube.accession)));
}
