// SIMULATOR of a clinical chemistry analyzer, for demo and tests. Speaks ASTM (LIS01-A, LIS02-A2) over TCP in the manner of the
// Erba XL: back-tick as repeat sign, test names in the fourth component. Not a device; its values are made up.
// Alone: node sandbox/analyzers/chemistry-analyzer.ts --port 6662 --barcode N261125-0002 --tests GLUC,UREA,CREA
import process from 'node:process';
import { parseArgs } from 'node:util';

import { AstmError, buildRecords, sendAstm } from '@nidaan/astm';
import type { RowInput } from '@nidaan/astm';

import type { ControlRun } from './control-material.ts';
import type { AnalyzerOptions, Sample } from './seeded.ts';
import { measureSerum, readSerumControl, serumCodes } from './serum.ts';
import type { SerumValue } from './serum.ts';

export interface ChemistryAnalyzer {
  /** Measures the tests and sends them; resolves with `ACK` when every frame was acknowledged, `NAK` when it was not. */
  run(sample: Sample & { readonly tests?: readonly string[] }): Promise<string>;
  /** The records of the same message without sending them. */
  records(sample: Sample & { readonly tests?: readonly string[] }): readonly string[];
  /** Sends a control, marked as one by the action code of the order record. */
  runControl(control: ControlRun): Promise<string>;
  controlRecords(control: ControlRun): readonly string[];
}

const delimiters = { field: '|', repeat: '`', component: '^', escape: '&' };

function stamp(at: Date): string {
  return at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
}

function flagOf(value: string, low: number, high: number): string {
  if (Number(value) < low) return 'L';
  return Number(value) > high ? 'H' : 'N';
}

export function createChemistryAnalyzer(options: AnalyzerOptions): ChemistryAnalyzer {
  let runs = 0;
  const recordsOf = (sampleId: string, sex: string, actionCode: string, measured: readonly SerumValue[]) => {
    const at = stamp(new Date());
    const rows: RowInput[] = [
      ['H', '', '', '', [options.instrument, 'SIMULATOR'], '', '', '', '', '', '', 'P', 'E 1394-97', at],
      ['P', '1', '', '', '', '', '', '', sex],
      [
        'O',
        '1',
        sampleId,
        '',
        measured.map(({ code }) => ['', '', '', code]),
        '',
        '',
        '',
        '',
        '',
        '',
        actionCode,
        '',
        '',
        '',
        'SERUM',
      ],
      ...measured.map(({ code, value, unit, low, high }, index): RowInput => [
        'R',
        String(index + 1),
        ['', '', '', code],
        value,
        unit,
        [String(low), String(high)],
        flagOf(value, low, high),
        'N',
        'F',
        '',
        '',
        '',
        at,
      ]),
      ['L', '1', 'N'],
    ];
    return buildRecords(rows, delimiters);
  };
  const records: ChemistryAnalyzer['records'] = (sample) => {
    runs += 1;
    const measured = measureSerum(sample, sample.tests ?? serumCodes, options.seed + runs);
    const sex = sample.sex === undefined ? 'U' : sample.sex.charAt(0).toUpperCase();
    return recordsOf(sample.barcode, sex === 'O' ? 'U' : sex, '', measured);
  };
  // Src: LIS02-A2, 8.4.12: Q says that the specimen is a control.
  const controlRecords: ChemistryAnalyzer['controlRecords'] = (control) =>
    recordsOf(control.sampleId, '', 'Q', readSerumControl(control));
  const send = async (toSend: readonly string[]): Promise<string> => {
    try {
      await sendAstm({
        host: options.host,
        port: options.port,
        records: toSend,
        frameTextLimit: 1024,
        packing: 'packed',
      });
      return 'ACK';
    } catch (error) {
      if (error instanceof AstmError && error.again === 'transient') return 'NAK';
      throw error;
    }
  };
  return {
    records,
    controlRecords,
    run: (sample) => send(records(sample)),
    runControl: (control) => send(controlRecords(control)),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '6662' },
      seed: { type: 'string', default: '1' },
      instrument: { type: 'string', default: 'SIM-CHEM' },
      barcode: { type: 'string' },
      tests: { type: 'string', default: serumCodes.join(',') },
      sex: { type: 'string', default: 'male' },
      abnormal: { type: 'boolean', default: false },
    },
  });
  if (values.barcode === undefined) {
    console.error(
      `Give the tube: --barcode <text>. Also: --host --port --seed --instrument --tests ${serumCodes.join(',')} --sex --abnormal`,
    );
    process.exitCode = 2;
  } else {
    const { host, port, seed, instrument, barcode, tests, sex, abnormal } = values;
    const analyzer = createChemistryAnalyzer({ host, port: Number(port), seed: Number(seed), instrument });
    try {
      const answer = await analyzer.run({
        barcode,
        tests: tests.split(','),
        sex: sex === 'female' ? 'female' : 'male',
        abnormal,
      });
      console.log(`${instrument} (simulator) sent ${tests} of ${barcode}; the answer was ${answer}.`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    }
  }
}
