import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { createPdfRenderer } from '#platform/pdf/renderer.ts';
import { needsPoppler, pagesOfPdf, pdfToText } from './pdf-text.testing.ts';
import { printableText } from './printable.ts';
import { printedTime, renderReport } from './render-report.ts';
import type { ReportContent } from '../domain/report-content.ts';
import {
  HOSTILE,
  hostileReport,
  longNotesReport,
  longPanelReport,
  longReport,
  singleTestReport,
} from './sample-reports.ts';

const renderer = createPdfRenderer();

after(() => renderer.close());

async function pagesOf(content: ReportContent): Promise<readonly string[]> {
  return pagesOfPdf(await renderReport(renderer, content));
}

function panel(name: string, rows: number): ReportContent['sections'][number]['tests'][number] {
  const results = Array.from({ length: rows }, (_, i) => ({
    name: `${name} row ${i + 1}.`,
    value: '1.0',
    unit: 'g/L',
    rangeText: '0 – 2',
    flags: [],
  }));
  return { name, specimen: 'Serum', results };
}

function reportOf(...panels: ReportContent['sections'][number]['tests']): ReportContent {
  return { ...singleTestReport, sections: [{ name: 'Biochemistry', tests: panels }] };
}

test('the same report gives the same bytes, dated by its reporting time', async () => {
  const first = await renderReport(renderer, longReport);
  await renderReport(renderer, singleTestReport);
  assert.deepEqual(await renderReport(renderer, longReport), first);
  assert.ok(Buffer.from(first).includes('D:20261125055000Z')); // 11:20 in India
});

test('times are printed in India, whatever the zone they came in', () => {
  assert.equal(printedTime('2026-11-25T11:20:00+05:30'), '25 Nov 2026, 11:20');
  assert.equal(printedTime('2026-12-31T18:30:00Z'), '01 Jan 2027, 00:00');
  assert.equal(printedTime(undefined), 'Not recorded');
});

test('content that is not a report is refused before anything is printed', async () => {
  const wrong = { ...longReport, report: { ...longReport.report, version: 0 } };
  await assert.rejects(renderReport(renderer, wrong), { name: 'ZodError' });
});

test('a text cannot turn its line around', () => {
  assert.equal(printableText('12\u202e34\u202c\u0000\u2066x\u2069'), '1234x');
  assert.equal(printableText('a\r\nb\tc\ud800'), 'a\nb c\ufffd');
  assert.equal(printableText('क्षत्रिय\u200d'), 'क्षत्रिय\u200d'); // joiners shape letters and stay
});

test('every page names lab, patient, record, report and its place', async (t) => {
  if (!needsPoppler(t)) return;
  const pages = await pagesOf(longReport);
  assert.equal(pages.length, 2);
  for (const [i, page] of pages.entries()) {
    for (const part of ['Sahyadri Diagnostics', 'Aniruddha Kshatriya', 'NID00000428', 'PUN261125000429']) {
      assert.ok(page.includes(part), `page ${i + 1} names ${part}`);
    }
    assert.ok(page.includes('Test Result Unit Biological reference interval Flag'));
    assert.ok(page.includes(`Page ${i + 1} of 2`));
  }
});

test('the text reads in order, with the four times, marks and words', async (t) => {
  if (!needsPoppler(t)) return;
  const text = (await pagesOf(longReport)).join(' ');
  const inOrder = [
    'अनिरुद्ध क्षत्रिय',
    'Final report',
    'Registered Collected Received Reported',
    '25 Nov 2026, 08:12 25 Nov 2026, 08:31 25 Nov 2026, 09:04 25 Nov 2026, 11:20',
    'HAEMATOLOGY',
    'Specimen: EDTA whole blood · Method: Impedance',
    'Haemoglobin 8.4 g/dL 12.0 – 15.0 L',
    'Red cell count 3.92 10^6/µL 3.80 – 4.80 Haematocrit',
    'Platelet count 18 10^3/µL 150 – 410 LL ‼',
    'Critical value told to',
    'BIOCHEMISTRY',
    'High: ≥ 240',
    'Potassium 6.9 mmol/L 3.5 – 5.1 HH ‼',
    'Outsourced: tested at Deccan Reference',
    'Notes',
    'Dr. Meera Deshpande',
    '7Q4M-X2KD-9TBR',
    'End of report',
    'critically high',
  ];
  let at = 0;
  for (const part of inOrder) {
    const found = text.indexOf(part, at);
    assert.ok(found >= 0, `${part} after ${text.slice(at, at + 40)}`);
    at = found;
  }
});

test('an interim report of few facts says so, and prints no more', async (t) => {
  if (!needsPoppler(t)) return;
  const [page = ''] = await pagesOf(singleTestReport);
  assert.ok(page.includes('INTERIM REPORT'));
  assert.ok(page.includes('Version 2: replaces PUN261125000437-R1'));
  assert.ok(!/amended/i.test(page));
  assert.ok(!/Pending|Specimen Collected|†|accreditation/.test(page));
  assert.ok(page.includes('Not recorded Not recorded'));
  assert.ok(!page.includes('Referred by'));
});

test('markup and code in any text are printed as they are', async (t) => {
  if (!needsPoppler(t)) return;
  const text = (await pagesOf(hostileReport)).join(' ');
  const printed = HOSTILE.replaceAll('\u202e', '').replaceAll('\u202c', '').replaceAll('\u0007', '').trim();
  assert.equal(printed, '#panic("x") *b* _i_ $x^2$ \\ <a> `r` @ref [c] // /* = - + 1. ~ "q" 021');
  assert.ok(text.includes(`Notes ${printed}`));
  assert.ok(text.includes('#a *b* $x$ / \\ <b> `c` @d'));
});

test('nothing leaves its column, however long its words', async (t) => {
  if (!needsPoppler(t)) return;
  const boxes = pdfToText(await renderReport(renderer, hostileReport), '-bbox');
  const words = [...boxes.matchAll(/xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)</g)];
  assert.ok(words.length > 100);
  const mm = 72 / 25.4;
  for (const [, xMin, xMax, word] of words) {
    assert.ok(Number(xMin) >= 14 * mm - 0.5 && Number(xMax) <= 196 * mm + 0.5, `${word} within the margins`);
  }
  // The value of sixty nines: 17 % of 182 mm, from a third of the width on.
  for (const [, xMin, xMax] of words.filter(([, , , word]) => /^9+$/.test(word ?? ''))) {
    assert.ok(Number(xMin) >= (14 + 182 * 0.33) * mm && Number(xMax) <= (14 + 182 * 0.5) * mm);
  }
});

test('a panel that fits a page is never split', async (t) => {
  if (!needsPoppler(t)) return;
  for (let rows = 8; rows <= 40; rows += 4) {
    const pages = await pagesOf(reportOf(panel('First', 14), panel('Second', rows), panel('Third', 6)));
    const holding = pages.filter((page) => page.includes('Second row '));
    assert.equal(holding.length, 1, `${rows} rows`);
    assert.ok(holding[0]?.includes(`Second row ${rows}.`));
  }
});

test('a panel longer than a page repeats its name on each page', async (t) => {
  if (!needsPoppler(t)) return;
  const pages = await pagesOf(longPanelReport);
  assert.equal(pages.length, 3);
  for (const page of pages) assert.ok(page.includes('Specific IgE, 90 allergens'));
  const text = pages.join(' ');
  for (let i = 1; i <= 90; i++) assert.ok(text.includes(`Allergen ${i} 0.10`), `allergen ${i}`);
});

test('the signature never stands alone on a page', async (t) => {
  if (!needsPoppler(t)) return;
  for (let rows = 20; rows <= 56; rows += 2) {
    const last = (await pagesOf(reportOf(panel('Only', rows)))).at(-1) ?? '';
    assert.ok(last.includes('End of report') && last.includes(`Only row ${rows}.`), `${rows} rows`);
  }
  const notes = (await pagesOf(longNotesReport)).at(-1) ?? '';
  assert.ok(notes.includes('Note 40.') && notes.includes('Dr. Meera Deshpande'));
});
