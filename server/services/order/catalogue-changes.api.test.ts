import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import { change, startCatalogueLab, versionOf, zinc, zincTest } from './catalogue.lab.testing.ts';
import type { Changes } from './catalogue.lab.testing.ts';
import {
  catalogueHistory,
  changeCatalogue,
  checkCatalogue,
  getCatalogueState,
  getRanges,
  getTests,
  listAnalytes,
  orderTrail,
  placeOrder,
  publishTest,
  searchCatalogue,
} from './contract.ts';

const refused = async (lab: TestLab, changes: Changes) => {
  const error = await lab
    .as('manager')
    .refused(
      changeCatalogue,
      { ...changes, expectedVersion: await versionOf(lab), reason: 'a try' },
      'order.catalogue_refused',
    );
  return error.message;
};

const plainBand = {
  sex: 'any',
  ageFromDays: 0,
  ageToDays: null,
  low: '150',
  high: '1200',
  kind: 'reference',
  unit: 'ug/L',
  source: 'our own study',
} as const;

test('lab-day 73: a new test begins as a draft the desk cannot find, goes live after the self-test, and all of it is in the history', async (t) => {
  const lab = await startCatalogueLab(t);
  const desk = lab.as('desk');
  await change(lab, { analytes: [zinc], tests: [zincTest] }, 'asked for by nephrology');
  const find = async () =>
    (await desk.call(searchCatalogue, { text: 'zinc, urine' })).edges.map(({ node }) => node.code);
  assert.deepEqual(await find(), []);
  await desk.refused(placeOrder, { patientId: newId(), items: ['ZN_U'] }, 'order.unknown_item');
  assert.deepEqual((await lab.as('manager').call(getCatalogueState, {})).drafts, ['ZN_U']);

  const about = await lab.as('manager').call(checkCatalogue, { code: 'ZN_U' });
  assert.deepEqual(
    about.faults.map(({ severity, entity, code, field }) => [severity, entity, code, field]),
    [
      ['warning', 'analyte', 'ZN_U', 'aliases'],
      ['warning', 'bands', 'ZN_U', 'ageFromDays'],
    ],
  );
  const publish = async () => ({ code: 'ZN_U', expectedVersion: await versionOf(lab), reason: 'validated' });
  const error = await lab.as('manager').refused(publishTest, await publish(), 'order.catalogue_refused');
  assert.match(error.message, /bands ZN_U, ageFromDays: no range/);

  await change(lab, { bands: [{ analyteCode: 'ZN_U', bands: [plainBand] }] });
  const published = await lab.as('manager').call(publishTest, await publish());
  assert.deepEqual(published.changed, [{ kind: 'test', code: 'ZN_U' }]);
  assert.deepEqual(await find(), ['ZN_U']);

  const history = await lab.as('manager').call(catalogueHistory, { entry: { kind: 'test', code: 'ZN_U' } });
  const [went, came] = history.edges.map(({ node }) => node);
  assert.deepEqual([came?.before, came?.reason, came?.by], [null, 'asked for by nephrology', 'manager']);
  assert.deepEqual(
    [went?.before, went?.after].map((entry) =>
      typeof entry === 'object' && entry !== null && 'status' in entry ? entry.status : entry,
    ),
    ['draft', 'live'],
  );
  const trail = await lab.system.call(orderTrail, { caseIds: [lab.labId] });
  assert.deepEqual(
    trail.map(({ act }) => act),
    ['order.seed_catalogue', 'order.change_catalogue', 'order.change_catalogue', 'order.publish_test'],
  );
});

test('lab-day 40: a changed range is dated: last year finds last year’s, from its day on the new one', async (t) => {
  const lab = await startCatalogueLab(t, { clock: createManualClock('2026-11-25T06:00:00.000Z') });
  const band = (low: string, high: string) => ({ ...plainBand, low, high, unit: 'mmol/L' });
  const { rules } = { rules: async () => await lab.as('technician').call(getRanges, { analyteCodes: ['K'] }) };
  const before = await rules();
  assert.ok(before.every(({ validFrom, validTo }) => validFrom === null && validTo === null));

  await change(lab, { bands: [{ analyteCode: 'K', from: '2027-01-01', bands: [band('3.4', '5.2')] }] });
  const after = await rules();
  assert.deepEqual(
    after.filter(({ validTo }) => validTo !== null),
    before.map((one) => ({ ...one, validTo: '2027-01-01' })),
  );
  const [begun, ...more] = after.filter(({ validTo }) => validTo === null);
  assert.deepEqual([begun?.low, begun?.high, begun?.validFrom, more], ['3.4', '5.2', '2027-01-01', []]);

  // The same set again is no change; a range of the past cannot be rewritten.
  const version = await versionOf(lab);
  await change(lab, { bands: [{ analyteCode: 'K', from: '2027-01-01', bands: [band('3.4', '5.2')] }] });
  assert.equal(await versionOf(lab), version);
  assert.match(
    await refused(lab, { bands: [{ analyteCode: 'K', from: '2026-11-24', bands: [band('3.3', '5')] }] }),
    /bands K, validFrom: a changed range cannot begin before today/,
  );
});

test('ORD-7 what would break the catalogue is refused whole, each fault with entry and field', async (t) => {
  const lab = await startCatalogueLab(t);
  const version = await versionOf(lab);
  const [tsh] = (await lab.as('manager').call(listAnalytes, {})).filter(({ code }) => code === 'TSH');
  assert.ok(tsh);
  const message = await refused(lab, {
    analytes: [
      { ...tsh, aliases: [...tsh.aliases, 'HGBN'] },
      { ...zinc, code: 'CYCLE', formula: 'CYCLE + NO_SUCH', aliases: [] },
    ],
    bands: [{ analyteCode: 'HGB', bands: [{ ...plainBand, unit: 'g/L', low: '130', high: '170', ageFromDays: 1 }] }],
    retire: [
      { kind: 'test', code: 'CREA' },
      { kind: 'test', code: 'NOT_THERE' },
    ],
    tests: [{ ...zincTest, containerCode: 'BUCKET', analyteCodes: [] }],
  });
  for (const part of [
    /test NOT_THERE, code: is not in the catalogue/,
    /analyte HGB, aliases: HGBN leads to two analytes/,
    /test ZN_U, containerCode: BUCKET/,
  ]) {
    assert.match(message, part);
  }
  assert.equal(await versionOf(lab), version);

  const gap = await refused(lab, {
    bands: [{ analyteCode: 'HGB', bands: [{ ...plainBand, unit: 'g/dL', low: '13', high: '17', ageFromDays: 1 }] }],
  });
  assert.match(gap, /bands HGB, ageFromDays: no range: male, day 0 to 1 of life/);
  const unit = await refused(lab, { bands: [{ analyteCode: 'HGB', bands: [{ ...plainBand, unit: 'mmol/L' }] }] });
  assert.match(unit, /bands HGB, unit: is not of the analyte's unit g\/dL/);
  const panel = await refused(lab, { retire: [{ kind: 'test', code: 'CREA' }] });
  assert.match(panel, /panel KFT, memberCodes: CREA is retired/);
});

test('ORD-7 a stale version is told, the same change sent twice is made once, of two at once one wins', async (t) => {
  const lab = await startCatalogueLab(t);
  const manager = lab.as('manager');
  const expectedVersion = await versionOf(lab);
  const input = {
    id: newId(),
    expectedVersion,
    reason: 'new jar',
    containers: [{ code: 'JAR', name: 'Jar', capColour: 'White', additive: 'None', volumeMl: 50, orderOfDraw: 90 }],
  };
  const first = await manager.call(changeCatalogue, input);
  assert.equal(first.version, input.id);
  assert.deepEqual(await manager.call(changeCatalogue, input), first);
  assert.equal((await manager.call(catalogueHistory, {})).edges.length, 1);

  const jar = (name: string) => ({
    ...input,
    id: newId(),
    expectedVersion: first.version,
    containers: [
      {
        ...input.containers[0],
        code: 'JAR',
        name,
        capColour: 'White',
        additive: 'None',
        volumeMl: 50,
        orderOfDraw: 90,
      },
    ],
  });
  const two = await Promise.allSettled([jar('One'), jar('Two')].map((each) => manager.call(changeCatalogue, each)));
  assert.deepEqual(two.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await manager.refused(changeCatalogue, jar('Three'), 'order.stale_catalogue');
});

test('ORD-7 only who may manage the catalogue changes it; another lab has its own history', async (t) => {
  const lab = await startCatalogueLab(t);
  const input = { expectedVersion: await versionOf(lab), reason: 'a try', retire: [] };
  for (const role of ['desk', 'technician', 'phlebotomist', 'nobody']) {
    await lab.as(role).refused(changeCatalogue, input, 'platform.forbidden');
  }
  await change(lab, { tests: [zincTest], analytes: [zinc] });
  const other = lab.as('manager', newId());
  assert.deepEqual((await other.call(catalogueHistory, {})).edges, []);
  assert.deepEqual(await other.call(getCatalogueState, {}), {
    version: null,
    changedAt: null,
    tests: 0,
    panels: 0,
    analytes: 0,
    drafts: [],
  });
  await other.refused(changeCatalogue, { ...input, retire: [] }, 'order.stale_catalogue');
  await other.refused(checkCatalogue, { code: 'CBC' }, 'order.unknown_entry');
  await lab
    .as('manager')
    .refused(
      publishTest,
      { code: 'NO_SUCH', expectedVersion: await versionOf(lab), reason: 'x' },
      'order.unknown_entry',
    );
  // A lab without one may begin its own.
  const begun = await other.call(changeCatalogue, {
    expectedVersion: null,
    reason: 'we begin',
    containers: [
      { code: 'URINE', name: 'Urine container', capColour: 'White', additive: 'None', volumeMl: 30, orderOfDraw: 90 },
    ],
    analytes: [zinc],
    tests: [zincTest],
  });
  assert.equal(begun.changedCount, 3);
  // From then on the version seen has to be named, and who forgets it is told so.
  const forgotten = { expectedVersion: null, reason: 'we go on', analytes: [{ ...zinc, name: 'Zinc' }] };
  const refusal = await other.refused(changeCatalogue, forgotten, 'order.version_needed');
  assert.match(refusal.message, /field expectedVersion/);
});

test('ORD-7 history is read page by page, newest first', async (t) => {
  const lab = await startCatalogueLab(t);
  for (const price of [1, 2, 3]) {
    await change(lab, { tests: [{ ...zincTest, pricePaise: price }], ...(price === 1 ? { analytes: [zinc] } : {}) });
  }
  const manager = lab.as('manager');
  const first = await manager.call(catalogueHistory, { first: 2, entry: { kind: 'test', code: 'ZN_U' } });
  const rest = await manager.call(catalogueHistory, {
    first: 2,
    after: first.endCursor,
    entry: { kind: 'test', code: 'ZN_U' },
  });
  const price = (entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'pricePaise' in entry ? entry.pricePaise : null;
  assert.deepEqual(
    [...first.edges, ...rest.edges].map(({ node }) => [price(node.before), price(node.after)]),
    [
      [2, 3],
      [1, 2],
      [null, 1],
    ],
  );
  assert.equal(rest.hasNextPage, false);
  await manager.refused(catalogueHistory, { after: 'rubbish' }, 'platform.bad_cursor');
});

test('ORD-6 while the catalogue changes, every read is of one version', async (t) => {
  const lab = await startCatalogueLab(t);
  const desk = lab.as('desk');
  await change(lab, { analytes: [zinc], tests: [zincTest] });
  // Name and price change together; a mixture of two versions would show one without the other.
  const writer = (async () => {
    for (let n = 1; n <= 12; n += 1)
      await change(lab, { tests: [{ ...zincTest, pricePaise: n, shortName: `U Zn ${n}` }] });
  })();
  let isDone = false;
  void writer.then(() => (isDone = true));
  const seen: string[] = [];
  while (!isDone) {
    const [read] = await desk.call(getTests, { codes: ['ZN_U'] });
    assert.ok(read?.analytes.length === 1);
    seen.push(`${read.pricePaise} ${read.shortName}`);
  }
  await writer;
  for (const each of seen) assert.match(each, /^(\d+) U Zn \1$|^90000 U Zn$/);
});
