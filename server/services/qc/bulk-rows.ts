// Made-up controls: two levels an analyte and day, within their targets, with now and then a warning.
import type { BulkRows } from '#platform/database/bulk-rows.ts';
import { cellsText } from '#platform/database/copy.ts';

export interface MadePair {
  readonly labId: string;
  readonly instrument: string;
  readonly analyteCode: string;
  readonly unit: string;
  readonly ucum: string | null;
  readonly lastRunAt: string;
}

export interface MadeLot {
  readonly labId: string;
  readonly id: string;
  readonly level: number;
  readonly lotNumber: string;
  readonly expiresOn: string;
}

export interface MadeTarget {
  readonly labId: string;
  readonly id: string;
  readonly lotId: string;
  readonly instrument: string;
  readonly analyteCode: string;
  readonly mean: number;
  readonly sd: number;
  readonly validFrom: string;
}

export interface MadeControl {
  readonly labId: string;
  readonly id: string;
  readonly runId: string;
  readonly target: MadeTarget;
  readonly level: number;
  readonly unit: string;
  readonly at: string;
  /** Standard deviations from the mean, within 3. */
  readonly luck: number;
}

export interface ControlBatch {
  readonly lots: readonly MadeLot[];
  readonly pairs: readonly MadePair[];
  readonly targets: readonly MadeTarget[];
  readonly controls: readonly MadeControl[];
}

/** 1-2s is a warning, not a rejection. */
const WARNING_DEVIATIONS = 2;
const BY = 'tech';
const LOT = 'lis_qc.lot';
const PAIR = 'lis_qc.pair';
const TARGET = 'lis_qc.target';
const CONTROL = 'lis_qc.control';

export const bulkRows: BulkRows<ControlBatch> = {
  tables: [
    {
      name: LOT,
      columns: ['id', 'lab_id', 'material', 'lot_number', 'level', 'expires_on', 'sample_ids', 'is_active'],
    },
    {
      name: PAIR,
      columns: ['lab_id', 'instrument', 'analyte_code', 'unit', 'ucum', 'last_run_at', 'last_good_at', 'last_outcome'],
    },
    {
      name: TARGET,
      columns: [
        'id',
        'lab_id',
        'lot_id',
        'instrument',
        'analyte_code',
        'kind',
        'mean',
        'sd',
        'count',
        'valid_from',
        'set_at',
        'set_by',
      ],
    },
    {
      name: CONTROL,
      columns: [
        'id',
        'lab_id',
        'key',
        'lot_id',
        'level',
        'instrument',
        'analyte_code',
        'run_id',
        'run_at',
        'value',
        'unit',
        'measured_at',
        'recorded_at',
        'recorded_by',
        'mean',
        'sd',
        'z',
        'rules',
        'outcome',
      ],
    },
  ],
  write: ({ lots, pairs, targets, controls }, add) => {
    for (const lot of lots)
      add(
        LOT,
        cellsText([lot.id, lot.labId, 'Control', lot.lotNumber, lot.level, lot.expiresOn, [lot.lotNumber], true]),
      );
    for (const pair of pairs)
      add(
        PAIR,
        cellsText([
          pair.labId,
          pair.instrument,
          pair.analyteCode,
          pair.unit,
          pair.ucum,
          pair.lastRunAt,
          pair.lastRunAt,
          'in_control',
        ]),
      );
    for (const target of targets)
      add(
        TARGET,
        cellsText([
          target.id,
          target.labId,
          target.lotId,
          target.instrument,
          target.analyteCode,
          'assigned',
          target.mean,
          target.sd,
          20,
          target.validFrom,
          target.validFrom,
          BY,
        ]),
      );
    for (const control of controls) {
      const { mean, sd, lotId, instrument, analyteCode } = control.target;
      const value = (mean + control.luck * sd).toFixed(3);
      const z = (Number(value) - mean) / sd;
      const isWarning = Math.abs(z) > WARNING_DEVIATIONS;
      add(
        CONTROL,
        cellsText([
          control.id,
          control.labId,
          control.id,
          lotId,
          control.level,
          instrument,
          analyteCode,
          control.runId,
          control.at,
          value,
          control.unit,
          control.at,
          control.at,
          BY,
          mean,
          sd,
          z,
          isWarning ? ['1_2s'] : [],
          isWarning ? 'warning' : 'in_control',
        ]),
      );
    }
  },
};
