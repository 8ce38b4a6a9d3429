// The rows of a lab's catalogue as the starter set has them; what the files leave empty becomes null.
import type { AnalyteRow, BandRow, CatalogueRows, ContainerRow, Panel, TestRow } from '../domain/catalogue.ts';
import type { StarterRules } from '../domain/rules/starter-rules.ts';
import type {
  StarterAnalyte,
  StarterCatalogue,
  StarterContainer,
  StarterHandling,
  StarterPanel,
  StarterRange,
  StarterTest,
} from './seed-files.ts';

/** Where a container stands that is not filled from a vein: after all that are. CLSI numbers only the latter. */
const AFTER_THE_DRAW = 90;

const sexOf = { any: 'any', M: 'male', F: 'female' } as const;

/** @param starter checked: every name in it leads somewhere */
export function starterRows(starter: StarterCatalogue, rules: StarterRules): CatalogueRows {
  const handlingOf = new Map(starter.handling.map((row) => [row.test, row]));
  const factsOf = new Map(starter.facts.map((row) => [row.analyte, row]));
  const formulaOf = new Map(rules.formulas.map((row) => [row.analyteCode, row.formula]));
  const alarmOf = new Map(starter.criticalTexts.map((row) => [row.analyte, row]));
  const absurdOf = new Map(starter.absurdLimits.map((row) => [row.analyte, row]));
  const massOf = new Map(rules.molarMasses.map((row) => [row.analyteCode, row.molarMass]));
  return {
    containers: starter.containers.map(containerRow),
    analytes: starter.analytes.map((analyte) =>
      analyteRow(analyte, factsOf.get(analyte.code), {
        formula: formulaOf.get(analyte.code) ?? null,
        molarMass: massOf.get(analyte.code) ?? null,
      }),
    ),
    tests: starter.tests.map((test) => testRow(test, handlingOf.get(test.code))),
    testAnalytes: starter.tests.flatMap((test) =>
      test.analytes.map((analyteCode) => ({ testCode: test.code, analyteCode })),
    ),
    panels: starter.panels.map(panelRow),
    panelMembers: starter.panels.flatMap((panel) =>
      panel.members.map((memberCode) => ({ panelCode: panel.code, memberCode })),
    ),
    bands: starter.ranges.map((range) =>
      bandRow(withAbsurd(range, absurdOf.get(range.analyte)), alarmOf.get(range.analyte)),
    ),
    deltas: rules.deltas.map(({ analyteCode, mode, limit, direction, lookBackDays, isMixUpMarker, source }) => ({
      analyteCode,
      mode,
      limit,
      direction,
      lookBackDays,
      isMixUpMarker,
      source,
    })),
    indexRules: rules.indexRules,
    interpretations: rules.interpretations,
    consistency: rules.consistency,
    reflex: rules.reflex,
  };
}

function containerRow({ volumeMl, orderOfDraw, ...container }: StarterContainer): ContainerRow {
  return {
    ...container,
    volumeMl: volumeMl ?? null,
    orderOfDraw: orderOfDraw ?? AFTER_THE_DRAW,
    isRetired: false,
  };
}

function analyteRow(
  analyte: StarterAnalyte,
  facts: StarterCatalogue['facts'][number] | undefined,
  given: Pick<AnalyteRow, 'formula' | 'molarMass'>,
): AnalyteRow {
  return {
    code: analyte.code,
    name: analyte.name,
    loinc: analyte.loinc ?? null,
    ucum: orNull(analyte.ucum),
    unitDisplay: analyte.unitDisplay,
    kind: analyte.kind,
    decimals: analyte.decimals ?? null,
    choices: [...analyte.choices],
    aliases: [...analyte.aliases],
    measuredAs: facts?.measuredAs ?? null,
    ...given,
    reportableLow: facts?.reportableLow ?? null,
    reportableHigh: facts?.reportableHigh ?? null,
    isRetired: false,
  };
}

function testRow(test: StarterTest, handling: StarterHandling | undefined): TestRow {
  return {
    code: test.code,
    name: test.name,
    shortName: test.shortName,
    reportName: orNull(handling?.reportName ?? '') ?? test.name,
    synonyms: [...test.synonyms],
    section: test.section,
    specimen: test.specimen,
    containerCode: test.container,
    method: test.method,
    loinc: test.loinc ?? null,
    turnaroundMinutes: test.turnaroundMinutes,
    // What cannot be hurried (cultures, sendouts) has no urgent clock of its own: the promise stays the routine one.
    urgentTurnaroundMinutes: test.urgentTurnaroundMinutes ?? test.turnaroundMinutes,
    pricePaise: test.pricePaise,
    isFastingNeeded: test.fasting,
    minVolumeMl: handling?.minVolumeMl ?? null,
    stability: [...(handling?.stability ?? [])],
    timedDraw:
      handling?.afterMinutes === undefined ? null : { name: handling.timedDraw, afterMinutes: handling.afterMinutes },
    // Which tests a lab is accredited for and which it sends away is its own; a starter set cannot know.
    isInScope: false,
    referralLabId: null,
    needsConsent: handling?.consent ?? false,
    status: 'live',
  };
}

function panelRow({ code, name, synonyms, loinc, pricePaise }: StarterPanel): Panel {
  return { code, name, synonyms, loinc: loinc ?? null, pricePaise, status: 'live' };
}

/** The band with the suggested physiological limits where it has none of its own. */
export function withAbsurd(
  range: StarterRange,
  suggested: StarterCatalogue['absurdLimits'][number] | undefined,
): StarterRange {
  const hasOwn = range.absurdLow !== undefined || range.absurdHigh !== undefined;
  return hasOwn || suggested === undefined ? range : { ...range, absurdLow: suggested.low, absurdHigh: suggested.high };
}

function bandRow(range: StarterRange, alarm: StarterCatalogue['criticalTexts'][number] | undefined): BandRow {
  const criticalSource = [...range.criticalSource, ...(alarm?.source ?? [])].join(', ');
  return {
    analyteCode: range.analyte,
    sex: sexOf[range.sex],
    ageFromDays: range.ageFromDays,
    ageToDays: range.ageToDays ?? null,
    low: range.low ?? null,
    high: range.high ?? null,
    text: orNull(range.text),
    kind: range.kind,
    criticalLow: range.criticalLow ?? null,
    criticalHigh: range.criticalHigh ?? null,
    absurdLow: range.absurdLow ?? null,
    absurdHigh: range.absurdHigh ?? null,
    criticalTexts: [...(alarm?.texts ?? [])],
    unit: orNull(range.unit),
    source: range.source.join(', '),
    criticalSource: orNull(criticalSource),
    note: orNull(range.note),
    method: null,
    gestationFromWeeks: null,
    gestationToWeeks: null,
    validFrom: null,
    validTo: null,
  };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
