// Made-up reports of the other kinds for tests and for looking at the layout: amended, interim, cultures, narratives, pictures.
import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

import type { ReportContent, ReportDetail } from '../domain/report-content.ts';
import { longReport, singleTestReport } from './sample-reports.ts';

type Test = ReportContent['sections'][number]['tests'][number];
type Result = Test['results'][number];

function plain(name: string, value: string, unit: string, rangeText: string, more: Partial<Result> = {}): Result {
  return { name, value, unit, rangeText, flags: [], ...more };
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** A grey wedge as PNG, 8 bits a pixel. Source: PNG specification, 5 and 11.2. */
export function greyPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const line = Buffer.from([0, ...Array.from({ length: width }, (_, x) => Math.floor((x * 255) / width))]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const PICTURE_ID = '01890000-0000-7000-8000-000000000001';
const picture = greyPng(240, 160);
export const samplePictures: ReadonlyMap<string, Uint8Array> = new Map([[PICTURE_ID, picture]]);

/** Two changed values, one of them of a panel; every mark and footnote. */
export const amendedReport: ReportContent = {
  ...longReport,
  report: {
    ...longReport.report,
    number: '261125-0042-R2',
    version: 2,
    replaces: '261125-0042-R1',
    changes: [
      {
        test: 'Potassium',
        from: '9.6 mmol/L',
        to: '6.9 mmol/L',
        reason: 'Digits were exchanged when the value was typed; the printout of the analyzer says 6.9.',
        by: 'Dr. Meera Deshpande',
        at: '2026-11-25T12:04:00+05:30',
      },
      {
        test: 'Lipid profile',
        name: 'Triglycerides',
        from: '162 mg/dL',
        to: '162 mg/dL',
        reason: 'Wrong reference range.',
        by: 'Dr. Meera Deshpande',
        at: '2026-11-25T12:06:00+05:30',
      },
    ],
  },
  times: { ...longReport.times, collectedBy: 'Lata Shinde' },
  sections: [
    {
      name: 'Biochemistry',
      tests: [
        {
          name: 'Potassium',
          method: 'Indirect ISE',
          specimen: 'Serum',
          results: [
            plain('Potassium', '6.9', 'mmol/L', '3.5 – 5.1', {
              flags: ['HH'],
              interpretation: 'Exclude haemolysis; ECG advised.',
            }),
          ],
        },
        {
          name: 'Lipid profile',
          specimen: 'Serum',
          isOutOfScope: true,
          results: [
            plain('Triglycerides', '162', 'mg/dL', 'Decision limit: < 150', { flags: ['H'], dilution: '1:10' }),
            plain('LDL cholesterol', 'Not calculated', 'mg/dL', '', {
              isCalculated: true,
              note: 'Triglycerides are over 400.',
            }),
            plain('VLDL cholesterol', '32', 'mg/dL', '< 30', { isCalculated: true, flags: ['H'] }),
          ],
          remarks: ['Slightly haemolysed specimen, run with the consent of the physician.'],
        },
        {
          name: 'Vitamin B12',
          specimen: 'Serum',
          outsourced: 'Deccan Reference Laboratory, Mumbai',
          isOutOfScope: true,
          results: [plain('Vitamin B12', '<150', 'pg/mL', '197 – 771', { flags: ['L'] })],
        },
        {
          name: 'Malaria antigen',
          specimen: 'EDTA whole blood',
          results: [plain('Malaria antigen', 'Positive', '', 'Negative', { flags: ['AA'] })],
        },
      ],
    },
  ],
};

/** Some tests pending, tubes drawn at different times. */
export const interimReport: ReportContent = {
  ...singleTestReport,
  report: { number: '261125-0043-R1', version: 1, status: 'interim', reportedAt: '2026-11-25T11:20:00+05:30' },
  times: { ...longReport.times, collectedAt: '2026-11-25T07:58:00+05:30', receivedAt: '2026-11-25T10:20:00+05:30' },
  specimens: [
    {
      specimen: 'Fluoride plasma, fasting',
      collectedAt: '2026-11-25T07:58:00+05:30',
      collectedBy: 'Lata Shinde',
      receivedAt: '2026-11-25T08:30:00+05:30',
    },
    {
      specimen: 'Fluoride plasma, 2 h after 75 g',
      collectedAt: '2026-11-25T10:01:00+05:30',
      collectedBy: 'Ramesh Pawar',
      receivedAt: '2026-11-25T10:20:00+05:30',
    },
  ],
  pending: [
    { test: 'Thyroid Profile', expectedAt: '2026-11-25T17:00:00+05:30' },
    { test: 'Complete blood count', parts: 'Platelet count, Peripheral smear' },
  ],
};

const antibiotics = ['Amikacin', 'Ampicillin', 'Cefotaxime', 'Ciprofloxacin', 'Meropenem', 'Nitrofurantoin'];

export function isolateOf(
  organism: string,
  rows: number,
): Extract<ReportDetail, { kind: 'culture' }>['isolates'][number] {
  return {
    organism,
    quantity: '≥ 10⁵ CFU/mL',
    antibiogram: Array.from({ length: rows }, (_, row) => ({
      antibiotic: antibiotics[row] ?? `Antibiotic ${row + 1}`,
      measured: row % 2 === 0 ? `MIC <=${row + 1} mg/L` : `Zone ${row + 10} mm`,
      interpretation: (['S', 'R', 'I'] as const)[row % 3] ?? 'S',
    })),
  };
}

export function reportOfTests(section: string, ...tests: readonly Test[]): ReportContent {
  return {
    ...singleTestReport,
    report: { ...longReport.report, number: '261125-0044-R1' },
    times: longReport.times,
    sections: [{ name: section, tests: [...tests] }],
  };
}

export function cultureTest(stage: 'preliminary' | 'final', ...rowsOfIsolates: readonly number[]): Test {
  const organisms = ['Escherichia coli', 'Klebsiella pneumoniae', 'Enterococcus faecalis'];
  return {
    name: 'Culture and sensitivity, urine',
    method: 'Culture, identification, disc diffusion or broth dilution',
    specimen: 'Urine (midstream)',
    results: [
      plain('Culture and sensitivity, urine', 'Escherichia coli, significant growth', '', '', {
        flags: ['A'],
        detail: {
          kind: 'culture',
          stage,
          facts: [
            { name: 'Incubation', text: '48 hours' },
            { name: 'Microscopy', text: 'Pus cells 8–10 per field; Gram-negative bacilli.' },
            { name: 'Colony count', text: '≥ 10⁵ CFU/mL' },
          ],
          isolates: rowsOfIsolates.map((rows, at) => isolateOf(organisms[at] ?? `Organism ${at + 1}`, rows)),
          comment: 'Significant bacteriuria. Correlate clinically.',
        },
      }),
    ],
  };
}

export const preliminaryCulture: ReportContent = {
  ...reportOfTests('Microbiology', cultureTest('preliminary', 6)),
  report: { ...longReport.report, number: '261125-0044-R1', status: 'interim' },
};
export const finalCulture = reportOfTests('Microbiology', cultureTest('final', 6, 6));
/** Antibiograms longer than a page. */
export const longCulture = reportOfTests('Microbiology', cultureTest('final', 80, 60));

const gross = 'Received in formalin, a skin ellipse of 2.1 x 0.9 x 0.5 cm with a pigmented lesion of 0.6 cm.';

export function histologyTest(paragraphs: number): Test {
  const microscopy = Array.from({ length: paragraphs }, (_, at) => `Level ${at + 1}. ${gross} ${gross}`).join('\n');
  return {
    name: 'Histopathology',
    method: 'Paraffin sections, haematoxylin and eosin',
    specimen: 'Tissue in formalin',
    results: [
      plain('Histopathology report', 'Compound naevus, completely excised', '', '', {
        detail: {
          kind: 'narrative',
          sections: [
            { title: 'Clinical details', text: 'Pigmented lesion of the back, growing for six months.' },
            { title: 'Gross', text: gross },
            { title: 'Microscopy', text: microscopy },
          ],
          impression: 'Compound melanocytic naevus, completely excised; nearest margin 2 mm.',
          codes: ['SNOMED CT|112681002'],
        },
      }),
    ],
  };
}

export const histology = reportOfTests('Histopathology', histologyTest(2));

export const pictureReport = reportOfTests('Cytology', {
  name: 'Body fluid cytology',
  specimen: 'Pleural fluid',
  results: [
    plain('Photomicrograph', 'Image', '', '', {
      detail: {
        kind: 'image',
        caption: 'Mesothelial cells, May-Grünwald-Giemsa, 400×.',
        images: [{ fileId: PICTURE_ID, sha256: createHash('sha256').update(picture).digest('hex'), type: 'png' }],
        onFile: 1,
      },
    }),
  ],
});
