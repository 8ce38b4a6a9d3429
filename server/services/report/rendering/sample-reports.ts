// Made-up reports for tests and for looking at the layout: a long one of many panels, a single test, and hostile text.
import type { ReportContent } from '../domain/report-content.ts';

type Test = ReportContent['sections'][number]['tests'][number];
type Result = Test['results'][number];
type Flags = Result['flags'];

function result(name: string, value: string, unit: string, rangeText: string, ...flags: Flags): Result {
  return { name, value, unit, rangeText, flags };
}

const bloodCount: Test = {
  name: 'Complete Blood Count',
  method: 'Impedance, flow cytometry, SLS-haemoglobin',
  specimen: 'EDTA whole blood',
  results: [
    result('Haemoglobin', '8.4', 'g/dL', '12.0 – 15.0', 'L'),
    result('Red cell count', '3.92', '10^6/µL', '3.80 – 4.80'),
    result('Haematocrit', '27.9', '%', '36.0 – 46.0', 'L'),
    result('MCV', '71.2', 'fL', '83.0 – 101.0', 'L'),
    result('MCH', '21.4', 'pg', '27.0 – 32.0', 'L'),
    result('MCHC', '30.1', 'g/dL', '31.5 – 34.5', 'L'),
    result('RDW-CV', '18.6', '%', '11.6 – 14.0', 'H'),
    result('Total leucocyte count', '8.14', '10^3/µL', '4.00 – 10.00'),
    result('Neutrophils', '61.0', '%', '40.0 – 80.0'),
    result('Lymphocytes', '29.3', '%', '20.0 – 40.0'),
    result('Monocytes', '6.1', '%', '2.0 – 10.0'),
    result('Eosinophils', '3.2', '%', '1.0 – 6.0'),
    result('Basophils', '0.4', '%', '< 2.0'),
    result('Absolute neutrophil count', '4.97', '10^3/µL', '2.00 – 7.00'),
    result('Absolute lymphocyte count', '2.39', '10^3/µL', '1.00 – 3.00'),
    result('Platelet count', '18', '10^3/µL', '150 – 410', 'LL'),
    {
      ...result(
        'Peripheral smear',
        'Microcytic hypochromic red cells, anisopoikilocytosis, pencil cells.\nPlatelets markedly reduced; no clumps seen.',
        '',
        '',
        'A',
      ),
      note: 'Platelet count confirmed by smear and repeat. Critical value told to Dr. S. Kulkarni by telephone at 10:52, read back.',
    },
  ],
};

const liver: Test = {
  name: 'Liver Function Test',
  method: 'IFCC, diazo, bromocresol green',
  specimen: 'Serum',
  results: [
    result('Bilirubin, total', '0.82', 'mg/dL', '0.30 – 1.20'),
    result('Bilirubin, direct', '0.18', 'mg/dL', '< 0.20'),
    result('Bilirubin, indirect', '0.64', 'mg/dL', '0.10 – 1.00'),
    result('AST (SGOT)', '34', 'U/L', '< 35'),
    result('ALT (SGPT)', '52', 'U/L', '< 35', 'H'),
    result('Alkaline phosphatase', '88', 'U/L', '30 – 120'),
    result('GGT', '27', 'U/L', '< 38'),
    result('Protein, total', '7.10', 'g/dL', '6.40 – 8.30'),
    result('Albumin', '4.20', 'g/dL', '3.50 – 5.20'),
    result('Globulin', '2.90', 'g/dL', '2.30 – 3.50'),
    result('A/G ratio', '1.45', '', '1.10 – 2.20'),
  ],
};

const lipids: Test = {
  name: 'Lipid Profile',
  method: 'Enzymatic; LDL by Friedewald',
  specimen: 'Serum, fasting 12 h',
  results: [
    result('Cholesterol, total', '228', 'mg/dL', 'Desirable: < 200\nBorderline: 200 – 239\nHigh: ≥ 240', 'H'),
    result('Triglycerides', '162', 'mg/dL', 'Normal: < 150\nBorderline: 150 – 199\nHigh: 200 – 499', 'H'),
    result('HDL cholesterol', '44', 'mg/dL', 'Low: < 40\nHigh: ≥ 60'),
    result('LDL cholesterol, calculated', '151.6', 'mg/dL', 'Optimal: < 100\nNear optimal: 100 – 129', 'H'),
    result('VLDL cholesterol, calculated', '32.4', 'mg/dL', '< 30.0', 'H'),
    result('Cholesterol / HDL ratio', '5.18', '', '< 5.00', 'H'),
  ],
};

const thyroid: Test = {
  name: 'Thyroid Profile',
  method: 'Chemiluminescence',
  specimen: 'Serum',
  results: [
    result('T3, total', '1.12', 'ng/mL', '0.80 – 2.00'),
    result('T4, total', '7.60', 'µg/dL', '5.10 – 14.10'),
    {
      ...result('TSH', '6.840', 'µIU/mL', '0.270 – 4.200', 'H'),
      note: 'Pregnancy, first trimester: 0.100 – 2.500 µIU/mL.',
    },
  ],
};

function single(name: string, specimen: string, value: Result, more: Partial<Test> = {}): Test {
  return { name, specimen, results: [value], ...more };
}

const base = {
  lab: {
    name: 'Sahyadri Diagnostics',
    address: ['2nd floor, Ashirwad Complex, Karve Road', 'Erandwane, Pune 411004', 'Maharashtra'],
    phone: '020 5550 0142',
    email: 'reports@sahyadri.example',
    registration: 'NABL accredited MC-0000',
  },
  patient: {
    name: 'अनिरुद्ध क्षत्रिय (Aniruddha Kshatriya)',
    ageLabel: '34 Y',
    sex: 'Male',
    mrn: 'NID00000428',
    referredBy: 'Dr. Sunita Kulkarni, MD (Medicine)',
  },
  times: {
    registeredAt: '2026-11-25T08:12:00+05:30',
    collectedAt: '2026-11-25T08:31:00+05:30',
    receivedAt: '2026-11-25T09:04:00+05:30',
  },
  signatory: {
    name: 'Dr. Meera Deshpande',
    qualification: 'MD (Pathology), Consultant Pathologist',
    registrationNumber: 'MMC 2009/00/0000',
  },
  verification: { url: 'https://reports.sahyadri.example/v/7Q4M-X2KD-9TBR', token: '7Q4M-X2KD-9TBR' },
} as const;

/** Blood count, liver, lipids, thyroid and more: two or three pages. */
export const longReport: ReportContent = {
  ...base,
  lab: { ...base.lab, address: [...base.lab.address] },
  report: { number: 'PUN261125000429', version: 1, status: 'final', reportedAt: '2026-11-25T11:20:00+05:30' },
  sections: [
    {
      name: 'Haematology',
      tests: [
        bloodCount,
        single('ESR', 'EDTA whole blood', result('ESR', '42', 'mm/1 h', '0 – 15', 'H'), {
          method: 'Modified Westergren',
        }),
      ],
    },
    {
      name: 'Biochemistry',
      tests: [
        liver,
        lipids,
        single(
          'Glucose, fasting',
          'Fluoride plasma',
          result('Glucose, fasting', '112', 'mg/dL', 'Normal: 70 – 99\nImpaired: 100 – 125', 'H'),
          { method: 'Hexokinase' },
        ),
        single('Potassium', 'Serum', result('Potassium', '6.9', 'mmol/L', '3.5 – 5.1', 'HH'), {
          method: 'Indirect ISE',
        }),
      ],
    },
    {
      name: 'Immunoassay',
      tests: [
        thyroid,
        single('Vitamin B12', 'Serum', result('Vitamin B12', '<150', 'pg/mL', '197 – 771', 'L'), {
          method: 'Chemiluminescence',
          outsourced: 'Deccan Reference Laboratory, Mumbai',
        }),
      ],
    },
  ],
  notes: [
    'Microcytic hypochromic anaemia with thrombocytopenia. Suggest serum ferritin, and repeat platelet count in a citrate tube.',
    'TSH rises and falls within the day; interpret with the clinical picture.',
  ],
};

/** One test, one page. */
export const singleTestReport: ReportContent = {
  ...base,
  lab: { ...base.lab, address: [...base.lab.address] },
  patient: { name: 'Lakshmi Raman', ageLabel: '7 M', sex: 'Female', mrn: 'NID00000519' },
  report: {
    number: 'PUN261125000437',
    version: 2,
    status: 'interim',
    reportedAt: '2026-11-25T11:20:00+05:30',
    replaces: 'PUN261125000437-R1',
  },
  times: { registeredAt: base.times.registeredAt },
  sections: [
    {
      name: 'Biochemistry',
      tests: [
        single('Glucose, random', 'Fluoride plasma', result('Glucose, random', '88', 'mg/dL', '60 – 140'), {
          method: 'Hexokinase',
        }),
      ],
    },
  ],
  notes: [],
};

/** A panel longer than a page: the only table that may split. */
export const longPanelReport: ReportContent = {
  ...longReport,
  sections: [
    {
      name: 'Allergy',
      tests: [
        single('Total IgE', 'Serum', result('Total IgE', '412', 'IU/mL', '< 100', 'H')),
        {
          name: 'Specific IgE, 90 allergens',
          method: 'Immunoblot',
          specimen: 'Serum',
          results: Array.from({ length: 90 }, (_, i) => result(`Allergen ${i + 1}`, '0.10', 'kU/L', '< 0.35')),
        },
      ],
    },
  ],
};

/** Notes longer than a page after one result. */
export const longNotesReport: ReportContent = {
  ...singleTestReport,
  notes: Array.from({ length: 40 }, (_, i) => `Note ${i + 1}. ${'Interpret with the clinical picture. '.repeat(8)}`),
};

export const HOSTILE = '#panic("x") *b* _i_ $x^2$ \\ <a> `r` @ref [c] // /* = - + 1. ~ "q" \u202e021\u202c \u0007';

/** Every text hostile, every word too long for its column. */
export const hostileReport: ReportContent = {
  lab: { name: HOSTILE, address: [HOSTILE, HOSTILE], phone: HOSTILE, email: HOSTILE, registration: HOSTILE },
  report: { number: 'N'.repeat(40), version: 1, status: 'final', reportedAt: '2026-11-25T11:20:00+05:30' },
  patient: {
    name: `${HOSTILE} ${'क्षत्रिय'.repeat(12)}`,
    ageLabel: '#a *b* $x$',
    sex: '\\ <b> `c` @d',
    mrn: 'W'.repeat(40),
    referredBy: HOSTILE,
  },
  times: base.times,
  sections: [
    {
      name: HOSTILE,
      tests: [
        {
          name: HOSTILE,
          method: HOSTILE,
          specimen: HOSTILE,
          outsourced: HOSTILE,
          results: [
            {
              ...result('W'.repeat(80), '9'.repeat(60), 'mmol/L'.repeat(12), 'W'.repeat(90), 'H', 'A'),
              note: HOSTILE.repeat(4),
            },
            result(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 'HH'),
            result(
              'Interleukin 6, high sensitivity, with a name that goes on over several lines',
              '1,234.50',
              'mL/min/1.73 m²',
              '0 – 5',
              'LL',
              'A',
            ),
          ],
        },
      ],
    },
  ],
  notes: [HOSTILE, 'W'.repeat(300)],
  signatory: { name: HOSTILE, qualification: HOSTILE, registrationNumber: 'W'.repeat(60) },
  verification: { url: 'https://reports.sahyadri.example/v/7Q4M', token: 'W'.repeat(40) },
};
