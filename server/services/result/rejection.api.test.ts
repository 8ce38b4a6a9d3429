// Rejected tubes and cancelled tests: specs/result.md RES-59 to RES-62.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { orderChanged } from '#contract/order.ts';
import { sampleCollected, sampleDecided, sampleRejected } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import type { ResultView } from './contract.ts';
import {
  amendResults,
  criticalsOfOrders,
  enterResult,
  listReversals,
  listWorklist,
  recordCriticalCall,
  resultTrail,
  withdrawAmendments,
} from './contract.ts';
import { startBench, stepOf } from './testing.ts';

test('rejected tubes and cancelled tests', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  const factOf = (results: readonly ResultView[], barcode = results[0]?.barcode ?? '') => ({
    tubeId: newId(),
    orderId: results[0]?.orderId ?? '',
    patientId: results[0]?.patientId ?? '',
    barcode,
    lineIds: [...new Set(results.map(({ lineId }) => lineId))],
    at: new Date().toISOString(),
    by: 'technician',
  });
  const reject = async (results: readonly ResultView[], barcode?: string) => {
    const fact = factOf(results, barcode);
    await bench.deliver(sampleRejected, fact.orderId, { ...fact, reasonCode: 'haemolysed', reason: 'Haemolysed' });
    await lab.settle();
  };
  const decide = async (results: readonly ResultView[], barcode: string, comment: string | null) => {
    const fact = factOf(results, barcode);
    await bench.deliver(sampleDecided, fact.orderId, {
      ...fact,
      decision: 'run_with_comment',
      comment,
      newTubeId: null,
    });
    await lab.settle();
  };
  const cancel = async (results: readonly ResultView[]) => {
    const [first] = results;
    assert.ok(first);
    await bench.deliver(orderChanged, first.orderId, {
      orderId: first.orderId,
      number: '1',
      patientId: first.patientId,
      priority: 'routine',
      placedAt: '2026-11-25T03:00:00.000Z',
      gestationWeeks: null,
      isFasting: null,
      addedLines: [],
      cancelledLineIds: [...new Set(results.map(({ lineId }) => lineId))],
      reason: 'ordered twice',
      at: new Date().toISOString(),
      by: 'desk',
    });
    await lab.settle();
  };
  const now = (result: ResultView) => bench.result(result.orderId, result.analyteCode);

  await t.test(
    'lab-day 29: nothing of a rejected tube may be reported; values stand beside with the reason',
    async () => {
      const [awaiting, toEnter, toVerify] = await bench.awaiting(['HGB', 'ESR', 'PLT']);
      assert.ok(awaiting && toEnter && toVerify);
      const entered = await bench.enter(toEnter, '12');
      const [verified] = await bench.verify([await bench.enter(toVerify, '250')]);
      assert.ok(verified);
      await reject([awaiting, entered, verified]);
      for (const result of [awaiting, entered, verified]) {
        const back = await now(result);
        assert.deepEqual(
          [
            back.status,
            back.barcode,
            back.collectedAt,
            back.value,
            back.flags,
            back.holds,
            back.verifiedBy,
            back.sentBackReason,
          ],
          ['expected', null, null, null, [], [], null, 'Tube rejected: Haemolysed'],
        );
      }
      const [kept] = (await now(entered)).otherValues;
      assert.deepEqual([kept?.value, kept?.source, kept?.why], ['12', 'manual', 'Tube rejected: Haemolysed']);
      assert.deepEqual((await now(awaiting)).otherValues, []);
      const reversal = (await technician.call(listReversals, { first: 1 })).edges[0]?.node;
      assert.deepEqual([reversal?.resultId, reversal?.kind, reversal?.value], [verified.id, 'tube_rejected', '250']);

      // A new tube in the ordinary way.
      const fact = factOf([awaiting, entered, verified], 'NEW-TUBE-1');
      await bench.deliver(sampleCollected, fact.orderId, fact);
      await lab.settle();
      const again = await now(awaiting);
      assert.deepEqual([again.status, again.barcode], ['awaiting', 'NEW-TUBE-1']);
      assert.deepEqual((await bench.enter(again, '13.1')).holds, [], 'the new tube is in no doubt');
      // The old tube's rejection told again touches nothing of the new one.
      await reject([awaiting], awaiting.barcode ?? '');
      assert.equal((await now(awaiting)).status, 'entered');
    },
  );

  await t.test('lab-day 29: run with a comment: held, and the comment is printed with the value', async () => {
    const [first] = await bench.awaiting(['HGB']);
    assert.ok(first);
    const entered = await bench.enter(first, '13.1');
    const barcode = entered.barcode ?? '';
    await reject([entered]);
    await decide([entered], 'ANOTHER-TUBE', 'no');
    assert.equal((await now(entered)).status, 'expected', 'the decision about another tube');
    await decide([entered], barcode, 'Sample haemolysed');
    const back = await now(entered);
    assert.deepEqual(
      [back.status, back.barcode, back.collectedAt, back.value],
      ['awaiting', barcode, entered.collectedAt, null],
    );
    const again = await bench.enter(back, '12.9');
    assert.deepEqual([again.holds, again.note], [['tube_doubt'], 'Sample haemolysed']);
    const [verified] = await bench.verify([again]);
    assert.ok(verified);
    const [signed] = await bench.sign(pathologist, [verified]);
    assert.deepEqual([signed?.status, signed?.note], ['authorised', 'Sample haemolysed']);
    assert.deepEqual((await lab.changes('result', first.orderId)).slice(1, 3), [
      'result.tube_rejected',
      'result.tube_accepted',
    ]);
  });

  await t.test('what is signed stays as it was signed when its tube is rejected, and the trail says so', async () => {
    const [signed] = await bench.sign(pathologist, await bench.verified({ HGB: '13.1' }));
    assert.ok(signed);
    await reject([signed]);
    assert.deepEqual(await now(signed), signed);
    const last = (await lab.system.call(resultTrail, { caseIds: [signed.orderId] })).at(-1);
    assert.deepEqual(
      [last?.act, last?.facts['reasonCode'], last?.facts['signedBy']],
      ['result.tube_rejected_after_authorised', 'haemolysed', 'pathologist'],
    );
  });

  await t.test('what is being amended goes back with its tube, and can still be given up', async () => {
    const [signed] = await bench.sign(pathologist, await bench.verified({ HGB: '13.1' }));
    assert.ok(signed);
    const [open] = await pathologist.call(amendResults, { items: [stepOf(signed)], reason: 'clot' });
    assert.ok(open);
    await reject([open]);
    const expected = await now(open);
    assert.deepEqual([expected.status, expected.amendment?.number], ['expected', 1]);
    const [back] = await pathologist.call(withdrawAmendments, { items: [stepOf(expected)], reason: 'right after all' });
    assert.ok(back);
    assert.deepEqual({ ...back, version: signed.version, receivedAt: signed.receivedAt }, signed);
  });

  await t.test('lab-day 48: a critical that was told of a rejected tube needs a second call', async () => {
    const [first] = await bench.awaiting(['HGB']);
    assert.ok(first);
    const entered = await bench.enter(first, '5.1');
    const found = await lab.system.call(criticalsOfOrders, { ids: [entered.orderId] });
    await technician.call(recordCriticalCall, {
      criticalIds: found.map(({ id }) => id),
      to: 'Dr. Rao',
      wasReached: true,
      wasReadBack: true,
    });
    await reject([entered]);
    const after = await lab.system.call(criticalsOfOrders, { ids: [entered.orderId] });
    assert.deepEqual(
      after.map(({ value, status, isCorrection }) => [value, status, isCorrection]),
      [
        ['5.1', 'closed', false],
        ['withdrawn', 'open', true],
      ],
    );
  });

  await t.test(
    'lab-day 18: cancelled tests leave the worklists; what is signed stays; the rest may be complete',
    async () => {
      const [one, other] = await bench.awaiting(['HGB', 'ESR']);
      assert.ok(one && other);
      const [verified] = await bench.verify([await bench.enter(one, '13.1')]);
      assert.ok(verified);
      const [signed] = await bench.sign(pathologist, [verified]);
      assert.ok(signed);
      const entered = await bench.enter(other, '12');
      await cancel([signed, entered]);
      assert.deepEqual(await now(signed), signed);
      const cancelled = await now(entered);
      assert.deepEqual([cancelled.status, cancelled.value], ['cancelled', '12'], 'what stood there is kept');
      for (const status of ['expected', 'awaiting', 'entered', 'verified'] as const) {
        const page = await technician.call(listWorklist, { status, first: 100 });
        assert.ok(!page.edges.some(({ node }) => node.id === cancelled.id), status);
      }
      const events = (await bench.told(one.orderId)).filter(({ type }) => type === 'result.authorised');
      assert.deepEqual(
        events.map(({ payload }) => [payload['resultIds'], payload['isOrderComplete']]),
        [
          [[signed.id], false],
          [[], true],
        ],
      );
      const acts = (await lab.system.call(resultTrail, { caseIds: [one.orderId] })).slice(-2);
      assert.deepEqual(new Set(acts.map(({ act }) => act)), new Set(['result.cancel', 'result.cancel_refused']));
      const refusal = await technician.refused(
        enterResult,
        { resultId: cancelled.id, value: '14', expectedVersion: cancelled.version },
        'result.cannot_move',
      );
      assert.equal(refusal.details['status'], 'cancelled');
    },
  );

  await t.test(
    'lab-day 18: what is being amended cannot be cancelled; complete does not wait for what was cancelled',
    async () => {
      const [one, other] = await bench.verified({ HGB: '13.1', ESR: '12' });
      assert.ok(one && other);
      await cancel([other]);
      assert.equal((await now(other)).status, 'cancelled');
      const [signed] = await bench.sign(pathologist, [one]);
      assert.ok(signed);
      const events = (await bench.told(one.orderId)).filter(({ type }) => type === 'result.authorised');
      assert.deepEqual(
        events.map(({ payload }) => payload['isOrderComplete']),
        [true],
      );
      const [open] = await pathologist.call(amendResults, { items: [stepOf(signed)], reason: 'clot' });
      assert.ok(open);
      await cancel([open]);
      assert.deepEqual(await now(open), open);
    },
  );
});
