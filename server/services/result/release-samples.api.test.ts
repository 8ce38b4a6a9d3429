// What release means for calculated values and for other tests of the order: specs/result.md RES-63 to RES-65.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { orderChanged } from '#contract/order.ts';
import { qcCleared, qcFailed } from '#contract/qc.ts';
import { sampleRejected } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import type { ResultView } from './contract.ts';
import { amendResults, autoVerifyResults, enterFromInstrument, signingQueue, withdrawAmendments } from './contract.ts';
import { observe, startBench, stepOf } from './testing.ts';

test('release and the sample', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const pathologist = lab.as('pathologist');
  const state = (rows: readonly ResultView[]) =>
    Object.fromEntries(rows.map(({ analyteCode, status, value, holds }) => [analyteCode, [status, value, [...holds]]]));
  /** Total protein 7.0 and albumin 4.0, measured: globulin 3.0 and the ratio 1.33 follow. */
  const proteins = async (instrument: string): Promise<string> => {
    const results = await bench.awaiting(['TP', 'ALB', 'GLOB']);
    const [tp, alb] = ['TP', 'ALB'].map((code) => results.find((result) => result.analyteCode === code));
    assert.ok(tp && alb);
    await lab.system.call(enterFromInstrument, {
      observations: [observe(tp, '7.0', { instrument }), observe(alb, '4.0', { instrument })],
    });
    return tp.orderId;
  };

  await t.test('lab-day 43: what is calculated from a held value is held with it, and let go with it', async () => {
    const orderId = await proteins('CHEM-1');
    assert.deepEqual(state(await bench.results(orderId)), {
      TP: ['entered', '7.0', []],
      ALB: ['entered', '4.0', []],
      GLOB: ['entered', '3.0', []],
    });
    const holdId = newId();
    const fact = { holdId, instrument: 'CHEM-1', analyteCode: 'ALB', lastGoodAt: null };
    await bench.deliver(qcFailed, holdId, { ...fact, at: new Date().toISOString(), rules: ['2_2s'] });
    await lab.settle();
    assert.deepEqual(state(await bench.results(orderId)), {
      TP: ['entered', '7.0', []],
      ALB: ['entered', '4.0', ['qc_failed']],
      GLOB: ['entered', '3.0', ['input_held']],
    });
    await bench.deliver(qcCleared, holdId, { ...fact, at: new Date(Date.now() + 1).toISOString(), by: 'qc' });
    await lab.settle();
    assert.deepEqual(state(await bench.results(orderId)), {
      TP: ['entered', '7.0', []],
      ALB: ['entered', '4.0', []],
      GLOB: ['entered', '3.0', []],
    });
  });

  await t.test(
    'lab-day 43: what is calculated from a value that is held after it was verified cannot be signed',
    async () => {
      const orderId = await proteins('CHEM-6');
      await bench.verify(await bench.results(orderId));
      const holdId = newId();
      const fact = { holdId, instrument: 'CHEM-6', analyteCode: 'ALB', lastGoodAt: null };
      await bench.deliver(qcFailed, holdId, { ...fact, at: new Date().toISOString(), rules: ['2_2s'] });
      await lab.settle();
      const [alb, glob] = await Promise.all(['ALB', 'GLOB'].map((code) => bench.result(orderId, code)));
      assert.ok(alb && glob);
      assert.deepEqual([alb.status, alb.holds], ['verified', ['qc_failed']]);
      await assert.rejects(bench.sign(pathologist, [alb]), { code: 'result.locked' });
      await assert.rejects(bench.sign(pathologist, [glob]), {
        code: 'result.locked',
        details: { resultId: glob.id, holds: ['qc_failed'] },
      });
      const { edges } = await pathologist.call(signingQueue, { first: 50 });
      const waiting = edges.find(({ node }) => node.orderId === orderId)?.node;
      assert.deepEqual(new Set(waiting?.lockedResultIds), new Set([alb.id, glob.id]));
    },
  );

  await t.test('lab-day 39: a rejected tube takes what was calculated from it along', async () => {
    const orderId = await proteins('CHEM-2');
    const results = await bench.results(orderId);
    const alb = results.find(({ analyteCode }) => analyteCode === 'ALB');
    assert.ok(alb?.barcode);
    await bench.deliver(sampleRejected, orderId, {
      tubeId: newId(),
      orderId,
      patientId: alb.patientId,
      barcode: alb.barcode,
      lineIds: [alb.lineId],
      at: new Date().toISOString(),
      by: 'technician',
      reasonCode: 'insufficient',
      reason: 'Too little',
    });
    await lab.settle();
    assert.deepEqual(state(await bench.results(orderId)), {
      TP: ['entered', '7.0', []],
      ALB: ['expected', null, []],
      GLOB: ['awaiting', null, []],
    });
  });

  await t.test(
    'lab-day 58: what is calculated from an amended value is opened, recalculated and signed with it',
    async () => {
      const orderId = await proteins('CHEM-3');
      const signed = await bench.sign(pathologist, await bench.verify(await bench.results(orderId)));
      assert.equal(signed.filter(({ status }) => status === 'authorised').length, 3);
      const alb = signed.find(({ analyteCode }) => analyteCode === 'ALB');
      assert.ok(alb);
      const amend = () => pathologist.call(amendResults, { items: [stepOf(alb)], reason: 'transposed' });
      const opened = await amend();
      assert.deepEqual(
        opened.map(({ analyteCode, status }) => [analyteCode, status]),
        [
          ['ALB', 'entered'],
          ['GLOB', 'entered'],
        ],
      );
      const [openAlb] = opened;
      assert.ok(openAlb);
      const entered = await bench.enter(openAlb, '3.0');
      const glob = await bench.result(orderId, 'GLOB');
      assert.deepEqual([glob.value, glob.amendment?.previousValue], ['4.0', '3.0']);
      await bench.sign(pathologist, await bench.verify([entered, glob]));
      const last = (await bench.told(orderId)).filter(({ type }) => type === 'result.authorised').at(-1);
      assert.deepEqual([last?.payload['isAmendment'], last?.payload['isOrderComplete']], [true, true]);
    },
  );

  await t.test('lab-day 39: what is calculated from another tube stays when this one is rejected', async () => {
    const results = await bench.awaiting(['HGB', 'CREA', 'EGFR']);
    const [hgb, crea] = ['HGB', 'CREA'].map((code) => results.find(({ analyteCode }) => analyteCode === code));
    assert.ok(hgb?.barcode && crea && hgb.barcode !== crea.barcode);
    await bench.enter(crea, '1.0');
    const before = await bench.result(crea.orderId, 'EGFR');
    assert.equal(before.status, 'entered');
    await bench.deliver(sampleRejected, hgb.orderId, {
      tubeId: newId(),
      orderId: hgb.orderId,
      patientId: hgb.patientId,
      barcode: hgb.barcode,
      lineIds: [hgb.lineId],
      at: new Date().toISOString(),
      by: 'technician',
      reasonCode: 'clotted',
      reason: 'Clotted',
    });
    await lab.settle();
    assert.equal((await bench.result(hgb.orderId, 'HGB')).status, 'expected');
    assert.deepEqual(await bench.result(crea.orderId, 'EGFR'), before);
  });

  await t.test('lab-day 39: what is calculated goes blank when the test it needs is cancelled', async () => {
    const orderId = await proteins('CHEM-5');
    const alb = await bench.result(orderId, 'ALB');
    await bench.deliver(orderChanged, orderId, {
      orderId,
      number: '1',
      patientId: alb.patientId,
      priority: 'routine',
      placedAt: '2026-11-25T03:00:00.000Z',
      gestationWeeks: null,
      isFasting: null,
      addedLines: [],
      cancelledLineIds: [alb.lineId],
      reason: 'ordered twice',
      at: new Date().toISOString(),
      by: 'desk',
    });
    await lab.settle();
    assert.deepEqual(state(await bench.results(orderId)), {
      TP: ['entered', '7.0', []],
      ALB: ['cancelled', '4.0', []],
      GLOB: ['awaiting', null, []],
    });
  });

  await t.test('given up, what was opened with it goes back with it', async () => {
    const orderId = await proteins('CHEM-4');
    const before = await bench.sign(pathologist, await bench.verify(await bench.results(orderId)));
    const [alb, tp] = ['ALB', 'TP'].map((code) => before.find(({ analyteCode }) => analyteCode === code));
    assert.ok(alb && tp);
    const opened = await pathologist.call(amendResults, { items: [alb, tp].map(stepOf), reason: 'mixed up' });
    assert.deepEqual(opened.map(({ analyteCode }) => analyteCode).sort(), ['ALB', 'GLOB', 'TP']);
    const now = async (code: string) => bench.result(orderId, code);
    await bench.enter(await now('ALB'), '3.0');
    await pathologist.call(withdrawAmendments, { items: [stepOf(await now('ALB'))], reason: 'was right' });
    assert.deepEqual(
      [(await now('ALB')).status, (await now('GLOB')).status, (await now('GLOB')).value],
      ['authorised', 'entered', '3.0'],
      'total protein is still open',
    );
    await pathologist.call(withdrawAmendments, { items: [stepOf(await now('TP'))], reason: 'was right too' });
    for (const row of before) assert.deepEqual({ ...(await now(row.analyteCode)), version: row.version }, row);
  });

  await t.test('lab-day 39: a formula that gives nothing keeps no order open', async () => {
    // Friedewald's formula gives nothing from triglycerides of 400 mg/dL on (lab-medicine 11).
    const results = await bench.awaiting(['CHOL', 'HDL', 'TRIG', 'LDL']);
    const ldl = results.find(({ analyteCode }) => analyteCode === 'LDL');
    assert.ok(ldl?.isCalculated);
    const { orderId } = ldl;
    for (const [code, value] of Object.entries({ CHOL: '210', HDL: '40', TRIG: '400' }))
      await bench.enter(await bench.result(orderId, code), value);
    const blank = await bench.result(orderId, 'LDL');
    assert.deepEqual(
      [blank.status, blank.value, blank.blankReason],
      ['awaiting', null, 'triglycerides 400 mg/dL or more'],
    );
    const measured = (await bench.results(orderId)).filter(({ isCalculated }) => !isCalculated);
    await bench.sign(pathologist, await bench.verify(measured));
    const last = await bench.results(orderId);
    assert.deepEqual(Object.fromEntries(last.map(({ analyteCode, status }) => [analyteCode, status])), {
      CHOL: 'authorised',
      HDL: 'authorised',
      TRIG: 'authorised',
      LDL: 'awaiting',
    });
    const [signed] = (await bench.told(orderId)).filter(({ type }) => type === 'result.authorised');
    assert.equal(signed?.payload['isOrderComplete'], true);
  });

  await t.test('lab-day 42: a verified value asks for the test its rule adds, once an order', async () => {
    const [tsh] = await bench.awaiting(['TSH']);
    assert.ok(tsh);
    const due = async () =>
      (await bench.told(tsh.orderId)).filter(({ type }) => type === 'result.reflex_due').map(({ payload }) => payload);
    const entered = await bench.enter(tsh, '6.2');
    assert.deepEqual(await due(), [], 'not before somebody has verified it');
    const [verified] = await bench.verify([entered]);
    assert.ok(verified);
    const [asked, another] = await due();
    assert.equal(another, undefined);
    assert.deepEqual(
      [asked?.['ruleCode'], asked?.['addTestCode'], asked?.['billing'], asked?.['resultIds']],
      ['TSH_FT4', 'FT4', 'ask', [tsh.id]],
    );
    await bench.sign(pathologist, [verified]);
    const [open] = await pathologist.call(amendResults, {
      items: [stepOf(await bench.result(tsh.orderId, 'TSH'))],
      reason: 'x',
    });
    assert.ok(open);
    await bench.verify([await bench.enter(open, '6.4')]);
    assert.equal((await due()).length, 1, 'once an order');
  });

  await t.test('lab-day 42: a normal value asks for nothing; rules that verify ask as people do', async () => {
    const [normal] = await bench.verified({ TSH: '2.1' });
    assert.ok(normal);
    const [high] = await bench.awaiting(['TSH']);
    assert.ok(high);
    const entered = await bench.enter(high, '6.2');
    const items = [{ ...stepOf(entered), rules: ['in-range'] }];
    assert.equal((await lab.system.call(autoVerifyResults, { items, ruleSet: 'r1' })).length, 1);
    const types = async (orderId: string) => (await bench.told(orderId)).map(({ type }) => type);
    assert.ok(!(await types(normal.orderId)).includes('result.reflex_due'));
    assert.ok((await types(high.orderId)).includes('result.reflex_due'));
  });
});
