import { tubeLabelZpl } from '@nidaan/barcode-labels';

import { getLab } from '#contract/organization.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import { findBag } from '../bag-store.ts';
import type { printBagLabel as printBagLabelCall } from '../contract.ts';
import { bagNotFound } from '../contract.ts';
import { renderLabelSheet } from '../rendering/render-labels.ts';

/** On the same roll as the labels of tubes: where it goes is in the place of the name. */
export async function printBagLabel(
  ctx: Ctx,
  { code, format }: ParsedInput<typeof printBagLabelCall>,
): Promise<Answer<typeof printBagLabelCall>> {
  const bag = await findBag(ctx.db, ctx.labId(), code);
  if (bag === undefined) throw bagNotFound({ code });
  const lab = await ctx.callAsSystem(getLab, {});
  const now = ctx.now();
  const label = {
    accession: bag.code,
    patientName: bag.toPlace,
    ageSex: '',
    tubeName: 'Courier bag',
    capColour: `${bag.tubeCount} tubes`,
    priority: 'routine',
    tests: bag.fromPlace === null ? [] : [`From ${bag.fromPlace}`],
    labName: lab.name,
  } as const;
  const zpl = format === 'zpl' ? tubeLabelZpl(label) : null;
  const pdf =
    format === 'pdf' ? Buffer.from(await renderLabelSheet(ctx.ports.pdf, [label], now)).toString('base64') : null;
  await ctx.transaction(async (tx) => tx.audit('sample.print_bag_label', bag.id, { code: bag.code, format }));
  return { zpl, pdf };
}
