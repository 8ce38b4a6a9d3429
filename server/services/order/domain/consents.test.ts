import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ConsentView } from '#contract/patient.ts';

import type { OrderLineView } from '../contract.ts';
import { consentOfLine, consentOfTest, consentWarnings, givenBy } from './consents.ts';

const consent = (purpose: ConsentView['purpose'], isGiven: boolean, isCurrent: boolean): ConsentView => ({
  id: 'c',
  patientId: 'P',
  recordId: 'P',
  purpose,
  isGiven,
  takenOn: '2026-11-25',
  how: 'written',
  fileId: 'f',
  note: null,
  at: '2026-11-25T05:00:00.000Z',
  byId: null,
  by: 'desk',
  isCurrent,
});
const line = (testCode: string, testName: string, fields: Partial<OrderLineView> = {}): OrderLineView => ({
  id: testCode,
  testCode,
  testName,
  section: 'S',
  specimen: 'Serum',
  containerCode: 'SST',
  panelCode: null,
  promisedAt: '2026-11-25T08:00:00.000Z',
  draw: null,
  origin: 'ordered',
  status: 'open',
  isOutsourced: false,
  isInScope: false,
  needsConsent: true,
  ...fields,
});

test('lab-day 14: an HIV test takes the consent for HIV tests, any other that takes one that for genetic tests', () => {
  const purposes = ([code, name]: readonly [string, string]) => consentOfTest({ testCode: code, testName: name });
  assert.deepEqual(
    (
      [
        ['HIV', 'HIV 1 and 2'],
        ['HIV_R', 'Rapid card'],
        ['VL', 'HIV1 viral load'],
        ['BRCA', 'BRCA1 and BRCA2'],
        ['ARCHIVE', 'Karyotype for the archive'],
      ] as const
    ).map(purposes),
    ['hiv_test', 'hiv_test', 'hiv_test', 'genetic_test', 'genetic_test'],
  );
});

test('a consent counts when it is the last word and a yes', () => {
  const given = givenBy([
    consent('hiv_test', true, true),
    consent('genetic_test', true, false),
    consent('research', false, true),
  ]);
  assert.deepEqual(
    [...given].map(([patientId, purposes]) => [patientId, [...purposes]]),
    [['P', ['hiv_test']]],
  );
  assert.equal(consentOfLine(line('HIV', 'HIV'), given.get('P') ?? new Set()), 'given');
  assert.equal(consentOfLine(line('BRCA', 'BRCA'), given.get('P') ?? new Set()), 'missing');
  assert.equal(consentOfLine(line('CBC', 'CBC', { needsConsent: false }), new Set()), null);
});

test('one warning a purpose, about open lines alone', () => {
  const lines = [
    line('HIV', 'HIV'),
    line('HIV_R', 'HIV rapid'),
    line('BRCA', 'BRCA'),
    line('HLA', 'HLA', { status: 'cancelled' }),
    line('CBC', 'CBC', { needsConsent: false }),
  ];
  assert.deepEqual(
    consentWarnings({ id: 'O', lines }, new Set()).map(({ purpose, testCodes, words }) => [purpose, testCodes, words]),
    [
      ['hiv_test', ['HIV', 'HIV_R'], 'The consent for an HIV test is not on record.'],
      ['genetic_test', ['BRCA'], 'The consent for a genetic test is not on record.'],
    ],
  );
  assert.deepEqual(consentWarnings({ id: 'O', lines }, new Set(['hiv_test', 'genetic_test'])), []);
});
