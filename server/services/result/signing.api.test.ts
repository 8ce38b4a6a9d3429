// Verify, authorise, send back: specs/result.md RES-10 to RES-14.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';

import type { ResultView } from './contract.ts';
import {
  authoriseResults,
  enterFromInstrument,
  enterResult,
  lastResults,
  resultTrail,
  sendBackResults,
  verifyResults,
} from './contract.ts';
import { observe, startBench, stepOf } from './testing.ts';

test('signing', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  const verify = (results: readonly ResultView[]) =>
    technician.call(verifyResults, {
      items: results.map((result) => ({ ...stepOf(result), holdsSeen: result.holds })),
    });
  const enteredPair = async (): Promise<readonly [ResultView, ResultView]> => {
    const [one, other] = await bench.awaiting(['HGB', 'ESR']);
    assert.ok(one && other);
    return [await bench.enter(one, '13.1'), await bench.enter(other, '12')];
  };

  await t.test('RES-10 verifying is all or none, and needs a value', async () => {
    const [one, other] = await bench.awaiting(['HGB', 'ESR']);
    assert.ok(one && other);
    const entered = await bench.enter(one, '13.1');
    const refusal = await technician.refused(
      verifyResults,
      { items: [stepOf(entered), stepOf(other)] },
      'result.cannot_move',
    );
    assert.deepEqual(refusal.details, {
      status: 'awaiting',
      move: 'verified',
      from: ['entered'],
      may: 'result.verify',
    });
    await technician.refused(
      verifyResults,
      { items: [stepOf(entered), { resultId: newId(), expectedVersion: 1 }] },
      'result.not_found',
    );
    await technician.refused(verifyResults, { items: [{ ...stepOf(entered), expectedVersion: 1 }] }, 'result.stale');
    assert.equal((await bench.result(one.orderId, 'HGB')).status, 'entered');
    const full = await bench.enter(other, '12');
    // Answers come in the order asked, whatever the order of the locks.
    const verified = await verify([full, entered]);
    assert.deepEqual(
      verified.map((result) => [result.id, result.status, result.verifiedBy]),
      [
        [full.id, 'verified', 'technician'],
        [entered.id, 'verified', 'technician'],
      ],
    );
    const events = (await bench.told(one.orderId)).filter((event) => event.type === 'result.verified');
    assert.deepEqual(
      events.map((event) => event.payload['resultIds']),
      [[full.id, entered.id]],
      'one event for the order',
    );
    await technician.refused(
      enterResult,
      { resultId: entered.id, value: '14', expectedVersion: entered.version + 1 },
      'result.cannot_move',
    );
  });

  await t.test('RES-10 a held value is verified only by who names every hold', async () => {
    const [hct] = await bench.awaiting(['HCT']);
    assert.ok(hct);
    await lab.system.call(enterFromInstrument, { observations: [observe(hct, '420', { unit: '', doubts: ['W'] })] });
    const held = await bench.result(hct.orderId, 'HCT');
    assert.deepEqual(held.holds, ['no_unit', 'instrument_flag', 'absurd']);
    const refusal = await technician.refused(verifyResults, { items: [stepOf(held)] }, 'result.holds_unseen');
    assert.deepEqual(refusal.details, { resultId: held.id, holds: held.holds });
    await technician.refused(
      verifyResults,
      { items: [{ ...stepOf(held), holdsSeen: ['absurd', 'no_unit'] }] },
      'result.holds_unseen',
    );
    const [verified] = await verify([held]);
    assert.deepEqual([verified?.status, verified?.holds], ['verified', held.holds]);
    const last = (await lab.system.call(resultTrail, { caseIds: [hct.orderId] })).at(-1);
    assert.deepEqual([last?.act, last?.facts['holdsSeen']], ['result.verify', held.holds]);
  });

  await t.test('RES-10 of two who verify at once one wins and the other is told', async () => {
    const [one, other] = await enteredPair();
    const outcomes = await Promise.allSettled([verify([one, other]), verify([other, one])]);
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
    assert.equal(outcomes.find((outcome) => outcome.status === 'rejected')?.reason.code, 'result.stale');
    assert.equal((await bench.told(one.orderId)).filter((event) => event.type === 'result.verified').length, 1);
  });

  await t.test(
    'RES-11 authorising needs a verified value and the right to do so, and tells when the order is complete',
    async () => {
      const [one, other] = await enteredPair();
      const refusal = await pathologist.refused(authoriseResults, { items: [stepOf(one)] }, 'result.cannot_move');
      assert.deepEqual(refusal.details, {
        status: 'entered',
        move: 'authorised',
        from: ['verified'],
        may: 'result.authorise',
      });
      const [first, second] = await verify([one, other]);
      assert.ok(first && second);
      await technician.refused(authoriseResults, { items: [stepOf(first)] }, 'platform.forbidden');
      await pathologist.refused(authoriseResults, { items: [stepOf(one)] }, 'result.stale');
      const [signed] = await pathologist.call(authoriseResults, { items: [stepOf(first)] });
      assert.deepEqual(
        [signed?.status, signed?.authorisedBy, signed?.authorisedById],
        ['authorised', 'pathologist', pathologist.actor.userId],
      );
      await pathologist.call(authoriseResults, { items: [stepOf(second)] });
      const told = (await bench.told(one.orderId)).filter((event) => event.type === 'result.authorised');
      assert.deepEqual(
        told.map((event) => [event.payload['resultIds'], event.payload['isOrderComplete']]),
        [
          [[one.id], false],
          [[other.id], true],
        ],
      );
      assert.deepEqual(await lab.changes('result', one.orderId), [
        'result.enter',
        'result.enter',
        'result.verify',
        'result.verify',
        'result.authorise',
        'result.authorise',
      ]);
    },
  );

  await t.test(
    'RES-11 two who sign the two halves of an order at once: exactly one tells that it is complete',
    async () => {
      for (let round = 0; round < 5; round += 1) {
        const verified = await verify(await enteredPair());
        await Promise.all(verified.map((result) => pathologist.call(authoriseResults, { items: [stepOf(result)] })));
        const told = (await bench.told(verified[0]?.orderId ?? '')).filter(
          (event) => event.type === 'result.authorised',
        );
        assert.deepEqual(
          told.map((event) => event.payload['isOrderComplete']),
          [false, true],
        );
      }
    },
  );

  await t.test('RES-11 one person who verified and authorised is on record', async () => {
    const [one] = await enteredPair();
    const [verified] = await pathologist.call(verifyResults, { items: [stepOf(one)] });
    assert.ok(verified);
    await pathologist.call(authoriseResults, { items: [stepOf(verified)] });
    const last = (await lab.system.call(resultTrail, { caseIds: [one.orderId] })).at(-1);
    assert.deepEqual([last?.act, last?.facts['isSamePerson']], ['result.authorise', true]);
  });

  await t.test('RES-12 back to the bench with a reason, and forward again', async () => {
    const [one, other] = await enteredPair();
    const [verified] = await verify([one]);
    assert.ok(verified);
    await technician.refused(sendBackResults, { items: [stepOf(verified)], reason: 'repeat' }, 'platform.forbidden');
    const early = await pathologist.refused(
      sendBackResults,
      { items: [stepOf(verified), stepOf(other)], reason: 'repeat' },
      'result.cannot_move',
    );
    assert.deepEqual(early.details, {
      status: 'entered',
      move: 'sent back',
      from: ['verified'],
      may: 'result.send_back',
    });
    const [back] = await pathologist.call(sendBackResults, {
      items: [stepOf(verified)],
      reason: 'repeat with a fresh tube',
    });
    assert.ok(back);
    assert.deepEqual(
      [back.status, back.value, back.verifiedAt, back.verifiedBy, back.sentBackReason],
      ['entered', '13.1', null, null, 'repeat with a fresh tube'],
    );
    await pathologist.refused(sendBackResults, { items: [stepOf(verified)], reason: 'again' }, 'result.stale');
    const corrected = await bench.enter(back, '13.4');
    const [again] = await verify([corrected]);
    assert.deepEqual([again?.status, again?.value, again?.sentBackReason], ['verified', '13.4', null]);
    const acts = await lab.system.call(resultTrail, { caseIds: [one.orderId] });
    assert.deepEqual(
      acts.find((entry) => entry.act === 'result.send_back')?.facts['reason'],
      'repeat with a fresh tube',
    );
  });

  await t.test(
    'RES-12 a result that a rerun sent back is verified once a person has chosen, and does not come held again',
    async () => {
      const [one] = await enteredPair();
      const [verified] = await verify([one]);
      assert.ok(verified);
      await lab.system.call(enterFromInstrument, { observations: [observe(one, '9.9')] });
      const now = await bench.result(one.orderId, 'HGB');
      assert.deepEqual([now.status, now.holds], ['entered', ['rerun_differs']]);
      await pathologist.refused(sendBackResults, { items: [stepOf(now)], reason: 'which one?' }, 'result.cannot_move');
      await technician.refused(verifyResults, { items: [stepOf(now)] }, 'result.holds_unseen');
      // Once a person has chosen, the older value does not hold again.
      const [again] = await verify([await bench.enter(now, '13.1')]);
      assert.ok(again);
      const [twice] = await pathologist.call(sendBackResults, { items: [stepOf(again)], reason: 'read the slide' });
      assert.deepEqual(twice?.holds, []);
    },
  );

  await t.test('RES-10 a result named twice in one command is verified once', async () => {
    const [one] = await enteredPair();
    const twice = { ...stepOf(one), resultId: one.id.toUpperCase() };
    const verified = await technician.call(verifyResults, { items: [stepOf(one), twice] });
    assert.deepEqual(
      verified.map((result) => [result.id, result.version]),
      [[one.id, one.version + 1]],
    );
    assert.deepEqual((await lab.changes('result', one.orderId)).filter((act) => act === 'result.verify').length, 1);
  });

  await t.test(
    'RES-13 an authorised result never changes: not by a command, not by an instrument, not by a statement',
    async () => {
      const verified = await verify(await enteredPair());
      const [signed] = await pathologist.call(authoriseResults, { items: verified.map(stepOf) });
      assert.ok(signed);
      const back = await pathologist.refused(
        sendBackResults,
        { items: [stepOf(signed)], reason: 'oh' },
        'result.cannot_move',
      );
      assert.deepEqual(back.details, {
        status: 'authorised',
        move: 'sent back',
        from: ['verified'],
        may: 'result.send_back',
      });
      await pathologist.refused(verifyResults, { items: [stepOf(signed)] }, 'result.cannot_move');
      await pathologist.refused(authoriseResults, { items: [stepOf(signed)] }, 'result.cannot_move');
      await technician.refused(enterResult, { ...stepOf(signed), value: '15' }, 'result.cannot_move');
      const [fate] = await lab.system.call(enterFromInstrument, { observations: [observe(signed, '15.5')] });
      assert.equal(fate?.outcome, 'after_authorised');
      const now = await bench.result(signed.orderId, 'HGB');
      assert.deepEqual({ ...now, otherValues: [] }, signed);
      assert.deepEqual(
        now.otherValues.map((other) => other.value),
        ['15.5'],
      );
      const database = lab.runtime.databaseOf('result');
      const change = (statement: ReturnType<typeof sql>) =>
        database.transaction(lab.labId, {}, (db) => db.rows(statement));
      await assert.rejects(
        change(sql`update lis_result.result set value = '15' where id = ${signed.id}`),
        /authorised result cannot be changed/,
      );
      await assert.rejects(
        change(sql`update lis_result.result set status = 'entered' where id = ${signed.id}`),
        /authorised result cannot be changed/,
      );
      await assert.rejects(change(sql`delete from lis_result.result where id = ${signed.id}`), /permission denied/);
    },
  );

  await t.test('RES-14 previous values: authorised ones of that patient and analyte, newest first', async () => {
    const patientId = await bench.patient({ sex: 'male', ageDays: 15_000 });
    const sign = async (value: string) => {
      const [result] = await bench.awaiting(['HGB'], { patientId });
      assert.ok(result);
      await pathologist.call(authoriseResults, {
        items: (await verify([await bench.enter(result, value)])).map(stepOf),
      });
    };
    for (const value of ['14.1', '14.2', '14.3']) await sign(value);
    const [unsigned] = await bench.awaiting(['HGB'], { patientId });
    assert.ok(unsigned);
    await bench.enter(unsigned, '20');
    const previous = await technician.call(lastResults, { patientId, analyteCode: 'HGB', first: 2 });
    assert.deepEqual(
      previous.map((result) => result.value),
      ['14.3', '14.2'],
    );
    assert.deepEqual(await technician.call(lastResults, { patientId, analyteCode: 'ESR' }), []);
    assert.deepEqual(await lab.as('technician', newId()).call(lastResults, { patientId, analyteCode: 'HGB' }), []);
  });
});
