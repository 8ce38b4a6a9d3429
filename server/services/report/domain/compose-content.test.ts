import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { ReportContent } from './report-content.ts';
import { composeContent } from './compose-content.ts';
import { facts, haemoglobin, issue, line, tube, withResults } from './facts.testing.ts';

test('a whole report by hand', () => {
  const content = composeContent(facts, issue);
  assert.deepEqual(JSON.parse(JSON.stringify(content)), {
    lab: {
      name: 'Nidaan Demo Diagnostics',
      address: ['12 Station Road', 'Nashik 422001'],
      phone: '+91 253 200 0000',
      email: 'lab@nidaan.example',
      registration: 'DEMO/NSK/2026/001',
    },
    report: { number: '261125-0042-R1', version: 1, status: 'final', reportedAt: '2026-11-25T06:00:00.000Z' },
    patient: { name: 'Asha Patil', ageLabel: '34 Y', sex: 'Female', mrn: 'N00000428', referredBy: 'Dr. Rao' },
    times: {
      registeredAt: '2026-11-25T03:10:00.000Z',
      collectedAt: '2026-11-25T03:20:00.000Z',
      receivedAt: '2026-11-25T04:05:00.000Z',
    },
    specimens: [
      {
        specimen: 'Blood',
        collectedAt: '2026-11-25T03:20:00.000Z',
        collectedBy: 'Lata Shinde',
        receivedAt: '2026-11-25T04:00:00.000Z',
      },
      {
        specimen: 'Serum',
        collectedAt: '2026-11-25T03:25:00.000Z',
        collectedBy: 'Lata Shinde',
        receivedAt: '2026-11-25T04:05:00.000Z',
      },
    ],
    sections: [
      {
        name: 'Haematology',
        tests: [
          {
            name: 'Malaria smear',
            method: 'Giemsa',
            specimen: 'Whole blood (EDTA)',
            results: [{ name: 'Malarial parasites', value: 'Seen', unit: '', rangeText: 'Not seen', flags: ['A'] }],
          },
          {
            name: 'Haemoglobin',
            method: 'Automated cell counter',
            specimen: 'Whole blood (EDTA)',
            results: [
              {
                name: 'Haemoglobin',
                value: '8.4',
                unit: 'g/dL',
                rangeText: '13.0 – 17.0',
                flags: ['L'],
                note: 'Confirmed by repeat.',
              },
            ],
          },
        ],
      },
      {
        name: 'Biochemistry',
        tests: [
          {
            name: 'Lipid profile',
            specimen: 'Serum',
            results: [
              { name: 'Cholesterol', value: '228', unit: 'mg/dL', rangeText: 'Decision limit: < 200', flags: ['H'] },
              { name: 'Triglycerides', value: '<10', unit: 'mg/dL', rangeText: 'No range established', flags: [] },
            ],
          },
        ],
      },
    ],
    notes: [],
    signatory: { name: 'Dr. Sunita Deshmukh', qualification: 'MD (Pathology)', registrationNumber: 'MMC 1' },
    verification: { url: 'https://lab.example/r/123456781234567812345678', token: '1234-5678-1234-5678-1234-5678' },
  });
  ReportContent.parse(content);
});

test("the age is the age at collection, in the lab's zone, in years, months or days", () => {
  const age = (bornOn: string, collectedAt: string | null) =>
    composeContent(
      {
        ...facts,
        patient: { ...facts.patient, bornOn },
        tubes: [tube(['line-hgb'], collectedAt, null)],
      },
      issue,
    ).patient.ageLabel;
  // Born 25 November: 33 until midnight in India, which is 18:30 UTC the day before.
  assert.equal(age('1992-11-25', '2026-11-24T18:29:00.000Z'), '33 Y');
  assert.equal(age('1992-11-25', '2026-11-24T18:30:00.000Z'), '34 Y');
  assert.equal(age('2026-04-25', '2026-11-25T03:20:00.000Z'), '7 M');
  assert.equal(age('2026-11-13', '2026-11-25T03:20:00.000Z'), '12 D');
  assert.equal(age('2026-11-13', null), '12 D');
  assert.equal(age('2026-12-01', '2026-11-25T03:20:00.000Z'), 'Not known');
});

test('a time that was not recorded is left out, and a blank field is no field', () => {
  const content = composeContent(
    {
      ...facts,
      lab: { ...facts.lab, phone: ' ', email: '' },
      order: { ...facts.order, referredBy: null },
      patient: { ...facts.patient, sex: 'other' },
      tubes: [tube(['line-hgb'], '2026-11-25T03:20:00.000Z', null)],
    },
    issue,
  );
  assert.deepEqual(content.times, {
    registeredAt: '2026-11-25T03:10:00.000Z',
    collectedAt: '2026-11-25T03:20:00.000Z',
    collectedBy: 'Lata Shinde',
    receivedAt: undefined,
  });
  assert.deepEqual(
    [content.lab.phone, content.lab.email, content.patient.referredBy],
    [undefined, undefined, undefined],
  );
  assert.equal(content.patient.sex, 'Other');
  ReportContent.parse(content);
});

test('sections the lab added come last, by name; their wording is kept', () => {
  const lines = ['Toxicology', 'CYTOLOGY', 'HISTOPATHOLOGY', 'MICROBIOLOGY', 'CLINICAL_PATHOLOGY', 'Andrology'].map(
    (section, n) => line(`line-${n}`, `Test ${n}`, section, 'Urine'),
  );
  const results = lines.map(({ id }) => ({ ...haemoglobin, lineId: id }));
  const content = composeContent(withResults(results, { order: { ...facts.order, lines } }), issue);
  assert.deepEqual(
    content.sections.map(({ name }) => name),
    ['Clinical pathology', 'Microbiology', 'Histopathology', 'Cytology', 'Andrology', 'Toxicology'],
  );
});

test('an authorised result without a value is a broken promise and no blank on paper', () => {
  assert.throws(() => composeContent(withResults([{ ...haemoglobin, value: null }]), issue), /without a value/);
});

test('whatever the contracts allow can be printed', () => {
  const text = (maxLength: number) =>
    fc.string({ unit: 'grapheme-composite', maxLength }).map((value) => value.slice(0, maxLength));
  const instant = fc
    .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const result = fc.record({
    analyteName: text(200),
    method: fc.option(text(200)),
    specimen: text(200),
    kind: fc.constantFrom('numeric', 'text', 'coded', 'titre'),
    value: text(4000),
    unit: text(40),
    flags: fc.subarray(['L', 'H', 'LL', 'HH', 'A'] as const),
    range: fc.option(
      fc.record({
        low: fc.option(fc.constantFrom('0', '13', '0.25', '-4')),
        high: fc.option(fc.constantFrom('17', '5.10', '100')),
        text: fc.option(text(500)),
        kind: fc.constantFrom('reference', 'decision', 'none'),
      }),
    ),
    note: fc.option(text(4000)),
  });
  const any = fc.record({
    results: fc.array(result, { minLength: 1, maxLength: 5 }),
    section: fc.string({ minLength: 1, maxLength: 40 }),
    referredBy: fc.option(text(120)),
    bornOn: instant.map((at) => at.slice(0, 10)),
    placedAt: instant,
    collectedAt: fc.option(instant),
    receivedAt: fc.option(instant),
    sex: fc.constantFrom('male', 'female', 'other'),
  });
  fc.assert(
    fc.property(any, ({ results, section, referredBy, bornOn, placedAt, collectedAt, receivedAt, sex }) => {
      const content = composeContent(
        {
          ...facts,
          order: {
            ...facts.order,
            placedAt,
            referredBy,
            lines: [line('line-hgb', 'Any', section, 'Blood')],
          },
          patient: { ...facts.patient, sex, bornOn },
          tubes: [tube(['line-hgb'], collectedAt, receivedAt)],
          chosen: { ...facts.chosen, shown: results.map((one) => ({ ...haemoglobin, ...one })) },
        },
        issue,
      );
      const parsed = ReportContent.parse(JSON.parse(JSON.stringify(content)));
      // Nothing that was authorised is lost or changed on the way to paper.
      const printed = parsed.sections.flatMap(({ tests }) => tests.flatMap((one) => one.results));
      assert.deepEqual(
        printed.map(({ value, unit, flags }) => [value, unit, flags]),
        results.map(({ value, unit, flags }) => [value, unit, flags]),
      );
    }),
  );
});
