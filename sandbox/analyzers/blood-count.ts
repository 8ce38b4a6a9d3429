// A blood count whose numbers fit each other: haematocrit from red cells and their size, haemoglobin from both, the differential
// sums to 100, absolute counts are shares of the total.
import type { ControlRun } from './control-material.ts';
import { createSeeded } from './seeded.ts';
import type { Sample } from './seeded.ts';

export interface CountedValue {
  /** Name on the analyzer's screen. */
  readonly name: string;
  readonly loinc: string;
  /** As sent: rounded to the analyzer's decimals. */
  readonly value: string;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
}

interface Row {
  readonly name: string;
  readonly loinc: string;
  readonly unit: string;
  readonly decimals: number;
  readonly low: number;
  readonly high: number;
}

const rows = {
  WBC: { name: 'WBC', loinc: '6690-2', unit: '10*3/uL', decimals: 2, low: 4, high: 10 },
  RBC: { name: 'RBC', loinc: '789-8', unit: '10*6/uL', decimals: 2, low: 3.8, high: 5.5 },
  HGB: { name: 'HGB', loinc: '718-7', unit: 'g/dL', decimals: 1, low: 12, high: 17 },
  HCT: { name: 'HCT', loinc: '4544-3', unit: '%', decimals: 1, low: 36, high: 50 },
  MCV: { name: 'MCV', loinc: '787-2', unit: 'fL', decimals: 1, low: 83, high: 101 },
  MCH: { name: 'MCH', loinc: '785-6', unit: 'pg', decimals: 1, low: 27, high: 32 },
  MCHC: { name: 'MCHC', loinc: '786-4', unit: 'g/dL', decimals: 1, low: 31.5, high: 34.5 },
  RDW_CV: { name: 'RDW-CV', loinc: '788-0', unit: '%', decimals: 1, low: 11.6, high: 14 },
  RDW_SD: { name: 'RDW-SD', loinc: '21000-5', unit: 'fL', decimals: 1, low: 39, high: 46 },
  PLT: { name: 'PLT', loinc: '777-3', unit: '10*3/uL', decimals: 0, low: 150, high: 410 },
  MPV: { name: 'MPV', loinc: '32623-1', unit: 'fL', decimals: 1, low: 7, high: 11 },
  NEUT_PCT: { name: 'NEU%', loinc: '770-8', unit: '%', decimals: 1, low: 40, high: 80 },
  LYMPH_PCT: { name: 'LYM%', loinc: '736-9', unit: '%', decimals: 1, low: 20, high: 40 },
  MONO_PCT: { name: 'MON%', loinc: '5905-5', unit: '%', decimals: 1, low: 2, high: 10 },
  EOS_PCT: { name: 'EOS%', loinc: '713-8', unit: '%', decimals: 1, low: 1, high: 6 },
  BASO_PCT: { name: 'BAS%', loinc: '706-2', unit: '%', decimals: 1, low: 0, high: 2 },
  NEUT_ABS: { name: 'NEU#', loinc: '751-8', unit: '10*3/uL', decimals: 2, low: 2, high: 7 },
  LYMPH_ABS: { name: 'LYM#', loinc: '731-0', unit: '10*3/uL', decimals: 2, low: 1, high: 3 },
  MONO_ABS: { name: 'MON#', loinc: '742-7', unit: '10*3/uL', decimals: 2, low: 0.2, high: 1 },
  EOS_ABS: { name: 'EOS#', loinc: '711-2', unit: '10*3/uL', decimals: 2, low: 0.02, high: 0.5 },
  BASO_ABS: { name: 'BAS#', loinc: '704-7', unit: '10*3/uL', decimals: 2, low: 0, high: 0.1 },
} as const satisfies Readonly<Record<string, Row>>;

type Name = keyof typeof rows;

const DAYS_A_YEAR = 365.25;

/** Means of a healthy person; children have more lymphocytes and smaller cells, women less haemoglobin. */
function usualOf({ sex = 'male', ageDays = 35 * DAYS_A_YEAR }: Sample) {
  const isChild = ageDays < 6 * DAYS_A_YEAR;
  if (isChild) return { rbc: 4.6, mcv: 78, mchc: 33, wbc: 9.5, lymph: 48, plt: 320 };
  return sex === 'female'
    ? { rbc: 4.3, mcv: 89, mchc: 33, wbc: 7, lymph: 30, plt: 270 }
    : { rbc: 5, mcv: 89, mchc: 33.2, wbc: 7, lymph: 30, plt: 250 };
}

/** One count. `abnormal` gives iron deficiency with an infection: small pale cells, many neutrophils. */
export function countBlood(sample: Sample, seed: number): readonly CountedValue[] {
  const random = createSeeded(seed);
  const usual = usualOf(sample);
  const isSick = sample.abnormal === true;
  const rbc = random.around(isSick ? usual.rbc * 0.85 : usual.rbc, 0.2);
  const mcv = random.around(isSick ? usual.mcv - 18 : usual.mcv, 2);
  const mchc = random.around(isSick ? usual.mchc - 3 : usual.mchc, 0.4);
  const wbc = random.around(isSick ? usual.wbc * 2.2 : usual.wbc, 0.8);
  const hct = (rbc * mcv) / 10;
  const hgb = (hct * mchc) / 100;
  const rdwCv = random.around(isSick ? 17.5 : 13, 0.4);
  const lymph = random.around(isSick ? usual.lymph * 0.4 : usual.lymph, 3);
  const mono = Math.abs(random.around(6, 1));
  const eos = Math.abs(random.around(2.5, 0.7));
  const baso = Math.abs(random.around(0.5, 0.15));
  const shares = { NEUT: 100 - lymph - mono - eos - baso, LYMPH: lymph, MONO: mono, EOS: eos, BASO: baso };
  const absolute = (share: number) => (share * wbc) / 100;
  const measured: Readonly<Record<Name, number>> = {
    WBC: wbc,
    RBC: rbc,
    HGB: hgb,
    HCT: hct,
    MCV: mcv,
    MCH: (hgb * 10) / rbc,
    MCHC: mchc,
    RDW_CV: rdwCv,
    RDW_SD: (rdwCv * mcv) / 28,
    PLT: random.around(isSick ? usual.plt * 1.5 : usual.plt, 25),
    MPV: random.around(9.2, 0.5),
    NEUT_PCT: shares.NEUT,
    LYMPH_PCT: shares.LYMPH,
    MONO_PCT: shares.MONO,
    EOS_PCT: shares.EOS,
    BASO_PCT: shares.BASO,
    NEUT_ABS: absolute(shares.NEUT),
    LYMPH_ABS: absolute(shares.LYMPH),
    MONO_ABS: absolute(shares.MONO),
    EOS_ABS: absolute(shares.EOS),
    BASO_ABS: absolute(shares.BASO),
  };
  return Object.entries(rows).map(([key, row]) => ({
    name: row.name,
    loinc: row.loinc,
    unit: row.unit,
    low: row.low,
    high: row.high,
    value: sample.values?.[row.name] ?? numberOf(measured, key).toFixed(row.decimals),
  }));
}

/** A control as the analyzer sends it. */
export function readBloodControl({ values }: ControlRun): readonly CountedValue[] {
  return Object.entries(values).map(([name, value]) => {
    const row = Object.values(rows).find((each) => each.name === name);
    if (row === undefined) throw new Error(`The counter measures no ${name}`);
    return { name, loinc: row.loinc, value, unit: row.unit, low: row.low, high: row.high };
  });
}

function numberOf(measured: Readonly<Record<string, number>>, key: string): number {
  const value = measured[key];
  if (value === undefined) throw new Error(`The counter measures no ${key}`);
  return value;
}
