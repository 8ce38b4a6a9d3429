// Signing in the moments between an owner's act and the bench hearing of it: specs/result.md RES-126. The bench's inbox is shut
// while the owner acts and the pathologist signs, so that no event can come in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { logInstrument, saveInstrument } from '#contract/equipment.ts';
import { cancelLines, getOrder } from '#contract/order.ts';
import { getPatient, updatePatient } from '#contract/patient.ts';
import { recordControls, saveControlLot, setTarget } from '#contract/qc.ts';
import { decideRejected, rejectTube } from '#contract/sample.ts';

import type { ResultView } from './contract.ts';
import { amendResults, authoriseResults, autoVerifyResults, enterFromInstrument } from './contract.ts';
import { bornDaysAgo, observe, startBench, stepOf } from './testing.ts';

test('overtaken by an owner', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const manager = lab.as('manager');
  const pathologist = lab.as('pathologist');
  const unheard = <T>(acts: () => Promise<T>): Promise<T> =>
    lab.runtime.databaseOf('result').platform(async (db) => {
      await db.rows(sql`lock table lis_result.inbox in share mode`);
      return acts();
    });
  const verified = async (values: Readonly<Record<string, string>>): Promise<readonly ResultView[]> => {
    const rows = await bench.verified(values);
    await lab.settle();
    return rows;
  };
  const measured = async (instrument: string): Promise<ResultView> => {
    const [result] = await bench.awaiting(['HGB']);
    assert.ok(result);
    await lab.system.call(enterFromInstrument, { observations: [observe(result, '13.1', { instrument })] });
    await lab.settle();
    return bench.result(result.orderId, 'HGB');
  };
  const now = (result: ResultView) => bench.result(result.orderId, result.analyteCode);
  const refusedTo = async (result: ResultView, because: string, words: RegExp) => {
    const refusal = await pathologist.refused(authoriseResults, { items: [stepOf(result)] }, 'result.overtaken');
    assert.deepEqual(refusal.details, { resultId: result.id, because });
    assert.match(refusal.message, words);
    const row = await now(result);
    assert.deepEqual([row.status, row.version], [result.status, result.version], 'the bench has not heard of it');
  };

  /** A control of the pair that lies ten standard deviations off, unheard until the acts are done. */
  const control = async (
    instrument: string,
    analyteCode: string,
    acts: (fail: () => Promise<unknown>) => Promise<void>,
  ) => {
    const { id: lotId } = await manager.call(saveControlLot, {
      material: `Control for ${analyteCode}`,
      lotNumber: '0815',
      level: 2,
      expiresOn: '2097-12-31',
      sampleIds: [`QC-${analyteCode}-2`],
      isActive: true,
    });
    await manager.call(setTarget, { lotId, instrument, analyteCode, kind: 'assigned', mean: '12', sd: '0.2' });
    await unheard(() =>
      acts(() => technician.call(recordControls, { instrument, values: [{ lotId, analyteCode, value: '14' }] })),
    );
    await lab.settle();
  };

  await t.test('lab-day 28: a value whose tube was rejected a moment ago is not signed', async () => {
    const [hgb] = await verified({ HGB: '13.1' });
    assert.ok(hgb);
    const barcode = hgb.barcode ?? '';
    await unheard(async () => {
      await technician.call(rejectTube, { barcode, reasonCode: 'clotted' });
      await refusedTo(hgb, 'tube_rejected', /the tube is rejected/);
      // Decided at once to be run after all: the value has to come once more, with the comment.
      await technician.call(decideRejected, { barcode, decision: 'run_with_comment', comment: 'Small clot' });
      await refusedTo(hgb, 'tube_rejected', /the tube is rejected/);
    });
    await lab.settle();
    const awaiting = await now(hgb);
    assert.deepEqual([awaiting.status, awaiting.value], ['awaiting', null]);
    const [again] = await bench.verify([await bench.enter(awaiting, '13.0')]);
    assert.ok(again);
    const [signed] = await bench.sign(pathologist, [again]);
    assert.equal(signed?.status, 'authorised');
  });

  await t.test('lab-day 28: signed, its tube rejected, and amended: the amendment can be signed', async () => {
    const [hgb] = await bench.sign(pathologist, await verified({ HGB: '13.1' }));
    assert.ok(hgb);
    await technician.call(rejectTube, { barcode: hgb.barcode ?? '', reasonCode: 'clotted' });
    await lab.settle();
    const [opened] = await pathologist.call(amendResults, { items: [stepOf(hgb)], reason: 'The tube was clotted' });
    assert.ok(opened);
    const [again] = await bench.sign(pathologist, await bench.verify([opened]));
    assert.equal(again?.status, 'authorised');
  });

  await t.test(
    'lab-day 43: a value whose control failed a moment ago is neither signed nor verified by rule',
    async () => {
      const instrument = 'XN-550';
      const [toSign, toVerify, elsewhere] = [
        await measured(instrument),
        await measured(instrument),
        await measured('XN-330'),
      ];
      const [hgb, other] = await bench.verify([toSign, elsewhere]);
      assert.ok(hgb && other);
      await control(instrument, 'HGB', async (fail) => {
        await fail();
        await refusedTo(hgb, 'control_failed', /a control of the analyzer failed/);
        const items = [{ ...stepOf(toVerify), rules: ['r1'] }];
        assert.deepEqual(await lab.system.call(autoVerifyResults, { items, ruleSet: '1' }), []);
        const [signed] = await bench.sign(pathologist, [other]);
        assert.equal(signed?.status, 'authorised', 'that of another analyzer is not its matter');
      });
      assert.deepEqual((await now(hgb)).holds, ['qc_failed']);
    },
  );

  await t.test('lab-day 43: of a blocked analyzer what came before is signed, what came after is not', async () => {
    const instrument = 'XN-1000';
    const made = { maker: 'Sysmex', model: 'XN-1000', serialNumber: '7', section: 'Haematology' };
    const { id } = await manager.call(saveInstrument, { ...made, messageName: instrument, name: 'Sysmex XN-1000' });
    const [before] = await bench.verify([await measured(instrument)]);
    const [awaiting] = await bench.awaiting(['HGB']);
    assert.ok(before && awaiting);
    await unheard(async () => {
      await technician.call(logInstrument, { instrumentId: id, kind: 'breakdown', text: 'No power' });
      await lab.system.call(enterFromInstrument, { observations: [observe(awaiting, '13.1', { instrument })] });
      const [after] = await bench.verify([await now(awaiting)]);
      assert.ok(after);
      await refusedTo(after, 'instrument_blocked', /the analyzer is blocked/);
      const [signed] = await bench.sign(pathologist, [before]);
      assert.equal(signed?.status, 'authorised');
    });
    await lab.settle();
    assert.deepEqual((await now(awaiting)).holds, ['instrument_blocked']);
  });

  await t.test(
    'RES-26 lab-day 40: a value judged by the sex that was corrected a moment ago is not signed',
    async () => {
      // 13.1 g/dL is normal of a woman, low of a man.
      const [hgb] = await verified({ HGB: '13.1' });
      assert.ok(hgb);
      const { patientId } = hgb;
      const { version } = await lab.system.call(getPatient, { patientId });
      await unheard(async () => {
        await lab.as('desk').call(updatePatient, { patientId, expectedVersion: version, sex: 'male' });
        await refusedTo(hgb, 'patient_corrected', /sex or date of birth was corrected/);
      });
      await lab.settle();
      const back = await now(hgb);
      assert.deepEqual([back.status, back.flags], ['entered', ['L']]);
      const [signed] = await bench.sign(pathologist, await bench.verify([back]));
      assert.equal(signed?.status, 'authorised');

      // Corrected after it was signed, then amended: what is signed again as it stood is not held up for ever.
      const { version: later } = await lab.system.call(getPatient, { patientId });
      const bornOn = bornDaysAgo(9000);
      await lab.as('desk').call(updatePatient, { patientId, expectedVersion: later, bornOn });
      await lab.settle();
      assert.ok(signed);
      const [opened] = await pathologist.call(amendResults, { items: [stepOf(signed)], reason: 'Age corrected' });
      assert.ok(opened);
      const [again] = await bench.sign(pathologist, await bench.verify([opened]));
      assert.equal(again?.status, 'authorised');
    },
  );

  await t.test('lab-day 18: a value whose test was cancelled a moment ago is not signed', async () => {
    const rows = await verified({ HGB: '13.1', ESR: '12' });
    const [hgb, esr] = ['HGB', 'ESR'].map((code) => rows.find(({ analyteCode }) => analyteCode === code));
    assert.ok(hgb && esr);
    const { orderId } = hgb;
    const { version } = await lab.system.call(getOrder, { orderId });
    await unheard(async () => {
      const lines = { orderId, lineIds: [hgb.lineId], reason: 'Ordered twice', expectedVersion: version };
      await lab.system.call(cancelLines, lines);
      await refusedTo(hgb, 'test_cancelled', /the test was cancelled/);
      const [signed] = await bench.sign(pathologist, [esr]);
      assert.equal(signed?.status, 'authorised', 'the other test of the order is');
    });
    await lab.settle();
    assert.equal((await now(hgb)).status, 'cancelled');
  });

  await t.test('lab-day 43: what is calculated from a value whose control failed is not signed either', async () => {
    const instrument = 'CHEM-1';
    const results = await bench.awaiting(['TP', 'ALB', 'GLOB']);
    const [tp, alb] = ['TP', 'ALB'].map((code) => results.find(({ analyteCode }) => analyteCode === code));
    assert.ok(tp && alb);
    const { orderId } = tp;
    await lab.system.call(enterFromInstrument, {
      observations: [observe(tp, '7.0', { instrument }), observe(alb, '4.0', { instrument })],
    });
    await bench.verify(await bench.results(orderId));
    await lab.settle();
    const [protein, globulin] = [await bench.result(orderId, 'TP'), await bench.result(orderId, 'GLOB')];
    await control(instrument, 'ALB', async (fail) => {
      await fail();
      await refusedTo(globulin, 'control_failed', /a value it is calculated from/);
      const [signed] = await bench.sign(pathologist, [protein]);
      assert.equal(signed?.status, 'authorised');
    });
    await assert.rejects(bench.sign(pathologist, [await now(globulin)]), { code: 'result.locked' });
  });
});
