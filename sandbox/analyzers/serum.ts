// Serum chemistry whose numbers fit each other: LDL by Friedewald, creatinine follows urea, the transaminases move together.
import type { ControlRun } from './control-material.ts';
import { createSeeded } from './seeded.ts';
import type { Sample } from './seeded.ts';

export interface SerumValue {
  readonly code: string;
  readonly value: string;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
}

interface Chemistry {
  readonly unit: string;
  readonly decimals: number;
  readonly low: number;
  readonly high: number;
}

const chemistries: Readonly<Record<string, Chemistry>> = {
  GLUC: { unit: 'mg/dL', decimals: 0, low: 70, high: 140 },
  UREA: { unit: 'mg/dL', decimals: 0, low: 15, high: 40 },
  CREA: { unit: 'mg/dL', decimals: 2, low: 0.6, high: 1.3 },
  SGOT: { unit: 'U/L', decimals: 0, low: 5, high: 40 },
  SGPT: { unit: 'U/L', decimals: 0, low: 5, high: 45 },
  ALP: { unit: 'U/L', decimals: 0, low: 40, high: 129 },
  TBIL: { unit: 'mg/dL', decimals: 1, low: 0.2, high: 1.2 },
  TP: { unit: 'g/dL', decimals: 1, low: 6.4, high: 8.3 },
  ALB: { unit: 'g/dL', decimals: 1, low: 3.5, high: 5.2 },
  CHOL: { unit: 'mg/dL', decimals: 0, low: 0, high: 200 },
  TRIG: { unit: 'mg/dL', decimals: 0, low: 0, high: 150 },
  HDL: { unit: 'mg/dL', decimals: 0, low: 40, high: 60 },
  LDL: { unit: 'mg/dL', decimals: 0, low: 0, high: 100 },
};

/** Codes the simulated analyzer knows. */
export const serumCodes: readonly string[] = Object.keys(chemistries);

/** A control as the analyzer sends it. */
export function readSerumControl({ values }: ControlRun): readonly SerumValue[] {
  return Object.entries(values).map(([code, value]) => {
    const chemistry = chemistries[code];
    if (chemistry === undefined) throw new Error(`The simulated analyzer has no test ${code}`);
    return { code, value, unit: chemistry.unit, low: chemistry.low, high: chemistry.high };
  });
}

/** `abnormal` gives diabetes with a fatty liver and tired kidneys. */
export function measureSerum(sample: Sample, codes: readonly string[], seed: number): readonly SerumValue[] {
  const random = createSeeded(seed);
  const isSick = sample.abnormal === true;
  const urea = random.around(isSick ? 58 : 26, 4);
  const sgpt = random.around(isSick ? 92 : 24, 5);
  const chol = random.around(isSick ? 245 : 172, 12);
  const trig = random.around(isSick ? 260 : 110, 15);
  const hdl = random.around(isSick ? 34 : 48, 3);
  const isFemale = sample.sex === 'female';
  const measured: Readonly<Record<string, number>> = {
    GLUC: random.around(isSick ? 230 : 92, 8),
    UREA: urea,
    CREA: urea / 30 + random.around(isFemale ? -0.08 : 0.08, 0.04),
    SGOT: sgpt * random.around(0.9, 0.08),
    SGPT: sgpt,
    ALP: random.around(80, 10),
    TBIL: Math.max(0.1, random.around(isSick ? 1.4 : 0.7, 0.12)),
    TP: random.around(7.3, 0.25),
    ALB: random.around(isSick ? 3.6 : 4.3, 0.15),
    CHOL: chol,
    TRIG: trig,
    HDL: hdl,
    LDL: chol - hdl - trig / 5,
  };
  return codes.map((code) => {
    const chemistry = chemistries[code];
    const number = measured[code];
    if (chemistry === undefined || number === undefined)
      throw new Error(`The simulated analyzer has no test ${code}; it knows ${serumCodes.join(', ')}`);
    return {
      code,
      value: sample.values?.[code] ?? number.toFixed(chemistry.decimals),
      unit: chemistry.unit,
      low: chemistry.low,
      high: chemistry.high,
    };
  });
}
