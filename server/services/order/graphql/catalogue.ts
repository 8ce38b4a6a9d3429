import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { AnalyteView, CatalogueItem, ContainerView, RangeBand, TestView } from '../contract.ts';
import { getRanges, getTests, listAnalytes, searchCatalogue } from '../contract.ts';

function catalogueTypes(b: Builder): void {
  typeRef<ContainerView>(b, 'Container').implement({
    description: 'What a specimen is collected in.',
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      capColour: t.exposeString('capColour'),
      additive: t.exposeString('additive'),
      volumeMl: t.exposeFloat('volumeMl', { nullable: true }),
      orderOfDraw: t.exposeInt('orderOfDraw', {
        description: 'CLSI order of draw, 1 first; 90 when not drawn from a vein.',
      }),
    }),
  });
  typeRef<AnalyteView>(b, 'Analyte').implement({
    description: 'One quantity a test reports.',
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      loinc: t.exposeString('loinc', { nullable: true }),
      ucum: t.exposeString('ucum', { nullable: true, description: 'UCUM unit; null when it has none.' }),
      unitDisplay: t.exposeString('unitDisplay', { description: 'The unit as printed.' }),
      kind: t.exposeString('kind', {
        description: 'numeric, text, coded, titre, culture, narrative or image.',
      }),
      decimals: t.exposeInt('decimals', {
        nullable: true,
        description: 'Decimals on the report; null for what is not a number.',
      }),
      choices: t.exposeStringList('choices', { description: 'Allowed texts of a coded analyte.' }),
      aliases: t.exposeStringList('aliases', { description: 'Other codes analyzers send for it.' }),
      formula: t.exposeString('formula', {
        nullable: true,
        description: 'What a calculated analyte is derived by; null for what is measured.',
      }),
      measuredAs: t.exposeString('measuredAs', {
        nullable: true,
        description: 'The analyte instruments report it under: GLU for a timed glucose.',
      }),
      molarMass: t.exposeString('molarMass', { nullable: true, description: 'g/mol, decimal text.' }),
      reportableLow: t.exposeString('reportableLow', { nullable: true, description: 'Of the measuring interval.' }),
      reportableHigh: t.exposeString('reportableHigh', { nullable: true }),
    }),
  });
  typeRef<RangeBand>(b, 'RangeBand').implement({
    description: 'One band of a reference range. Ages are days at collection, half-open; numbers are decimal text.',
    fields: (t) => ({
      analyteCode: t.exposeString('analyteCode'),
      sex: t.exposeString('sex', { description: 'any, male or female.' }),
      ageFromDays: t.exposeInt('ageFromDays'),
      ageToDays: t.exposeInt('ageToDays', { nullable: true, description: 'Null: no upper end.' }),
      low: t.exposeString('low', { nullable: true }),
      high: t.exposeString('high', { nullable: true }),
      text: t.exposeString('text', {
        nullable: true,
        description: 'Expected text, or wording that replaces the numbers.',
      }),
      kind: t.exposeString('kind', {
        description: 'reference, decision (a decision limit) or none (no range established).',
      }),
      criticalLow: t.exposeString('criticalLow', { nullable: true }),
      criticalHigh: t.exposeString('criticalHigh', { nullable: true }),
      absurdLow: t.exposeString('absurdLow', { nullable: true }),
      absurdHigh: t.exposeString('absurdHigh', { nullable: true }),
      criticalTexts: t.exposeStringList('criticalTexts', {
        description: 'Texts that somebody must be told of at once; growth or mixed of a culture.',
      }),
      unit: t.exposeString('unit', { nullable: true }),
      source: t.exposeString('source'),
      method: t.exposeString('method', { nullable: true, description: 'Only for this method; null: any.' }),
      gestationFromWeeks: t.exposeInt('gestationFromWeeks', {
        nullable: true,
        description: 'Completed weeks of pregnancy, half-open; null: not a pregnancy band.',
      }),
      gestationToWeeks: t.exposeInt('gestationToWeeks', { nullable: true }),
      validFrom: t.expose('validFrom', {
        type: 'Date',
        nullable: true,
        description: 'First day of collection it holds for; null: from ever.',
      }),
      validTo: t.expose('validTo', { type: 'Date', nullable: true, description: 'The day it holds no longer.' }),
    }),
  });
  const Stability = typeRef<TestView['stability'][number]>(b, 'Stability').implement({
    fields: (t) => ({
      storage: t.exposeString('storage', { description: 'room, refrigerated or frozen.' }),
      hours: t.exposeInt('hours', { description: 'From collection.' }),
    }),
  });
  const TimedDraw = typeRef<NonNullable<TestView['timedDraw']>>(b, 'TimedDraw').implement({
    description: 'A draw at a set time; its tube is shared with no other time.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'As printed on the label.' }),
      afterMinutes: t.exposeInt('afterMinutes', { description: 'From the beginning; fasting is 0.' }),
    }),
  });
  typeRef<TestView>(b, 'Test').implement({
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      shortName: t.exposeString('shortName'),
      reportName: t.exposeString('reportName', { description: 'The name as printed.' }),
      synonyms: t.exposeStringList('synonyms'),
      section: t.exposeString('section', { description: 'The bench that runs it.' }),
      specimen: t.exposeString('specimen'),
      container: t.expose('container', { type: typeRef<ContainerView>(b, 'Container') }),
      method: t.exposeString('method', { nullable: true }),
      loinc: t.exposeString('loinc', { nullable: true }),
      turnaroundMinutes: t.exposeInt('turnaroundMinutes'),
      urgentTurnaroundMinutes: t.exposeInt('urgentTurnaroundMinutes', { description: 'For urgent and stat orders.' }),
      pricePaise: t.exposeInt('pricePaise'),
      isFastingNeeded: t.exposeBoolean('isFastingNeeded'),
      minVolumeMl: t.exposeFloat('minVolumeMl', { nullable: true }),
      stability: t.expose('stability', { type: [Stability] }),
      timedDraw: t.expose('timedDraw', { type: TimedDraw, nullable: true }),
      isInScope: t.exposeBoolean('isInScope', { description: 'In the scope of the accreditation.' }),
      referralLabId: t.exposeID('referralLabId', {
        nullable: true,
        description: 'The lab it is sent to; null when done here.',
      }),
      needsConsent: t.exposeBoolean('needsConsent', { description: 'The desk takes a written consent.' }),
      analytes: t.expose('analytes', { type: [typeRef<AnalyteView>(b, 'Analyte')] }),
    }),
  });
  typeRef<CatalogueItem>(b, 'CatalogueItem').implement({
    description: 'What the desk may order: a test or a panel.',
    fields: (t) => ({
      kind: t.exposeString('kind', { description: 'test or panel.' }),
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      synonyms: t.exposeStringList('synonyms'),
      pricePaise: t.exposeInt('pricePaise'),
      testCodes: t.exposeStringList('testCodes', {
        description: 'Tests it stands for, overlaps taken once; itself for a test.',
      }),
      specimens: t.exposeStringList('specimens'),
      isFastingNeeded: t.exposeBoolean('isFastingNeeded'),
      isOutsourced: t.exposeBoolean('isOutsourced', { description: 'Some of it is sent to another lab.' }),
      isInScope: t.exposeBoolean('isInScope', { description: 'All of it is in the scope of the accreditation.' }),
      needsConsent: t.exposeBoolean('needsConsent', { description: 'Some of it needs a written consent.' }),
    }),
  });
}

export function catalogueGraphql(b: Builder): void {
  catalogueTypes(b);
  b.queryFields((t) => ({
    catalogue: t.field({
      type: connection(b, typeRef<CatalogueItem>(b, 'CatalogueItem')),
      description: 'Tests and panels by code, short name, name or synonym, best match first.',
      args: { text: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(searchCatalogue, given(args)),
    }),
    tests: t.field({
      type: [typeRef<TestView>(b, 'Test')],
      args: { codes: t.arg.stringList({ required: true }) },
      resolve: (_, { codes }, ctx) => ctx.call(getTests, { codes }),
    }),
    analytes: t.field({
      type: [typeRef<AnalyteView>(b, 'Analyte')],
      resolve: (_, _args, ctx) => ctx.call(listAnalytes, {}),
    }),
    ranges: t.field({
      type: [typeRef<RangeBand>(b, 'RangeBand')],
      args: { analyteCodes: t.arg.stringList({ required: true }) },
      resolve: (_, { analyteCodes }, ctx) => ctx.call(getRanges, { analyteCodes }),
    }),
  }));
}
