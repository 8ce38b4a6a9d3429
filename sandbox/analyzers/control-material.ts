// Made-up control materials for the simulated analyzers: what the maker of a real one prints on its value sheet. Two levels each,
// normal and high, under the sample ids the analyzers send them with.

export interface ControlLevel {
  readonly level: number;
  readonly sampleId: string;
  /** Mean and SD by the analyzer's own name of the test, in the unit it sends. */
  readonly assigned: Readonly<Record<string, readonly [mean: string, sd: string]>>;
}

export interface ControlMaterial {
  readonly material: string;
  readonly lotNumber: string;
  readonly levels: readonly ControlLevel[];
}

/** A control on an analyzer: its sample id, and what is read, by the analyzer's own names. */
export interface ControlRun {
  readonly sampleId: string;
  readonly values: Readonly<Record<string, string>>;
}

export const serumControl: ControlMaterial = {
  material: 'Simulated serum control',
  lotNumber: 'SIM-S26',
  levels: [
    {
      level: 1,
      sampleId: 'QC-SERUM-1',
      assigned: {
        GLUC: ['92', '2.5'],
        UREA: ['28', '1.2'],
        CREA: ['1.02', '0.04'],
        SGOT: ['32', '1.6'],
        SGPT: ['30', '1.6'],
        ALP: ['92', '4'],
        TBIL: ['0.9', '0.1'],
        TP: ['6.6', '0.2'],
        ALB: ['4.1', '0.1'],
        CHOL: ['165', '4'],
        TRIG: ['110', '4'],
        HDL: ['46', '1.8'],
      },
    },
    {
      level: 2,
      sampleId: 'QC-SERUM-2',
      assigned: {
        GLUC: ['284', '7'],
        UREA: ['102', '3'],
        CREA: ['5.40', '0.18'],
        SGOT: ['184', '6'],
        SGPT: ['172', '6'],
        ALP: ['310', '11'],
        TBIL: ['4.8', '0.2'],
        TP: ['8.1', '0.2'],
        ALB: ['5.0', '0.1'],
        CHOL: ['262', '6'],
        TRIG: ['228', '7'],
        HDL: ['71', '2.4'],
      },
    },
  ],
};

export const bloodControl: ControlMaterial = {
  material: 'Simulated blood control',
  lotNumber: 'SIM-B26',
  levels: [
    {
      level: 1,
      sampleId: 'QC-BLOOD-1',
      assigned: {
        WBC: ['7.20', '0.20'],
        RBC: ['4.60', '0.06'],
        HGB: ['13.4', '0.2'],
        HCT: ['40.5', '0.7'],
        MCV: ['88.0', '1.0'],
        MCH: ['29.1', '0.5'],
        MCHC: ['33.1', '0.5'],
        PLT: ['232', '9'],
      },
    },
    {
      level: 2,
      sampleId: 'QC-BLOOD-2',
      assigned: {
        WBC: ['17.80', '0.45'],
        RBC: ['5.45', '0.07'],
        HGB: ['16.8', '0.2'],
        HCT: ['50.4', '0.8'],
        MCV: ['92.5', '1.0'],
        MCH: ['30.8', '0.5'],
        MCHC: ['33.3', '0.5'],
        PLT: ['455', '16'],
      },
    },
  ],
};

/**
 * What the analyzer reads of a level.
 * @param deviation SDs from the mean, by test
 */
export function readControl({ sampleId, assigned }: ControlLevel, deviation: (code: string) => number): ControlRun {
  return {
    sampleId,
    values: Object.fromEntries(
      Object.entries(assigned).map(([code, [mean, sd]]) => [
        code,
        (Number(mean) + deviation(code) * Number(sd)).toFixed(mean.split('.')[1]?.length ?? 0),
      ]),
    ),
  };
}
