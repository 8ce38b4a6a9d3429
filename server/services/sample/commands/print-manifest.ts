import { getLab } from '#contract/organization.ts';
import { getPatients } from '#contract/patient.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { printManifest as printManifestCall } from '../contract.ts';
import { getManifest } from '../queries/read-manifests.ts';
import { renderManifest } from '../rendering/render-manifest.ts';

/** The list that travels with the tubes. Their lab needs to know of whom each is: name, age and sex. */
export async function printManifest(
  ctx: Ctx,
  { manifestId }: ParsedInput<typeof printManifestCall>,
): Promise<Answer<typeof printManifestCall>> {
  const manifest = await getManifest(ctx, { manifestId });
  const ids = [...new Set(manifest.tubes.map((tube) => tube.patientId))];
  const [lab, patients] = await Promise.all([ctx.callAsSystem(getLab, {}), ctx.callAsSystem(getPatients, { ids })]);
  const now = ctx.now();
  const pdf = await renderManifest(
    ctx.ports.pdf,
    { lab, manifest, patients: new Map(patients.map((each) => [each.id, each])) },
    now,
  );
  await ctx.transaction(async (tx) => {
    tx.audit('sample.print_manifest', manifest.id, { number: manifest.number, count: manifest.tubes.length });
  });
  return { pdf: Buffer.from(pdf).toString('base64') };
}
