// The inputs of a batch of catalogue changes. Bounds are the contract's.
import type { Builder } from '#platform/graphql/module.ts';

import { AnalyteKind } from '../contract.ts';

const yes = { required: true } as const;

export function catalogueBatch(b: Builder) {
  const Kind = b.enumType('AnalyteKind', { values: AnalyteKind.options });
  const Storage = b.enumType('Storage', { values: ['room', 'refrigerated', 'frozen'] as const });
  const Sex = b.enumType('BandSex', { values: ['any', 'male', 'female'] as const });
  const BandKind = b.enumType('BandKind', { values: ['reference', 'decision', 'none'] as const });
  const Billing = b.enumType('ReflexBilling', { values: ['billed', 'free', 'ask'] as const });
  const Retirable = b.enumType('RetirableKind', {
    values: ['container', 'analyte', 'test', 'panel', 'consistency', 'reflex'] as const,
  });
  const Container = b.inputType('ContainerInput', {
    fields: (t) => ({
      code: t.string(yes),
      name: t.string(yes),
      capColour: t.string(yes),
      additive: t.string(yes),
      volumeMl: t.float(),
      orderOfDraw: t.int(yes),
    }),
  });
  const Analyte = b.inputType('AnalyteInput', {
    fields: (t) => ({
      code: t.string(yes),
      name: t.string(yes),
      loinc: t.string(),
      ucum: t.string(),
      unitDisplay: t.string(yes),
      kind: t.field({ type: Kind, required: true }),
      decimals: t.int(),
      choices: t.stringList(yes),
      aliases: t.stringList(yes),
      formula: t.string(),
      measuredAs: t.string(),
      molarMass: t.string(),
      reportableLow: t.string(),
      reportableHigh: t.string(),
    }),
  });
  const Stability = b.inputType('StabilityInput', {
    fields: (t) => ({ storage: t.field({ type: Storage, required: true }), hours: t.int(yes) }),
  });
  const TimedDraw = b.inputType('TimedDrawInput', {
    fields: (t) => ({ name: t.string(yes), afterMinutes: t.int(yes) }),
  });
  const Test = b.inputType('TestInput', {
    description: 'A test that is new begins as a draft.',
    fields: (t) => ({
      code: t.string(yes),
      name: t.string(yes),
      shortName: t.string(yes),
      reportName: t.string(yes),
      synonyms: t.stringList(yes),
      section: t.string(yes),
      specimen: t.string(yes),
      containerCode: t.string(yes),
      method: t.string(),
      loinc: t.string(),
      turnaroundMinutes: t.int(yes),
      urgentTurnaroundMinutes: t.int(yes),
      pricePaise: t.int(yes),
      isFastingNeeded: t.boolean(yes),
      minVolumeMl: t.float(),
      stability: t.field({ type: [Stability] }),
      timedDraw: t.field({ type: TimedDraw }),
      isInScope: t.boolean(),
      referralLabId: t.id(),
      needsConsent: t.boolean(),
      analyteCodes: t.stringList(yes),
    }),
  });
  const Panel = b.inputType('PanelInput', {
    fields: (t) => ({
      code: t.string(yes),
      name: t.string(yes),
      synonyms: t.stringList(yes),
      loinc: t.string(),
      pricePaise: t.int(yes),
      memberCodes: t.stringList(yes),
    }),
  });
  const Band = b.inputType('BandInput', {
    fields: (t) => ({
      sex: t.field({ type: Sex, required: true }),
      ageFromDays: t.int(yes),
      ageToDays: t.int(),
      low: t.string(),
      high: t.string(),
      text: t.string(),
      kind: t.field({ type: BandKind, required: true }),
      criticalLow: t.string(),
      criticalHigh: t.string(),
      absurdLow: t.string(),
      absurdHigh: t.string(),
      criticalTexts: t.stringList(),
      unit: t.string(),
      source: t.string(yes),
      method: t.string(),
      gestationFromWeeks: t.int(),
      gestationToWeeks: t.int(),
      validFrom: t.field({ type: 'Date' }),
      validTo: t.field({ type: 'Date' }),
      criticalSource: t.string(),
      note: t.string(),
    }),
  });
  const Bands = b.inputType('BandsInput', {
    description: 'The bands of an analyte from a day on; the earlier ones are closed on it.',
    fields: (t) => ({
      analyteCode: t.string(yes),
      from: t.field({ type: 'Date', description: 'Today when left out.' }),
      bands: t.field({ type: [Band], required: true }),
    }),
  });
  const Delta = b.inputType('DeltaRuleInput', {
    fields: (t) => ({
      mode: t.field({
        type: b.enumType('DeltaMode', { values: ['absolute', 'percent', 'rate'] as const }),
        required: true,
      }),
      limit: t.string(yes),
      direction: t.field({
        type: b.enumType('DeltaDirection', { values: ['any', 'rise', 'fall'] as const }),
        required: true,
      }),
      lookBackDays: t.int(yes),
      isMixUpMarker: t.boolean(yes),
      source: t.string(yes),
    }),
  });
  const Deltas = b.inputType('DeltasInput', {
    fields: (t) => ({ analyteCode: t.string(yes), rules: t.field({ type: [Delta], required: true }) }),
  });
  const Index = b.inputType('IndexRuleInput', {
    fields: (t) => ({
      index: t.field({ type: b.enumType('HilIndex', { values: ['H', 'I', 'L'] as const }), required: true }),
      limit: t.string(yes),
      effect: t.field({
        type: b.enumType('IndexEffect', { values: ['raised', 'lowered', 'unknown'] as const }),
        required: true,
      }),
      action: t.field({
        type: b.enumType('IndexAction', { values: ['comment', 'hold', 'suppress'] as const }),
        required: true,
      }),
      comment: t.string(yes),
    }),
  });
  const Indices = b.inputType('IndexRulesInput', {
    fields: (t) => ({ analyteCode: t.string(yes), rules: t.field({ type: [Index], required: true }) }),
  });
  const Interpretation = b.inputType('InterpretationInput', {
    fields: (t) => ({ position: t.int(yes), when: t.string(yes), text: t.string(yes) }),
  });
  const Interpretations = b.inputType('InterpretationsInput', {
    fields: (t) => ({ analyteCode: t.string(yes), rules: t.field({ type: [Interpretation], required: true }) }),
  });
  const Consistency = b.inputType('ConsistencyRuleInput', {
    fields: (t) => ({
      code: t.string(yes),
      message: t.string(yes),
      contradiction: t.string(yes),
      inputs: t.stringList(yes),
      holds: t.stringList(yes),
    }),
  });
  const Reflex = b.inputType('ReflexRuleInput', {
    fields: (t) => ({
      code: t.string(yes),
      name: t.string(yes),
      when: t.string(yes),
      inputs: t.stringList(yes),
      addTestCode: t.string(yes),
      billing: t.field({ type: Billing, required: true }),
    }),
  });
  const Retire = b.inputType('RetireInput', {
    fields: (t) => ({ kind: t.field({ type: Retirable, required: true }), code: t.string(yes) }),
  });
  return b.inputType('ChangeCatalogueInput', {
    description:
      'What is named is brought to what is given; what is not named stays. Sets of rules replace those of the analyte.',
    fields: (t) => ({
      id: t.id({ description: 'Client-made id; becomes the version.' }),
      expectedVersion: t.id({ description: 'The version seen; left out only while the lab has no catalogue.' }),
      reason: t.string(yes),
      containers: t.field({ type: [Container] }),
      analytes: t.field({ type: [Analyte] }),
      tests: t.field({ type: [Test] }),
      panels: t.field({ type: [Panel] }),
      bands: t.field({ type: [Bands] }),
      deltas: t.field({ type: [Deltas] }),
      indexRules: t.field({ type: [Indices] }),
      interpretations: t.field({ type: [Interpretations] }),
      consistency: t.field({ type: [Consistency] }),
      reflex: t.field({ type: [Reflex] }),
      retire: t.field({ type: [Retire] }),
    }),
  });
}
