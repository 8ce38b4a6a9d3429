// Prints a report: checks the content, puts its times into the lab's zone, draws the QR code, typesets report.typ.
import { join } from 'node:path';
import { toString as qrCode } from 'qrcode';
import type { PdfRenderer } from '#platform/pdf/renderer.ts';
import { printable } from './printable.ts';
import { ReportContent } from '../domain/report-content.ts';
import type { ReportDetail } from '../domain/report-content.ts';

const TEMPLATE = join(import.meta.dirname, 'report.typ');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * A4 PDF of one report version. The same content gives the same bytes: its creation date is the reporting time.
 * @param pictures bytes of stored files by id; an image without them is printed as on file
 * @throws ZodError when the content is not a ReportContent; PdfError as the renderer
 */
export async function renderReport(
  renderer: PdfRenderer,
  content: ReportContent,
  pictures: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<Uint8Array<ArrayBuffer>> {
  const { report, times, verification, sections, specimens, pending, ...rest } = ReportContent.parse(content);
  const assets: Record<string, Uint8Array> = {};
  // Error correction M (15 %) survives a fold or a stamp; Q would make the modules too small at this size.
  const qr = await qrCode(verification.url, { type: 'svg', errorCorrectionLevel: 'M', margin: 0 });
  const data = {
    ...rest,
    verification,
    report: {
      ...report,
      changes: report.changes?.map((change) => ({ ...change, at: printedTime(change.at) })) ?? [],
    },
    sections: withPictures(sections, pictures, assets),
    specimens:
      specimens?.map(({ specimen, collectedAt, collectedBy, receivedAt }) => ({
        specimen,
        collected: printedTime(collectedAt),
        collectedBy: collectedBy ?? '',
        received: printedTime(receivedAt),
      })) ?? [],
    pending:
      pending?.map(({ test, parts, expectedAt }) => ({
        test,
        parts: parts ?? '',
        expected: expectedAt === undefined ? '' : printedTime(expectedAt),
      })) ?? [],
    times: {
      registered: printedTime(times.registeredAt),
      collected: printedTime(times.collectedAt),
      collectedBy: times.collectedBy ?? '',
      received: printedTime(times.receivedAt),
      reported: printedTime(report.reportedAt),
    },
  };
  return renderer.render({
    templatePath: TEMPLATE,
    data: printable(data),
    assets: { ...assets, 'qr.svg': qr },
    createdAt: report.reportedAt,
  });
}

type Sections = ReportContent['sections'];

/** Images as the template wants them: names of assets, which are put into `assets`, and how many are on file. */
function withPictures(
  sections: Sections,
  pictures: ReadonlyMap<string, Uint8Array>,
  assets: Record<string, Uint8Array>,
): unknown {
  const ofDetail = (detail: ReportDetail | undefined): unknown => {
    if (detail?.kind !== 'image') return detail;
    const names = detail.images.flatMap(({ fileId, type }) => {
      const bytes = pictures.get(fileId);
      if (!bytes) return [];
      const name = `picture-${Object.keys(assets).length + 1}.${type}`;
      assets[name] = bytes;
      return name;
    });
    return { ...detail, images: names, onFile: detail.onFile + detail.images.length - names.length };
  };
  return sections.map((section) => ({
    ...section,
    tests: section.tests.map((test) => ({
      ...test,
      results: test.results.map((result) => ({ ...result, detail: ofDetail(result.detail) })),
    })),
  }));
}

/** '25 Nov 2026, 08:40' in India. Month names are ours: those of the machine's locale change between versions. */
export function printedTime(instant: string | undefined): string {
  if (instant === undefined) return 'Not recorded';
  const format = new Intl.DateTimeFormat('en', {
    timeZone: 'Asia/Kolkata',
    year: 'numeric',
    month: 'numeric',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(new Date(instant)).map((part) => [part.type, part.value]));
  const month = MONTHS[Number(parts.get('month')) - 1];
  return `${parts.get('day')} ${month} ${parts.get('year')}, ${parts.get('hour')}:${parts.get('minute')}`;
}
