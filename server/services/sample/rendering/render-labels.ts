// Prints tube labels as PDF: one page a label.
import { join } from 'node:path';
import { layOutLabel, type TubeLabel } from '@nidaan/barcode-labels';
import type { PdfRenderer } from '#platform/pdf/renderer.ts';

const TEMPLATE = join(import.meta.dirname, 'labels.typ');
const MAX_LABELS = 200;

/**
 * PDF with one page of 50 x 25 mm for each label, in the order given. The same labels and instant give the same bytes.
 * @param labels 1 to 200
 * @param createdAt creation date in the PDF, ISO 8601 with offset
 * @throws RangeError when there are none or too many, or an accession cannot be printed; PdfError as the renderer
 */
export async function renderLabelSheet(
  renderer: PdfRenderer,
  labels: readonly TubeLabel[],
  createdAt: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (labels.length < 1 || labels.length > MAX_LABELS) throw new RangeError(`A sheet has 1 to ${MAX_LABELS} labels.`);
  return renderer.render({
    templatePath: TEMPLATE,
    data: { labels: labels.map(layOutLabel) },
    createdAt,
  });
}
