// What a report says besides values and ranges: marks, remarks, other laboratories, tubes, pending tests, changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { composeContent, NOT_CALCULATED } from './compose-content.ts';
import type { ReportFacts, ResultFact } from './compose-content.ts';
import {
  cholesterol,
  facts,
  haemoglobin,
  issue,
  line,
  malaria,
  triglycerides,
  tube,
  withResults,
} from './facts.testing.ts';
import { ReportContent } from './report-content.ts';
import { shareNotes } from './remarks.ts';

function compose(given: ReportFacts, more: Partial<typeof issue> = {}) {
  return ReportContent.parse(JSON.parse(JSON.stringify(composeContent(given, { ...issue, ...more }))));
}
const testsOf = (given: ReportFacts) => compose(given).sections.flatMap(({ tests }) => tests);
const onlyResult = (result: ResultFact) => testsOf(withResults([result]))[0]?.results[0];

test('lab-day 54: flags of the reader are printed, critical ones as critical; marks of the bench are not', () => {
  assert.deepEqual(onlyResult({ ...haemoglobin, flags: ['D', 'L', 'X'] })?.flags, ['L']);
  assert.deepEqual(onlyResult({ ...haemoglobin, flags: ['D', 'LL'] })?.flags, ['LL']);
  assert.deepEqual(onlyResult({ ...malaria, flags: ['AA'] })?.flags, ['AA']);
  assert.deepEqual(onlyResult({ ...haemoglobin, flags: ['D', 'X'] })?.flags, []);
});

test('calculated, diluted, interpreted: each is said with the result', () => {
  const said = onlyResult({
    ...triglycerides,
    isCalculated: true,
    dilution: '1:10',
    interpretation: 'Repeat after a fast of 12 hours.',
    note: 'Lipaemic: may be raised.',
  });
  assert.deepEqual(
    [said?.isCalculated, said?.dilution, said?.interpretation, said?.note],
    [true, '1:10', 'Repeat after a fast of 12 hours.', 'Lipaemic: may be raised.'],
  );
  const plain = onlyResult(triglycerides);
  assert.deepEqual(
    [plain?.isCalculated, plain?.dilution, plain?.interpretation, plain?.note],
    [undefined, undefined, undefined, undefined],
  );
});

test('a formula that gave nothing is said to be not calculated, with the reason and without a range', () => {
  const ldl = {
    ...cholesterol,
    analyteName: 'LDL cholesterol',
    value: null,
    isCalculated: true,
    authorisedAt: null,
    authorisedById: null,
    blankReason: 'TRIG is over 400',
  };
  assert.deepEqual(testsOf(withResults([cholesterol, ldl]))[0]?.results[1], {
    name: 'LDL cholesterol',
    value: NOT_CALCULATED,
    unit: 'mg/dL',
    rangeText: '',
    flags: [],
    isCalculated: true,
    note: 'TRIG is over 400',
  });
});

test('lab-day 29: the comment on a tube that was run all the same is printed, once for a test', () => {
  const comment = 'Clotted specimen, run at the request of the physician.';
  const noted = [
    { ...cholesterol, note: comment },
    { ...triglycerides, note: comment },
  ];
  const [lipids] = testsOf(withResults(noted));
  assert.deepEqual(lipids?.remarks, [comment]);
  assert.deepEqual(
    lipids?.results.map(({ note }) => note),
    [undefined, undefined],
  );
  assert.equal(onlyResult({ ...haemoglobin, note: comment })?.note, comment, 'a single result keeps it');
});

test('a note that some share names them; one that stands alone stays where it is', () => {
  assert.deepEqual(
    shareNotes([
      { name: 'K', note: 'Haemolysed.' },
      { name: 'Na' },
      { name: 'LDH', note: 'Haemolysed.' },
      { name: 'Cl', note: 'Repeated.' },
    ]),
    { notes: [undefined, undefined, undefined, 'Repeated.'], remarks: ['K, LDH: Haemolysed.'] },
  );
  assert.deepEqual(shareNotes([{ name: 'K', note: 'x' }]), { notes: ['x'], remarks: [] });
  assert.deepEqual(shareNotes([{ name: 'K' }, { name: 'Na' }]), { notes: [undefined, undefined], remarks: [] });
});

test('a test is named as the catalogue prints it, everywhere', () => {
  const tests = new Map([['HGB', { reportName: 'Haemoglobin (Hb), blood', referralLabId: null }]]);
  const given = withResults([haemoglobin], {
    tests,
    chosen: {
      status: 'interim',
      shown: [haemoglobin],
      pending: [{ lineId: 'line-hgb', parts: [], promisedAt: issue.composedAt }],
    },
  });
  const content = compose(given, {
    changes: [
      {
        lineId: 'line-hgb',
        analyteName: 'Haemoglobin',
        from: '8.4 g/dL',
        to: '9.4 g/dL',
        reason: 'r',
        by: 'b',
        at: issue.composedAt,
      },
    ],
  });
  const name = 'Haemoglobin (Hb), blood';
  assert.deepEqual(
    [content.sections[0]?.tests[0]?.name, content.pending?.[0]?.test, content.report.changes?.[0]?.test],
    [name, name, name],
  );
});

test('lab-day 31, 55: a test done elsewhere names that laboratory, the one its tube went to', () => {
  const [sent, planned] = ['lab-1', 'lab-2'];
  const outsourced = { ...line('line-hgb', 'Haemoglobin', 'HAEMATOLOGY', 'Blood'), isOutsourced: true };
  const nameOf = (more: Partial<ReportFacts>) =>
    testsOf(
      withResults([haemoglobin], {
        order: { ...facts.order, lines: [outsourced] },
        tests: new Map([['HGB', { reportName: 'Haemoglobin', referralLabId: planned }]]),
        referralLabs: new Map([
          [sent, 'Deccan Reference Laboratory'],
          [planned, 'Konkan Laboratory'],
        ]),
        ...more,
      }),
    )[0]?.outsourced;
  const drawn = tube(['line-hgb'], '2026-11-25T03:20:00.000Z', '2026-11-25T04:00:00.000Z');
  assert.equal(nameOf({ tubes: [{ ...drawn, referralLabId: sent }] }), 'Deccan Reference Laboratory');
  assert.equal(
    nameOf({ tubes: [drawn, { ...drawn, referralLabId: sent }] }),
    'Deccan Reference Laboratory',
    'an aliquot',
  );
  assert.equal(nameOf({ tubes: [] }), 'Konkan Laboratory');
  assert.equal(nameOf({ tubes: [drawn] }), undefined, 'it was kept after all');
  assert.equal(nameOf({ tubes: [{ ...drawn, referralLabId: 'gone' }] }), 'another laboratory');
});

test('lab-day 55: out of scope is marked only beside something that is in scope', () => {
  const marks = (...inScope: readonly string[]) =>
    testsOf({
      ...facts,
      order: {
        ...facts.order,
        lines: facts.order.lines.map((one) => ({ ...one, isInScope: inScope.includes(one.id) })),
      },
    }).map(({ name, isOutOfScope }) => [name, isOutOfScope === true]);
  assert.deepEqual(marks(), [
    ['Malaria smear', false],
    ['Haemoglobin', false],
    ['Lipid profile', false],
  ]);
  assert.deepEqual(marks('line-hgb'), [
    ['Malaria smear', true],
    ['Haemoglobin', false],
    ['Lipid profile', true],
  ]);
  assert.deepEqual(
    marks('line-hgb', 'line-malaria', 'line-lipid').filter(([, isMarked]) => isMarked),
    [],
  );
});

test('lab-day 53: times of each tube are printed when they differ; a timed draw is named', () => {
  const fasting = {
    ...tube(['line-lipid'], '2026-11-25T03:25:00.000Z', '2026-11-25T04:00:00.000Z'),
    specimen: 'Fluoride plasma',
    draw: 'fasting',
  };
  const later = { ...fasting, lineIds: ['line-hgb'], draw: '2 h after 75 g', collectedAt: '2026-11-25T05:26:00.000Z' };
  const apart = compose({ ...facts, tubes: [later, fasting] });
  assert.deepEqual(
    apart.specimens?.map(({ specimen, collectedAt }) => [specimen, collectedAt]),
    [
      ['Fluoride plasma, fasting', fasting.collectedAt],
      ['Fluoride plasma, 2 h after 75 g', later.collectedAt],
    ],
  );
  assert.equal(apart.times.collectedAt, fasting.collectedAt);
  // Alike, but for the kind of tube: said once, with who drew.
  const serum = { ...fasting, specimen: 'Serum', lineIds: ['line-hgb'], collectedAt: '2026-11-25T03:25:59.000Z' };
  const alike = compose({ ...facts, tubes: [fasting, serum] });
  assert.deepEqual([alike.specimens, alike.times.collectedBy], [undefined, 'Lata Shinde']);
  const byTwo = compose({ ...facts, tubes: [fasting, { ...fasting, collectedBy: 'Ramesh Pawar' }] });
  assert.deepEqual([byTwo.specimens?.length, byTwo.times.collectedBy], [2, undefined]);
  assert.equal(
    testsOf(withResults([{ ...haemoglobin, draw: '2 h after 75 g' }]))[0]?.specimen,
    'Whole blood (EDTA), 2 h after 75 g',
  );
});

test('a tube that was rejected, cancelled or not drawn gives no times', () => {
  const used = tube(['line-hgb'], '2026-11-25T03:20:00.000Z', '2026-11-25T04:00:00.000Z');
  const before = { ...used, collectedAt: '2026-11-25T01:00:00.000Z', receivedAt: '2026-11-25T05:00:00.000Z' };
  for (const status of ['rejected', 'cancelled', 'planned'] as const) {
    const content = compose(withResults([haemoglobin], { tubes: [used, { ...before, status }] }));
    assert.deepEqual([content.times.collectedAt, content.times.receivedAt], [used.collectedAt, used.receivedAt]);
    assert.equal(content.specimens, undefined);
  }
});

test('lab-day 51: pending tests are named, with what is missing of them and when it is due if that is to come', () => {
  const content = compose({
    ...facts,
    chosen: {
      status: 'interim',
      shown: [haemoglobin],
      pending: [
        { lineId: 'line-lipid', parts: ['Cholesterol', 'Triglycerides'], promisedAt: '2026-11-25T06:00:01.000Z' },
        { lineId: 'line-malaria', parts: [], promisedAt: '2026-11-25T06:00:00.000Z' },
      ],
    },
  });
  assert.equal(content.report.status, 'interim');
  assert.deepEqual(content.pending, [
    { test: 'Lipid profile', parts: 'Cholesterol, Triglycerides', expectedAt: '2026-11-25T06:00:01.000Z' },
    { test: 'Malaria smear' },
  ]);
  assert.deepEqual(
    content.sections.map(({ name }) => name),
    ['Haematology'],
  );
});

test('lab-day 58: an amended version tells what it replaces and what changed', () => {
  const change = { from: '228 mg/dL', to: '282 mg/dL', reason: 'Typing', by: 'Dr. Deshmukh', at: issue.composedAt };
  const { report } = compose(facts, {
    version: 2,
    replaces: '261125-0042-R1',
    changes: [{ lineId: 'line-lipid', analyteName: 'Cholesterol', ...change }],
  });
  assert.deepEqual(report, {
    number: '261125-0042-R2',
    version: 2,
    status: 'final',
    reportedAt: issue.composedAt,
    replaces: '261125-0042-R1',
    changes: [{ test: 'Lipid profile', name: 'Cholesterol', ...change }],
  });
});
