import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';

import * as fc from 'fast-check';

import { analyte, testRow } from '../catalogue.testing.ts';
import { applyChanges } from '../domain/catalogue-changes.ts';
import type { BandRow, CatalogueRows } from '../domain/catalogue.ts';
import { changesBetween } from '../domain/catalogue-entries.ts';
import { readRuleSeed } from '../seed/read-rule-seed.ts';
import { readSeed } from '../seed/read-seed.ts';
import { starterRows } from '../seed/starter-rows.ts';
import { unzip, zip, ZipError } from './clean-zip.ts';
import { sheetsOf } from './export-rows.ts';
import { readSheets } from './import-rows.ts';
import { readCsv, readXlsx, SpreadsheetError, writeCsv, writeXlsx } from './spreadsheet.ts';
import type { Sheets } from './spreadsheet.ts';

const starter = starterRows(await readSeed(), await readRuleSeed());
const TODAY = '2026-11-25';

/** What an import of the sheets would change of these rows. */
function differences(rows: CatalogueRows, sheets: Sheets): readonly string[] {
  const { changes, statuses, faults } = readSheets(sheets, null);
  assert.deepEqual(faults, []);
  const applied = applyChanges(rows, changes, TODAY, statuses);
  assert.deepEqual(applied.faults, []);
  return changesBetween(rows, applied.rows).map(({ kind, code }) => `${kind} ${code}`);
}

const throughCsv = (sheets: Sheets): Sheets =>
  new Map([...sheets].map(([name, cells]) => [name, readCsv(writeCsv(cells))]));

test('lab-day 73: the starter catalogue written out and read in again is no change, as CSV and as XLSX', async () => {
  const sheets = sheetsOf(starter);
  assert.equal(sheets.get('tests')?.length, starter.tests.length + 1);
  assert.deepEqual(differences(starter, throughCsv(sheets)), []);
  assert.deepEqual(differences(starter, await readXlsx(await writeXlsx(sheets))), []);
});

const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => text === text.trim() && text !== '' && !/[|\p{C}\p{Z}]/u.test(text));
const awkward = fc.oneof(
  word,
  fc.constantFrom(
    '=1+1',
    '+91',
    '-5',
    '@x',
    "'=1",
    "''",
    'a "b", c',
    '_x0041_',
    'constructor',
    '__proto__',
    '1.50',
    'yes',
  ),
);
const decimal = fc
  .tuple(fc.integer({ min: -999, max: 999 }), fc.constantFrom('', '.0', '.50', '.125'))
  .map(([whole, rest]) => `${whole}${rest}`);
const day = fc.integer({ min: 0, max: 2000 }).map((n) => new Date(Date.UTC(2027, 0, 1 + n)).toISOString().slice(0, 10));

const rowsOf = fc
  .record({
    name: awkward,
    aliases: fc.uniqueArray(awkward, { maxLength: 3 }),
    formula: fc.option(awkward, { nil: null }),
    low: fc.option(decimal, { nil: null }),
    method: fc.option(awkward, { nil: null }),
    validTo: fc.option(day, { nil: null }),
    hours: fc.integer({ min: 1, max: 99_999 }),
    minVolumeMl: fc.option(fc.constantFrom(0.1, 2.5, 10), { nil: null }),
    timedDraw: fc.option(fc.record({ name: awkward, afterMinutes: fc.integer({ min: 0, max: 600 }) }), { nil: null }),
    status: fc.constantFrom('draft' as const, 'live' as const, 'retired' as const),
    text: awkward,
  })
  .map(
    ({ name, aliases, formula, low, method, validTo, hours, minVolumeMl, timedDraw, status, text }): CatalogueRows => {
      const container = {
        code: 'C',
        name,
        capColour: text,
        additive: name,
        volumeMl: minVolumeMl,
        orderOfDraw: 5,
        isRetired: status === 'retired',
      };
      const band: BandRow = {
        analyteCode: 'A',
        sex: 'any',
        ageFromDays: 0,
        ageToDays: null,
        low,
        high: null,
        text,
        kind: 'decision',
        criticalLow: null,
        criticalHigh: low,
        absurdLow: null,
        absurdHigh: null,
        criticalTexts: aliases,
        unit: 'mg/dL',
        source: name,
        criticalSource: text,
        note: null,
        method,
        gestationFromWeeks: null,
        gestationToWeeks: 20,
        validFrom: null,
        validTo,
      };
      return {
        containers: [container],
        analytes: [
          analyte('A', {
            name,
            aliases,
            formula,
            kind: 'numeric',
            decimals: 2,
            ucum: 'mg/dL',
            unitDisplay: text,
            molarMass: '180.16',
          }),
        ],
        tests: [
          testRow('T', {
            name,
            synonyms: aliases,
            containerCode: 'C',
            method,
            stability: [{ storage: 'frozen', hours }],
            minVolumeMl,
            timedDraw,
            status,
            needsConsent: true,
          }),
        ],
        testAnalytes: [{ testCode: 'T', analyteCode: 'A' }],
        panels: [{ code: 'P', name, synonyms: aliases, loinc: '24331-1', pricePaise: hours, status }],
        panelMembers: [{ panelCode: 'P', memberCode: 'T' }],
        bands: [band, { ...band, sex: 'female', validFrom: '2024-02-29', validTo: '2025-01-01' }],
        deltas: [
          {
            analyteCode: 'A',
            mode: 'percent',
            limit: '12.50',
            direction: 'fall',
            lookBackDays: (hours % 300) + 1,
            isMixUpMarker: status === 'live',
            source: name,
          },
        ],
        indexRules: [
          { analyteCode: 'A', index: 'I', limit: '2.0', effect: 'unknown', action: 'suppress', comment: text },
        ],
        interpretations: [{ analyteCode: 'A', position: 3, when: text, text: name }],
        consistency: [{ code: 'R', message: name, contradiction: text, inputs: ['A'], holds: ['A'] }],
        reflex: [{ code: 'X', name, when: text, inputs: ['A'], addTestCode: 'T', billing: 'free' }],
      };
    },
  );

test('property: whatever stands in a catalogue, export then import is no change, and no CSV cell begins a formula', () => {
  fc.assert(
    fc.property(rowsOf, (rows) => {
      const sheets = sheetsOf(rows);
      for (const cells of sheets.values()) {
        const raw = writeCsv(cells).toString();
        for (const cell of raw.split(/[,\r\n]+/)) assert.doesNotMatch(cell, /^"?[=+\-@]/);
      }
      assert.deepEqual(differences(rows, throughCsv(sheets)), []);
    }),
  );
});

test('property: the same through XLSX', async () => {
  await fc.assert(
    fc.asyncProperty(rowsOf, async (rows) => {
      assert.deepEqual(differences(rows, await readXlsx(await writeXlsx(sheetsOf(rows)))), []);
    }),
    { numRuns: 25 },
  );
});

const changed = (sheet: string, row: number, column: string, value: string): Sheets => {
  const sheets = sheetsOf(starter);
  const cells = sheets.get(sheet) ?? [];
  const at = cells[0]?.indexOf(column) ?? -1;
  assert.notEqual(at, -1, column);
  return new Map([[sheet, cells.map((one, n) => (n === row - 1 ? one.with(at, value) : one))]]);
};

test('each fault is told with sheet, row and column, all at once', () => {
  for (const [sheet, row, column, value, message] of [
    ['tests', 2, 'price_paise', '35,000', /not a number/],
    ['tests', 3, 'turnaround_minutes', '0', /less than 1/],
    ['tests', 4, 'fasting', 'perhaps', /not yes or no/],
    ['tests', 5, 'stability', 'on the shelf', /room 24 h/],
    ['tests', 5, 'stability', 'shelf 5 h', /incomplete|none of/],
    ['tests', 6, 'name', '', /is empty/],
    ['tests', 7, 'timed_draw', 'fasting', /incomplete/],
    ['tests', 8, 'status', 'sleeping', /none of draft, live, retired/],
    ['tests', 9, 'code', 'CBC', /stands in row 2 already/],
    ['analytes', 2, 'kind', 'digital', /none of numeric/],
    ['analytes', 3, 'choices', 'A||B', /empty item/],
    ['analytes', 4, 'code', 'hgb low', /code of A-Z/],
    ['ranges', 2, 'low', '<5', /decimal/],
    ['ranges', 3, 'valid_from', '01/04/2026', /./],
    ['panels', 2, 'members', '', /is empty/],
  ] as const) {
    const { faults } = readSheets(changed(sheet, row, column, value), null);
    const told = faults.filter((fault) => fault.sheet === sheet && fault.row === row);
    assert.ok(
      told.some((fault) => fault.column === column && message.test(fault.message)),
      `${sheet} ${row} ${column} ${value}: ${JSON.stringify(faults.slice(0, 3))}`,
    );
  }
  const sheets = sheetsOf(starter);
  const [header = [], ...body] = sheets.get('tests') ?? [];
  const wrong = [header.with(1, 'nmae').toSpliced(3, 1), ...body];
  assert.deepEqual(
    readSheets(
      new Map([
        ['tests', wrong],
        ['prices', []],
      ]),
      null,
    ).faults.map(({ sheet, row, column }) => `${sheet} ${row} ${column}`),
    ['prices 1 sheet', 'tests 1 name', 'tests 1 report_name', 'tests 1 nmae'],
  );
});

test('columns may stand in any order, blank rows between are skipped, numbers and dates of a spreadsheet are read', () => {
  const [header = [], ...body] = sheetsOf(starter).get('containers') ?? [];
  const turned = [header.toReversed(), [], ...body.map((row) => row.toReversed())];
  assert.deepEqual(differences(starter, new Map([['containers', turned]])), []);
});

test('lab-day 73: 5,000 tests with their ranges are read, tested and compared', () => {
  const many = Array.from({ length: 5000 }, (_, n) => `N${n}`);
  const rows: CatalogueRows = {
    ...starter,
    analytes: [
      ...starter.analytes,
      ...many.map((code) => analyte(code, { kind: 'numeric', decimals: 1, ucum: 'mg/dL', unitDisplay: 'mg/dL' })),
    ],
    tests: [...starter.tests, ...many.map((code) => testRow(code))],
    testAnalytes: [...starter.testAnalytes, ...many.map((code) => ({ testCode: code, analyteCode: code }))],
    bands: [
      ...starter.bands,
      ...starter.bands
        .filter(({ analyteCode }) => analyteCode === 'CREA')
        .slice(0, 1)
        .flatMap((band) => many.map((analyteCode) => ({ ...band, analyteCode }))),
    ],
  };
  assert.deepEqual(differences(rows, throughCsv(sheetsOf(rows))), []);
});

test('a file that is no spreadsheet, is damaged or unfolds too far is refused', async () => {
  await assert.rejects(readXlsx(Buffer.from('PK nothing')), SpreadsheetError);
  await assert.rejects(readXlsx(Buffer.alloc(0)), SpreadsheetError);
  assert.throws(() => readCsv(Buffer.from([0xff, 0xfe, 0x41])), SpreadsheetError);
  assert.throws(() => readCsv(Buffer.from('a,"b')), SpreadsheetError);
  // Cells may be people: no refusal repeats what stands in one.
  for (const text of ['a,"Asha Patil', 'a\nAsha "Patil" x,1', 'a\n"Asha"Patil,1', '"Asha Patil"9876543210,2']) {
    assert.throws(
      () => readCsv(Buffer.from(text)),
      (error) =>
        error instanceof SpreadsheetError && /^row \d+: /.test(error.message) && !/Asha|Patil|9876/.test(error.message),
      text,
    );
  }
  assert.throws(() => readCsv(Buffer.from(`a\n${'b\n'.repeat(50_002)}`)), /more than 50000 rows/);
  assert.throws(() => readCsv(Buffer.from('a,'.repeat(80))), /more than 60 columns/);

  const good = await writeXlsx(new Map([['tests', [['code'], ['A']]]]));
  const files = unzip(good, 10_000_000);
  // One cell far out makes the reader lay out the whole sheet.
  const far = files.map(({ name, content }) => ({
    name,
    content: /worksheets\/[^/]+\.xml$/.test(name)
      ? Buffer.from(content.toString().replaceAll('"A2"', '"XFD1048576"'))
      : content,
  }));
  await assert.rejects(readXlsx(zip(far)), /more than 50000 rows/);
  // A bomb: 200 MB of zeros in 200 kB.
  assert.throws(() => unzip(deflated('bomb.xml', Buffer.alloc(200_000_000)), 120_000_000), /more than is allowed/);
  assert.throws(() => unzip(good.subarray(0, good.length - 30), 10_000_000), ZipError);
  assert.throws(() => unzip(zip([...files, ...files]), 10_000_000), /twice/);
});

/** A zip of one file whose sizes lie: 1 byte is claimed. */
function deflated(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const stored = zip([{ name, content: packed }]);
  const directory = stored.length - 22 - 46 - name.length;
  stored.writeUInt16LE(8, 8);
  stored.writeUInt16LE(8, directory + 10);
  stored.writeUInt32LE(1, 22);
  stored.writeUInt32LE(1, directory + 24);
  return stored;
}

test('property: what is zipped is unzipped the same; cut or changed bytes give an error or the files, never a hang', () => {
  const files = fc
    .uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,8}\.xml$/),
        content: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      }),
      { selector: ({ name }) => name, maxLength: 5 },
    )
    .map((all) => all.map(({ name, content }) => ({ name, content })));
  fc.assert(
    fc.property(files, fc.nat(), fc.integer({ min: 0, max: 255 }), (all, at, byte) => {
      const packed = zip(all);
      assert.deepEqual(unzip(packed, 10_000), all);
      const broken = Buffer.from(packed);
      broken[at % broken.length] = byte;
      try {
        unzip(broken, 10_000);
      } catch (error) {
        assert.ok(error instanceof ZipError);
      }
    }),
  );
});
