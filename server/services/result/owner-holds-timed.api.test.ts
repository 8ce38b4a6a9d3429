// A control binds every analyte that is measured as its own: the timed glucose tubes with GLU. specs/result.md RES-56, RES-58.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { qcCleared, qcFailed } from '#contract/qc.ts';
import { newId } from '#platform/ids.ts';

import type { ResultView } from './contract.ts';
import { chooseValue, enterFromInstrument, enterResult, resultsOfInstrument, verifyResults } from './contract.ts';
import { observe, startBench, stepOf } from './testing.ts';

const TIMED = ['GLU_F', 'GLU_1H', 'GLU_2H', 'GLU_PP'] as const;

test('lab-day 43: a failed control for GLU binds every timed glucose, and no other analyte', async (t) => {
  const bench = await startBench(t, { policies: {} });
  const { lab } = bench;
  const technician = lab.as('technician');
  const awaiting = async (code: string): Promise<ResultView> => {
    const [result] = await bench.awaiting([code]);
    assert.ok(result);
    return result;
  };
  const send = async (
    result: ResultView,
    instrument: string,
    analyteCode: string,
    value = '95',
  ): Promise<ResultView> => {
    await lab.system.call(enterFromInstrument, { observations: [observe(result, value, { instrument, analyteCode })] });
    return now(result);
  };
  const now = (result: ResultView) => bench.result(result.orderId, result.analyteCode);
  const measure = async (code: string, instrument: string) => send(await awaiting(code), instrument, 'GLU');
  const owned = ({ holds }: ResultView) => holds.filter((hold) => hold === 'qc_failed');
  const fail = async (instrument: string, analyteCode: string): Promise<() => Promise<void>> => {
    const holdId = newId();
    const fact = { holdId, instrument, analyteCode, lastGoodAt: null };
    await bench.deliver(qcFailed, holdId, { ...fact, at: new Date().toISOString(), rules: ['1_3s'] });
    await lab.settle();
    return async () => {
      await bench.deliver(qcCleared, holdId, { ...fact, at: new Date(Date.now() + 1).toISOString(), by: 'qc' });
      await lab.settle();
    };
  };

  await t.test('what was measured before, and what comes after, until it is lifted', async () => {
    const instrument = 'AU-1';
    const before: ResultView[] = [];
    for (const code of [...TIMED, 'GLU']) before.push(await measure(code, instrument));
    const crea = await awaiting('CREA');
    const others = [await measure('GLU_PP', 'AU-2'), await send(crea, instrument, 'CREA')];
    for (const result of before) assert.deepEqual([result.value, owned(result)], ['95', []], result.analyteCode);

    const lift = await fail(instrument, 'GLU');
    for (const result of before) assert.deepEqual(owned(await now(result)), ['qc_failed'], result.analyteCode);
    for (const result of others) assert.deepEqual(owned(await now(result)), [], result.analyteCode);

    const late = await measure('GLU_2H', instrument);
    assert.deepEqual(owned(late), ['qc_failed']);
    await technician.refused(
      verifyResults,
      { items: [{ ...stepOf(late), holdsSeen: [...late.holds] }] },
      'result.locked',
    );
    const typed = await technician.call(enterResult, {
      ...stepOf(await awaiting('GLU_PP')),
      value: '140',
      instrument,
    });
    assert.deepEqual(owned(typed), ['qc_failed']);

    await lift();
    for (const result of [...before, late, typed]) assert.deepEqual(owned(await now(result)), [], result.analyteCode);
  });

  await t.test('a value that stood beside, chosen while its control is out, is held', async () => {
    const entered = await measure('GLU_PP', 'AU-3');
    const beside = await send(entered, 'AU-4', 'GLU', '97');
    assert.equal(beside.otherValues.length, 1);
    const lift = await fail('AU-4', 'GLU');
    const chosen = await technician.call(chooseValue, { ...stepOf(await now(beside)), otherIndex: 0, reason: 'rerun' });
    assert.deepEqual([chosen.source, owned(chosen)], ['AU-4', ['qc_failed']]);
    await lift();
  });

  await t.test('a control under the timed analyte’s own code binds that alone', async () => {
    const instrument = 'AU-5';
    const [timed, random] = [await measure('GLU_PP', instrument), await measure('GLU', instrument)];
    await fail(instrument, 'GLU_PP');
    assert.deepEqual([owned(await now(timed)), owned(await now(random))], [['qc_failed'], []]);
  });

  await t.test('the look-back lists them among the values of GLU, each once, oldest first, page by page', async () => {
    const instrument = 'AU-6';
    const from = new Date().toISOString();
    const given: ResultView[] = [];
    for (const code of ['GLU_F', 'GLU', 'GLU_2H', 'GLU', 'GLU_PP']) given.push(await measure(code, instrument));
    const to = new Date(Date.now() + 60_000).toISOString();
    const list = async (analyteCode: string): Promise<readonly string[]> => {
      const ids: string[] = [];
      for (let after: string | null = null, isMore = true; isMore;) {
        const page: { edges: { node: ResultView }[]; endCursor: string | null; hasNextPage: boolean } =
          await technician.call(resultsOfInstrument, { instrument, analyteCode, from, to, first: 2, after });
        ids.push(...page.edges.map(({ node }) => node.id));
        [after, isMore] = [page.endCursor, page.hasNextPage];
      }
      return ids;
    };
    assert.deepEqual(
      await list('GLU'),
      given.map(({ id }) => id),
    );
    assert.deepEqual(await list('GLU_2H'), [given[2]?.id]);
  });
});
