import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { ResultDetail } from '#contract/result.ts';

import { composeContent } from './compose-content.ts';
import { MOST_IMAGE_BYTES, MOST_IMAGES, printedDetail } from './detail.ts';
import type { FileFact } from './detail.ts';
import { haemoglobin, issue, withResults } from './facts.testing.ts';
import { ReportContent } from './report-content.ts';

const room = () => ({ bytes: MOST_IMAGE_BYTES, images: MOST_IMAGES });
const noFiles: ReadonlyMap<string, FileFact> = new Map();

const urine = {
  kind: 'culture',
  stage: 'final',
  growth: 'growth',
  incubationHours: 48,
  microscopy: 'Gram-negative bacilli',
  colonyCount: '>10^5 CFU/mL',
  isolates: [
    {
      organism: 'Escherichia coli',
      quantity: null,
      comment: 'ESBL producer',
      antibiogram: [
        { antibiotic: 'Meropenem', method: 'mic', measured: '<=0.25', interpretation: 'S', isReported: true },
        { antibiotic: 'Colistin', method: 'mic', measured: '0.5', interpretation: 'I', isReported: false },
        { antibiotic: 'Ampicillin', method: 'disk', measured: '6', interpretation: 'R', isReported: true },
        { antibiotic: 'Fosfomycin', method: null, measured: null, interpretation: 'S', isReported: true },
      ],
    },
  ],
  comment: ' ',
} as const satisfies ResultDetail;

test('lab-day 50: a culture: organism, counts, antibiogram with MIC and zone; what is not to be used is left out', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(printedDetail(urine, noFiles, room()))), {
    kind: 'culture',
    stage: 'final',
    facts: [
      { name: 'Incubation', text: '48 hours' },
      { name: 'Microscopy', text: 'Gram-negative bacilli' },
      { name: 'Colony count', text: '>10^5 CFU/mL' },
    ],
    isolates: [
      {
        organism: 'Escherichia coli',
        comment: 'ESBL producer',
        antibiogram: [
          { antibiotic: 'Meropenem', measured: 'MIC <=0.25 mg/L', interpretation: 'S' },
          { antibiotic: 'Ampicillin', measured: 'Zone 6 mm', interpretation: 'R' },
          { antibiotic: 'Fosfomycin', measured: '', interpretation: 'S' },
        ],
      },
    ],
  });
  const pending = printedDetail(
    { ...urine, stage: 'preliminary', growth: 'pending', incubationHours: 18, isolates: [], comment: 'Wait.' },
    noFiles,
    room(),
  );
  assert.ok(pending.kind === 'culture');
  assert.deepEqual(
    [pending.stage, pending.facts[0]?.text, pending.comment],
    ['preliminary', 'Not yet assessed', 'Wait.'],
  );
});

test('a narrative keeps its sections in order, without empty ones; the range column stays empty', () => {
  const detail: ResultDetail = {
    kind: 'narrative',
    sections: [
      { title: 'Gross', text: 'Skin ellipse' },
      { title: 'Microscopy', text: ' \n ' },
      { title: 'Comment', text: 'Margins free' },
    ],
    impression: ' Naevus ',
    codes: ['SNOMED CT|112681002'],
  };
  const shown = { ...haemoglobin, kind: 'narrative', value: 'Naevus', unit: '', flags: [], range: null, detail };
  const content = composeContent(withResults([shown]), issue);
  const [result] = content.sections[0]?.tests[0]?.results ?? [];
  assert.equal(result?.rangeText, '');
  assert.ok(result?.detail?.kind === 'narrative');
  assert.deepEqual(
    result.detail.sections.map(({ title }) => title),
    ['Gross', 'Comment'],
  );
  assert.equal(result.detail.impression, 'Naevus');
});

const file = (id: string, contentType: string, sizeBytes: number): readonly [string, FileFact] => [
  id,
  { id, contentType, sizeBytes, sha256: 'a'.repeat(64) },
];

test('pictures are printed while there is room in the report; others are on file', () => {
  const ids = Array.from({ length: 9 }, (_, n) => `01890000-0000-7000-8000-00000000000${n}`);
  const [a = '', b = '', c = '', d = '', e = ''] = ids;
  const files = new Map([
    file(a, 'image/png', 1000),
    file(b, 'application/pdf', 1000),
    file(c, 'image/jpeg', MOST_IMAGE_BYTES),
    file(d, 'image/jpeg', MOST_IMAGE_BYTES - 1000),
  ]);
  const left = room();
  const printed = printedDetail({ kind: 'image', fileIds: [a, b, c, d, e], caption: 'Smear' }, files, left);
  assert.ok(printed.kind === 'image');
  assert.deepEqual(
    printed.images.map(({ fileId, type }) => [fileId, type]),
    [
      [a, 'png'],
      [d, 'jpg'],
    ],
  );
  assert.equal(printed.onFile, 3, 'a PDF, one too large, one that is gone');
  const after = printedDetail({ kind: 'image', fileIds: [a], caption: '' }, files, left);
  assert.deepEqual(after, { kind: 'image', caption: '', images: [], onFile: 1 });
  const many = printedDetail(
    { kind: 'image', fileIds: ids, caption: '' },
    new Map(ids.map((id) => file(id, 'image/png', 10))),
    room(),
  );
  assert.ok(many.kind === 'image');
  assert.deepEqual([many.images.length, many.onFile], [MOST_IMAGES, 9 - MOST_IMAGES]);
});

test('whatever detail the contract allows can be printed', () => {
  const text = (maxLength: number) =>
    fc.string({ unit: 'grapheme-composite', maxLength }).map((value) => value.slice(0, maxLength));
  const isolate = fc.record({
    organism: text(200),
    quantity: fc.option(text(100)),
    comment: fc.option(text(1000)),
    antibiogram: fc.array(
      fc.record({
        antibiotic: text(100),
        method: fc.option(fc.constantFrom('disk', 'mic')),
        measured: fc.option(text(20)),
        interpretation: fc.constantFrom('S', 'I', 'SDD', 'R', 'NS'),
        isReported: fc.boolean(),
      }),
      { maxLength: 5 },
    ),
  });
  const detail = fc.oneof(
    fc.record({
      kind: fc.constant('culture'),
      stage: fc.constantFrom('preliminary', 'final'),
      growth: fc.constantFrom('pending', 'none', 'growth', 'mixed'),
      incubationHours: fc.option(fc.integer({ min: 0, max: 2000 })),
      microscopy: fc.option(text(2000)),
      colonyCount: fc.option(text(100)),
      isolates: fc.array(isolate, { maxLength: 3 }),
      comment: fc.option(text(4000)),
    }),
    fc.record({
      kind: fc.constant('narrative'),
      sections: fc.array(fc.record({ title: text(100), text: text(20_000) }), { minLength: 1, maxLength: 3 }),
      impression: text(1000),
      codes: fc.array(text(80), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('image'),
      fileIds: fc.array(fc.uuid(), { minLength: 1, maxLength: 4 }),
      caption: text(1000),
    }),
  );
  fc.assert(
    fc.property(detail, (any) => {
      const given = ResultDetail.parse(any);
      const content = composeContent(withResults([{ ...haemoglobin, detail: given }]), issue);
      const parsed = ReportContent.parse(JSON.parse(JSON.stringify(content)));
      const printed = parsed.sections[0]?.tests[0]?.results[0]?.detail;
      assert.equal(printed?.kind, given.kind);
      if (given.kind === 'culture' && printed?.kind === 'culture') {
        assert.deepEqual(
          printed.isolates.map(({ antibiogram }) => antibiogram.map(({ interpretation }) => interpretation)),
          given.isolates.map(({ antibiogram }) =>
            antibiogram.filter(({ isReported }) => isReported).map(({ interpretation }) => interpretation),
          ),
        );
      }
    }),
  );
});
