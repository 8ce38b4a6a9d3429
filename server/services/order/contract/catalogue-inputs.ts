// What may be given to change the catalogue: each kind of entry with its bounds, and a batch of them.
import * as z from 'zod';

import { Day, Id, shortText } from '#platform/contract.ts';

import {
  AnalyteView,
  ConsistencyRule,
  ContainerView,
  DeltaRule,
  IndexRule,
  InterpretationRule,
  RangeBand,
  ReflexRule,
  Stability,
  TestView,
  TimedDraw,
} from './catalogue.ts';

export const EntryCode = z.string().regex(/^[A-Z0-9_]{1,20}$/, 'a code of A-Z, 0-9 and _');
const Decimal = z.string().regex(/^-?\d{1,9}(\.\d{1,6})?$/, 'a decimal');
/** Lists stand in one cell of a spreadsheet, their items between bars. */
const item = (maxLength: number) => shortText(maxLength).refine((text) => !text.includes('|'), 'a text without |');
/** An analyzer's own code may hold anything else that prints. */
const Alias = item(60);
const Loinc = z.string().regex(/^\d{1,7}-\d$/, 'a LOINC code');
const Name = shortText(200);
const Texts = z.array(item(200)).max(60);
const Formula = shortText(4000);

export const ContainerInput = ContainerView.extend({
  code: EntryCode,
  name: Name,
  capColour: shortText(60),
  additive: shortText(120),
  volumeMl: z.number().min(0).max(10_000).nullable().default(null),
  orderOfDraw: z.int().min(1).max(99),
});
export const AnalyteInput = AnalyteView.extend({
  code: EntryCode,
  name: Name,
  loinc: Loinc.nullable().default(null),
  ucum: shortText(40).nullable().default(null),
  unitDisplay: z.string().max(40),
  decimals: z.int().min(0).max(4).nullable().default(null),
  choices: Texts,
  aliases: z.array(Alias).max(60),
  formula: Formula.nullable().default(null),
  measuredAs: EntryCode.nullable().default(null),
  molarMass: Decimal.nullable().default(null),
  reportableLow: Decimal.nullable().default(null),
  reportableHigh: Decimal.nullable().default(null),
});
export const TestInput = TestView.omit({ container: true, analytes: true }).extend({
  code: EntryCode,
  name: Name,
  shortName: shortText(60),
  reportName: Name,
  synonyms: Texts,
  section: shortText(60),
  specimen: shortText(120),
  containerCode: EntryCode,
  method: shortText(200).nullable().default(null),
  loinc: Loinc.nullable().default(null),
  turnaroundMinutes: z.int().min(1).max(525_600),
  urgentTurnaroundMinutes: z.int().min(1).max(525_600),
  pricePaise: z.int().min(0).max(100_000_000),
  minVolumeMl: z.number().positive().max(10_000).nullable().default(null),
  stability: z
    .array(Stability.extend({ hours: z.int().min(1).max(99_999) }))
    .max(3)
    .default([]),
  timedDraw: TimedDraw.extend({ name: shortText(40), afterMinutes: z.int().min(0).max(10_080) })
    .nullable()
    .default(null),
  isInScope: z.boolean().default(false),
  referralLabId: Id.nullable().default(null),
  needsConsent: z.boolean().default(false),
  analyteCodes: z.array(EntryCode).max(200),
});
export const PanelInput = z.object({
  code: EntryCode,
  name: Name,
  synonyms: Texts,
  loinc: Loinc.nullable().default(null),
  pricePaise: z.int().min(0).max(100_000_000),
  memberCodes: z.array(EntryCode).min(1).max(300),
});
export const BandInput = RangeBand.omit({ analyteCode: true }).extend({
  ageFromDays: z.int().min(0).max(99_999),
  ageToDays: z.int().min(1).max(99_999).nullable().default(null),
  low: Decimal.nullable().default(null),
  high: Decimal.nullable().default(null),
  text: shortText(1000).nullable().default(null),
  criticalLow: Decimal.nullable().default(null),
  criticalHigh: Decimal.nullable().default(null),
  absurdLow: Decimal.nullable().default(null),
  absurdHigh: Decimal.nullable().default(null),
  criticalTexts: Texts.default([]),
  unit: shortText(40).nullable().default(null),
  source: shortText(300),
  method: shortText(200).nullable().default(null),
  gestationFromWeeks: z.int().min(0).max(45).nullable().default(null),
  gestationToWeeks: z.int().min(1).max(46).nullable().default(null),
  validFrom: Day.nullable().default(null),
  validTo: Day.nullable().default(null),
  criticalSource: shortText(300).nullable().default(null),
  note: shortText(1000).nullable().default(null),
});
const ofAnalyte = { analyteCode: EntryCode };

/** A batch of changes. What is named is brought to what is given; what is not named stays. */
export const CatalogueChanges = z.object({
  containers: z.array(ContainerInput).max(500).default([]),
  analytes: z.array(AnalyteInput).max(10_000).default([]),
  /** A test that is new begins as a draft. */
  tests: z.array(TestInput).max(10_000).default([]),
  /** A panel that is new begins as a draft. */
  panels: z.array(PanelInput).max(5000).default([]),
  /**
   * The bands of an analyte from a day on (today when it says none). Bands that stand already as given stay; the others
   * are closed on that day, not erased; the new ones begin on it.
   */
  bands: z
    .array(z.object({ ...ofAnalyte, from: Day.nullable().default(null), bands: z.array(BandInput).max(500) }))
    .max(10_000)
    .default([]),
  deltas: z
    .array(
      z.object({
        ...ofAnalyte,
        rules: z
          .array(
            DeltaRule.omit({ analyteCode: true }).extend({
              limit: Decimal,
              lookBackDays: z.int().min(1).max(36_500),
              source: shortText(300),
            }),
          )
          .max(20),
      }),
    )
    .max(10_000)
    .default([]),
  indexRules: z
    .array(
      z.object({
        ...ofAnalyte,
        rules: z
          .array(IndexRule.omit({ analyteCode: true }).extend({ limit: Decimal, comment: shortText(500) }))
          .max(20),
      }),
    )
    .max(10_000)
    .default([]),
  interpretations: z
    .array(
      z.object({
        ...ofAnalyte,
        rules: z
          .array(
            InterpretationRule.omit({ analyteCode: true }).extend({
              position: z.int().min(1).max(9999),
              when: Formula,
              text: shortText(2000),
            }),
          )
          .max(100),
      }),
    )
    .max(10_000)
    .default([]),
  consistency: z
    .array(
      ConsistencyRule.extend({
        code: EntryCode,
        message: shortText(500),
        contradiction: Formula,
        inputs: z.array(EntryCode).min(1).max(60),
        holds: z.array(EntryCode).min(1).max(60),
      }),
    )
    .max(2000)
    .default([]),
  reflex: z
    .array(
      ReflexRule.extend({
        code: EntryCode,
        name: Name,
        when: Formula,
        inputs: z.array(EntryCode).min(1).max(60),
        addTestCode: EntryCode,
      }),
    )
    .max(2000)
    .default([]),
  /** Containers, analytes, tests and panels are kept as retired; a rule is taken out and stays readable in the history. */
  retire: z
    .array(
      z.object({
        kind: z.enum(['container', 'analyte', 'test', 'panel', 'consistency', 'reflex']),
        code: EntryCode,
      }),
    )
    .max(5000)
    .default([]),
});
export type CatalogueChanges = z.output<typeof CatalogueChanges>;
