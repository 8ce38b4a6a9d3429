// What a person's values were over the years: specs/result.md, "Kinds and worklists".
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mergePatients } from '#contract/patient.ts';

import { amendResults, resultHistory, resultTrend } from './contract.ts';
import { startBench, stepOf } from './testing.ts';

test('lab-day 46: history of every test over years', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const pathologist = lab.as('pathologist');
  const [patientId, otherId] = [
    await bench.patient({ sex: 'female', ageDays: 12_000 }),
    await bench.patient({ sex: 'female', ageDays: 12_000 }),
  ];
  const signed = async (values: Readonly<Record<string, string>>, of = patientId) =>
    bench.sign(pathologist, await bench.verified(values, { patientId: of }));
  const first = await signed({ CREA: '0.9', UREA: '30' });
  const second = await signed({ CREA: '1.4' }, otherId);
  const third = await signed({ CREA: '<0.2', HGB: '9.1' });
  const table = async (input: object = {}) => pathologist.call(resultHistory, { patientId, ...input });
  const told = ({ rows }: Awaited<ReturnType<typeof table>>) =>
    Object.fromEntries(
      rows.map(({ analyteCode, values }) => [analyteCode, values.map((value) => value?.value ?? null)]),
    );

  await t.test('lab-day 46: analytes by draws, the newest first; unsigned values are not in it', async () => {
    await bench.enter((await bench.awaiting(['CREA'], { patientId }))[0] ?? assert.fail(), '2.2');
    const whole = await table();
    assert.deepEqual(
      whole.columns.map(({ orderId }) => orderId),
      [third[0]?.orderId, first[0]?.orderId],
    );
    assert.deepEqual(told(whole), { CREA: ['<0.20', '0.90'], UREA: [null, '30'], HGB: ['9.1', null] });
    const hgb = whole.rows.find(({ analyteCode }) => analyteCode === 'HGB')?.values[0];
    assert.deepEqual([hgb?.flags, hgb?.number, hgb?.range?.low, hgb?.range?.high], [['L'], '9.1', '12', '16']);
    assert.deepEqual(told(await table({ analyteCodes: ['UREA'] })), { UREA: ['30'] }, 'its draws alone');
    const to = third[0]?.collectedAt ?? assert.fail();
    assert.deepEqual(told(await table({ to })), { CREA: ['0.90'], UREA: ['30'] });
    assert.deepEqual(told(await table({ from: to })), { CREA: ['<0.20'], HGB: ['9.1'] });
  });

  await t.test('lab-day 46: in pages of draws, which neither repeat nor skip', async () => {
    const page = await table({ first: 1 });
    assert.deepEqual([told(page), page.hasNextPage], [{ CREA: ['<0.20'], HGB: ['9.1'] }, true]);
    const next = await table({ first: 1, after: page.endCursor });
    assert.deepEqual([told(next), next.hasNextPage], [{ CREA: ['0.90'], UREA: ['30'] }, false]);
    await pathologist.refused(resultHistory, { patientId, after: 'e30' }, 'platform.bad_cursor');
  });

  await t.test('lab-day 9, 46: under every record of a person, once they are one', async () => {
    assert.deepEqual(told(await table({ analyteCodes: ['CREA'] })), { CREA: ['<0.20', '0.90'] });
    await lab.as('admin').call(mergePatients, { survivorId: patientId, patientId: otherId, reason: 'same woman' });
    await lab.settle();
    const merged = { CREA: ['<0.20', '1.40', '0.90'] };
    assert.deepEqual(told(await table({ analyteCodes: ['CREA'] })), merged);
    const ofOther = await pathologist.call(resultHistory, { patientId: otherId, analyteCodes: ['CREA'] });
    assert.deepEqual(told(ofOther), merged);
  });

  await t.test('lab-day 46: the trend of one analyte, newest first', async () => {
    const trend = await pathologist.call(resultTrend, { patientId, analyteCode: 'CREA' });
    assert.deepEqual(
      trend.edges.map(({ node: { value, number, unit, isMethodChange } }) => [value, number, unit, isMethodChange]),
      [
        ['<0.20', '0.20', 'mg/dL', false],
        ['1.40', '1.40', 'mg/dL', false],
        ['0.90', '0.90', 'mg/dL', false],
      ],
    );
    const page = await pathologist.call(resultTrend, { patientId, analyteCode: 'CREA', first: 2 });
    const rest = await pathologist.call(resultTrend, {
      patientId,
      analyteCode: 'CREA',
      first: 2,
      after: page.endCursor,
    });
    assert.deepEqual(
      [...page.edges, ...rest.edges].map(({ node }) => node.resultId),
      trend.edges.map(({ node }) => node.resultId),
    );
    assert.equal(rest.hasNextPage, false);
    await pathologist.refused(resultTrend, { patientId, analyteCode: 'CREA', after: 'e30' }, 'platform.bad_cursor');
  });

  await t.test('lab-day 46, 58: while a value is being amended its signed version stands there', async () => {
    const [crea] = second;
    assert.ok(crea);
    const [open] = await pathologist.call(amendResults, { items: [stepOf(crea)], reason: 'typed wrongly' });
    assert.ok(open);
    const entered = await bench.enter(open, '1.2');
    assert.deepEqual(told(await table({ analyteCodes: ['CREA'] })), { CREA: ['<0.20', '1.40', '0.90'] });
    const trend = await pathologist.call(resultTrend, { patientId, analyteCode: 'CREA' });
    assert.deepEqual(
      trend.edges.map(({ node }) => node.value),
      ['<0.20', '1.40', '0.90'],
    );
    await bench.sign(pathologist, await bench.verify([entered]));
    const after = await table({ analyteCodes: ['CREA'] });
    assert.deepEqual(told(after), { CREA: ['<0.20', '1.20', '0.90'] });
    assert.deepEqual(
      after.rows[0]?.values.map((value) => value?.isAmended),
      [false, true, false],
    );
  });

  await t.test(
    'lab-day 70: who looked is on record; who may not read is refused; another lab sees nothing',
    async () => {
      assert.ok((await lab.audit('result', patientId)).includes('result.view_previous'));
      await lab.as('desk').refused(resultHistory, { patientId }, 'platform.forbidden');
      await lab.as('desk').refused(resultTrend, { patientId, analyteCode: 'CREA' }, 'platform.forbidden');
      const elsewhere = lab.as('pathologist', '0199a000-0000-7000-8000-0000000000ff');
      assert.deepEqual((await elsewhere.call(resultHistory, { patientId })).columns, []);
      assert.deepEqual((await elsewhere.call(resultTrend, { patientId, analyteCode: 'CREA' })).edges, []);
    },
  );
});
