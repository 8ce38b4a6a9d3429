// Amendment of signed results: specs/result.md RES-52 to RES-55.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';

import { signAs } from '../../testing/sign-as.ts';
import type { ResultView } from './contract.ts';
import {
  amendResults,
  autoVerifyResults,
  criticalsOfOrders,
  enterFromInstrument,
  lastResults,
  listReversals,
  recordCriticalCall,
  resultTrail,
  sendBackResults,
  signedVersions,
  withdrawAmendments,
} from './contract.ts';
import { observe, startBench, stepOf } from './testing.ts';

test('amendments', async (t) => {
  const bench = await startBench(t, { policies: {} });
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  const signed = async (value: string, given: { readonly patientId?: string } = {}): Promise<ResultView> => {
    const [result] = await bench.sign(pathologist, await bench.verified({ HGB: value }, given));
    assert.ok(result);
    return result;
  };
  const amend = async (results: readonly ResultView[], reason = 'wrong dilution factor') =>
    pathologist.call(amendResults, {
      items: results.map(stepOf),
      reason,
      signingToken: await signAs(lab, pathologist),
    });
  const versions = (result: ResultView) => technician.call(signedVersions, { resultIds: [result.id] });

  await t.test(
    'lab-day 58: opened with a reason, entered, verified and signed again; the old version stays',
    async () => {
      const before = await signed('13.1');
      const [open] = await amend([before]);
      assert.ok(open?.amendment);
      const { at, ...amendment } = open.amendment;
      assert.deepEqual(amendment, {
        number: 1,
        reason: 'wrong dilution factor',
        by: 'pathologist',
        previousValue: '13.1',
      });
      assert.ok(Date.parse(at) >= Date.parse(before.authorisedAt ?? ''));
      assert.deepEqual(
        [open.status, open.value, open.verifiedBy, open.authorisedBy, open.authorisedById],
        ['entered', '13.1', null, null, null],
      );
      const entered = await bench.enter(open, '14.4');
      const [again] = await bench.sign(pathologist, await bench.verify([entered]));
      assert.ok(again);
      assert.deepEqual(
        [again.status, again.value, again.amendment?.number, again.amendment?.previousValue],
        ['authorised', '14.4', 1, '13.1'],
      );
      const kept = await versions(before);
      assert.deepEqual(
        kept.map(({ number, signed: version, amendedBy }) => [number, version.value, amendedBy?.reason ?? null]),
        [
          [1, '13.1', 'wrong dilution factor'],
          [2, '14.4', null],
        ],
      );
      assert.deepEqual(kept[0]?.signed, before, 'to the letter');
      assert.deepEqual(kept[1]?.signed, again);
      const events = await bench.told(before.orderId);
      const [amended] = events.filter(({ type }) => type === 'result.amended').map(({ payload }) => payload);
      assert.deepEqual(
        [amended?.['resultIds'], amended?.['reason'], amended?.['by']],
        [[before.id], 'wrong dilution factor', 'pathologist'],
      );
      assert.deepEqual(
        events
          .filter(({ type }) => type === 'result.authorised')
          .map(({ payload }) => [payload['isAmendment'], payload['isOrderComplete']]),
        [
          [false, true],
          [true, true],
        ],
      );
      const [reversal] = (await technician.call(listReversals, { first: 1 })).edges.map(({ node }) => node);
      assert.deepEqual(
        [reversal?.kind, reversal?.resultId, reversal?.value, reversal?.approvedBy, reversal?.reason],
        ['amended', before.id, '13.1', 'pathologist', 'wrong dilution factor'],
      );
      assert.deepEqual((await lab.changes('result', before.orderId)).slice(-5), [
        'result.authorise',
        'result.amend',
        'result.enter',
        'result.verify',
        'result.authorise',
      ]);
    },
  );

  await t.test('a second amendment counts on, and every version stays', async () => {
    const first = await signed('13.1');
    const [open] = await amend([first]);
    assert.ok(open);
    const [second] = await bench.sign(pathologist, await bench.verify([await bench.enter(open, '13.5')]));
    assert.ok(second);
    const [openAgain] = await amend([second], 'transposed');
    assert.deepEqual([openAgain?.amendment?.number, openAgain?.amendment?.previousValue], [2, '13.5']);
    assert.ok(openAgain);
    await bench.sign(pathologist, await bench.verify([await bench.enter(openAgain, '15.3')]));
    assert.deepEqual(
      (await versions(first)).map(({ number, signed: version, amendedBy }) => [
        number,
        version.value,
        amendedBy?.number ?? null,
      ]),
      [
        [1, '13.1', 1],
        [2, '13.5', 2],
        [3, '15.3', null],
      ],
    );
  });

  await t.test('it needs the right, a confirmed identity, a signed result, and the version that was seen', async () => {
    const before = await signed('13.1');
    const items = [stepOf(before)];
    const signingToken = await signAs(lab, pathologist);
    await technician.refused(amendResults, { items, reason: 'x' }, 'platform.forbidden');
    await pathologist.refused(amendResults, { items, reason: 'x' }, 'user.not_confirmed');
    await pathologist.refused(
      amendResults,
      { items: [{ ...stepOf(before), expectedVersion: 1 }], reason: 'x', signingToken },
      'result.stale',
    );
    const [entered] = await bench.awaiting(['HGB']);
    assert.ok(entered);
    const refusal = await pathologist.refused(
      amendResults,
      { items: [stepOf(before), stepOf(entered)], reason: 'x', signingToken },
      'result.cannot_move',
    );
    assert.deepEqual(refusal.details, {
      status: 'awaiting',
      move: 'amended',
      from: ['authorised'],
      may: 'result.amend',
    });
    assert.equal((await bench.result(before.orderId, 'HGB')).status, 'authorised', 'all or none');
    await lab.as('pathologist', newId()).refused(withdrawAmendments, { items, reason: 'x' }, 'result.not_found');
  });

  await t.test('two who open one result at once: one wins, the other is told', async () => {
    const before = await signed('13.1');
    const outcomes = await Promise.allSettled([amend([before]), amend([before])]);
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
    assert.equal(outcomes.find((outcome) => outcome.status === 'rejected')?.reason.code, 'result.stale');
    assert.equal((await bench.told(before.orderId)).filter(({ type }) => type === 'result.amended').length, 1);
  });

  await t.test(
    'given up, an amendment leaves the very result that was signed, from any state it had come to',
    async () => {
      const withdraw = async (open: ResultView) => {
        const [back] = await pathologist.call(withdrawAmendments, { items: [stepOf(open)], reason: 'it was right' });
        assert.ok(back);
        return back;
      };
      const before = await signed('13.1');
      const [open] = await amend([before]);
      assert.ok(open);
      const entered = await bench.enter(open, '17.7');
      const [verified] = await bench.verify([entered]);
      assert.ok(verified);
      await technician.refused(withdrawAmendments, { items: [stepOf(verified)], reason: 'x' }, 'platform.forbidden');
      const back = await withdraw(verified);
      assert.deepEqual({ ...back, version: before.version }, before);
      assert.ok(back.version > verified.version, 'an open screen is stale');
      const kept = await versions(before);
      assert.deepEqual(
        kept.map(({ number, signed: version, amendedBy }) => [number, version.value, amendedBy]),
        [[1, '13.1', null]],
        'as if it had never been opened',
      );
      const refusal = await pathologist.refused(
        withdrawAmendments,
        { items: [stepOf(back)], reason: 'x' },
        'result.cannot_move',
      );
      assert.deepEqual([refusal.details['status'], refusal.details['move']], ['authorised', 'amendment withdrawn']);
      // It may be opened again, and the number goes on: the trail has both.
      const [openAgain] = await amend([back]);
      assert.equal(openAgain?.amendment?.number, 2);
      assert.ok(openAgain);
      assert.deepEqual({ ...(await withdraw(openAgain)), version: before.version }, before);
      const acts = await lab.system.call(resultTrail, { caseIds: [before.orderId] });
      assert.deepEqual(
        acts.filter(({ act }) => act === 'result.withdraw_amendment').map(({ facts }) => facts['reason']),
        ['it was right', 'it was right'],
      );
    },
  );

  await t.test('given up, what an instrument sent meanwhile stays in sight beside the signed value', async () => {
    const before = await signed('13.1');
    const [open] = await amend([before]);
    assert.ok(open);
    await lab.system.call(enterFromInstrument, { observations: [observe(open, '9.9')] });
    const held = await bench.result(before.orderId, 'HGB');
    assert.deepEqual(held.holds, ['rerun_differs']);
    const [back] = await pathologist.call(withdrawAmendments, { items: [stepOf(held)], reason: 'it was right' });
    assert.deepEqual(
      [back?.value, back?.holds, back?.otherValues.map(({ value, source }) => [value, source])],
      ['13.1', [], [['9.9', 'XN-550']]],
    );
  });

  await t.test('given up after the rest was signed: somebody is told that the order is complete', async () => {
    const [one, other] = await bench.verified({ HGB: '13.1', ESR: '12' });
    assert.ok(one && other);
    const [first] = await bench.sign(pathologist, [one]);
    assert.ok(first);
    const [open] = await amend([first]);
    assert.ok(open);
    await bench.sign(pathologist, [other]);
    await pathologist.call(withdrawAmendments, { items: [stepOf(open)], reason: 'it was right' });
    const events = (await bench.told(one.orderId)).filter(({ type }) => type === 'result.authorised');
    assert.deepEqual(
      events.map(({ payload }) => [payload['resultIds'], payload['isOrderComplete']]),
      [
        [[one.id], false],
        [[other.id], false],
        [[], true],
      ],
    );
  });

  await t.test('previous values are signed ones: the signed copy while it is being amended', async () => {
    const patientId = await bench.patient({ sex: 'female', ageDays: 12_000 });
    const earliest = await signed('12.0', { patientId });
    const before = await signed('13.1', { patientId });
    const [open] = await amend([before]);
    assert.ok(open);
    const entered = await bench.enter(open, '15.9');
    const previous = () => technician.call(lastResults, { patientId, analyteCode: 'HGB' });
    assert.deepEqual(await previous(), [before, earliest]);
    await bench.sign(pathologist, await bench.verify([entered]));
    assert.deepEqual(
      (await previous()).map((result) => result.value),
      ['15.9', '12.0'],
    );
  });

  await t.test('what is being amended is never verified by rules; it may be sent back like any other', async () => {
    const [open] = await amend([await signed('13.1')]);
    assert.ok(open);
    const entered = await bench.enter(open, '13.3');
    const items = [{ ...stepOf(entered), rules: ['in-range'] }];
    assert.deepEqual(await lab.system.call(autoVerifyResults, { items, ruleSet: 'r1' }), []);
    const [verified] = await bench.verify([entered]);
    assert.ok(verified);
    const [back] = await pathologist.call(sendBackResults, { items: [stepOf(verified)], reason: 'repeat' });
    assert.deepEqual([back?.status, back?.amendment?.number], ['entered', 1]);
  });

  await t.test(
    'lab-medicine 6: amending a critical that was told needs a second call before it is signed',
    async () => {
      const [verified] = await bench.verified({ HGB: '5.1' });
      assert.ok(verified);
      const call = async () => {
        const open = (await lab.system.call(criticalsOfOrders, { ids: [verified.orderId] })).filter(
          ({ status }) => status === 'open',
        );
        await technician.call(recordCriticalCall, {
          criticalIds: open.map(({ id }) => id),
          to: 'Dr. Rao',
          wasReached: true,
          wasReadBack: true,
        });
      };
      await call();
      const [before] = await bench.sign(pathologist, [verified]);
      assert.ok(before);
      const [open] = await amend([before]);
      assert.ok(open);
      const corrected = await bench.verify([await bench.enter(open, '13.1')]);
      await assert.rejects(bench.sign(pathologist, corrected), { code: 'result.critical_uncalled' });
      await call();
      assert.equal((await bench.sign(pathologist, corrected))[0]?.status, 'authorised');
      assert.deepEqual(
        (await lab.system.call(criticalsOfOrders, { ids: [before.orderId] })).map(({ value, status, isCorrection }) => [
          value,
          status,
          isCorrection,
        ]),
        [
          ['5.1', 'closed', false],
          ['13.1', 'told', true],
        ],
      );
    },
  );

  await t.test(
    'P3: no statement changes a signed result, takes its copy away, or signs without a signature',
    async () => {
      const before = await signed('13.1');
      const database = lab.runtime.databaseOf('result');
      const change = (statement: ReturnType<typeof sql>) =>
        database.transaction(lab.labId, {}, (db) => db.rows(statement));
      const amendment = JSON.stringify({
        number: 1,
        reason: 'x',
        at: before.authorisedAt,
        by: 'x',
        previousValue: '13.1',
      });
      const opened = sql`status = 'entered', amendment = ${amendment}::jsonb, verified_at = null, verified_by = null,
      verified_by_id = null, authorised_at = null, authorised_by = null, authorised_by_id = null, version = version + 1`;
      const never = /authorised result cannot be changed/;
      await assert.rejects(change(sql`update lis_result.result set value = '15' where id = ${before.id}`), never);
      await assert.rejects(
        change(sql`update lis_result.result set status = 'cancelled' where id = ${before.id}`),
        never,
      );
      await assert.rejects(
        change(sql`update lis_result.result set ${opened} where id = ${before.id}`),
        never,
        'no copy',
      );
      const copy = (number: number) => sql`
      insert into lis_result.signed_version (lab_id, result_id, number, signed, amendment)
      select lab_id, id, ${number}, to_jsonb(r), ${amendment}::jsonb from lis_result.result as r where r.id = ${before.id}`;
      const both = (first: ReturnType<typeof sql>, second: ReturnType<typeof sql>) =>
        database.transaction(lab.labId, {}, async (db) => {
          await db.rows(first);
          await db.rows(second);
        });
      await assert.rejects(
        both(copy(1), sql`update lis_result.result set ${opened}, value = '15' where id = ${before.id}`),
        never,
        'another value',
      );
      await assert.rejects(
        both(copy(2), sql`update lis_result.result set ${opened} where id = ${before.id}`),
        never,
        'another number',
      );
      const [open] = await amend([before]);
      assert.ok(open);
      await assert.rejects(
        change(sql`update lis_result.signed_version set signed = '{}' where result_id = ${before.id}`),
        /permission denied/,
      );
      await assert.rejects(
        change(sql`delete from lis_result.signed_version where result_id = ${before.id}`),
        /permission denied/,
      );
      const unsigned = /authorised by a signature alone/;
      const signature = sql`status = 'authorised', authorised_at = now(), authorised_by = 'x', verified_at = now(), verified_by = 'x'`;
      await assert.rejects(change(sql`update lis_result.result set ${signature} where id = ${open.id}`), unsigned);
      const [verified] = await bench.verify([open]);
      assert.ok(verified);
      await assert.rejects(
        change(sql`update lis_result.result set ${signature}, value = '15' where id = ${open.id}`),
        unsigned,
        'a signature changes nothing',
      );
      assert.deepEqual(await bench.result(before.orderId, 'HGB'), verified);
    },
  );
});
