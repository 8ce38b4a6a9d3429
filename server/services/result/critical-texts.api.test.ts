// Texts that somebody must be told of at once: specs/result.md RES-86.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changeCatalogue, getCatalogueState } from '#contract/order.ts';

import type { ResultDetail } from './contract.ts';
import { enterDetail, enterResult, listCriticals, recordCriticalCall } from './contract.ts';
import { startBench, stepOf } from './testing.ts';

test('critical texts', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  const open = async (orderId: string) =>
    (await technician.call(listCriticals, {})).edges.flatMap(({ node }) => (node.orderId === orderId ? [node] : []));

  await t.test('lab-day 48: malaria parasites are called before they are signed', async () => {
    const [awaiting] = await bench.awaiting(['MP_SMEAR']);
    assert.ok(awaiting);
    const seen = await bench.enter(awaiting, 'p. falciparum seen');
    assert.deepEqual([seen.value, seen.flags, seen.holds], ['P. falciparum seen', ['AA'], []]);
    const [critical] = await open(seen.orderId);
    assert.deepEqual(
      [critical?.value, critical?.flags, critical?.limit],
      ['P. falciparum seen', ['AA'], 'critical finding'],
    );
    const [verified] = await bench.verify([seen]);
    assert.ok(verified && critical);
    await assert.rejects(bench.sign(pathologist, [verified]), { code: 'result.critical_uncalled' });
    await technician.call(recordCriticalCall, {
      criticalIds: [critical.id],
      to: 'Dr. Sunita Kulkarni, ward 3',
      wasReached: true,
      wasReadBack: true,
    });
    assert.equal((await bench.sign(pathologist, [verified]))[0]?.status, 'authorised');
  });

  await t.test('lab-day 48: a slip of the choice closes the call', async () => {
    const [awaiting] = await bench.awaiting(['AFB']);
    assert.ok(awaiting);
    const scanty = await bench.enter(awaiting, 'Scanty');
    assert.equal((await open(scanty.orderId)).length, 1);
    const none = await technician.call(enterResult, { ...stepOf(scanty), value: 'Not seen' });
    assert.deepEqual([none.flags, await open(scanty.orderId)], [[], []]);
  });

  await t.test('lab-day 50: growth in a blood culture is called while the culture is preliminary', async () => {
    const [awaiting] = await bench.awaiting(['BLOOD_CULT']);
    assert.ok(awaiting);
    const detail = (given: Partial<Extract<ResultDetail, { kind: 'culture' }>>): ResultDetail => ({
      kind: 'culture',
      stage: 'preliminary',
      growth: 'none',
      incubationHours: 24,
      microscopy: null,
      colonyCount: null,
      isolates: [],
      comment: null,
      ...given,
    });
    const none = await technician.call(enterDetail, { ...stepOf(awaiting), detail: detail({}) });
    assert.deepEqual([none.flags, await open(none.orderId)], [[], []]);
    const growth = await technician.call(enterDetail, {
      ...stepOf(none),
      detail: detail({ growth: 'growth', microscopy: 'Gram positive cocci in clusters' }),
    });
    assert.deepEqual([growth.value, growth.flags], ['Preliminary: growth', ['AA']]);
    assert.deepEqual(
      (await open(none.orderId)).map(({ value }) => value),
      ['Preliminary: growth'],
    );
  });

  await t.test('lab-day 73: the lab says which texts are critical, and the next value is judged by it', async () => {
    const dengue = async (criticalTexts: string[]) => {
      const { version: expectedVersion } = await lab.system.call(getCatalogueState, {});
      const band = {
        sex: 'any' as const,
        ageFromDays: 0,
        text: 'Negative',
        kind: 'reference' as const,
        source: 'test',
      };
      await lab.system.call(changeCatalogue, {
        expectedVersion,
        reason: 'what is to be called',
        bands: [{ analyteCode: 'DENGUE_NS1', bands: [{ ...band, criticalTexts }] }],
      });
    };
    await assert.rejects(dengue(['Reactive']), { code: 'order.catalogue_refused' });
    const positive = async () => {
      const [awaiting] = await bench.awaiting(['DENGUE_NS1']);
      assert.ok(awaiting);
      return (await bench.enter(awaiting, 'Positive')).flags;
    };
    assert.deepEqual(await positive(), ['A']);
    await dengue(['Positive']);
    assert.deepEqual(await positive(), ['AA']);
  });
});
