// Prints a report: checks the content, puts its times into the lab's zone, draws the QR code, typesets report.typ.
import { join } from 'node:path';
import { toString as qrCode } from 'qrcode';
import type { PdfRenderer } from '#platform/pdf/renderer.ts';
import { printable } from './printable.ts';
import { ReportContent } from '../domain/report-content.ts';

const TEMPLATE = join(import.meta.dirname, 'report.typ');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * A4 PDF of one report version. The same content gives the same bytes: its creation date is the reporting time.
 * @throws ZodError when the content is not a ReportContent; PdfError as the renderer
 */
export async function renderReport(renderer: PdfRenderer, content: ReportContent): Promise<Uint8Array<ArrayBuffer>> {
  const { report, times, verification, ...rest } = ReportContent.parse(content);
  // Error correction M (15 %) survives a fold or a stamp; Q would make the modules too small at this size.
  const qr = await qrCode(verification.url, { type: 'svg', errorCorrectionLevel: 'M', margin: 0 });
  const data = {
    ...rest,
    verification,
    report,
    times: {
      registered: printedTime(times.registeredAt),
      collected: printedTime(times.collectedAt),
      received: printedTime(times.receivedAt),
      reported: printedTime(report.reportedAt),
    },
  };
  return renderer.render({
    templatePath: TEMPLATE,
    data: printable(data),
    assets: { 'qr.svg': qr },
    createdAt: report.reportedAt,
  });
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
