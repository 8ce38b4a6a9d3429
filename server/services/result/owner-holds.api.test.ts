// Holds of quality control and equipment: specs/result.md RES-56 to RES-58, RES-89.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { instrumentBlocked, instrumentUnblocked } from '#contract/equipment.ts';
import { qcCleared, qcFailed } from '#contract/qc.ts';
import { newId } from '#platform/ids.ts';

import { signAs } from '../../testing/sign-as.ts';
import type { ResultView } from './contract.ts';
import {
  amendResults,
  authoriseResults,
  autoVerifyResults,
  enterFromInstrument,
  enterResult,
  resultsOfInstrument,
  resultTrail,
  signingQueue,
  verifyResults,
  withdrawAmendments,
} from './contract.ts';
import { observe, startBench, stepOf } from './testing.ts';

test('holds of owners', async (t) => {
  const bench = await startBench(t, { policies: {} });
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  let serial = 0;
  /** An instrument of its own for each test. */
  const newInstrument = () => `XN-${(serial += 1)}`;
  const measure = async (instrument: string, code = 'HGB', value = '13.1'): Promise<ResultView> => {
    const [result] = await bench.awaiting([code]);
    assert.ok(result);
    await lab.system.call(enterFromInstrument, { observations: [observe(result, value, { instrument })] });
    return bench.result(result.orderId, code);
  };
  const now = (result: ResultView) => bench.result(result.orderId, result.analyteCode);
  const failed = async (
    instrument: string,
    given: { holdId?: string; lastGoodAt?: string | null; at?: string; analyteCode?: string } = {},
  ) => {
    const holdId = given.holdId ?? newId();
    await bench.deliver(qcFailed, holdId, {
      holdId,
      instrument,
      analyteCode: given.analyteCode ?? 'HGB',
      lastGoodAt: given.lastGoodAt ?? null,
      at: given.at ?? new Date().toISOString(),
      rules: ['1_3s'],
    });
    await lab.settle();
    return holdId;
  };
  const cleared = async (instrument: string, holdId: string, at = new Date().toISOString()) => {
    await bench.deliver(qcCleared, holdId, { holdId, instrument, analyteCode: 'HGB', lastGoodAt: null, at, by: 'qc' });
    await lab.settle();
  };

  await t.test(
    'lab-day 43: a failed control holds what is not signed, and nobody can verify or sign past it',
    async () => {
      const instrument = newInstrument();
      const [entered, toVerify, toSign] = [
        await measure(instrument),
        await measure(instrument),
        await measure(instrument),
      ];
      const [verified, signed] = [(await bench.verify([toVerify]))[0], (await bench.verify([toSign]))[0]];
      assert.ok(verified && signed);
      await bench.sign(pathologist, [signed]);
      const others = [await measure(newInstrument()), await measure(instrument, 'PLT', '250')];
      const holdId = await failed(instrument);

      const held = await now(entered);
      assert.deepEqual([held.status, held.holds, held.version], ['entered', ['qc_failed'], entered.version + 1]);
      assert.deepEqual(held.holdNotes, [{ hold: 'qc_failed', text: `Control failed on ${instrument}: 1_3s` }]);
      const heldVerified = await now(verified);
      assert.deepEqual([heldVerified.status, heldVerified.holds], ['verified', ['qc_failed']]);
      assert.deepEqual((await now(signed)).holds, [], 'what is signed is never touched');
      for (const other of others) assert.deepEqual((await now(other)).holds, [], 'another instrument, another analyte');

      const items = [{ ...stepOf(held), holdsSeen: ['qc_failed' as const] }];
      const refusal = await technician.refused(verifyResults, { items }, 'result.locked');
      assert.deepEqual(refusal.details, { resultId: held.id, holds: ['qc_failed'] });
      const signingToken = await signAs(lab, pathologist);
      await pathologist.refused(authoriseResults, { items: [stepOf(verified)], signingToken }, 'result.stale');
      await pathologist.refused(authoriseResults, { items: [stepOf(heldVerified)], signingToken }, 'result.locked');
      const queue = await pathologist.call(signingQueue, { first: 50 });
      assert.deepEqual(
        queue.edges.flatMap(({ node }) => node.lockedResultIds),
        [heldVerified.id],
      );
      const rules = [{ ...stepOf(held), rules: ['in-range'] }];
      assert.deepEqual(await lab.system.call(autoVerifyResults, { items: rules, ruleSet: 'r' }), []);

      // One that comes now is held as it comes.
      const late = await measure(instrument);
      assert.deepEqual(late.holds, ['qc_failed']);

      await cleared(instrument, holdId);
      const free = [await now(held), await now(heldVerified), await now(late)];
      assert.deepEqual(
        free.map((result) => [result.status, result.holds, result.holdNotes]),
        [
          ['entered', [], []],
          ['verified', [], []],
          ['entered', [], []],
        ],
      );
      assert.deepEqual((await measure(instrument)).holds, []);
      const [freed] = free;
      assert.ok(freed);
      assert.equal((await bench.verify([freed]))[0]?.status, 'verified');
      const acts = (await lab.system.call(resultTrail, { caseIds: [held.orderId] })).map(({ act }) => act);
      assert.deepEqual(acts.slice(-3), ['result.hold', 'result.lift_hold', 'result.verify']);
    },
  );

  await t.test(
    'lab-day 43: a value typed over a held one of an instrument stays held until its owner lifts it',
    async () => {
      const instrument = newInstrument();
      const held = await measure(instrument);
      const holdId = await failed(instrument);
      const typed = await bench.enter(await now(held), '13.4');
      assert.deepEqual([typed.source, typed.readFrom, typed.holds], ['manual', instrument, ['qc_failed']]);
      const again = await bench.enter(typed, '13.5');
      assert.deepEqual([again.readFrom, again.holds], [instrument, ['qc_failed']]);
      await technician.refused(
        verifyResults,
        { items: [{ ...stepOf(again), holdsSeen: ['qc_failed' as const] }] },
        'result.locked',
      );
      await cleared(instrument, holdId);
      const free = await now(again);
      assert.deepEqual([free.value, free.holds, free.status], ['13.5', [], 'entered']);
      // Nothing is held any more: a value typed now is the work of hands.
      assert.equal((await bench.enter(free, '13.6')).readFrom, null);
    },
  );

  await t.test('lab-day 43: a value read from an instrument and typed is held like one it sent', async () => {
    const [instrument, other] = [newInstrument(), newInstrument()];
    const typedFrom = async (name: string) => {
      const [awaiting] = await bench.awaiting(['HGB']);
      assert.ok(awaiting);
      return technician.call(enterResult, { ...stepOf(awaiting), value: '12.9', instrument: name });
    };
    const before = await typedFrom(instrument);
    assert.deepEqual([before.source, before.readFrom, before.holds], ['manual', instrument, []]);
    const holdId = await failed(instrument);
    const bracket = await now(before);
    assert.deepEqual(bracket.holds, ['qc_failed'], 'the bracket holds what was read before');
    const late = await typedFrom(instrument);
    assert.deepEqual([late.holds, (await typedFrom(other)).holds], [['qc_failed'], []]);
    // Measured once more on an instrument that is in control, and said so.
    const moved = await technician.call(enterResult, { ...stepOf(bracket), value: '12.8', instrument: other });
    assert.deepEqual([moved.readFrom, moved.holds], [other, []]);
    await cleared(instrument, holdId);
    assert.deepEqual([(await now(late)).holds, (await now(moved)).holds], [[], []]);
    const [from, to] = [new Date(Date.now() - 3_600_000).toISOString(), new Date(Date.now() + 60_000).toISOString()];
    const page = await technician.call(resultsOfInstrument, { instrument, analyteCode: 'HGB', from, to });
    assert.deepEqual(
      page.edges.map(({ node }) => node.id),
      [late.id],
    );
    const trail = await lab.system.call(resultTrail, { caseIds: [late.orderId] });
    assert.ok(
      trail.some(({ act, facts }) => act === 'result.enter' && 'readFrom' in facts && facts['readFrom'] === instrument),
    );
  });

  await t.test('lab-day 43: typed values and a failing control at once: none slips through', async () => {
    for (let round = 0; round < 5; round += 1) {
      const instrument = newInstrument();
      const results = await Promise.all([1, 2, 3].map(async () => (await bench.awaiting(['HGB']))[0]));
      await Promise.all([
        failed(instrument),
        ...results.map(async (result) => {
          assert.ok(result);
          await technician.call(enterResult, { ...stepOf(result), value: '13', instrument });
        }),
      ]);
      for (const result of results) {
        assert.ok(result);
        assert.deepEqual((await now(result)).holds, ['qc_failed']);
      }
    }
  });

  await t.test('lab-day 43: amended by hand while its instrument is held: the new value is held', async () => {
    const instrument = newInstrument();
    const [verified] = await bench.verify([await measure(instrument)]);
    assert.ok(verified);
    const [signed] = await bench.sign(pathologist, [verified]);
    assert.ok(signed);
    const holdId = await failed(instrument);
    const signingToken = await signAs(lab, pathologist);
    const [opened] = await pathologist.call(amendResults, { items: [stepOf(signed)], reason: 'repeat', signingToken });
    assert.ok(opened);
    const typed = await bench.enter(opened, '12.1');
    assert.deepEqual([typed.readFrom, typed.holds], [instrument, ['qc_failed']]);
    await pathologist.call(withdrawAmendments, { items: [stepOf(typed)], reason: 'not needed' });
    const back = await now(signed);
    assert.deepEqual([back.value, back.source, back.readFrom, back.holds], ['13.1', instrument, null, []]);
    await cleared(instrument, holdId);
  });

  await t.test('lab-day 43: only what was measured since the last good control', async () => {
    const instrument = newInstrument();
    const before = await measure(instrument);
    const lastGoodAt = new Date().toISOString();
    const since = await measure(instrument);
    await failed(instrument, { lastGoodAt });
    assert.deepEqual([(await now(before)).holds, (await now(since)).holds], [[], ['qc_failed']]);
  });

  await t.test(
    'two failures at once: the hold stays until both are lifted; the same news twice changes nothing',
    async () => {
      const instrument = newInstrument();
      const entered = await measure(instrument);
      const [one, other] = [await failed(instrument), await failed(instrument)];
      const { version } = await now(entered);
      await failed(instrument, { holdId: other });
      assert.equal((await now(entered)).version, version);
      await cleared(instrument, one);
      assert.deepEqual((await now(entered)).holds, ['qc_failed']);
      await cleared(instrument, other);
      await cleared(instrument, other);
      assert.deepEqual((await now(entered)).holds, []);
    },
  );

  await t.test('lifted before the failure arrives: it stays lifted', async () => {
    const instrument = newInstrument();
    const entered = await measure(instrument);
    const holdId = newId();
    const [at, later] = [new Date().toISOString(), new Date(Date.now() + 1000).toISOString()];
    await cleared(instrument, holdId, later);
    await failed(instrument, { holdId, at });
    assert.deepEqual((await now(entered)).holds, []);
    assert.deepEqual((await measure(instrument)).holds, []);
  });

  await t.test('values and a failing control at once: none slips through', async () => {
    for (let round = 0; round < 5; round += 1) {
      const instrument = newInstrument();
      const results = await Promise.all([1, 2, 3].map(async () => (await bench.awaiting(['HGB']))[0]));
      await Promise.all([
        failed(instrument),
        ...results.map(async (result) => {
          assert.ok(result);
          await lab.system.call(enterFromInstrument, { observations: [observe(result, '13', { instrument })] });
        }),
      ]);
      for (const result of results) {
        assert.ok(result);
        assert.deepEqual((await now(result)).holds, ['qc_failed']);
      }
    }
  });

  await t.test('a blocked instrument holds every analyte from then on, until it may be used again', async () => {
    const instrument = newInstrument();
    const instrumentId = newId();
    const before = await measure(instrument);
    const block = { instrumentId, instrument, reason: 'calibration overdue', at: new Date().toISOString() };
    await bench.deliver(instrumentBlocked, instrumentId, block);
    await lab.settle();
    const [hgb, plt] = [await measure(instrument), await measure(instrument, 'PLT', '250')];
    assert.deepEqual(
      [(await now(before)).holds, hgb.holds, plt.holds],
      [[], ['instrument_blocked'], ['instrument_blocked']],
    );
    const items = [{ ...stepOf(hgb), holdsSeen: hgb.holds }];
    await technician.refused(verifyResults, { items }, 'result.locked');
    await bench.deliver(instrumentUnblocked, instrumentId, { instrumentId, instrument, at: new Date().toISOString() });
    await lab.settle();
    assert.deepEqual([(await now(hgb)).holds, (await now(plt)).holds], [[], []]);
    // Blocked once more, under the same id.
    await bench.deliver(instrumentBlocked, instrumentId, { ...block, at: new Date().toISOString() });
    await lab.settle();
    assert.deepEqual((await measure(instrument)).holds, ['instrument_blocked']);
  });

  await t.test(
    'lab-day 43: the look-back list: what an instrument gave for an analyte, oldest first, signed or not',
    async () => {
      const instrument = newInstrument();
      const from = new Date().toISOString();
      const given: ResultView[] = [];
      for (const value of ['13.1', '13.2', '13.3']) given.push(await measure(instrument, 'HGB', value));
      await measure(instrument, 'PLT', '250');
      const [, second] = given;
      assert.ok(second);
      await bench.sign(pathologist, await bench.verify([second]));
      const to = new Date(Date.now() + 60_000).toISOString();
      const search = { instrument, analyteCode: 'HGB', from, to };
      const first = await technician.call(resultsOfInstrument, { ...search, first: 2 });
      const rest = await technician.call(resultsOfInstrument, { ...search, first: 2, after: first.endCursor });
      assert.deepEqual(
        [...first.edges, ...rest.edges].map(({ node }) => [node.value, node.status]),
        [
          ['13.1', 'entered'],
          ['13.2', 'authorised'],
          ['13.3', 'entered'],
        ],
      );
      assert.equal(rest.hasNextPage, false);
      assert.deepEqual((await technician.call(resultsOfInstrument, { ...search, to: from })).edges, []);
      assert.deepEqual((await lab.as('technician', newId()).call(resultsOfInstrument, search)).edges, []);
    },
  );
});
