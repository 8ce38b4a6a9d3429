import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql } from 'graphql';
import sql from 'sql-template-tag';

import { createManualClock } from '#platform/clock.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import { planReader } from './catalogue.testing.ts';
import { startCatalogueLab } from './catalogue.lab.testing.ts';
import * as changes from './change-store.ts';
import {
  catalogueHistory,
  exportCatalogue,
  getCatalogueState,
  getRanges,
  getTests,
  importCatalogue,
  searchCatalogue,
  SheetName,
} from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import { readCsv, writeCsv, writeXlsx } from './sheets/spreadsheet.ts';

const versionOf = async (lab: TestLab) => (await lab.as('manager').call(getCatalogueState, {})).version;
const importing = async (lab: TestLab, format: 'csv' | 'xlsx', contentBase64: string, sheet?: SheetName) => ({
  format,
  sheet: sheet ?? null,
  contentBase64,
  isDryRun: false,
  expectedVersion: await versionOf(lab),
  reason: 'prices of the new year',
});

test('ORD-8 what is exported is imported as no change, in both formats', async (t) => {
  const lab = await startCatalogueLab(t);
  const manager = lab.as('manager');
  const book = await manager.call(exportCatalogue, { format: 'xlsx' });
  assert.equal(book.fileName, 'catalogue.xlsx');
  const dry = { ...(await importing(lab, 'xlsx', book.contentBase64)), isDryRun: true };
  const outcome = await manager.call(importCatalogue, dry);
  assert.deepEqual([outcome.faults, outcome.changed, outcome.isWritten], [[], [], false]);
  for (const sheet of SheetName.options) {
    const file = await manager.call(exportCatalogue, { format: 'csv', sheet });
    const again = await manager.call(importCatalogue, await importing(lab, 'csv', file.contentBase64, sheet));
    // The starter set has no index rules: a sheet without a row is told, not taken for one.
    const expected = again.rows === 0 ? [{ sheet, row: 1, column: 'row', message: 'no rows under the header' }] : [];
    assert.deepEqual([sheet, again.faults, again.changed], [sheet, expected, []]);
  }
  assert.equal((await manager.call(catalogueHistory, {})).edges.length, 0);
});

test('ORD-8 a dry run names sheet, row and column of every fault and writes nothing; the mended file is written with its reason', async (t) => {
  const lab = await startCatalogueLab(t);
  const manager = lab.as('manager');
  const file = await manager.call(exportCatalogue, { format: 'csv', sheet: 'tests' });
  const cells = readCsv(Buffer.from(file.contentBase64, 'base64'));
  const [header = []] = cells;
  const put = (rows: readonly (readonly string[])[], code: string, column: string, value: string) =>
    rows.map((row) => (row[0] === code ? row.with(header.indexOf(column), value) : row));
  const base64 = (rows: readonly (readonly string[])[]) => writeCsv(rows).toString('base64');
  const rowOf = (code: string) => cells.findIndex((row) => row[0] === code) + 1;

  const broken = put(put(put(cells, 'CBC', 'price_paise', 'free'), 'HGB', 'fasting', ''), 'CREA', 'name', '');
  const told = await manager.call(importCatalogue, await importing(lab, 'csv', base64(broken), 'tests'));
  assert.deepEqual(
    told.faults.map(({ sheet, row, column, message }) => [sheet, row, column, message]),
    [
      ['tests', rowOf('CBC'), 'price_paise', 'is not a number'],
      ['tests', rowOf('HGB'), 'fasting', 'is empty, where yes or no is needed'],
      ['tests', rowOf('CREA'), 'name', 'is empty'],
    ].toSorted((a, b) => Number(a[1]) - Number(b[1])),
  );
  // Readable, yet no sound catalogue: told at the same places.
  const unsound = put(put(cells, 'CREA', 'status', 'retired'), 'CBC', 'analytes', 'HGB|NO_SUCH');
  const weighed = await manager.call(importCatalogue, await importing(lab, 'csv', base64(unsound), 'tests'));
  assert.equal(weighed.isWritten, false);
  const has = (sheet: string, row: number, column: string) =>
    weighed.faults.some((fault) => fault.sheet === sheet && fault.row === row && fault.column === column);
  assert.ok(has('tests', rowOf('CBC'), 'analytes'), JSON.stringify(weighed.faults));
  assert.ok(has('panels', 0, 'members'));

  const priced = put(put(cells, 'CBC', 'price_paise', '36000'), 'CREA', 'status', 'live');
  const input = await importing(lab, 'csv', base64(priced), 'tests');
  const dry = await manager.call(importCatalogue, { ...input, isDryRun: true });
  assert.deepEqual([dry.changed, dry.isWritten], [[{ kind: 'test', code: 'CBC' }], false]);
  const price = async () => (await manager.call(getTests, { codes: ['CBC'] }))[0]?.pricePaise;
  assert.equal(await price(), 35_000);
  const written = await manager.call(importCatalogue, { ...input, id: newId() });
  assert.deepEqual([written.changedCount, written.isWritten, written.rows], [1, true, cells.length - 1]);
  assert.equal(await price(), 36_000);
  const [change] = (await manager.call(catalogueHistory, { entry: { kind: 'test', code: 'CBC' } })).edges;
  assert.deepEqual([change?.node.reason, change?.node.version], ['prices of the new year', written.version]);
  await manager.refused(
    importCatalogue,
    { ...input, contentBase64: base64(put(cells, 'CBC', 'price_paise', '1')) },
    'order.stale_catalogue',
  );
});

test('ORD-8 5,000 tests and their ranges come in by one spreadsheet; retired and draft ones are not found', async (t) => {
  const lab = await startCatalogueLab(t);
  const manager = lab.as('manager');
  const codes = Array.from({ length: 5000 }, (_, n) => `BULK_${n}`);
  const head = async (sheet: SheetName) =>
    readCsv(Buffer.from((await manager.call(exportCatalogue, { format: 'csv', sheet })).contentBase64, 'base64'))[0] ??
    [];
  const row = (header: readonly string[], facts: Readonly<Record<string, string>>) =>
    header.map((name) => facts[name] ?? '');
  const [analytes, tests, ranges] = [await head('analytes'), await head('tests'), await head('ranges')];
  const book = await writeXlsx(
    new Map([
      [
        'analytes',
        [
          analytes,
          ...codes.map((code) =>
            row(analytes, {
              code,
              name: `Bulk ${code}`,
              kind: 'numeric',
              decimals: '1',
              ucum: 'mg/dL',
              unit_display: 'mg/dL',
              retired: 'no',
            }),
          ),
        ],
      ],
      [
        'tests',
        [
          tests,
          ...codes.map((code, n) =>
            row(tests, {
              code,
              name: `Bulk ${code}`,
              short_name: code,
              report_name: code,
              section: 'BIOCHEMISTRY',
              specimen: 'Serum',
              container: 'SST',
              turnaround_minutes: '60',
              urgent_turnaround_minutes: '30',
              price_paise: '100',
              analytes: code,
              fasting: 'no',
              in_scope: 'no',
              consent: 'no',
              status: n === 0 ? 'draft' : n === 1 ? 'retired' : 'live',
            }),
          ),
        ],
      ],
      [
        'ranges',
        [
          ranges,
          ...codes.map((analyte) =>
            row(ranges, {
              analyte,
              sex: 'any',
              age_from_days: '0',
              low: '1',
              high: '2.5',
              kind: 'reference',
              unit: 'mg/dL',
              source: 'ours',
            }),
          ),
        ],
      ],
    ]),
  );
  const startedAt = performance.now();
  const written = await manager.call(importCatalogue, await importing(lab, 'xlsx', book.toString('base64')));
  const importedAt = performance.now();
  assert.deepEqual(written.faults, []);
  assert.deepEqual([written.changedCount, written.isWritten, written.rows], [15_000, true, 15_000]);
  const find = async (text: string) =>
    (await lab.as('desk').call(searchCatalogue, { text })).edges.map(({ node }) => node.code);
  assert.deepEqual(await find('bulk_4999'), ['BULK_4999']);
  assert.deepEqual(
    [await find('BULK_0'), await find('Bulk BULK_1')].map(([first]) => first === 'BULK_0' || first === 'BULK_1'),
    [false, false],
  );
  const searchedFrom = performance.now();
  for (let n = 0; n < 20; n += 1) await find(`bulk ${n}`);
  t.diagnostic(
    `15,000 rows imported in ${Math.round(importedAt - startedAt)} ms; a search among 5,000 takes ${((performance.now() - searchedFrom) / 20).toFixed(1)} ms`,
  );
});

test('lab-day 40: a range changed in a spreadsheet holds from the day told; the earlier one is closed, not lost', async (t) => {
  const lab = await startCatalogueLab(t, { clock: createManualClock('2026-11-25T06:00:00.000Z') });
  const manager = lab.as('manager');
  const file = await manager.call(exportCatalogue, { format: 'csv', sheet: 'ranges' });
  const cells = readCsv(Buffer.from(file.contentBase64, 'base64'));
  const [header = []] = cells;
  const low = header.indexOf('low');
  const changed = cells.map((row) => (row[0] === 'NA' && row[low] !== '' ? row.with(low, '134') : row));
  const input = await importing(lab, 'csv', writeCsv(changed).toString('base64'), 'ranges');
  const outcome = await manager.call(importCatalogue, { ...input, rangesFrom: '2027-04-01' });
  assert.deepEqual([outcome.faults, outcome.changed], [[], [{ kind: 'bands', code: 'NA' }]]);
  const bands = await manager.call(getRanges, { analyteCodes: ['NA'] });
  const dated = (isOld: boolean) =>
    bands.filter((band) => (band.validTo === '2027-04-01') === isOld).filter((band) => band.low !== null);
  assert.ok(dated(true).length > 0 && dated(true).every((band) => band.low !== '134' && band.validFrom === null));
  assert.ok(dated(false).every((band) => band.low === '134' && band.validFrom === '2027-04-01'));
  // The file of before, to hold from a day that is past: only what differs is told.
  const past = { ...(await importing(lab, 'csv', file.contentBase64, 'ranges')), rangesFrom: '2026-11-24' };
  const refused = await manager.call(importCatalogue, past);
  assert.deepEqual(
    refused.faults.map(({ sheet, column }) => [sheet, column]),
    [['ranges', 'valid_from']],
  );
  assert.equal(refused.faults[0]?.row, cells.findIndex((row) => row[0] === 'NA') + 1);
});

test('ORD-8 what is no spreadsheet is refused, and only the manager imports', async (t) => {
  const lab = await startCatalogueLab(t);
  const manager = lab.as('manager');
  const rubbish = Buffer.from('no book').toString('base64');
  await manager.refused(importCatalogue, await importing(lab, 'xlsx', rubbish), 'order.bad_spreadsheet');
  await manager.refused(importCatalogue, await importing(lab, 'csv', rubbish), 'order.bad_spreadsheet');
  await manager.refused(exportCatalogue, { format: 'csv' }, 'order.bad_spreadsheet');
  await manager.refused(
    importCatalogue,
    await importing(lab, 'csv', 'A'.repeat(16_000_004), 'tests'),
    'platform.invalid_input',
  );
  await lab.as('desk').refused(importCatalogue, await importing(lab, 'csv', rubbish, 'tests'), 'platform.forbidden');
  await lab.as('nobody').refused(exportCatalogue, { format: 'xlsx' }, 'platform.forbidden');
});

test('ORD-9 by GraphQL: change, publish, check, history, export, import', async (t) => {
  const lab = await startCatalogueLab(t);
  const schema = buildSchema([graphqlModule]);
  const ask = async (
    source: string,
    variableValues: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, never>>> => {
    const answer = await graphql({
      schema,
      source,
      variableValues,
      contextValue: createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(lab.as('manager').actor)),
    });
    assert.deepEqual(answer.errors, undefined);
    return JSON.parse(JSON.stringify(answer.data));
  };
  const state = async (): Promise<Readonly<Record<string, unknown>>> =>
    (await ask('{ catalogueState { version drafts } }'))['catalogueState'] ?? {};
  const input = {
    expectedVersion: (await state())['version'],
    reason: 'asked for',
    analytes: [
      {
        code: 'ZN_U',
        name: 'Zinc',
        ucum: 'ug/L',
        unitDisplay: 'µg/L',
        kind: 'numeric',
        decimals: 0,
        choices: [],
        aliases: [],
        formula: null,
      },
    ],
    tests: [
      {
        code: 'ZN_U',
        name: 'Zinc',
        shortName: 'Zn',
        reportName: 'Zinc',
        synonyms: [],
        section: 'BIOCHEMISTRY',
        specimen: 'Urine (spot)',
        containerCode: 'URINE',
        turnaroundMinutes: 60,
        urgentTurnaroundMinutes: 60,
        pricePaise: 1,
        isFastingNeeded: false,
        analyteCodes: ['ZN_U'],
        timedDraw: { name: 'morning', afterMinutes: 0 },
      },
    ],
    bands: [
      { analyteCode: 'ZN_U', bands: [{ sex: 'any', ageFromDays: 0, kind: 'none', unit: 'ug/L', source: 'NONE' }] },
    ],
  };
  const changed = await ask(
    'mutation ($input: ChangeCatalogueInput!) { changeCatalogue(input: $input) { version changedCount } }',
    { input },
  );
  assert.deepEqual(changed['changeCatalogue']?.['changedCount'], 3);
  const published = await ask(
    'mutation ($input: PublishTestInput!) { publishTest(input: $input) { changed { kind code } } }',
    {
      input: { code: 'ZN_U', expectedVersion: (await state())['version'], reason: 'validated' },
    },
  );
  assert.deepEqual(published['publishTest'], { changed: [{ kind: 'test', code: 'ZN_U' }] });
  const read = await ask(`{
    catalogueCheck { errors faults { entity code } }
    catalogueHistory(first: 1, entry: { kind: test, code: "ZN_U" }) { nodes { kind code before after reason by at } }
    catalogueExport(format: csv, sheet: reflex) { fileName contentType }
    tests(codes: ["ZN_U"]) { reportName timedDraw { name } stability { hours } needsConsent analytes { measuredAs } }
    ranges(analyteCodes: ["ZN_U"]) { validFrom method }
    analyteRules(analyteCodes: ["ZN_U"])
  }`);
  assert.equal(read['catalogueCheck']?.['errors'], 0);
  assert.deepEqual(read['tests'], [
    {
      reportName: 'Zinc',
      timedDraw: { name: 'morning' },
      stability: [],
      needsConsent: false,
      analytes: [{ measuredAs: null }],
    },
  ]);
  const file = await ask('{ catalogueExport(format: csv, sheet: tests) { contentBase64 } }');
  const imported = await ask(
    'mutation ($input: ImportCatalogueInput!) { importCatalogue(input: $input) { isWritten changedCount faults { row } } }',
    {
      input: {
        format: 'csv',
        sheet: 'tests',
        contentBase64: file['catalogueExport']?.['contentBase64'],
        isDryRun: true,
        expectedVersion: (await state())['version'],
        reason: 'a look',
      },
    },
  );
  assert.deepEqual(imported['importCatalogue'], { isWritten: false, changedCount: 0, faults: [] });
});

test('ORD-7 the history is read from its indexes', async (t) => {
  const lab = await startCatalogueLab(t);
  const plans = await lab.runtime.databaseOf('order').transaction(lab.labId, {}, async (db) => {
    await db.rows(sql`
      insert into lis_order.catalogue_change (lab_id, version, kind, code, after, reason, at, by)
      select ${lab.labId}::uuid, gen_random_uuid(), 'test', 'T' || (n % 500), '{}', 'filling', now(), 'test'
      from generate_series(1, 6000) as n`);
    await db.rows(sql`set local enable_seqscan = off`);
    const reader = planReader(db);
    await changes.listHistory(reader.db, lab.labId, null, 9_000_000, 21);
    await changes.listHistory(reader.db, lab.labId, { kind: 'test', code: 'T7' }, 9_000_000, 21);
    await changes.entriesOfVersion(reader.db, lab.labId, newId(), 10);
    return reader.plans;
  });
  for (const plan of plans) assert.doesNotMatch(plan, /Seq Scan/);
  assert.match(plans[1] ?? '', /catalogue_change_of_entry/);
  assert.match(plans[2] ?? '', /catalogue_change_of_version/);
});
