// Cultures, narratives and images as they are printed.
import type { ResultDetail } from '#contract/result.ts';

import type { ReportDetail } from './report-content.ts';

export interface FileFact {
  readonly id: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

type Culture = Extract<ResultDetail, { readonly kind: 'culture' }>;
type Measured = Culture['isolates'][number]['antibiogram'][number];

/** Of one report. A page or two of pictures; a report is sent by telephone networks. */
export const MOST_IMAGE_BYTES = 1_500_000;
export const MOST_IMAGES = 6;

const growthText = {
  pending: 'Not yet assessed',
  none: 'No growth',
  growth: 'Growth',
  mixed: 'Mixed growth',
} as const satisfies Record<Culture['growth'], string>;

const types: Readonly<Record<string, 'png' | 'jpg'>> = { 'image/png': 'png', 'image/jpeg': 'jpg' };

const given = (text: string | null): string | undefined => (text === null || text.trim() === '' ? undefined : text);

/** A zone is in mm and a MIC in mg/L (EUCAST and CLSI tables); without the method the number alone. */
function measuredText({ measured, method }: Pick<Measured, 'measured' | 'method'>): string {
  if (measured === null || measured.trim() === '') return '';
  if (method === null) return measured;
  return method === 'disk' ? `Zone ${measured} mm` : `MIC ${measured} mg/L`;
}

function culture(detail: Culture): ReportDetail {
  const facts = [
    ['Growth', detail.isolates.length > 0 && detail.growth === 'growth' ? null : growthText[detail.growth]],
    ['Incubation', detail.incubationHours === null ? null : `${detail.incubationHours} hours`],
    ['Microscopy', detail.microscopy],
    ['Colony count', detail.colonyCount],
  ] as const;
  return {
    kind: 'culture',
    stage: detail.stage,
    facts: facts.flatMap(([name, text]) => (given(text) === undefined ? [] : [{ name, text: text ?? '' }])),
    isolates: detail.isolates.map(({ organism, quantity, comment, antibiogram }) => ({
      organism,
      quantity: given(quantity),
      comment: given(comment),
      // Cascade reporting: what was tested and is not to be used is not printed.
      antibiogram: antibiogram
        .filter(({ isReported }) => isReported)
        .map((row) => ({
          antibiotic: row.antibiotic,
          measured: measuredText(row),
          interpretation: row.interpretation,
        })),
    })),
    comment: given(detail.comment),
  };
}

/** What pictures may still take of a report; shared by all its results. */
export interface ImageRoom {
  bytes: number;
  images: number;
}

function images(
  { fileIds, caption }: Extract<ResultDetail, { readonly kind: 'image' }>,
  files: ReadonlyMap<string, FileFact>,
  room: ImageRoom,
): ReportDetail {
  const printed = fileIds.flatMap((id) => {
    const file = files.get(id);
    const type = types[file?.contentType ?? ''];
    if (!file || type === undefined || room.images === 0 || file.sizeBytes > room.bytes) return [];
    room.images -= 1;
    room.bytes -= file.sizeBytes;
    return [{ fileId: id, sha256: file.sha256, type }];
  });
  return { kind: 'image', caption, images: printed, onFile: fileIds.length - printed.length };
}

/** @param room is used up by the pictures that are printed */
export function printedDetail(
  detail: ResultDetail,
  files: ReadonlyMap<string, FileFact>,
  room: ImageRoom,
): ReportDetail {
  switch (detail.kind) {
    case 'culture':
      return culture(detail);
    case 'narrative':
      return {
        kind: 'narrative',
        sections: detail.sections.filter(({ text }) => text.trim() !== ''),
        impression: detail.impression.trim(),
        codes: [...detail.codes],
      };
    case 'image':
      return images(detail, files, room);
    default:
      return detail satisfies never;
  }
}
