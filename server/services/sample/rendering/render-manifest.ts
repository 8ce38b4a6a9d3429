// Prints the list that travels with tubes to a referral lab.
import { join } from 'node:path';

import { barcodeModules } from '@nidaan/barcode-labels';
import { ageLabel } from '@nidaan/values';

import type { LabView } from '#contract/organization.ts';
import type { PatientView } from '#contract/patient.ts';
import type { PdfRenderer } from '#platform/pdf/renderer.ts';

import type { ManifestView } from '../contract.ts';
import { shortTime } from '../label-text.ts';

const TEMPLATE = join(import.meta.dirname, 'manifest.typ');

export interface ManifestFacts {
  readonly lab: Pick<LabView, 'name' | 'addressLines' | 'phone'>;
  readonly manifest: ManifestView;
  readonly patients: ReadonlyMap<string, Pick<PatientView, 'name' | 'sex' | 'bornOn'>>;
}

/** A4, as many pages as the tubes take; the same manifest and instant give the same bytes. */
export async function renderManifest(
  renderer: PdfRenderer,
  { lab, manifest, patients }: ManifestFacts,
  createdAt: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const rows = manifest.tubes.map((tube, at) => {
    const patient = patients.get(tube.patientId);
    const drawn = tube.collectedAt ?? createdAt;
    return {
      number: String(at + 1),
      barcode: tube.barcode,
      patient: patient?.name ?? '',
      ageSex:
        patient === undefined ? '' : `${ageLabel(patient.bornOn, drawn)} / ${patient.sex.charAt(0).toUpperCase()}`,
      specimen: `${tube.specimen}, ${tube.containerName}`,
      drawn: shortTime(drawn),
      tests: tube.testCodes.join(', '),
    };
  });
  return renderer.render({
    templatePath: TEMPLATE,
    data: {
      number: manifest.number,
      modules: barcodeModules(manifest.number),
      from: [lab.name, ...lab.addressLines, lab.phone],
      to: manifest.referralLabName,
      made: `${shortTime(manifest.madeAt)}, ${manifest.madeBy}`,
      expectedOn: manifest.expectedOn,
      rows,
    },
    createdAt,
  });
}
