// SIMULATOR of a five-part blood cell counter, for demo and tests. Speaks HL7 2.3.1 over MLLP in the manner of the Mindray BC
// series: LOINC in OBX-3, settings as IS, a histogram as ED. Not a device; its values are made up.
// Alone: node sandbox/analyzers/cbc-analyzer.ts --port 6661 --barcode N261125-0001
import process from 'node:process';
import { parseArgs } from 'node:util';

import { buildMessage } from '@nidaan/hl7v2';
import type { SegmentValues } from '@nidaan/hl7v2';

import { countBlood, readBloodControl } from './blood-count.ts';
import type { CountedValue } from './blood-count.ts';
import type { ControlRun } from './control-material.ts';
import type { AnalyzerOptions, Sample } from './seeded.ts';
import { ackCodeOf, sendHl7 } from './send-hl7.ts';

export interface CbcAnalyzer {
  /** Counts the tube and sends the result; resolves with the code of the reply (AA when it was taken). */
  run(sample: Sample): Promise<string>;
  /** The same message without sending it. */
  message(sample: Sample): Uint8Array;
  /** Sends a control in the manner of a Mindray counter: MSH-11 is Q, OBR-4 names the chart. */
  runControl(control: ControlRun): Promise<string>;
  controlMessage(control: ControlRun): Uint8Array;
}

const settings: readonly SegmentValues[] = [
  ['OBX', '1', 'IS', ['08001', 'Take Mode', '99MRC'], '', 'A', '', '', '', '', '', 'F'],
  ['OBX', '2', 'IS', ['08002', 'Blood Mode', '99MRC'], '', 'W', '', '', '', '', '', 'F'],
  ['OBX', '3', 'IS', ['08003', 'Test Mode', '99MRC'], '', 'CBC+DIFF', '', '', '', '', '', 'F'],
];
/** 64 channels of nothing much: real counters send a few kilobytes here. */
const histogram = Buffer.from(
  Array.from({ length: 64 }, (_, channel) => Math.round(200 * Math.exp(-((channel - 30) ** 2) / 80))),
).toString('base64');

function flagOf({ value, low, high }: CountedValue): string {
  if (Number(value) < low) return 'L';
  return Number(value) > high ? 'H' : 'N';
}

function stamp(at: Date): string {
  return at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
}

export function createCbcAnalyzer(options: AnalyzerOptions): CbcAnalyzer {
  let runs = 0;
  const build = (
    specimenId: string,
    processing: 'P' | 'Q',
    service: readonly [string, string, string],
    counted: readonly CountedValue[],
    last: readonly SegmentValues[],
  ): Uint8Array => {
    const at = stamp(new Date());
    const observations = counted.map((each, index): SegmentValues => [
      'OBX',
      String(settings.length + index + 1),
      'NM',
      [each.loinc, each.name, 'LN'],
      '',
      each.value,
      each.unit,
      `${each.low}-${each.high}`,
      flagOf(each),
      '',
      '',
      'F',
    ]);
    return buildMessage({
      header: {
        3: options.instrument,
        4: 'SIMULATOR',
        7: at,
        9: ['ORU', 'R01'],
        10: `${options.seed}-${runs}-${at}`,
        11: processing,
        12: '2.3.1',
        18: 'UNICODE',
      },
      segments: [
        ['PID', '1'],
        ['OBR', { 1: '1', 3: specimenId, 4: [...service], 7: at, 24: 'HM' }],
        ...settings,
        ...observations,
        ...last,
      ],
    });
  };
  const message = (sample: Sample): Uint8Array => {
    runs += 1;
    const counted = countBlood(sample, options.seed + runs);
    const image: SegmentValues = [
      'OBX',
      String(settings.length + counted.length + 1),
      'ED',
      ['15000', 'WBC Histogram. Binary', '99MRC'],
      '',
      ['', 'Application', 'Octer-stream', 'Base64', histogram],
      '',
      '',
      '',
      '',
      '',
      'F',
    ];
    return build(sample.barcode, 'P', ['00001', 'Automated Count', '99MRC'], counted, [image]);
  };
  const controlMessage = (control: ControlRun): Uint8Array => {
    runs += 1;
    return build(control.sampleId, 'Q', ['00003', 'LJ QCR', '99MRC'], readBloodControl(control), []);
  };
  const send = async (bytes: Uint8Array): Promise<string> =>
    ackCodeOf(await sendHl7({ host: options.host, port: options.port, bytes }));
  return {
    message,
    controlMessage,
    run: (sample) => send(message(sample)),
    runControl: (control) => send(controlMessage(control)),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '6661' },
      seed: { type: 'string', default: '1' },
      instrument: { type: 'string', default: 'SIM-CBC' },
      barcode: { type: 'string' },
      sex: { type: 'string', default: 'male' },
      abnormal: { type: 'boolean', default: false },
    },
  });
  if (values.barcode === undefined) {
    console.error(
      'Give the tube: --barcode <text>. Also: --host --port --seed --instrument --sex male|female|other --abnormal',
    );
    process.exitCode = 2;
  } else {
    const { host, port, seed, instrument, barcode, sex, abnormal } = values;
    const analyzer = createCbcAnalyzer({ host, port: Number(port), seed: Number(seed), instrument });
    try {
      const answer = await analyzer.run({ barcode, sex: sex === 'female' || sex === 'other' ? sex : 'male', abnormal });
      console.log(`${instrument} (simulator) sent a count of ${barcode}; the answer was ${answer}.`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    }
  }
}
