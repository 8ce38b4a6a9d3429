// Hand-made facts of one order for the tests of what a report says.
import type { Issue, ReportFacts, ReportLine, ResultFact } from './compose-content.ts';
import type { TubeFact } from './specimens.ts';

export const issue: Issue = {
  version: 1,
  composedAt: '2026-11-25T06:00:00.000Z',
  checkCode: '123456781234567812345678',
  verifyUrl: 'https://lab.example/r/123456781234567812345678',
  replaces: null,
  changes: [],
};

export const haemoglobin: ResultFact = {
  lineId: 'line-hgb',
  testName: 'Haemoglobin',
  analyteCode: 'HGB',
  analyteName: 'Haemoglobin',
  method: 'Automated cell counter',
  specimen: 'Whole blood (EDTA)',
  draw: null,
  kind: 'numeric',
  value: '8.4',
  unit: 'g/dL',
  flags: ['L'],
  range: { low: '13', high: '17', text: null, kind: 'reference' },
  isCalculated: false,
  blankReason: null,
  dilution: null,
  interpretation: null,
  note: 'Confirmed by repeat.',
  detail: null,
  authorisedById: 'path',
  authorisedAt: '2026-11-25T05:59:00.000Z',
};
export const cholesterol: ResultFact = {
  ...haemoglobin,
  lineId: 'line-lipid',
  testName: 'Lipid profile',
  analyteCode: 'CHOL',
  analyteName: 'Cholesterol',
  method: null,
  specimen: 'Serum',
  value: '228',
  unit: 'mg/dL',
  flags: ['H'],
  range: { low: null, high: '200', text: null, kind: 'decision' },
  note: null,
};
export const triglycerides: ResultFact = {
  ...cholesterol,
  analyteCode: 'TRIG',
  analyteName: 'Triglycerides',
  value: '<10',
  flags: [],
  range: null,
};
export const malaria: ResultFact = {
  ...haemoglobin,
  lineId: 'line-malaria',
  testName: 'Malaria smear',
  analyteCode: 'MP_SMEAR',
  analyteName: 'Malarial parasites',
  method: 'Giemsa',
  kind: 'coded',
  value: 'Seen',
  unit: '',
  flags: ['A'],
  range: { low: null, high: null, text: 'Not seen', kind: 'reference' },
  note: '  ',
};

export const line = (id: string, testName: string, section: string, specimen: string): ReportLine => ({
  id,
  testCode: id.replace('line-', '').toUpperCase(),
  testName,
  section,
  specimen,
  status: 'open',
  promisedAt: '2026-11-25T08:00:00.000Z',
  isOutsourced: false,
  isInScope: false,
});

export const tube = (lineIds: readonly string[], collectedAt: string | null, receivedAt: string | null): TubeFact => ({
  status: receivedAt === null ? 'collected' : 'received',
  specimen: 'Blood',
  draw: null,
  lineIds,
  collectedAt,
  collectedBy: collectedAt === null ? null : 'Lata Shinde',
  receivedAt,
  referralLabId: null,
});

export const facts: ReportFacts = {
  lab: {
    name: 'Nidaan Demo Diagnostics',
    addressLines: ['12 Station Road', 'Nashik 422001'],
    phone: '+91 253 200 0000',
    email: 'lab@nidaan.example',
    registrationNumber: 'DEMO/NSK/2026/001',
  },
  order: {
    number: '261125-0042',
    placedAt: '2026-11-25T03:10:00.000Z',
    referredBy: 'Dr. Rao',
    // Ordered as lipids, malaria, haemoglobin: printed by department, and in this order within one.
    lines: [
      line('line-lipid', 'Lipid profile', 'BIOCHEMISTRY', 'Serum'),
      line('line-malaria', 'Malaria smear', 'HAEMATOLOGY', 'Whole blood (EDTA)'),
      line('line-hgb', 'Haemoglobin', 'HAEMATOLOGY', 'Whole blood (EDTA)'),
    ],
  },
  patient: { name: 'Asha Patil', sex: 'female', bornOn: '1992-11-25', mrn: 'N00000428' },
  tubes: [
    { ...tube(['line-lipid'], '2026-11-25T03:25:00.000Z', '2026-11-25T04:05:00.000Z'), specimen: 'Serum' },
    tube(['line-hgb', 'line-malaria'], '2026-11-25T03:20:00.000Z', '2026-11-25T04:00:00.000Z'),
    tube(['line-of-another-order'], '2026-11-20T03:20:00.000Z', '2026-11-26T04:00:00.000Z'),
  ],
  chosen: { status: 'final', shown: [haemoglobin, cholesterol, triglycerides, malaria], pending: [] },
  signatures: {
    signatory: { name: 'Dr. Sunita Deshmukh', qualification: 'MD (Pathology)', registrationNumber: 'MMC 1' },
    others: [],
  },
  decimals: new Map([
    ['HGB', 1],
    ['CHOL', 0],
    ['TRIG', 0],
    ['MP_SMEAR', null],
  ]),
  tests: new Map(),
  referralLabs: new Map(),
  files: new Map(),
};

/** The same order with other results and, where given, other facts. */
export function withResults(shown: readonly ResultFact[], more: Partial<ReportFacts> = {}): ReportFacts {
  return { ...facts, chosen: { ...facts.chosen, shown }, ...more };
}
