// Verify, authorise, send back in a lab with its usual policies: specs/result.md RES-40 to RES-46.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { getPolicies } from '#contract/organization.ts';
import { newId } from '#platform/ids.ts';

import { signAs } from '../../testing/sign-as.ts';
import type { ResultView } from './contract.ts';
import {
  authoriseResults,
  autoVerifyResults,
  enterFromInstrument,
  listReversals,
  listWorklist,
  resultTrail,
  sendBackResults,
  signingQueue,
  verifyResults,
} from './contract.ts';
import { observe, startBench, stepOf } from './testing.ts';

test('release', async (t) => {
  const bench = await startBench(t, { policies: {} });
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  const told = async (orderId: string, type: string) =>
    (await bench.told(orderId)).filter((event) => event.type === type).map((event) => event.payload);

  await t.test('lab-day 52: signing needs an identity confirmed just now, of the same person and session', async () => {
    assert.ok((await lab.system.call(getPolicies, {})).signingMinutes > 0, 'as labs usually have it');
    const [verified] = await bench.verified({ HGB: '13.1' });
    assert.ok(verified);
    const items = [stepOf(verified)];
    await pathologist.refused(authoriseResults, { items }, 'user.not_confirmed');
    await pathologist.refused(authoriseResults, { items, signingToken: 'forged' }, 'user.not_confirmed');
    const others = await signAs(lab, lab.as('pathologist'));
    await pathologist.refused(authoriseResults, { items, signingToken: others }, 'user.not_confirmed');
    await lab.system.refused(authoriseResults, { items }, 'user.not_confirmed');
    assert.equal((await bench.result(verified.orderId, 'HGB')).status, 'verified');
    const [signed] = await bench.sign(pathologist, [verified]);
    assert.deepEqual(
      [signed?.status, signed?.authorisedBy, signed?.authorisedById],
      ['authorised', 'pathologist', pathologist.actor.userId],
    );
  });

  await t.test('lab-day 45: who verified may not authorise, all or none; another person may', async () => {
    const [one, other] = await bench.awaiting(['HGB', 'ESR']);
    assert.ok(one && other);
    const [own] = await pathologist.call(verifyResults, { items: [stepOf(await bench.enter(one, '13.1'))] });
    const [theirs] = await bench.verify([await bench.enter(other, '12')]);
    assert.ok(own && theirs);
    const refusal = await pathologist.refused(
      authoriseResults,
      { items: [stepOf(theirs), stepOf(own)], signingToken: await signAs(lab, pathologist) },
      'result.four_eyes',
    );
    assert.deepEqual(refusal.details, { resultId: own.id });
    assert.equal((await bench.result(one.orderId, 'ESR')).status, 'verified', 'all or none');
    const colleague = lab.as('pathologist');
    const signed = await bench.sign(colleague, [theirs, own]);
    assert.deepEqual(
      signed.map((result) => [result.status, result.authorisedById]),
      [
        ['authorised', colleague.actor.userId],
        ['authorised', colleague.actor.userId],
      ],
    );
    const acts = await lab.system.call(resultTrail, { caseIds: [one.orderId] });
    assert.deepEqual(
      acts.filter(({ act }) => act === 'result.authorise').map(({ facts }) => facts['isSamePerson']),
      [false, false],
    );
  });

  await t.test('a refused move names state, move, where it is made from and who may make it', async () => {
    const [result] = await bench.awaiting(['HGB']);
    assert.ok(result);
    const refusal = await pathologist.refused(
      authoriseResults,
      { items: [stepOf(result)], signingToken: await signAs(lab, pathologist) },
      'result.cannot_move',
    );
    assert.deepEqual(refusal.details, {
      status: 'awaiting',
      move: 'authorised',
      from: ['verified'],
      may: 'result.authorise',
    });
  });

  await t.test('lab-day 51: any part of an order is signed; the rest goes on waiting', async () => {
    const [first, second, third] = await bench.awaiting(['HGB', 'ESR', 'PLT']);
    assert.ok(first && second && third);
    const verified = await bench.verify([await bench.enter(first, '13.1'), await bench.enter(second, '12')]);
    const [one] = verified;
    assert.ok(one);
    await bench.sign(pathologist, [one]);
    const statuses = (await bench.results(first.orderId)).map((result) => result.status).sort();
    assert.deepEqual(statuses, ['authorised', 'awaiting', 'verified']);
    const events = await told(first.orderId, 'result.authorised');
    assert.deepEqual(
      events.map((event) => [event['resultIds'], event['isOrderComplete'], event['isAmendment']]),
      [[[one.id], false, false]],
    );
  });

  await t.test('two who sign one result at once: one wins, the other is told', async () => {
    const verified = await bench.verified({ HGB: '13.1' });
    const two = [pathologist, lab.as('pathologist')];
    const outcomes = await Promise.allSettled(two.map((who) => bench.sign(who, verified)));
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
    assert.equal(outcomes.find((outcome) => outcome.status === 'rejected')?.reason.code, 'result.stale');
    assert.equal((await told(verified[0]?.orderId ?? '', 'result.authorised')).length, 1);
  });

  await t.test('one signs while another sends back: one wins, the other is told', async () => {
    for (let round = 0; round < 4; round += 1) {
      const verified = await bench.verified({ HGB: '13.1' });
      const outcomes = await Promise.allSettled([
        bench.sign(pathologist, verified),
        lab.as('pathologist').call(sendBackResults, { items: verified.map(stepOf), reason: 'repeat' }),
      ]);
      assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
      const { status } = await bench.result(verified[0]?.orderId ?? '', 'HGB');
      assert.equal(status, outcomes[0]?.status === 'fulfilled' ? 'authorised' : 'entered');
    }
  });

  await t.test('lab-day 31: a transcribed value is verified by somebody other than who entered it', async () => {
    const [result] = await bench.awaiting(['HGB']);
    assert.ok(result);
    const entered = await bench.enter(result, '13.1');
    // As the entry of a referral lab's paper leaves it.
    await lab.runtime
      .databaseOf('result')
      .transaction(lab.labId, {}, (db) =>
        db.rows(sql`update lis_result.result set holds = '{second_check}' where id = ${entered.id}`),
      );
    const items = [{ ...stepOf(entered), holdsSeen: ['second_check' as const] }];
    const refusal = await technician.refused(verifyResults, { items }, 'result.second_check_needed');
    assert.deepEqual(refusal.details, { resultId: entered.id });
    await pathologist.refused(verifyResults, { items: [stepOf(entered)] }, 'result.holds_unseen');
    const [verified] = await pathologist.call(verifyResults, { items });
    assert.equal(verified?.status, 'verified');
  });

  await t.test(
    'lab-day 49: sent back with a reason, on the list of reversed approvals, and repeated after it',
    async () => {
      const [verified] = await bench.verified({ HGB: '13.1' });
      assert.ok(verified);
      await technician.refused(sendBackResults, { items: [stepOf(verified)], reason: 'no' }, 'platform.forbidden');
      const [back] = await pathologist.call(sendBackResults, {
        items: [stepOf(verified)],
        reason: 'clot seen, repeat',
      });
      assert.ok(back);
      assert.deepEqual([back.status, back.sentBackReason, back.autoRules], ['entered', 'clot seen, repeat', []]);
      const list = await lab.as('technician').call(listReversals, { first: 5 });
      const reversal = list.edges.find(({ node }) => node.resultId === verified.id)?.node;
      assert.ok(reversal);
      assert.deepEqual(
        [reversal.kind, reversal.value, reversal.approvedBy, reversal.by, reversal.reason, reversal.approvedAt],
        ['sent_back', '13.1', 'technician', 'pathologist', 'clot seen, repeat', verified.verifiedAt],
      );
      const [again] = await bench.verify([await bench.enter(back, '12.7')]);
      assert.ok(again);
      const [signed] = await bench.sign(pathologist, [again]);
      assert.deepEqual([signed?.value, signed?.status], ['12.7', 'authorised']);
    },
  );

  await t.test('#725: reversed approvals come newest first, in pages that neither repeat nor skip', async () => {
    const verified = await bench.verified({ HGB: '13.1', ESR: '12', PLT: '250' });
    for (const result of verified)
      await pathologist.call(sendBackResults, { items: [stepOf(result)], reason: `back: ${result.analyteCode}` });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: { edges: readonly { node: { reason: string } }[]; endCursor: string | null; hasNextPage: boolean } =
        await technician.call(listReversals, { first: 2, after });
      seen.push(...page.edges.map(({ node }) => node.reason));
      after = page.hasNextPage ? page.endCursor : null;
    } while (after !== null);
    assert.deepEqual(seen.slice(0, 3), verified.map((result) => `back: ${result.analyteCode}`).toReversed());
    assert.equal(seen.length, 3 + (await reversalsBefore()), 'each once');
    assert.deepEqual((await lab.as('technician', newId()).call(listReversals, {})).edges, []);
    await technician.refused(listReversals, { after: 'x' }, 'platform.bad_cursor');
  });

  async function reversalsBefore(): Promise<number> {
    const rows = await lab.runtime
      .databaseOf('result')
      .transaction(lab.labId, {}, (db) =>
        db.rows(sql`select id from lis_result.reversal where lab_id = ${lab.labId} and reason not like 'back: %'`),
      );
    return rows.length;
  }

  await t.test('lab-day 47: rules verify what still stands as they judged it, and their names are kept', async () => {
    const [one, other, third, fourth] = await bench.awaiting(['HGB', 'ESR', 'PLT', 'HCT']);
    assert.ok(one && other && third && fourth);
    const good = await bench.enter(one, '13.1');
    const stale = await bench.enter(other, '12');
    const critical = await bench.enter(third, '20');
    assert.deepEqual(critical.flags, ['LL']);
    await lab.system.call(enterFromInstrument, { observations: [observe(fourth, '40', { doubts: ['W'] })] });
    const held = await bench.result(fourth.orderId, 'HCT');
    assert.deepEqual(held.holds, ['instrument_flag']);
    const step = (result: ResultView) => ({ ...stepOf(result), rules: ['complete', 'in-range'] });
    const items = [good, { ...stale, version: 1 }, critical, held, { ...good, id: newId() }].map(step);
    await pathologist.refused(autoVerifyResults, { items, ruleSet: 'r1' }, 'platform.forbidden');
    const passed = await lab.system.call(autoVerifyResults, { items, ruleSet: 'r1' });
    assert.deepEqual(
      passed.map((result) => [result.id, result.status, result.verifiedBy, result.autoRules]),
      [[good.id, 'verified', 'auto', ['complete', 'in-range']]],
    );
    assert.deepEqual(
      (await told(one.orderId, 'result.verified')).map((event) => [event['resultIds'], event['by']]),
      [[[good.id], 'auto']],
    );
    const last = (await lab.system.call(resultTrail, { caseIds: [one.orderId] })).at(-1);
    assert.deepEqual(
      [last?.act, last?.facts['rules'], last?.facts['ruleSet']],
      ['result.auto_verify', ['complete', 'in-range'], 'r1'],
    );
    assert.deepEqual(await lab.system.call(autoVerifyResults, { items: [step(good)], ruleSet: 'r1' }), []);
    const [signed] = await bench.sign(pathologist, passed);
    assert.deepEqual([signed?.status, signed?.autoRules], ['authorised', ['complete', 'in-range']]);
    const entered = await technician.call(listWorklist, { status: 'entered', first: 100 });
    assert.ok(!entered.edges.some(({ node }) => node.id === good.id), 'it left the queue of the technician');
  });

  await t.test(
    'lab-day 46: the pathologist sees earlier values with their change, and the rest of the order',
    async () => {
      const patientId = await bench.patient({ sex: 'female', ageDays: 12_000 });
      for (const value of ['12.0', '12.4', '12.8', '13.2', '13.6', '14.0'])
        await bench.sign(pathologist, await bench.verified({ HGB: value }, { patientId }));
      const [one, other] = await bench.awaiting(['HGB', 'ESR'], { patientId, priority: 'stat' });
      assert.ok(one && other);
      await bench.verify([await bench.enter(one, '12.6')]);
      const queue = await pathologist.call(signingQueue, { first: 3 });
      const [first] = queue.edges;
      assert.ok(first, 'STAT comes first');
      const { node } = first;
      assert.deepEqual([node.orderId, node.priority, node.patientId], [one.orderId, 'stat', patientId]);
      assert.deepEqual(
        node.results.map((result) => [result.analyteCode, result.value]),
        [['HGB', '12.6']],
      );
      assert.deepEqual(
        node.others.map((result) => [result.analyteCode, result.status]),
        [['ESR', 'awaiting']],
      );
      const [earlier] = node.earlier;
      assert.equal(earlier?.resultId, one.id);
      assert.deepEqual(
        earlier?.values.map(({ value, change }) => [value, change]),
        [
          ['14.0', '-1.4'],
          ['13.6', '-1.0'],
          ['13.2', '-0.6'],
          ['12.8', '-0.2'],
          ['12.4', '0.2'],
        ],
      );
      assert.equal(earlier?.values[0]?.percent, '-10.0');
      assert.deepEqual([node.uncalledResultIds, node.lockedResultIds], [[], []]);
      await technician.refused(signingQueue, {}, 'platform.forbidden');
    },
  );

  await t.test(
    'lab-day 46: the queue by section; pages neither repeat nor skip; what is signed leaves it',
    async () => {
      const all: string[] = [];
      let after: string | null = null;
      do {
        const page: {
          edges: readonly { node: { orderId: string } }[];
          endCursor: string | null;
          hasNextPage: boolean;
        } = await pathologist.call(signingQueue, { first: 1, after });
        all.push(...page.edges.map(({ node }) => node.orderId));
        after = page.hasNextPage ? page.endCursor : null;
      } while (after !== null);
      assert.equal(new Set(all).size, all.length);
      const whole = await pathologist.call(signingQueue, { first: 50 });
      assert.deepEqual(
        all,
        whole.edges.map(({ node }) => node.orderId),
      );
      const [chosen] = whole.edges;
      const section = chosen?.node.results[0]?.section ?? '';
      const own = await pathologist.call(signingQueue, { section, first: 50 });
      assert.ok(own.edges.length > 0);
      assert.ok(own.edges.every(({ node }) => node.results.every((result) => result.section === section)));
      assert.deepEqual((await pathologist.call(signingQueue, { section: 'Nowhere' })).edges, []);
      await bench.sign(pathologist, chosen?.node.results ?? []);
      const left = await pathologist.call(signingQueue, { first: 50 });
      assert.ok(!left.edges.some(({ node }) => node.orderId === chosen?.node.orderId));
    },
  );

  await t.test('bulk approve: 300 results of several orders in one command, all or none', async () => {
    const awaiting: ResultView[] = [];
    while (awaiting.length < 500) awaiting.push(...(await bench.awaiting(['CBC', 'LFT', 'KFT', 'LIPID'])));
    const measured = awaiting.filter((result) => result.kind === 'numeric' && !result.isCalculated);
    await lab.system.call(enterFromInstrument, { observations: measured.map((result) => observe(result, '1')) });
    const orderIds = [...new Set(measured.map((result) => result.orderId))];
    const entered = (await Promise.all(orderIds.map((orderId) => bench.results(orderId)))).flat();
    // A value of 1 is critical for some: those wait for a call and are not in this command.
    const fit = entered.filter(
      ({ status, flags }) => status === 'entered' && !flags.some((flag) => flag === 'LL' || flag === 'HH'),
    );
    const verified = await bench.verify(fit.slice(0, 300));
    assert.equal(verified.length, 300);
    assert.ok(new Set(verified.map(({ orderId }) => orderId)).size > 5);
    const [first] = verified;
    assert.ok(first);
    await pathologist.refused(
      authoriseResults,
      {
        items: [...verified.map(stepOf), { ...stepOf(first), expectedVersion: 1 }],
        signingToken: await signAs(lab, pathologist),
      },
      'result.stale',
    );
    const signed = await bench.sign(pathologist, verified);
    assert.deepEqual(
      signed.map(({ id, status }) => [id, status]),
      verified.map(({ id }) => [id, 'authorised']),
      'in the order asked',
    );
    const signedOrders = [...new Set(signed.map(({ orderId }) => orderId))];
    const events = await Promise.all(signedOrders.map((orderId) => told(orderId, 'result.authorised')));
    assert.deepEqual(new Set(events.map((of) => of.length)), new Set([1]), 'one event an order');
  });
});
