// Amended and interim reports, cultures, narratives, pictures: what is on the paper, and that nothing is torn apart.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { createPdfRenderer } from '#platform/pdf/renderer.ts';

import type { ReportContent } from '../domain/report-content.ts';
import { needsPoppler, pagesOfPdf, pdfToText } from './pdf-text.testing.ts';
import { renderReport } from './render-report.ts';
import {
  amendedReport,
  cultureTest,
  finalCulture,
  greyPng,
  histology,
  histologyTest,
  interimReport,
  longCulture,
  PICTURE_ID,
  pictureReport,
  preliminaryCulture,
  reportOfTests,
  samplePictures,
} from './sample-details.ts';
import { HOSTILE, longNotesReport, longReport } from './sample-reports.ts';

const renderer = createPdfRenderer();
after(() => renderer.close());

async function pagesOf(content: ReportContent): Promise<readonly string[]> {
  return pagesOfPdf(await renderReport(renderer, content, samplePictures));
}

function inOrder(text: string, parts: readonly string[]): void {
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    assert.ok(found >= 0, `${part} after ${text.slice(at, at + 60)}`);
    at = found + part.length;
  }
}

test('lab-day 58: an amended report says so before its values: what, from what to what, why, by whom, when', async (t) => {
  if (!needsPoppler(t)) return;
  const [page = ''] = await pagesOf(amendedReport);
  inOrder(page, [
    'AMENDED REPORT',
    '2, amended: replaces',
    'AMENDED REPORT This report replaces 261125-0042-R1, which must not be used any more.',
    'Test Reported before Reported now Why, by whom and when',
    'Potassium 9.6 mmol/L 6.9 mmol/L Digits were exchanged',
    'Dr. Meera Deshpande, 25 Nov 2026, 12:04',
    'Lipid profile 162 mg/dL 162 mg/dL Wrong reference range.',
    'value unchanged',
    'BIOCHEMISTRY',
    'version 2, amended Page 1 of 1',
  ]);
});

test('marks: critical findings, calculated, out of scope, with a footnote each; texts stand under their result', async (t) => {
  if (!needsPoppler(t)) return;
  const [page = ''] = await pagesOf(amendedReport);
  inOrder(page, [
    'by Lata Shinde',
    'Exclude haemolysis; ECG advised.',
    'Lipid profile *',
    'Measured in a dilution of 1:10',
    'LDL cholesterol†',
    'Not calculated',
    'Triglycerides are over 400.',
    'VLDL cholesterol†',
    'Slightly haemolysed specimen, run with the consent of the physician.',
    'Vitamin B12 *',
    'Outsourced: tested at Deccan Reference',
    'Malaria antigen Positive Negative A‼',
    'A ‼ critical',
    '† calculated from other results * not within the scope',
  ]);
});

test('lab-day 51, 53: an interim report names what is pending and each tube', async (t) => {
  if (!needsPoppler(t)) return;
  const [page = ''] = await pagesOf(interimReport);
  inOrder(page, [
    'INTERIM REPORT',
    'Specimen Collected Collected by Received',
    'Fluoride plasma, fasting 25 Nov 2026, 07:58 Lata Shinde 25 Nov 2026, 08:30',
    'Fluoride plasma, 2 h after 75 g 25 Nov 2026, 10:01 Ramesh Pawar 25 Nov 2026, 10:20',
    'Glucose, random',
    'Pending: not part of this interim report',
    'Thyroid Profile expected by 25 Nov 2026, 17:00',
    'Complete blood count: Platelet count, Peripheral smear',
    'Dr. Meera Deshpande',
  ]);
});

test('lab-day 50: a culture reads from its stage to the comment', async (t) => {
  if (!needsPoppler(t)) return;
  const [first = ''] = await pagesOf(preliminaryCulture);
  inOrder(first, [
    'INTERIM REPORT',
    'Culture and sensitivity, urine',
    'PRELIMINARY REPORT the final report follows',
    'Escherichia coli, significant growth A',
    'Incubation 48 hours',
    'Organism: Escherichia coli',
    'Antibiotic MIC or zone Reading',
    'Amikacin MIC <=1 mg/L S',
    'Ampicillin Zone 11 mm R',
    'S susceptible · I intermediate, or susceptible at increased exposure · R resistant',
    'Comment: Significant bacteriuria.',
  ]);
  const [last = ''] = await pagesOf(finalCulture);
  inOrder(last, ['Final report', 'Final culture report', 'Isolate 1: Escherichia coli', 'Isolate 2: Klebsiella']);
  assert.ok(!last.includes('PRELIMINARY'));
});

test('a narrative reads section by section, the impression last', async (t) => {
  if (!needsPoppler(t)) return;
  const [page = ''] = await pagesOf(histology);
  inOrder(page, [
    'HISTOPATHOLOGY',
    'Clinical details Pigmented lesion',
    'Gross Received in formalin',
    'Microscopy Level 1.',
    'Level 2.',
    'Impression Compound melanocytic naevus',
    'Codes: SNOMED CT|112681002',
  ]);
});

test('lab-day 56: cultures and narratives of any length: no table is torn, the signature never stands alone', async (t) => {
  if (!needsPoppler(t)) return;
  for (let paragraphs = 14; paragraphs <= 50; paragraphs += 3) {
    const pages = await pagesOf(reportOfTests('Histopathology', histologyTest(paragraphs)));
    const last = pages.at(-1) ?? '';
    assert.ok(last.includes('End of report') && last.includes('Impression'), `${paragraphs} paragraphs`);
    const text = pages.join(' ');
    for (let level = 1; level <= paragraphs; level += 1) assert.ok(text.includes(`Level ${level}.`));
  }
  for (let rows = 12; rows <= 24; rows += 4) {
    const pages = await pagesOf(reportOfTests('Microbiology', cultureTest('final', rows, rows, rows)));
    // A table that is not the whole of its test begins and ends on one page.
    for (const name of ['Isolate 1', 'Isolate 2', 'Isolate 3']) {
      const page = pages.find((one) => one.includes(name)) ?? '';
      const own = page.slice(page.indexOf(name));
      assert.ok(own.includes(`Antibiotic ${rows} `), `${name} of ${rows} rows`);
    }
    assert.ok(pages.at(-1)?.includes('Significant bacteriuria') && pages.at(-1)?.includes('End of report'));
  }
  const pages = await pagesOf(longCulture);
  assert.equal([...pages.join(' ').matchAll(/Antibiotic \d+ /g)].length, 74 + 54);
  assert.ok(pages.at(-1)?.includes('Antibiotic 60 ') && pages.at(-1)?.includes('End of report'));
});

test('a narrative of one paragraph longer than a page, without impression, still goes with its signature', async (t) => {
  if (!needsPoppler(t)) return;
  const [histologyOnly] = histology.sections;
  const [one] = histologyOnly?.tests ?? [];
  const [result] = one?.results ?? [];
  assert.ok(one && result?.detail?.kind === 'narrative');
  const text = Array.from({ length: 250 }, (_, n) => `Sentence ${n + 1} of the microscopy is as long as this.`).join(
    ' ',
  );
  const detail = { ...result.detail, sections: [{ title: 'Microscopy', text }], impression: '', codes: [] };
  const pages = await pagesOf(reportOfTests('Histopathology', { ...one, results: [{ ...result, detail }] }));
  assert.ok(pages.length > 1);
  const last = pages.at(-1) ?? '';
  assert.ok(last.includes('Sentence 250') && last.includes('End of report'));
});

test('pending tests, changes and notes longer than a page lose nothing, and the signature does not stand alone', async (t) => {
  if (!needsPoppler(t)) return;
  const pending = Array.from({ length: 120 }, (_, n) => ({ test: `Pending test ${n + 1}.` }));
  const many = await pagesOf({ ...interimReport, pending });
  for (let n = 1; n <= 120; n += 1) assert.ok(many.join(' ').includes(`Pending test ${n}.`));
  assert.ok(many.at(-1)?.includes('Pending test 120.') && many.at(-1)?.includes('End of report'));

  const noted = (await pagesOf({ ...longNotesReport, pending })).at(-1) ?? '';
  assert.ok(noted.includes('Note 40.') && noted.includes('End of report'));

  const [change] = amendedReport.report.changes ?? [];
  assert.ok(change);
  const changes = Array.from({ length: 60 }, (_, n) => ({ ...change, test: `Changed test ${n + 1}.` }));
  const amended = await pagesOf({ ...amendedReport, report: { ...amendedReport.report, changes } });
  for (let n = 1; n <= 60; n += 1) assert.ok(amended.join(' ').includes(`Changed test ${n}.`));
  assert.ok(amended.at(-1)?.includes('End of report'));
});

test('a picture is in the PDF when its bytes are there, and on file when not', async (t) => {
  const withPicture = Buffer.from(await renderReport(renderer, pictureReport, samplePictures)).toString('latin1');
  assert.match(withPicture, /\/Subtype\s*\/Image/);
  const without = await renderReport(renderer, pictureReport);
  assert.doesNotMatch(Buffer.from(without).toString('latin1'), /\/Subtype\s*\/Image/);
  if (!needsPoppler(t)) return;
  assert.ok((await pagesOf(pictureReport))[0]?.includes('1 more image on file with the laboratory'));
  assert.ok(pagesOfPdf(without)[0]?.includes('2 images on file with the laboratory'));
});

test('a damaged picture is refused by the typesetter, not printed as something else', async () => {
  const damaged = greyPng(240, 160);
  damaged.fill(0x55, 41, damaged.length - 16);
  await assert.rejects(renderReport(renderer, pictureReport, new Map([[PICTURE_ID, damaged]])), { kind: 'template' });
});

test('markup in any of the new texts is printed as it is, and nothing leaves its margins', async (t) => {
  if (!needsPoppler(t)) return;
  const long = `${HOSTILE} ${'W'.repeat(90)}`;
  const culture = cultureTest('preliminary', 3).results[0];
  const narrative = histologyTest(1).results[0];
  assert.ok(culture?.detail?.kind === 'culture' && narrative?.detail?.kind === 'narrative');
  const [isolate] = culture.detail.isolates;
  assert.ok(isolate);
  const more = { dilution: 'W'.repeat(40), interpretation: long, note: long };
  const antibiogram = [{ antibiotic: long, measured: 'W'.repeat(60), interpretation: 'R' as const }];
  const hostile: ReportContent = {
    ...reportOfTests(
      long,
      {
        name: long,
        specimen: long,
        isOutOfScope: true,
        remarks: [long],
        results: [
          {
            ...culture,
            ...more,
            detail: {
              ...culture.detail,
              facts: [{ name: 'Colony count', text: long }],
              isolates: [{ ...isolate, organism: long, quantity: long, comment: long, antibiogram }],
              comment: long,
            },
          },
        ],
      },
      {
        name: long,
        specimen: long,
        results: [
          {
            ...narrative,
            ...more,
            name: long,
            detail: { ...narrative.detail, sections: [{ title: long, text: long }], impression: long, codes: [long] },
          },
        ],
      },
    ),
    report: {
      ...longReport.report,
      number: 'N'.repeat(40),
      version: 3,
      status: 'interim',
      replaces: 'W'.repeat(40),
      changes: [
        { test: long, name: long, from: long, to: long, reason: long, by: long, at: '2026-11-25T11:20:00+05:30' },
      ],
    },
    times: { ...longReport.times, collectedBy: 'W'.repeat(90) },
    specimens: [{ specimen: long, collectedBy: long }],
    pending: [{ test: long, parts: long, expectedAt: '2026-11-25T17:00:00+05:30' }],
  };
  const pdf = await renderReport(renderer, hostile);
  const printed = HOSTILE.replaceAll('\u202e', '').replaceAll('\u202c', '').replaceAll('\u0007', '').trim();
  const text = pagesOfPdf(pdf).join(' ');
  assert.ok(text.split(printed).length > 8, 'in the wide places it stands in one line');
  const mm = 72 / 25.4;
  const words = [
    ...pdfToText(pdf, '-bbox').matchAll(/xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)</g),
  ];
  assert.ok(words.length > 200);
  for (const [, xMin, xMax, word] of words)
    assert.ok(Number(xMin) >= 14 * mm - 0.5 && Number(xMax) <= 196 * mm + 0.5, `${word} within the margins`);
});
