import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { systemActor } from '#platform/actor.ts';
import { ServiceError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import { startCatalogueLab } from './catalogue.lab.testing.ts';
import { readCatalogue } from './catalogue-store.ts';
import { seedFrom } from './commands/seed-catalogue.ts';
import { getRanges, getTests, listAnalytes, orderTrail, searchCatalogue, seedCatalogue } from './contract.ts';
import type { CatalogueRows } from './domain/catalogue.ts';
import { entriesOf } from './domain/catalogue-entries.ts';
import { readRuleSeed } from './seed/read-rule-seed.ts';
import { parseSeed, readSeed } from './seed/read-seed.ts';
import type { SeedTexts } from './seed/seed-files.ts';
import { starterRows } from './seed/starter-rows.ts';

const entries = (rows: CatalogueRows) =>
  new Map(entriesOf(rows).map(({ kind, code, value }) => [`${kind} ${code}`, value]));

const seedIn = (lab: TestLab, labId: string) =>
  lab.runtime.dispatcher.call(seedCatalogue, {}, lab.runtime.scopeOf(systemActor(labId, 'seed')));

async function seedTexts(): Promise<SeedTexts> {
  const text = (file: string) => readFile(join(import.meta.dirname, 'seed', file), 'utf8');
  return {
    'containers.csv': await text('containers.csv'),
    'analytes.csv': await text('analytes.csv'),
    'tests.csv': await text('tests.csv'),
    'panels.csv': await text('panels.csv'),
    'ranges.csv': await text('ranges.csv'),
  };
}

test('ORD-1 a new lab gets the starter catalogue once, and every record of the files is in it', async (t) => {
  const lab = await startCatalogueLab(t);
  const labId = newId();
  const desk = lab.as('desk', labId);
  assert.equal((await desk.call(searchCatalogue, {})).edges.length, 0);
  assert.deepEqual(await desk.call(listAnalytes, {}), []);

  const starter = await readSeed();
  const counts = { tests: starter.tests.length, panels: starter.panels.length, analytes: starter.analytes.length };
  assert.deepEqual(await seedIn(lab, labId), { ...counts, isNew: true });
  assert.deepEqual(await seedIn(lab, labId), { ...counts, isNew: false });

  // The empty catalogue read before the seed must not linger.
  assert.deepEqual(
    (await desk.call(listAnalytes, {})).map((analyte) => analyte.code),
    starter.analytes.map((analyte) => analyte.code),
  );
  const tests = await desk.call(getTests, { codes: starter.tests.map((each) => each.code) });
  assert.deepEqual(
    tests.map((each) => [
      each.code,
      each.container.code,
      each.pricePaise,
      each.analytes.map((analyte) => analyte.code),
    ]),
    starter.tests.map((each) => [each.code, each.container, each.pricePaise, [...each.analytes]]),
  );
  const bands = await desk.call(getRanges, { analyteCodes: starter.analytes.map((analyte) => analyte.code) });
  assert.equal(bands.length, starter.ranges.length);
  // Each column of each table, rules too.
  const stored = await readCatalogue(lab.runtime.systemCtx('order', labId).db, labId);
  const rows = starterRows(starter, await readRuleSeed());
  assert.deepEqual(entries(stored), entries(rows));
  const [trail] = await lab.runtime.dispatcher.call(
    orderTrail,
    { caseIds: [labId] },
    lab.runtime.scopeOf(systemActor(labId, 'test')),
  );
  assert.deepEqual([trail?.act, trail?.facts], ['order.seed_catalogue', counts]);
});

test('ORD-1 two seeds at once load one catalogue', async (t) => {
  const lab = await startCatalogueLab(t);
  const labId = newId();
  const outcomes = await Promise.all([seedIn(lab, labId), seedIn(lab, labId)]);
  assert.equal(outcomes.filter((each) => each.isNew).length, 1);
  assert.equal(outcomes[0].tests, outcomes[1].tests);
});

test('ORD-2 a set with a gap in its ranges or a panel inside itself is refused whole', async (t) => {
  const lab = await startCatalogueLab(t);
  const labId = newId();
  const texts = await seedTexts();
  const refusedWith = async (changed: Partial<SeedTexts>): Promise<string> => {
    const run = seedFrom(async () => parseSeed({ ...texts, ...changed }));
    const error = await run(lab.runtime.systemCtx('order', labId)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ServiceError);
    assert.equal(error.code, 'order.bad_catalogue');
    return String(error.details['faults']);
  };
  const withoutNewborn = texts['ranges.csv'].split('\n').filter((row) => !row.startsWith('HGB,any,1,4,'));
  assert.match(
    await refusedWith({ 'ranges.csv': withoutNewborn.join('\n') }),
    /ranges\.csv row \d+, age_from_days: gap: HGB/,
  );
  const ring = texts['panels.csv'].replace(/^(BILIRUBIN,[^\n]*),TBIL\|/m, '$1,LFT|TBIL|');
  assert.match(
    await refusedWith({ 'panels.csv': ring }),
    /panels\.csv row \d+, members: Panel (BILIRUBIN|LFT) contains itself/,
  );
  assert.equal((await lab.as('desk', labId).call(searchCatalogue, {})).edges.length, 0);
});

test('ORD-3 lab-day 10: the desk finds tests and panels together, best first, page by page', async (t) => {
  const lab = await startCatalogueLab(t);
  const desk = lab.as('desk');
  const found = await desk.call(searchCatalogue, { text: 'cbc' });
  assert.equal(found.edges[0]?.node.code, 'CBC');
  const bySynonym = await desk.call(searchCatalogue, { text: 'Fasting blood sugar' });
  assert.equal(bySynonym.edges[0]?.node.code, 'GLU_F');
  const panel = (await desk.call(searchCatalogue, { text: 'lft' })).edges[0]?.node;
  assert.equal(panel?.kind, 'panel');
  // LFT names BILIRUBIN and PROTEINS, which are panels: the tests inside them are listed.
  for (const code of ['TBIL', 'DBIL', 'SGPT', 'ALB']) assert.ok(panel?.testCodes.includes(code));
  assert.ok(!panel?.testCodes.includes('BILIRUBIN'));

  const codes: string[] = [];
  let after: string | null = null;
  do {
    const page: { edges: readonly { node: { code: string } }[]; endCursor: string | null; hasNextPage: boolean } =
      await desk.call(searchCatalogue, { first: 100, after });
    codes.push(...page.edges.map((edge) => edge.node.code));
    after = page.hasNextPage ? page.endCursor : null;
  } while (after !== null);
  const starter = await readSeed();
  assert.deepEqual(codes.sort(), [...starter.tests, ...starter.panels].map((each) => each.code).sort());
  await desk.refused(searchCatalogue, { after: 'rubbish' }, 'platform.bad_cursor');
});

test('ORD-4 tests and ranges are read in batches; unknown codes are left out; sexes are spelt in full', async (t) => {
  const lab = await startCatalogueLab(t);
  const technician = lab.as('technician');
  const tests = await technician.call(getTests, { codes: ['CBC', 'NO_SUCH', 'GLU_F', 'CBC'] });
  assert.deepEqual(
    tests.map((each) => [each.code, each.container.capColour, each.isFastingNeeded]),
    [
      ['CBC', 'Lavender', false],
      ['GLU_F', 'Grey', true],
    ],
  );
  const bands = await technician.call(getRanges, { analyteCodes: ['HGB', 'NO_SUCH'] });
  // ranges.csv: HGB,any,1,4,14.5,18.5,,reference,7,24,,,g/dL,OPENMRS,OPENMRS,…
  const newborn = bands.find((band) => band.ageFromDays === 1);
  assert.deepEqual(newborn, {
    analyteCode: 'HGB',
    sex: 'any',
    ageFromDays: 1,
    ageToDays: 4,
    low: '14.5',
    high: '18.5',
    text: null,
    kind: 'reference',
    criticalLow: '7',
    criticalHigh: '24',
    // absurd-limits.csv: HGB,1,28
    absurdLow: '1',
    absurdHigh: '28',
    criticalTexts: [],
    unit: 'g/dL',
    source: 'OPENMRS',
    method: null,
    gestationFromWeeks: null,
    gestationToWeeks: null,
    validFrom: null,
    validTo: null,
  });
  assert.deepEqual(new Set(bands.map((band) => band.sex)), new Set(['any', 'male', 'female']));
});

test('ORD-5 the catalogue of a lab is its own, and only the system seeds it', async (t) => {
  const lab = await startCatalogueLab(t);
  const foreign = lab.as('admin', newId());
  assert.deepEqual(await foreign.call(getTests, { codes: ['CBC'] }), []);
  assert.deepEqual(await foreign.call(getRanges, { analyteCodes: ['HGB'] }), []);
  await foreign.refused(seedCatalogue, {}, 'platform.forbidden');
  await lab.as('nobody').refused(searchCatalogue, {}, 'platform.forbidden');
});

test('ORD-6 a changed catalogue is in force with the next read', async (t) => {
  const lab = await startCatalogueLab(t);
  const desk = lab.as('desk');
  const priceOfCbc = async () => (await desk.call(getTests, { codes: ['CBC'] }))[0]?.pricePaise;
  assert.equal(await priceOfCbc(), 35_000);
  await lab.runtime.databaseOf('order').transaction(lab.labId, {}, async (db) => {
    await db.rows(sql`update lis_order.test set price_paise = 36000 where lab_id = ${lab.labId} and code = 'CBC'`);
    await db.rows(sql`update lis_order.catalogue set version = ${newId()} where lab_id = ${lab.labId}`);
  });
  assert.equal(await priceOfCbc(), 36_000);
});
