import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';

import { expand } from '../domain/panel-expansion.ts';
import { findRangeFaults } from '../domain/range-coverage.ts';
import { hasLoincCheckDigit } from './cells.ts';
import { parseSeed, readSeed } from './read-seed.ts';
import { SeedError, type NeededFile, type SeedFile } from './seed-files.ts';

const catalogue = await readSeed();
const analyteOf = new Map(catalogue.analytes.map((analyte) => [analyte.code, analyte]));
const analyteByLoinc = new Map(catalogue.analytes.map((analyte) => [analyte.loinc, analyte.code]));

type Table = readonly Readonly<Record<string, string>>[];

function sharedTable(name: string): Table | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package-lock.json')) && dirname(folder) !== folder) folder = dirname(folder);
  const file = join(folder, '../shared/data', name);
  return existsSync(file) ? parse<Record<string, string>>(readFileSync(file, 'utf8'), { columns: true }) : undefined;
}

test('the starter set is large enough to open a lab with', () => {
  assert.ok(catalogue.tests.length >= 150, `${catalogue.tests.length} tests`);
  assert.ok(catalogue.panels.length >= 30, `${catalogue.panels.length} panels`);
  const sections = new Set(catalogue.tests.map((one) => one.section));
  assert.equal(sections.size, 9);
});

test('every analyte is part of a test, every container but the spare ones is used', () => {
  const reported = new Set(catalogue.tests.flatMap((one) => one.analytes));
  assert.deepEqual(
    catalogue.analytes.map((analyte) => analyte.code).filter((code) => !reported.has(code)),
    [],
  );
  const used = new Set(catalogue.tests.map((one) => one.container));
  assert.deepEqual(
    catalogue.containers.map((container) => container.code).filter((code) => !used.has(code)),
    ['HEPARIN', 'EDTA_PINK'],
  );
});

test('tubes are drawn in the CLSI order', () => {
  const drawn = catalogue.containers
    .filter((container) => container.orderOfDraw !== undefined)
    .toSorted((a, b) => (a.orderOfDraw ?? 0) - (b.orderOfDraw ?? 0));
  assert.deepEqual(
    ['BLOOD_CULTURE', 'CITRATE', 'SST', 'HEPARIN', 'EDTA', 'FLUORIDE'].map(
      (code) => drawn.find((container) => container.code === code)?.orderOfDraw,
    ),
    [1, 2, 3, 4, 5, 6],
  );
});

test('the codes that real messages carry lead to the analyte meant', () => {
  const expected = {
    '718-7': 'HGB',
    '6690-2': 'WBC',
    '789-8': 'RBC',
    '4544-3': 'HCT',
    '787-2': 'MCV',
    '785-6': 'MCH',
    '786-4': 'MCHC',
    '777-3': 'PLT',
    '788-0': 'RDW_CV',
    '770-8': 'NEUT_PCT',
    '736-9': 'LYMPH_PCT',
    '5905-5': 'MONO_PCT',
    '713-8': 'EOS_PCT',
    '706-2': 'BASO_PCT',
    '751-8': 'NEUT_ABS',
    '731-0': 'LYMPH_ABS',
    '742-7': 'MONO_ABS',
    '711-2': 'EOS_ABS',
    '704-7': 'BASO_ABS',
    '2345-7': 'GLU',
    '1558-6': 'GLU_F',
    '2160-0': 'CREA',
    '3094-0': 'BUN',
    '2951-2': 'NA',
    '2823-3': 'K',
    '2075-0': 'CL',
    '2028-9': 'CO2',
    '17861-6': 'CA',
    '2093-3': 'CHOL',
    '2085-9': 'HDL',
    '2571-8': 'TRIG',
    '13457-7': 'LDL',
    '1742-6': 'SGPT',
    '1920-8': 'SGOT',
    '6768-6': 'ALP',
    '1975-2': 'TBIL',
    '1968-7': 'DBIL',
    '2885-2': 'TP',
    '1751-7': 'ALB',
    '3016-3': 'TSH',
    '3024-7': 'FT4',
    '4548-4': 'HBA1C',
    '5811-5': 'U_SG',
    '5803-2': 'U_PH',
  };
  assert.deepEqual(
    Object.fromEntries(Object.keys(expected).map((loinc) => [loinc, analyteByLoinc.get(loinc)])),
    expected,
  );
});

test('a number without unit is one that has none', () => {
  assert.deepEqual(
    catalogue.analytes.filter(({ kind, ucum }) => kind === 'numeric' && ucum === '').map(({ code }) => code),
    ['HOMA_IR', 'BUN_CREA', 'U_SG'],
  );
});

test('every sex from birth on has exactly one band of each analyte, in its unit', () => {
  assert.deepEqual(findRangeFaults(catalogue.ranges), []);
  for (const range of catalogue.ranges) assert.equal(range.unit, analyteOf.get(range.analyte)?.ucum, range.analyte);
});

test('a band that says no range gives none, and names a source all the same', () => {
  for (const range of catalogue.ranges.filter(({ kind }) => kind === 'none')) {
    assert.deepEqual([range.low, range.high, range.text], [undefined, undefined, ''], range.analyte);
    assert.ok(range.source.length > 0 && range.note !== '', range.analyte);
  }
});

test('lab-day 38: every numeric analyte has physiological limits, suggested ones marked and far beyond every other limit', () => {
  const suggested = new Map(catalogue.absurdLimits.map((row) => [row.analyte, row]));
  const bandsOf = Map.groupBy(catalogue.ranges, ({ analyte }) => analyte);
  for (const { code } of catalogue.analytes.filter(({ kind }) => kind === 'numeric')) {
    const limits = suggested.get(code);
    const own = bandsOf.get(code) ?? [];
    if (limits === undefined) {
      for (const { absurdLow, absurdHigh } of own) assert.deepEqual([absurdLow, absurdHigh], ['0', '100'], code);
      continue;
    }
    assert.deepEqual([limits.source, limits.note.startsWith('suggestion: ')], [['LAB-SUGGESTED'], true], code);
    const known = own.flatMap(({ low, high, criticalLow, criticalHigh }) => [low, high, criticalLow, criticalHigh]);
    const numbers = known.flatMap((limit) => (limit === undefined ? [] : [Number(limit)]));
    const [low, high] = [Number(limits.low), Number(limits.high)];
    assert.ok(low < high, code);
    const widest = Math.max(...numbers);
    assert.ok(numbers.length === 0 || high >= widest * (NARROW.has(code) ? 1.05 : 1.15), `${code} ${high}`);
    const lowest = Math.min(...numbers);
    assert.ok(numbers.length === 0 || low <= 0 || low <= lowest * (NARROW.has(code) ? 0.99 : 0.7), `${code} ${low}`);
  }
});

/** A pH and a density never move far: water has a density of 1.000. */
const NARROW: ReadonlySet<string> = new Set(['U_SG', 'ABG_PH', 'SEM_PH', 'S_PH', 'U_PH']);

test('absurd limits inside the others, of nobody, or given twice are faults of their file', async () => {
  const absurd =
    'analyte,low,high,source,note\nHGB,1,20,LAB-SUGGESTED,x\nNOBODY,0,1,LAB-SUGGESTED,x\nK,,,LAB-SUGGESTED,x\n';
  const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');
  const texts = {
    'containers.csv': read('containers.csv'),
    'analytes.csv': read('analytes.csv'),
    'tests.csv': read('tests.csv'),
    'panels.csv': read('panels.csv'),
    'ranges.csv': read('ranges.csv'),
    'absurd-limits.csv': `${absurd}K,1,14,LAB-SUGGESTED,x\n`,
  };
  assert.throws(
    () => parseSeed(texts),
    (error) => {
      assert.ok(error instanceof SeedError);
      assert.deepEqual(
        error.faults.map(({ row, message }) => [row, message]),
        [
          [3, 'NOBODY is not an analyte'],
          [5, 'K stands in row 4 already'],
          [2, 'absurd_inside_critical: HGB'],
          [4, 'gives no limit'],
        ],
      );
      return true;
    },
  );
});

test('in ranges.csv impossible values are claimed only for percentages of a whole', () => {
  for (const { analyte, unit, absurdLow, absurdHigh } of catalogue.ranges) {
    if (absurdLow === undefined && absurdHigh === undefined) continue;
    assert.deepEqual([unit, absurdLow, absurdHigh], ['%', '0', '100'], analyte);
  }
});

test('lab-day 48: the critical texts suggested are marked as suggestions', () => {
  assert.deepEqual(
    catalogue.criticalTexts.map(({ analyte }) => analyte),
    ['MP_SMEAR', 'MP_AG', 'AFB', 'RIF_RES', 'BLOOD_CULT', 'CSF_CULT'],
  );
  for (const { note } of catalogue.criticalTexts) assert.match(note, /^suggestion: /);
});

test('lab-day 22: a glucose drawn at a set time says when, and is measured as plain glucose', () => {
  const drawn = catalogue.handling.flatMap(({ test: code, timedDraw, afterMinutes }) =>
    afterMinutes === undefined ? [] : [[code, timedDraw, afterMinutes]],
  );
  // The "challenge" of their LOINC codes: 1558-6, 1521-4, 1507-3, 1518-0, 20438-8.
  assert.deepEqual(drawn, [
    ['GLU_F', 'fasting', 0],
    ['GLU_PP', '2 h after food', 120],
    ['GLU_1H', '1 h after 75 g', 60],
    ['GLU_2H', '2 h after 75 g', 120],
    ['GCT', '1 h after 50 g', 60],
    // HOMA-IR is of one fasting draw: its insulin and its glucose are taken together (Matthews 1985).
    ['INSULIN_F', 'fasting', 0],
    ['HOMA_IR', 'fasting', 0],
  ]);
  assert.deepEqual(
    catalogue.facts.filter(({ measuredAs }) => measuredAs === 'GLU').map(({ analyte }) => analyte),
    drawn.slice(0, 5).map(([code]) => code),
  );
  const ogtt = catalogue.panels.find(({ code }) => code === 'OGTT');
  assert.deepEqual(ogtt?.members, ['GLU_F', 'GLU_1H', 'GLU_2H']);
});

test('every test says how its specimen keeps, and HIV tests ask for consent', () => {
  const handled = new Map(catalogue.handling.map((row) => [row.test, row]));
  const bedside = catalogue.tests.filter(({ container }) => container === 'BEDSIDE').map(({ code }) => code);
  assert.deepEqual(
    catalogue.tests.map(({ code }) => code).filter((code) => (handled.get(code)?.stability.length ?? 0) === 0),
    bedside,
  );
  assert.deepEqual(
    catalogue.handling.filter(({ consent }) => consent).map(({ test: code }) => code),
    ['HIV', 'HIV_R'],
  );
});

test('every panel opens into known tests', () => {
  const tests = new Set(catalogue.tests.map(({ code }) => code));
  const panels = new Map(catalogue.panels.map(({ code, members }) => [code, members]));
  for (const { code } of catalogue.panels) {
    const opened = expand([code], { tests, panels });
    assert.ok(opened.length >= 2, code);
    assert.ok(opened.every((one) => tests.has(one.test)));
  }
  const master = expand(['HEALTH_MASTER'], { tests, panels }).map((one) => one.test);
  assert.equal(master.filter((code) => code === 'CREA').length, 1, 'in DIABETES and in KFT, run once');
});

test('every source code is explained in SOURCES.md', () => {
  const explained = readFileSync(join(import.meta.dirname, 'SOURCES.md'), 'utf8');
  const rows = Object.entries(catalogue).flatMap(([list, all]) => (list === 'containers' ? [] : all));
  const used = new Set([
    ...rows.flatMap((row) => ('source' in row ? row.source : [])),
    ...catalogue.ranges.flatMap(({ criticalSource }) => criticalSource),
  ]);
  assert.deepEqual(
    [...used].filter((source) => !explained.includes(`\`${source}\``)),
    [],
  );
  assert.match(explained, /LOINC is copyright © Regenstrief Institute/);
  assert.match(explained, /must review and approve/);
});

// Codes confirmed elsewhere than in the shared list; SOURCES.md cites where each was read.
const CONFIRMED_ELSEWHERE: readonly string[] = [
  '51631-0',
  '51637-7',
  '53115-2',
  '48386-7',
  '71695-1',
  '43396-1',
  '15069-8',
  '33944-0',
  '48378-4',
  '33358-3',
];

test('every LOINC code and unit is in the list of confirmed ones', (t) => {
  const list = sharedTable('loinc-lab-common.csv');
  if (list === undefined) return t.skip('needs ../shared/data');
  const unitOf = new Map(list.map((row) => [row['loinc'], row['ucum'] ?? '']));
  const rows = [...catalogue.analytes, ...catalogue.tests, ...catalogue.panels];
  assert.deepEqual(
    rows.filter(({ loinc }) => loinc !== undefined && !unitOf.has(loinc) && !CONFIRMED_ELSEWHERE.includes(loinc)),
    [],
  );
  for (const { code, loinc, ucum } of catalogue.analytes) {
    const listed = unitOf.get(loinc);
    if (listed !== undefined && listed !== '') assert.equal(ucum, listed, code);
  }
});

test('limits that the shared table prints under the same source are the same here', (t) => {
  const table = sharedTable('reference-ranges.csv');
  if (table === undefined) return t.skip('needs ../shared/data');
  const unit = (text: string): string => text.replaceAll(/[[\]]/g, '').replace('uU/', 'uIU/');
  const decimal = (text: string | undefined): number | undefined => (text ? Number(text) : undefined);
  let compared = 0;
  for (const range of catalogue.ranges) {
    const analyte = analyteOf.get(range.analyte);
    const printed: Table = table.filter(
      (row) =>
        row['loinc'] === analyte?.loinc &&
        range.source.includes(row['src_range'] ?? '') &&
        unit(row['unit'] ?? '') === unit(range.unit) &&
        (range.sex === 'any' || row['sex'] === 'any' || row['sex'] === range.sex),
    );
    if (printed.length === 0 || range.kind === 'none') continue;
    compared += 1;
    assert.ok(
      printed.some((row) => decimal(row['low']) === decimal(range.low) && decimal(row['high']) === decimal(range.high)),
      `${range.analyte} ${range.sex} from day ${range.ageFromDays}: ${range.low} to ${range.high}`,
    );
  }
  assert.ok(compared >= 60, `${compared} bands compared`);
});

test('critical limits that the shared table prints under the same source are the same here', (t) => {
  const table = sharedTable('reference-ranges.csv');
  if (table === undefined) return t.skip('needs ../shared/data');
  const decimal = (text: string | undefined): number | undefined => (text ? Number(text) : undefined);
  let compared = 0;
  for (const range of catalogue.ranges.filter(({ criticalSource }) => criticalSource.length > 0)) {
    const loinc = analyteOf.get(range.analyte)?.loinc;
    const printed: Table = table.filter(
      (row) => row['loinc'] === loinc && range.criticalSource.every((source) => row['src_critical']?.includes(source)),
    );
    if (printed.length === 0) continue;
    compared += 1;
    assert.ok(
      printed.some(
        (row) =>
          decimal(row['critical_low']) === decimal(range.criticalLow) &&
          decimal(row['critical_high']) === decimal(range.criticalHigh),
      ),
      `${range.analyte} ${range.sex} from day ${range.ageFromDays}`,
    );
  }
  assert.ok(compared >= 30, `${compared} bands compared`);
});

test('an alias that looks like a LOINC code is one, and no analyte has it for its own', () => {
  for (const { code, aliases } of catalogue.analytes) {
    for (const alias of aliases.filter((name) => /^\d+-\d$/.test(name))) {
      assert.ok(hasLoincCheckDigit(alias), `${code} ${alias}`);
      assert.equal(analyteByLoinc.get(alias), undefined, `${code} ${alias}`);
    }
  }
});

test('a LOINC check digit is the Luhn digit of the number', () => {
  // By hand, doubling from the right: 718 is 8+8 = 16, 1+6 = 7; then 1; then 7+7 = 14, 1+4 = 5. 13 needs 7 to make 20.
  for (const right of ['718-7', '2160-0', '4548-4', '98979-8', '17861-6']) assert.ok(hasLoincCheckDigit(right), right);
  for (const wrong of ['718-6', '2160', '2160-', '-0', '2160-00', 'x160-0', '', '2161-0']) {
    assert.ok(!hasLoincCheckDigit(wrong), wrong);
  }
});

test('property: exactly one check digit fits a number, and no single wrong digit passes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999 }), fc.nat(), fc.integer({ min: 1, max: 9 }), (digits, at, shift) => {
      const fitting = Array.from({ length: 10 }, (_, check) => `${digits}-${check}`).filter(hasLoincCheckDigit);
      assert.equal(fitting.length, 1);
      const text = String(digits);
      const place = at % text.length;
      const changed = [...text].with(place, String((Number(text[place]) + shift) % 10)).join('');
      assert.ok(!hasLoincCheckDigit(`${changed}-${fitting[0]?.split('-')[1] ?? ''}`));
    }),
  );
});

const SMALL: Readonly<Record<NeededFile, string>> = {
  'containers.csv': 'code,name,cap_colour,additive,volume_ml,order_of_draw\nEDTA,EDTA tube,Lavender,K2 EDTA,3,5\n',
  'analytes.csv':
    'code,name,loinc,ucum,unit_display,kind,decimals,choices,aliases,source\n' +
    'HGB,Haemoglobin,718-7,g/dL,g/dL,numeric,1,,HB|HBN,S\n' +
    'ABO,Blood group,883-9,,,coded,,A|B|AB|O,,S\n',
  'tests.csv':
    'code,name,short_name,synonyms,section,specimen,container,method,loinc,turnaround_minutes,urgent_turnaround_minutes,price_paise,analytes,fasting,source\n' +
    'HB,Haemoglobin,Hb,,HAEMATOLOGY,Blood,EDTA,Counter,718-7,60,30,8000,HGB,no,S\n' +
    'BG,Blood group,BG,,HAEMATOLOGY,Blood,EDTA,Tube,,60,,9000,ABO,no,S\n',
  'panels.csv': 'code,name,synonyms,members,price_paise,loinc,source\nP1,One,,HB|BG,16000,,S\nP2,Two,,P1,16000,,S\n',
  'ranges.csv':
    'analyte,sex,age_from_days,age_to_days,low,high,text,kind,critical_low,critical_high,absurd_low,absurd_high,unit,source,critical_source,note\n' +
    'HGB,any,0,6575,,,,none,,,,,g/dL,S,,no range\n' +
    'HGB,F,6575,,12,16,,reference,6.6,,,,g/dL,S,K,\n' +
    'HGB,M,6575,,14.0,18,,reference,6.6,,,,g/dL,S,K,\n' +
    'ABO,any,0,,,,,none,,,,,,S,,no range\n',
};

test('a sound small set is read, limits kept as the source wrote them', () => {
  const small = parseSeed(SMALL);
  assert.equal(small.ranges[2]?.low, '14.0');
  assert.deepEqual(small.analytes[0]?.aliases, ['HB', 'HBN']);
  assert.deepEqual(small.panels[1]?.members, ['P1']);
  assert.deepEqual([small.tests[1]?.urgentTurnaroundMinutes, small.tests[0]?.fasting], [undefined, false]);
});

/** Each change of the small set, and where the fault must be found: file, row, column, part of the message. */
const BROKEN: readonly (readonly [NeededFile, string, string, number, string, RegExp])[] = [
  ['analytes.csv', '718-7', '718-6', 2, 'loinc', /check digit/],
  ['analytes.csv', 'numeric,1', 'numeric,', 2, 'decimals', /0 to 4/],
  ['analytes.csv', 'coded,,A|B|AB|O', 'coded,,', 3, 'choices', /no choice/],
  ['analytes.csv', 'coded,,A|B|AB|O', 'coded,,A||O', 3, 'choices', /empty/],
  ['analytes.csv', 'O,,S', 'O,HBN,S', 3, 'aliases', /HBN stands in row 2/],
  ['analytes.csv', '883-9', '718-7', 3, 'loinc', /stands in row 2/],
  ['analytes.csv', 'Haemoglobin', ' Haemoglobin', 2, 'name', /blanks/],
  ['analytes.csv', 'HB|HBN,S', 'HB|HBN,', 2, 'source', /empty/],
  ['analytes.csv', 'ABO,Blood', 'abo,Blood', 3, 'code', /not a code/],
  ['analytes.csv', ',loinc,', ',loinc_code,', 1, 'header', /is not code,name,loinc/],
  ['analytes.csv', 'HB|HBN,S', 'HB|HBN,S,more', 2, 'row', /11 cells, not 10/],
  ['containers.csv', ',5\n', ',5\nEDTA,Again,Red,None,,\n', 3, 'code', /stands in row 2/],
  ['tests.csv', 'EDTA,Counter', 'SST,Counter', 2, 'container', /SST is not a container/],
  ['tests.csv', ',ABO,no', ',ABO|RH,no', 3, 'analytes', /RH is not an analyte/],
  ['tests.csv', '60,30', '60,90', 2, 'urgent_turnaround_minutes', /longer/],
  ['tests.csv', '8000', '80.00', 2, 'price_paise', /whole number/],
  ['tests.csv', 'ABO,no', 'ABO,maybe', 3, 'fasting', /./],
  ['panels.csv', 'HB|BG', 'HB|BG|P2', 2, 'members', /contains itself: P1 > P2 > P1/],
  ['panels.csv', 'HB|BG', 'HB|XX', 2, 'members', /XX is not a test or panel/],
  ['panels.csv', 'P2,Two', 'BG,Two', 3, 'code', /test already/],
  ['ranges.csv', '0,6575', '0,6000', 2, 'age_from_days', /gap: HGB, sex M, day 6000 to 6575/],
  ['ranges.csv', '0,6575', '0,7000', 3, 'age_from_days', /overlap: HGB, sex F, day 6575 to 7000/],
  ['ranges.csv', '12,16', '16,12', 3, 'age_from_days', /low_above_high/],
  ['ranges.csv', '12,16,,reference,6.6', '12,16,,reference,12.5', 3, 'age_from_days', /critical_inside_reference/],
  ['ranges.csv', '14.0,18', '14.05,18', 4, 'low', /decimals/],
  ['ranges.csv', 'none,,,,,g/dL', 'none,,,,,g/L', 2, 'unit', /g\/dL/],
  ['ranges.csv', ',S,K,\nHGB,M', ',S,,\nHGB,M', 3, 'critical_source', /critical/],
  ['ranges.csv', 'ABO,any,0,,,,,none', 'ABO,any,0,,,,C,reference', 5, 'text', /C is not a choice/],
  ['ranges.csv', 'HGB,any,0,6575,,,,none', 'HGB,any,0,6575,,,,reference', 2, 'kind', /no range is given/],
  ['ranges.csv', 'HGB,any,0,6575,,,,none', 'HGB,any,0,6575,9,,,none', 2, 'kind', /yet a range/],
  ['ranges.csv', '14.0,18', '14.0,<18', 4, 'high', /not a decimal/],
  ['ranges.csv', 'ABO,any,0,,,,,none,,,,,,S,,no range\n', '', 3, 'code', /no band/],
];

test('each fault is told with file, row and column', () => {
  for (const [file, from, to, row, column, message] of BROKEN) {
    assert.ok(SMALL[file].includes(from), `${file} has no ${from}`);
    const texts = { ...SMALL, [file]: SMALL[file].replace(from, to) };
    assert.throws(
      () => parseSeed(texts),
      (error) => {
        assert.ok(error instanceof SeedError);
        // A band that is missing is told where the analyte stands.
        const expectedFile = column === 'code' && message.source === 'no band' ? 'analytes.csv' : file;
        const told = error.faults.filter((fault) => fault.file === expectedFile && fault.row === row);
        assert.ok(
          told.some((fault) => fault.column === column && message.test(fault.message)),
          `${from} to ${to}: ${error.message}`,
        );
        return true;
      },
    );
  }
});

test('faults of the files that say more of tests and analytes are told too', () => {
  const handling = 'test,report_name,min_volume_ml,stability,timed_draw,after_minutes,consent,source\n';
  const facts = 'analyte,measured_as,reportable_low,reportable_high,source\n';
  const alarms = 'analyte,texts,source,note\n';
  const headers: Partial<Record<SeedFile, string>> = { 'handling.csv': handling, 'critical-texts.csv': alarms };
  const told = (file: SeedFile, row: string): string => {
    try {
      parseSeed({ ...SMALL, [file]: (headers[file] ?? facts) + row });
      return 'none';
    } catch (error) {
      assert.ok(error instanceof SeedError);
      return error.faults.map((fault) => `${fault.row} ${fault.column} ${fault.message}`).join('; ');
    }
  };
  assert.equal(told('handling.csv', 'HB,,0.5,room 24 h|refrigerated 48 h,,,no,S\n'), 'none');
  assert.match(told('handling.csv', 'XX,,,room 24 h,,,no,S\n'), /^2 test XX is not a test$/);
  assert.match(told('handling.csv', 'HB,,,room 24 h|room 2 h,,,no,S\n'), /^2 stability is not of the form/);
  assert.match(told('handling.csv', 'HB,,,shelf 24 h,,,no,S\n'), /^2 stability/);
  assert.match(told('handling.csv', 'HB,,,,fasting,,no,S\n'), /^2 after_minutes must be given/);
  assert.match(told('handling.csv', 'HB,,,,,,no,S\nHB,,,,,,no,S\n'), /^3 test HB stands in row 2/);
  assert.equal(told('critical-texts.csv', 'ABO,O,S,\n'), 'none');
  assert.match(told('critical-texts.csv', 'NONE,O,S,\n'), /^2 analyte NONE is not an analyte$/);
  assert.match(told('critical-texts.csv', 'ABO,O,S,\nABO,A,S,\n'), /^3 analyte ABO stands in row 2/);
  assert.match(told('critical-texts.csv', 'ABO,O|Rh,S,\n'), /^2 texts Rh is no choice/);
  assert.match(told('critical-texts.csv', 'HGB,low,S,\n'), /^2 texts a critical text for a numeric analyte$/);
  assert.match(told('analyte-facts.csv', 'HGB,NONE,,,S\n'), /^2 measured_as NONE is not an analyte$/);
});

test('faults of several files are told together', () => {
  const texts = {
    ...SMALL,
    'analytes.csv': SMALL['analytes.csv'].replace('718-7', '718-1').replace('883-9', '883-1'),
    'tests.csv': SMALL['tests.csv'].replace('8000', 'free'),
    'panels.csv': '"unclosed',
  };
  assert.throws(
    () => parseSeed(texts),
    (error) =>
      error instanceof SeedError &&
      error.faults.map(({ file, row, column }) => `${file}:${row}:${column}`).join() ===
        'analytes.csv:2:loinc,analytes.csv:3:loinc,tests.csv:2:price_paise,panels.csv:1:row',
  );
});
