// What is wrong between the files of a starter set: names that lead nowhere, codes given twice, ages nobody covers.
import { criticalTextFaults } from '../domain/critical-texts.ts';
import { expand, PanelCycleError } from '../domain/panel-expansion.ts';
import { findRangeFaults } from '../domain/range-coverage.ts';
import { withAbsurd } from './starter-rows.ts';
import type { SeedFault, SeedFile, StarterAnalyte, StarterCatalogue, StarterRange } from './seed-files.ts';

export function faultsBetween(catalogue: StarterCatalogue): readonly SeedFault[] {
  const { containers, analytes, tests, panels, ranges } = catalogue;
  const faults: SeedFault[] = [];
  const say = (file: SeedFile, at: number, column: string, message: string): void => {
    faults.push({ file, row: at + 2, column, message });
  };
  const unique = (file: SeedFile, column: string): ((value: string | undefined, at: number) => void) => {
    const firstRow = new Map<string, number>();
    return (value, at) => {
      if (value === undefined) return;
      const first = firstRow.get(value);
      if (first === undefined) firstRow.set(value, at + 2);
      else say(file, at, column, `${value} stands in row ${first} already`);
    };
  };
  const known = (file: SeedFile, at: number, column: string, kind: string, value: string, all: Has): void => {
    if (!all.has(value)) say(file, at, column, `${value} is not ${kind}`);
  };

  const containerCodes = new Set(containers.map((container) => container.code));
  const analyteByCode = new Map(analytes.map((analyte) => [analyte.code, analyte]));
  const testCodes = new Set(tests.map((test) => test.code));
  const membersOf = new Map(panels.map((panel) => [panel.code, panel.members]));

  const containerOnce = unique('containers.csv', 'code');
  for (const [at, container] of containers.entries()) containerOnce(container.code, at);

  // An analyzer's code or a LOINC code must lead to one analyte, or a result could land in the wrong place.
  const nameOnce = unique('analytes.csv', 'aliases');
  const loincOnce = unique('analytes.csv', 'loinc');
  const banded = new Set(ranges.map((range) => range.analyte));
  for (const [at, analyte] of analytes.entries()) {
    for (const name of [analyte.code, ...analyte.aliases]) nameOnce(name, at);
    loincOnce(analyte.loinc, at);
    for (const [column, message] of kindFaults(analyte)) say('analytes.csv', at, column, message);
    if (!banded.has(analyte.code)) say('analytes.csv', at, 'code', 'has no band in ranges.csv');
  }

  const testOnce = unique('tests.csv', 'code');
  for (const [at, test] of tests.entries()) {
    testOnce(test.code, at);
    known('tests.csv', at, 'container', 'a container', test.container, containerCodes);
    for (const analyte of test.analytes) known('tests.csv', at, 'analytes', 'an analyte', analyte, analyteByCode);
    if ((test.urgentTurnaroundMinutes ?? 0) > test.turnaroundMinutes) {
      say('tests.csv', at, 'urgent_turnaround_minutes', 'is longer than the routine turnaround');
    }
  }

  const panelOnce = unique('panels.csv', 'code');
  const orderable = { has: (member: string) => testCodes.has(member) || membersOf.has(member) };
  for (const [at, panel] of panels.entries()) {
    panelOnce(panel.code, at);
    if (testCodes.has(panel.code)) say('panels.csv', at, 'code', `${panel.code} is a test already`);
    for (const member of panel.members) known('panels.csv', at, 'members', 'a test or panel', member, orderable);
  }
  // Only when every member is known: expansion stops at the first unknown one.
  if (faults.length === 0) {
    for (const [at, panel] of panels.entries()) {
      const cycle = cycleOf(panel.code, testCodes, membersOf);
      if (cycle !== undefined) say('panels.csv', at, 'members', cycle);
    }
  }

  linksOfFacts(catalogue, say);
  for (const [at, range] of ranges.entries()) {
    const analyte = analyteByCode.get(range.analyte);
    known('ranges.csv', at, 'analyte', 'an analyte', range.analyte, analyteByCode);
    if (analyte === undefined) continue;
    for (const [column, message] of bandFaults(range, analyte)) say('ranges.csv', at, column, message);
  }
  for (const { analyte, sex, fromDays, toDays, kind } of findRangeFaults(ranges)) {
    const ofAnalyte = ranges.findIndex((range) => range.analyte === analyte);
    const ofBand = ranges.findIndex((range) => range.analyte === analyte && range.ageFromDays === fromDays);
    const days = `day ${fromDays} to ${toDays ?? 'the open end'}`;
    say('ranges.csv', ofBand === -1 ? ofAnalyte : ofBand, 'age_from_days', `${kind}: ${analyte}, sex ${sex}, ${days}`);
  }
  return faults;
}

type Say = (file: SeedFile, at: number, column: string, message: string) => void;

/** The files that say more of tests and analytes: each name must lead somewhere, each test or analyte once. */
function linksOfFacts(catalogue: StarterCatalogue, say: Say): void {
  const tests = new Set(catalogue.tests.map(({ code }) => code));
  const analytes = new Set(catalogue.analytes.map(({ code }) => code));
  const lead = (
    file: SeedFile,
    column: string,
    kind: string,
    all: Has,
    codes: readonly (readonly string[])[],
  ): void => {
    for (const [at, own] of codes.entries()) {
      for (const code of own) if (!all.has(code)) say(file, at, column, `${code} is not ${kind}`);
    }
  };
  const once = (file: SeedFile, column: string, codes: readonly string[]): void => {
    for (const [at, code] of codes.entries()) {
      const first = codes.indexOf(code);
      if (first < at) say(file, at, column, `${code} stands in row ${first + 2} already`);
    }
  };
  const analyteOf = (rows: readonly { readonly analyte: string }[]): string[][] => rows.map(({ analyte }) => [analyte]);
  const { handling, facts } = catalogue;
  lead(
    'handling.csv',
    'test',
    'a test',
    tests,
    handling.map(({ test }) => [test]),
  );
  once(
    'handling.csv',
    'test',
    handling.map(({ test }) => test),
  );
  for (const [at, { timedDraw, afterMinutes }] of handling.entries()) {
    if ((timedDraw === '') !== (afterMinutes === undefined)) {
      say('handling.csv', at, 'after_minutes', 'must be given exactly with a timed draw');
    }
  }
  const { criticalTexts } = catalogue;
  lead('critical-texts.csv', 'analyte', 'an analyte', analytes, analyteOf(criticalTexts));
  once(
    'critical-texts.csv',
    'analyte',
    criticalTexts.map(({ analyte }) => analyte),
  );
  const { absurdLimits } = catalogue;
  lead('absurd-limits.csv', 'analyte', 'an analyte', analytes, analyteOf(absurdLimits));
  once(
    'absurd-limits.csv',
    'analyte',
    absurdLimits.map(({ analyte }) => analyte),
  );
  const bandsOf = Map.groupBy(catalogue.ranges, ({ analyte }) => analyte);
  for (const [at, limits] of absurdLimits.entries()) {
    if (limits.low === undefined && limits.high === undefined) say('absurd-limits.csv', at, 'low', 'gives no limit');
    const bands = bandsOf.get(limits.analyte) ?? [];
    // Only what the limits bring with them: faults of the bands themselves are told at ranges.csv.
    const old = new Set(findRangeFaults(bands).map(({ kind }) => kind));
    const kinds = new Set(findRangeFaults(bands.map((band) => withAbsurd(band, limits))).map(({ kind }) => kind));
    for (const kind of kinds.difference(old)) say('absurd-limits.csv', at, 'low', `${kind}: ${limits.analyte}`);
  }
  const analyteOfCode = new Map(catalogue.analytes.map((analyte) => [analyte.code, analyte]));
  const expectedOf = new Map(catalogue.ranges.map(({ analyte, text }) => [analyte, text === '' ? null : text]));
  for (const [at, { analyte: code, texts }] of criticalTexts.entries()) {
    const analyte = analyteOfCode.get(code);
    const band = { text: expectedOf.get(code) ?? null, criticalTexts: [...texts] };
    if (analyte === undefined) continue;
    for (const message of criticalTextFaults({ ...analyte, choices: [...analyte.choices] }, band))
      say('critical-texts.csv', at, 'texts', message);
  }
  lead('analyte-facts.csv', 'analyte', 'an analyte', analytes, analyteOf(facts));
  once(
    'analyte-facts.csv',
    'analyte',
    facts.map(({ analyte }) => analyte),
  );
  const measured = facts.map(({ measuredAs }) => (measuredAs === undefined ? [] : [measuredAs]));
  lead('analyte-facts.csv', 'measured_as', 'an analyte', analytes, measured);
}

interface Has {
  has(value: string): boolean;
}
type ColumnFault = readonly [column: string, message: string];

function kindFaults({ kind, decimals, choices, ucum, unitDisplay }: StarterAnalyte): readonly ColumnFault[] {
  const faults: ColumnFault[] = [];
  if (kind === 'numeric' && (decimals === undefined || decimals > 4)) faults.push(['decimals', 'is not 0 to 4']);
  if (kind !== 'numeric' && decimals !== undefined) faults.push(['decimals', `does not belong to a ${kind} analyte`]);
  const isChosen = kind === 'coded' || kind === 'titre';
  if (isChosen && choices.length < 2) faults.push(['choices', 'offers no choice']);
  if (!isChosen && choices.length > 0) faults.push(['choices', `do not belong to a ${kind} analyte`]);
  if (ucum === '' && unitDisplay !== '') faults.push(['unit_display', 'stands without a UCUM unit']);
  return faults;
}

function bandFaults(range: StarterRange, analyte: StarterAnalyte): readonly ColumnFault[] {
  const faults: ColumnFault[] = [];
  const limits = [range.low, range.high];
  const alarms = [range.criticalLow, range.criticalHigh];
  const isSet = (value: string | undefined): value is string => value !== undefined;
  const saysSomething = limits.some(isSet) || range.text !== '';
  if (range.unit !== analyte.ucum) faults.push(['unit', `is not the analyte's unit ${analyte.ucum}`]);
  if (range.kind === 'none' && saysSomething) faults.push(['kind', 'is none, yet a range is given']);
  if (range.kind !== 'none' && !saysSomething) faults.push(['kind', `is ${range.kind}, yet no range is given`]);
  if (alarms.some(isSet) !== range.criticalSource.length > 0) {
    faults.push(['critical_source', 'must be given exactly with critical limits']);
  }
  const numbers = [...limits, ...alarms, range.absurdLow, range.absurdHigh].filter(isSet);
  if (analyte.kind !== 'numeric' && numbers.length > 0) faults.push(['low', `number for a ${analyte.kind} analyte`]);
  if (analyte.kind === 'coded' && range.text !== '' && !analyte.choices.includes(range.text)) {
    faults.push(['text', `${range.text} is not a choice of the analyte`]);
  }
  // A limit finer than the report flags a value that prints as equal to it.
  if (analyte.kind === 'numeric' && numbers.some((value) => decimalsOf(value) > (analyte.decimals ?? 0))) {
    faults.push(['low', `a limit has more decimals than the ${analyte.decimals ?? 0} reported`]);
  }
  return faults;
}

// "10.0" for an analyte reported without decimals is only the source's way of writing 10.
function decimalsOf(value: string): number {
  return value.replace(/\.?0+$/, '').split('.')[1]?.length ?? 0;
}

function cycleOf(panel: string, tests: Has, panels: ReadonlyMap<string, readonly string[]>): string | undefined {
  try {
    expand([panel], { tests, panels });
    return undefined;
  } catch (error) {
    if (error instanceof PanelCycleError) return error.message;
    throw error;
  }
}
