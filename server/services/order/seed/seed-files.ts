// The files of a starter set, column by column, and the records they hold.
import { z } from 'zod';

import { AnalyteKind } from '../contract.ts';
import {
  cell,
  code,
  filled,
  filledList,
  limit,
  list,
  loinc,
  number,
  optional,
  optionalWhole,
  stability,
  whole,
  yesNo,
} from './cells.ts';

export const schemas = {
  'containers.csv': z.object({
    code,
    name: filled,
    cap_colour: filled,
    additive: filled,
    volume_ml: optional(number),
    order_of_draw: optionalWhole,
  }),
  'analytes.csv': z.object({
    code,
    name: filled,
    loinc,
    ucum: cell,
    unit_display: cell,
    kind: AnalyteKind,
    decimals: optionalWhole,
    choices: list,
    aliases: list,
    source: filledList,
  }),
  'tests.csv': z.object({
    code,
    name: filled,
    short_name: filled,
    synonyms: list,
    section: z.enum([
      'BIOCHEMISTRY',
      'HAEMATOLOGY',
      'COAGULATION',
      'IMMUNOASSAY',
      'SEROLOGY',
      'CLINICAL_PATHOLOGY',
      'MICROBIOLOGY',
      'HISTOPATHOLOGY',
      'CYTOLOGY',
    ]),
    specimen: filled,
    container: code,
    method: filled,
    loinc,
    turnaround_minutes: whole,
    urgent_turnaround_minutes: optionalWhole,
    price_paise: whole,
    analytes: filledList,
    fasting: yesNo,
    source: filledList,
  }),
  'panels.csv': z.object({
    code,
    name: filled,
    synonyms: list,
    members: filledList,
    price_paise: whole,
    loinc,
    source: filledList,
  }),
  'ranges.csv': z.object({
    analyte: code,
    sex: z.enum(['any', 'M', 'F']),
    age_from_days: whole,
    age_to_days: optionalWhole,
    low: limit,
    high: limit,
    text: cell,
    kind: z.enum(['reference', 'decision', 'none']),
    critical_low: limit,
    critical_high: limit,
    absurd_low: limit,
    absurd_high: limit,
    unit: cell,
    source: filledList,
    critical_source: list,
    note: cell,
  }),
  'handling.csv': z.object({
    test: code,
    /** Empty: the name of the test. */
    report_name: cell,
    min_volume_ml: optional(number),
    stability,
    timed_draw: cell,
    after_minutes: optionalWhole,
    consent: yesNo,
    source: filledList,
  }),
  'analyte-facts.csv': z.object({
    analyte: code,
    measured_as: optional(code),
    reportable_low: limit,
    reportable_high: limit,
    source: filledList,
  }),
  // Physiological limits, in the analyte's unit, for every band of it that has none of its own.
  'absurd-limits.csv': z.object({
    analyte: code,
    low: limit,
    high: limit,
    source: filledList,
    note: cell,
  }),
  // Texts that somebody must be told of at once; they stand in every band of the analyte.
  'critical-texts.csv': z.object({
    analyte: code,
    texts: filledList,
    source: filledList,
    note: cell,
  }),
} as const;

type CamelCase<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;
export type Row<File extends SeedFile> = z.output<(typeof schemas)[File]>;
export type Typed<File extends SeedFile> = {
  readonly [Key in keyof Row<File> & string as CamelCase<Key>]: Row<File>[Key];
};

/** Volume in mL; `orderOfDraw` is the CLSI group, absent for what is not drawn from a vein. */
export type StarterContainer = Typed<'containers.csv'>;
/** `ucum` and `unitDisplay` are '' for a value without unit. `decimals` is set exactly for numeric ones. */
export type StarterAnalyte = Typed<'analytes.csv'>;
export type StarterTest = Typed<'tests.csv'>;
export type StarterPanel = Typed<'panels.csv'>;
/** Ages in days, half-open; limits are the source's decimals as text, in `unit`, absent when there is none. */
export type StarterRange = Typed<'ranges.csv'>;

/** How a test's specimen is handled: volume in mL, hours from collection, minutes from the beginning. */
export type StarterHandling = Typed<'handling.csv'>;

export interface StarterCatalogue {
  readonly containers: readonly StarterContainer[];
  readonly analytes: readonly StarterAnalyte[];
  readonly tests: readonly StarterTest[];
  readonly panels: readonly StarterPanel[];
  readonly ranges: readonly StarterRange[];
  readonly handling: readonly StarterHandling[];
  readonly facts: readonly Typed<'analyte-facts.csv'>[];
  readonly criticalTexts: readonly Typed<'critical-texts.csv'>[];
  readonly absurdLimits: readonly Typed<'absurd-limits.csv'>[];
}

export type SeedFile = keyof typeof schemas;
/** Without these there is no catalogue; a set may lack the others. */
export const neededFiles = ['containers.csv', 'analytes.csv', 'tests.csv', 'panels.csv', 'ranges.csv'] as const;
export type NeededFile = (typeof neededFiles)[number];
/** The whole text of each file, UTF-8. */
export type SeedTexts = Readonly<Record<NeededFile, string> & Partial<Record<SeedFile, string>>>;

export interface SeedFault {
  readonly file: SeedFile;
  /** As a spreadsheet counts: the header is row 1. */
  readonly row: number;
  readonly column: string;
  readonly message: string;
}

/** The set cannot be used. Permanent: the files must be corrected. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
  readonly faults: readonly SeedFault[];
  constructor(faults: readonly SeedFault[]) {
    const lines = faults.map(({ file, row, column, message }) => `${file} row ${row}, ${column}: ${message}`);
    super(`The catalogue files have ${faults.length} fault(s):\n${lines.join('\n')}`);
    this.faults = faults;
  }
}
