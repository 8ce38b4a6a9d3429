// What the lab can measure: containers, analytes, tests, panels, and the rules their values are judged by.
import * as z from 'zod';

import { Day, defineCall, Id, PageInput, pageOf, searchText } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

/** culture, narrative and image carry a structured detail; their value is a one-line summary of it. */
export const AnalyteKind = z.enum(['numeric', 'text', 'coded', 'titre', 'culture', 'narrative', 'image']);
export type AnalyteKind = z.output<typeof AnalyteKind>;

export const AnalyteView = z.object({
  code: z.string(),
  name: z.string(),
  loinc: z.string().nullable(),
  /** UCUM unit; null when the analyte has none. */
  ucum: z.string().nullable(),
  /** The unit as printed. */
  unitDisplay: z.string(),
  kind: AnalyteKind,
  /** Decimals on the report; null for what is not a number. */
  decimals: z.int().nullable(),
  /** Allowed texts of a coded analyte. */
  choices: z.array(z.string()),
  /** Other codes analyzers send for it. */
  aliases: z.array(z.string()),
  /** The formula a calculated analyte is derived by (language of libs/formula); null for what is measured. */
  formula: z.string().nullable(),
  /** The analyte code instruments report it under when it is a timed slot of another: GLU for GLU_PP. */
  measuredAs: z.string().nullable(),
  /** g/mol as decimal text, for conversion between mass and amount of substance. */
  molarMass: z.string().nullable(),
  /** Measuring (reportable) interval in `ucum`, decimal text; a value outside is held. */
  reportableLow: z.string().nullable(),
  reportableHigh: z.string().nullable(),
});
export type AnalyteView = z.output<typeof AnalyteView>;

/** One band of a reference range. Ages are days at collection, half-open [from, to). Numbers are decimal text. */
export const RangeBand = z.object({
  analyteCode: z.string(),
  sex: z.enum(['any', 'male', 'female']),
  ageFromDays: z.int(),
  /** Null: no upper end. */
  ageToDays: z.int().nullable(),
  low: z.string().nullable(),
  high: z.string().nullable(),
  /** Expected text of a coded or text analyte, or wording that replaces the numbers. */
  text: z.string().nullable(),
  /** decision: a decision limit, printed as such; none: no range established. */
  kind: z.enum(['reference', 'decision', 'none']),
  criticalLow: z.string().nullable(),
  criticalHigh: z.string().nullable(),
  absurdLow: z.string().nullable(),
  absurdHigh: z.string().nullable(),
  /** Texts that somebody must be told of at once: choices of a coded analyte; `growth` or `mixed` of a culture. */
  criticalTexts: z.array(z.string()),
  unit: z.string().nullable(),
  source: z.string(),
  /** Only for this method of the test; null: any. A band that names the method wins over one that does not. */
  method: z.string().nullable(),
  /** Completed weeks of pregnancy, half-open [from, to); null: not a pregnancy band. A matching pregnancy band wins. */
  gestationFromWeeks: z.int().nullable(),
  gestationToWeeks: z.int().nullable(),
  /** First and last day (lab time, by collection) it holds, half-open; null: open end. */
  validFrom: Day.nullable(),
  validTo: Day.nullable(),
});
export type RangeBand = z.output<typeof RangeBand>;

/** When a change from the patient's earlier value is unusual. Source: lab-medicine notes, section 3. */
export const DeltaRule = z.object({
  analyteCode: z.string(),
  /** absolute: in the analyte's unit; percent: of the earlier value; rate: absolute change a day. */
  mode: z.enum(['absolute', 'percent', 'rate']),
  limit: z.string(),
  direction: z.enum(['any', 'rise', 'fall']),
  /** Earlier values collected longer ago are not compared. */
  lookBackDays: z.int(),
  /** Small variation within a person, large between persons: several such changes in one sample suggest a mix-up. */
  isMixUpMarker: z.boolean(),
  source: z.string(),
});
export type DeltaRule = z.output<typeof DeltaRule>;

/** What to do when an index of haemolysis, icterus or lipaemia is over the reagent maker's limit. */
export const IndexRule = z.object({
  analyteCode: z.string(),
  index: z.enum(['H', 'I', 'L']),
  limit: z.string(),
  effect: z.enum(['raised', 'lowered', 'unknown']),
  action: z.enum(['comment', 'hold', 'suppress']),
  comment: z.string(),
});
export type IndexRule = z.output<typeof IndexRule>;

/** A text printed under the result when the condition holds; the first that holds by position. */
export const InterpretationRule = z.object({
  analyteCode: z.string(),
  position: z.int(),
  /** A condition in the formula language; the analyte's own code is its value. */
  when: z.string(),
  text: z.string(),
});
export type InterpretationRule = z.output<typeof InterpretationRule>;

/** True of a sample that contradicts itself: the results named are held. Source: lab-medicine notes, section 4. */
export const ConsistencyRule = z.object({
  code: z.string(),
  message: z.string(),
  /** A condition in the formula language; the results are held when it is TRUE. */
  contradiction: z.string(),
  /** Analytes it reads. */
  inputs: z.array(z.string()),
  /** Those of them that are held. */
  holds: z.array(z.string()),
});
export type ConsistencyRule = z.output<typeof ConsistencyRule>;

/** Adds a test when verified values call for it. */
export const ReflexRule = z.object({
  code: z.string(),
  name: z.string(),
  when: z.string(),
  inputs: z.array(z.string()),
  addTestCode: z.string(),
  /** billed: charged like an add-on; free: the lab bears it; ask: added only when the desk confirms. */
  billing: z.enum(['billed', 'free', 'ask']),
});
export type ReflexRule = z.output<typeof ReflexRule>;

export const ContainerView = z.object({
  code: z.string(),
  name: z.string(),
  capColour: z.string(),
  additive: z.string(),
  volumeMl: z.number().nullable(),
  /** CLSI order of draw, 1 first. */
  orderOfDraw: z.int(),
});
export type ContainerView = z.output<typeof ContainerView>;

/** A draw at a set time after something else; such a tube is shared with no other time. */
export const TimedDraw = z.object({
  /** As printed on the label, for example `2 h after 75 g`. */
  name: z.string(),
  /** Minutes from the beginning; fasting is 0. */
  afterMinutes: z.int(),
});
export type TimedDraw = z.output<typeof TimedDraw>;

export const Stability = z.object({
  storage: z.enum(['room', 'refrigerated', 'frozen']),
  /** Hours from collection within which the test may still be run. */
  hours: z.int(),
});
export type Stability = z.output<typeof Stability>;

export const TestView = z.object({
  code: z.string(),
  name: z.string(),
  shortName: z.string(),
  /** The name as printed on the report; usually the name. */
  reportName: z.string(),
  synonyms: z.array(z.string()),
  section: z.string(),
  specimen: z.string(),
  container: ContainerView,
  method: z.string().nullable(),
  loinc: z.string().nullable(),
  turnaroundMinutes: z.int(),
  urgentTurnaroundMinutes: z.int(),
  pricePaise: z.int(),
  isFastingNeeded: z.boolean(),
  /** Volume of specimen the test takes, mL; null: unknown. */
  minVolumeMl: z.number().nullable(),
  stability: z.array(Stability),
  timedDraw: TimedDraw.nullable(),
  /** Within the scope of the lab's accreditation. */
  isInScope: z.boolean(),
  /** The referral lab it is sent to; null when done here. */
  referralLabId: Id.nullable(),
  /** The desk has to take a written consent (HIV, genetic tests). */
  needsConsent: z.boolean(),
  analytes: z.array(AnalyteView),
});
export type TestView = z.output<typeof TestView>;

/** What the desk finds when it types: a test or a panel. */
export const CatalogueItem = z.object({
  kind: z.enum(['test', 'panel']),
  code: z.string(),
  name: z.string(),
  synonyms: z.array(z.string()),
  pricePaise: z.int(),
  /** Codes of the tests it stands for, overlaps taken once; itself for a test. */
  testCodes: z.array(z.string()),
  specimens: z.array(z.string()),
  isFastingNeeded: z.boolean(),
  isOutsourced: z.boolean(),
  isInScope: z.boolean(),
  needsConsent: z.boolean(),
});
export type CatalogueItem = z.output<typeof CatalogueItem>;

export const badCatalogue = defineError<{ readonly faults: readonly string[] }>(
  'order.bad_catalogue',
  400,
  ({ faults }) =>
    `The catalogue has faults: ${Array.isArray(faults) ? faults.slice(0, 10).join('; ') : String(faults)}.`,
);

/** Loads the starter catalogue into the lab; a lab that has a catalogue keeps it. */
export const seedCatalogue = defineCall(
  'order.seedCatalogue',
  z.object({}),
  z.object({ tests: z.int(), panels: z.int(), analytes: z.int(), isNew: z.boolean() }),
);
/** By code, short name, name or synonym; tests and panels together, best match first. */
export const searchCatalogue = defineCall(
  'order.searchCatalogue',
  PageInput.extend({ text: searchText(100) }),
  pageOf(CatalogueItem),
);
/** Batch: tests by code. */
export const getTests = defineCall(
  'order.getTests',
  z.object({ codes: z.array(z.string()).max(500) }),
  z.array(TestView),
);
/** All analytes of the lab's catalogue, for mapping instrument codes. */
export const listAnalytes = defineCall('order.listAnalytes', z.object({}), z.array(AnalyteView));
/** The bands of some analytes, all sexes, ages and dates. */
export const getRanges = defineCall(
  'order.getRanges',
  z.object({ analyteCodes: z.array(z.string()).max(1000) }),
  z.array(RangeBand),
);

export const AnalyteRules = z.object({
  analyteCode: z.string(),
  /** All sexes, ages and dates. */
  bands: z.array(RangeBand),
  deltas: z.array(DeltaRule),
  indexRules: z.array(IndexRule),
  interpretations: z.array(InterpretationRule),
  formula: z.string().nullable(),
  molarMass: z.string().nullable(),
  reportableLow: z.string().nullable(),
  reportableHigh: z.string().nullable(),
});
export type AnalyteRules = z.output<typeof AnalyteRules>;

/**
 * Batch: everything one value of each analyte is judged by, and the rules over several values that read one of them
 * or are derived from one of them. Unknown codes are left out.
 */
export const getRules = defineCall(
  'order.getRules',
  z.object({
    analyteCodes: z.array(z.string()).max(1000),
    /** The version of an answer the caller has kept: while it stands, the answer says so and is empty. */
    knownVersion: z.string().nullish(),
  }),
  z.object({
    /** Of the catalogue the answer is from; null when the lab has none. */
    version: z.string().nullable(),
    isUnchanged: z.boolean(),
    analytes: z.array(AnalyteRules),
    consistency: z.array(ConsistencyRule),
    reflex: z.array(ReflexRule),
  }),
);

/** A formula the house ships; a lab binds its inputs to its own analytes and writes it into one of them. */
export const NamedFormulaView = z.object({
  /** For example `ldl_sampson_nih`. */
  name: z.string(),
  /** Names to bind, units in them where formulas differ by unit; facts of the patient (age, sex) among them. */
  inputs: z.array(z.string()),
  /** UCUM unit of the result; empty when it has none. */
  unit: z.string(),
  source: z.string(),
  /** Over the names of its inputs; two for a formula that gives a lower and an upper limit, which no analyte can take. */
  texts: z.array(z.string()),
});
export type NamedFormulaView = z.output<typeof NamedFormulaView>;
export const listFormulas = defineCall('order.listFormulas', z.object({}), z.array(NamedFormulaView));

export const cannotBindFormula = defineError<{ readonly name: string; readonly why: string }>(
  'order.cannot_bind_formula',
  400,
  ({ name, why }) => `The formula ${name} cannot be bound: ${why}.`,
);
/**
 * The text of a named formula over analytes of the catalogue, to be given to `order.changeCatalogue` as the formula of an
 * analyte. `age` and `sex` stand for the patient's when they are not bound.
 */
export const bindFormula = defineCall(
  'order.bindFormula',
  z.object({ name: z.string().max(60), names: z.record(z.string().max(60), z.string().max(20)) }),
  z.object({ formula: z.string(), unit: z.string() }),
);
