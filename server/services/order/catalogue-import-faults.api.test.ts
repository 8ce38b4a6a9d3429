import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createManualClock } from '#platform/clock.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import { startCatalogueLab, versionOf } from './catalogue.lab.testing.ts';
import { exportCatalogue, importCatalogue } from './contract.ts';
import type { SheetName } from './contract.ts';
import { readCsv, writeCsv, writeXlsx } from './sheets/spreadsheet.ts';
import type { Cells } from './sheets/spreadsheet.ts';

const importing = async (lab: TestLab, format: 'csv' | 'xlsx', contentBase64: string, sheet?: SheetName) => ({
  format,
  sheet: sheet ?? null,
  contentBase64,
  isDryRun: false,
  expectedVersion: await versionOf(lab),
  reason: 'prices of the new year',
});

test('ORD-8 a cell that cannot be read hides no fault of another row, and makes none up', async (t) => {
  const lab = await startCatalogueLab(t);
  const manager = lab.as('manager');
  const sheetOf = async (sheet: SheetName) =>
    readCsv(Buffer.from((await manager.call(exportCatalogue, { format: 'csv', sheet })).contentBase64, 'base64'));
  const put = (rows: Cells, code: string, column: string, value: string) =>
    rows.map((row) => (row[0] === code ? row.with(rows[0]?.indexOf(column) ?? 0, value) : row));
  const told = async (sheets: readonly (readonly [SheetName, Cells])[]) => {
    const book = await writeXlsx(new Map(sheets));
    const { faults, isWritten } = await manager.call(
      importCatalogue,
      await importing(lab, 'xlsx', book.toString('base64')),
    );
    assert.equal(isWritten, false);
    return faults.map(({ sheet, column, message }) => `${sheet} ${column} ${message}`);
  };
  const [analytes, tests, ranges] = [await sheetOf('analytes'), await sheetOf('tests'), await sheetOf('ranges')];
  // A new analyte cannot be read, and the test that reports it is not blamed for that.
  const iron = (analytes.find(([code]) => code === 'HGB') ?? []).with(0, 'NEW_FE');
  const faults = await told([
    ['analytes', put([...analytes, iron], 'NEW_FE', 'decimals', 'two')],
    ['tests', put(put(tests, 'CREA', 'analytes', 'NEW_FE'), 'CBC', 'analytes', 'HGB|NO_SUCH')],
    // One limit of sodium cannot be read: its other ranges alone would leave gaps.
    ['ranges', put(put(ranges, 'NA', 'low', '<5'), 'K', 'unit', 'g')],
  ]);
  const about = (text: string) => faults.filter((fault) => fault.includes(text));
  assert.ok(about('analytes decimals is not a').length === 1, JSON.stringify(faults));
  assert.ok(about('tests analytes CBC: NO_SUCH is no analyte').length === 1, JSON.stringify(faults));
  assert.ok(about('ranges unit K:').length > 0 && about('ranges low').length > 0, JSON.stringify(faults));
  assert.deepEqual([about(': NEW_FE is no'), about('NA: no range')], [[], []]);
});

test('ORD-8 a file without rows is told so', async (t) => {
  const lab = await startCatalogueLab(t);
  const manager = lab.as('manager');
  const header = (await manager.call(exportCatalogue, { format: 'csv', sheet: 'containers' })).contentBase64;
  const first = `${Buffer.from(header, 'base64').toString().split('\r\n')[0] ?? ''}\r\n`;
  for (const text of ['', first, `${first} ,\r\n`]) {
    const input = await importing(lab, 'csv', Buffer.from(text).toString('base64'), 'containers');
    const { faults, isWritten } = await manager.call(importCatalogue, input);
    assert.deepEqual(
      [isWritten, faults],
      [false, [{ sheet: 'containers', row: 1, column: 'row', message: 'no rows under the header' }]],
    );
  }
});

test('lab-day 40: ranges of a later day in a file that does not say from when ask for rangesFrom, not for a gap to be filled', async (t) => {
  const lab = await startCatalogueLab(t, { clock: createManualClock('2026-11-25T06:00:00.000Z') });
  const manager = lab.as('manager');
  const file = await manager.call(exportCatalogue, { format: 'csv', sheet: 'ranges' });
  const cells = readCsv(Buffer.from(file.contentBase64, 'base64'));
  const [header = []] = cells;
  const later = cells.map((row) =>
    row[0] === 'NA' && row[header.indexOf('low')] !== ''
      ? row.with(header.indexOf('low'), '134').with(header.indexOf('valid_from'), '2027-04-01')
      : row,
  );
  const input = await importing(lab, 'csv', writeCsv(later).toString('base64'), 'ranges');
  const { faults } = await manager.call(importCatalogue, input);
  assert.deepEqual(
    faults.map(({ column, message }) => [column, message]),
    [['valid_from', 'NA: give rangesFrom, the day from which the file holds: a range begins on 2027-04-01']],
  );
  assert.deepEqual((await manager.call(importCatalogue, { ...input, rangesFrom: '2027-04-01' })).faults, []);
});
