// Who sets tests, who stops all of it, and what happens when it is stopped or broken off: specs/autoverify.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { autoVerifyResults, enterFromInstrument, resultsOfOrders } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import type { Call } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';
import type { Ctx } from '#platform/service.ts';

import { heldBy, startAutoLab } from './autoverify.testing.ts';
import { decideOrder } from './commands/decide-order.ts';
import {
  autoSummary,
  autoSwitch,
  autoverifyTrail,
  AutoRule,
  listDecisions,
  listTestAuto,
  setTestAuto,
  stopAuto,
  testAutoHistory,
} from './contract.ts';
import { neededRules } from './domain/rules.ts';
import { askAgain } from './jobs/ask-again.ts';
import { shareSwitch } from './store.ts';

const XN = 'XN-550';
const waitAMoment = sql`select pg_sleep(0.01)`;
const hgb = { testCode: 'HGB', mode: 'on', reason: 'Validated' } as const;
const limits = [{ analyteCode: 'HGB', low: '7', high: '18' }];

test('setting tests', async (t) => {
  const lab = await startAutoLab(t);
  const pathologist = lab.as('pathologist');

  await t.test(
    'AUT-4 a test is set with a reason; each state is kept with who and when; the same again is kept once',
    async () => {
      const first = await pathologist.call(setTestAuto, { ...hgb, mode: 'shadow', limits });
      assert.deepEqual(
        [first.mode, first.rules, first.limits, first.allowsManual, first.qcWarningPasses, first.changedBy],
        ['shadow', AutoRule.options, limits, false, false, 'pathologist'],
      );
      assert.deepEqual(await pathologist.call(setTestAuto, { ...hgb, mode: 'shadow', limits, reason: 'Again' }), first);
      const rules = [...neededRules, 'qc'] as const;
      const second = await pathologist.call(setTestAuto, { ...hgb, rules: [...rules], qcWarningPasses: true });
      assert.deepEqual([second.limits, second.qcWarningPasses], [limits, true], 'what is left out stays');
      assert.deepEqual(second.rules, ['complete', 'valid', 'not_critical', 'qc', 'no_open_hold', 'whole_test']);
      const third = await pathologist.call(setTestAuto, { ...hgb, mode: 'off', limits: [], reason: 'New reagent' });
      assert.deepEqual([third.limits, third.rules], [[], second.rules]);
      const history = await lab.as('technician').call(testAutoHistory, { testCode: 'HGB', first: 2 });
      assert.deepEqual(
        history.edges.map(({ node }) => [node.revision, node.mode, node.reason, node.changedBy]),
        [
          [3, 'off', 'New reagent', 'pathologist'],
          [2, 'on', 'Validated', 'pathologist'],
        ],
      );
      const rest = await lab.as('technician').call(testAutoHistory, { testCode: 'HGB', after: history.endCursor });
      assert.deepEqual(
        rest.edges.map(({ node }) => [node.revision, node.mode, node.limits]),
        [[1, 'shadow', limits]],
      );
      const acts = (await lab.system.call(autoverifyTrail, { caseIds: [lab.labId] })).map(({ act }) => act);
      assert.deepEqual(acts, ['autoverify.set_test', 'autoverify.set_test', 'autoverify.set_test']);
    },
  );

  await t.test('AUT-4 every refusal', async () => {
    await pathologist.refused(setTestAuto, { ...hgb, testCode: 'NONE' }, 'autoverify.unknown_test');
    const refusal = await pathologist.refused(
      setTestAuto,
      { ...hgb, rules: ['qc', 'valid'] },
      'autoverify.rule_needed',
    );
    assert.deepEqual(refusal.details, { rules: ['complete', 'not_critical', 'no_open_hold', 'whole_test'] });
    const bad = { ...hgb, limits: [{ analyteCode: 'K', low: '3', high: '5' }] };
    await pathologist.refused(setTestAuto, bad, 'autoverify.bad_limits');
    await pathologist.refused(setTestAuto, { ...hgb, reason: ' ' }, 'platform.invalid_input');
    for (const role of ['technician', 'manager', 'desk'])
      await lab.as(role).refused(setTestAuto, hgb, 'platform.forbidden');
    await lab.as('desk').refused(listTestAuto, {}, 'platform.forbidden');
    const summary = { from: '2026-11-02', to: '2026-11-01' };
    await pathologist.refused(autoSummary, summary, 'autoverify.bad_period');
    await pathologist.refused(autoSummary, { from: '2026-01-01', to: '2026-12-31' }, 'autoverify.bad_period');
  });

  await t.test('AUT-4 two who set a test at once: both are kept, one after the other', async () => {
    const both = (['shadow', 'on'] as const).map((mode) =>
      pathologist.call(setTestAuto, { ...hgb, testCode: 'PLT', mode, reason: `To ${mode}` }),
    );
    await Promise.all(both);
    const history = await pathologist.call(testAutoHistory, { testCode: 'PLT' });
    assert.deepEqual(history.edges.map(({ node }) => node.mode).toSorted(), ['on', 'shadow']);
    const tests = await pathologist.call(listTestAuto, { first: 1 });
    assert.deepEqual([tests.edges[0]?.node.testCode, tests.hasNextPage], ['HGB', true]);
    const rest = await pathologist.call(listTestAuto, { after: tests.endCursor });
    assert.equal(rest.edges[0]?.node.mode, history.edges[0]?.node.mode, 'the later one stands');
  });

  await t.test('AUT-8 another lab sees none of it, and its own switch is its own', async () => {
    const other = lab.as('pathologist', newId());
    assert.deepEqual((await other.call(listTestAuto, {})).edges, []);
    assert.deepEqual((await other.call(testAutoHistory, { testCode: 'HGB' })).edges, []);
    await other.refused(setTestAuto, hgb, 'autoverify.unknown_test');
    await other.call(stopAuto, { isStopped: true, reason: 'Ours' });
    assert.equal((await pathologist.call(autoSwitch, {})).isStopped, false);
  });
});

test('the switch', async (t) => {
  const lab = await startAutoLab(t);
  const [pathologist, manager] = [lab.as('pathologist'), lab.as('manager')];
  const ctx = lab.runtime.systemCtx('autoverify', lab.labId);
  const drawn = async (): Promise<ResultView> => {
    const [result] = await lab.awaiting(['HGB']);
    assert.ok(result);
    return result;
  };
  const measured = async (value = '13.1'): Promise<ResultView> => {
    const [result] = await lab.send(XN, [[await drawn(), value]]);
    assert.ok(result);
    return result;
  };
  /** Entered while the test was off, and on since: nobody has asked the rules yet. */
  const unasked = async (): Promise<ResultView> => {
    await lab.set('HGB', 'off');
    const result = await measured();
    await lab.set('HGB', 'on');
    return result;
  };
  /** The service's context, with something that happens when it has the results verified. */
  const during = (happens: (go: () => Promise<unknown>) => Promise<unknown>): Ctx => ({
    ...ctx,
    db: ctx.db,
    callAsSystem: (async (call: Call, input: never) =>
      call.name === autoVerifyResults.name
        ? happens(() => ctx.callAsSystem(call, input))
        : ctx.callAsSystem(call, input)) as Ctx['callAsSystem'],
  });
  await lab.control(XN, 'HGB', '100');
  await lab.set('HGB', 'on');

  await t.test(
    'AUT-11 stopped at once by one call: what comes then is for people, and is not caught up later',
    async () => {
      assert.equal((await measured()).status, 'verified');
      // Held, for no control was run on this analyzer yet.
      const [held] = await lab.send('XN-2', [[await drawn(), '13.0']]);
      assert.ok(held);
      assert.deepEqual(heldBy((await lab.decisions(held))[0]), ['qc']);
      await lab.as('technician').refused(stopAuto, { isStopped: true, reason: 'x' }, 'platform.forbidden');
      const stopped = await manager.call(stopAuto, { isStopped: true, reason: 'Wrong reagent on board' });
      assert.deepEqual(
        [stopped.isStopped, stopped.stoppedBy, stopped.reason],
        [true, 'manager', 'Wrong reagent on board'],
      );
      const meanwhile = await measured();
      assert.deepEqual([meanwhile.status, await lab.decisions(meanwhile)], ['entered', []]);
      await decideOrder(ctx, { orderId: meanwhile.orderId });
      assert.deepEqual(
        [(await lab.now(meanwhile)).status, await lab.decisions(meanwhile)],
        ['entered', []],
        'though asked',
      );

      assert.deepEqual(await pathologist.call(stopAuto, { isStopped: true, reason: 'Me too' }), stopped, 'sent twice');
      await manager.refused(stopAuto, { isStopped: false, reason: 'All well' }, 'platform.forbidden');
      const going = await pathologist.call(stopAuto, { isStopped: false, reason: 'Reagent changed' });
      assert.deepEqual([going.isStopped, going.stoppedAt, going.reason], [false, null, null]);
      await lab.control('XN-2', 'HGB', '100');
      await askAgain(ctx, { dueAt: '2020-01-01T00:00:00.000Z', isEach: true });
      await lab.settle();
      assert.deepEqual([(await lab.now(meanwhile)).status, (await lab.now(held)).status], ['entered', 'entered']);
      assert.equal((await lab.decisions(held)).length, 1);
      assert.equal((await measured()).status, 'verified');
      const acts = (await lab.system.call(autoverifyTrail, { caseIds: [lab.labId] })).map(({ act }) => act);
      assert.deepEqual(acts, ['autoverify.set_test', 'autoverify.stop', 'autoverify.go_on']);
    },
  );

  await t.test(
    'AUT-11 a stop waits for what is being verified: when it has answered, nothing more passes',
    async () => {
      const order: string[] = [];
      let stopping: Promise<unknown> = Promise.resolve();
      await ctx.transaction(async (tx) => {
        await shareSwitch(tx, lab.labId);
        stopping = manager.call(stopAuto, { isStopped: true, reason: 'Now' }).then(() => order.push('stopped'));
        // The stop has had its turn, and waits.
        for (let turn = 0; turn < 20; turn += 1) await ctx.db.rows(waitAMoment);
        order.push('verified');
      });
      await stopping;
      assert.deepEqual(order, ['verified', 'stopped']);
      await pathologist.call(stopAuto, { isStopped: false, reason: 'On' });
    },
  );

  await t.test('AUT-11 stopped, or set otherwise, between judging and verifying: nothing is verified', async () => {
    const result = await unasked();
    let isJudged = false;
    // The second transaction of the job is the one that verifies.
    const between: Ctx = {
      ...ctx,
      db: ctx.db,
      transaction: async (work) => {
        if (isJudged) await pathologist.call(stopAuto, { isStopped: true, reason: 'Now' });
        isJudged = true;
        return ctx.transaction(work);
      },
    };
    await decideOrder(between, { orderId: result.orderId });
    assert.equal((await lab.now(result)).status, 'entered');
    assert.equal((await lab.decisions(result))[0]?.outcome, 'passed');
    await pathologist.call(stopAuto, { isStopped: false, reason: 'On' });
  });

  await t.test('AUT-8 a value that changes while it is decided is left, and decided again', async () => {
    const result = await unasked();
    const observation = {
      key: newId(),
      messageId: newId(),
      instrument: XN,
      barcode: result.barcode ?? '',
      analyteCode: 'HGB',
      value: '9.4',
      unit: result.unit,
      doubts: [],
      isPreliminary: false,
      note: null,
    };
    await decideOrder(
      during(async (go) => {
        await lab.system.call(enterFromInstrument, { observations: [observation] });
        return go();
      }),
      { orderId: result.orderId },
    );
    await lab.settle();
    assert.equal((await lab.now(result)).status, 'entered');
    const [now, before] = await lab.decisions(result);
    assert.deepEqual([before?.outcome, before?.resultVersion], ['passed', result.version]);
    assert.deepEqual([now?.outcome, heldBy(now)], ['held', ['rerun', 'no_open_hold']]);
  });

  await t.test(
    'AUT-12 a process that ends after the result was verified leaves its decision, and it is told later',
    async () => {
      const result = await unasked();
      const broken = during(async (go) => {
        await go();
        throw new Error('the process ended');
      });
      await assert.rejects(decideOrder(broken, { orderId: result.orderId }), /the process ended/);
      assert.equal((await lab.now(result)).status, 'verified');
      assert.equal((await lab.decisions(result))[0]?.outcome, 'passed');
      assert.deepEqual(await lab.told(result.orderId), []);
      for (let turn = 0; turn < 2; turn += 1) await decideOrder(ctx, { orderId: result.orderId });
      assert.deepEqual(
        (await lab.decisions(result)).map(({ outcome }) => outcome),
        ['verified'],
      );
      assert.deepEqual(await lab.told(result.orderId), [{ verified: [result.id], held: [] }]);
    },
  );

  await t.test('AUT-12 the same order decided by two at once: one decision, verified once', async () => {
    const result = await unasked();
    const both = await Promise.allSettled([1, 2].map(() => decideOrder(ctx, { orderId: result.orderId })));
    assert.ok(both.some(({ status }) => status === 'fulfilled'));
    await lab.settle();
    assert.equal((await lab.now(result)).status, 'verified');
    assert.deepEqual(
      (await lab.decisions(result)).map(({ outcome }) => outcome),
      ['verified'],
    );
    assert.equal((await lab.told(result.orderId)).length, 1);
  });

  await t.test('AUT-12 a run that read the result before another verified it adds nothing', async () => {
    const result = await unasked();
    const old = await ctx.callAsSystem(resultsOfOrders, { ids: [result.orderId] });
    await decideOrder(ctx, { orderId: result.orderId });
    const late: Ctx = {
      ...ctx,
      db: ctx.db,
      callAsSystem: (async (call: Call, input: never) =>
        call.name === resultsOfOrders.name ? old : ctx.callAsSystem(call, input)) as Ctx['callAsSystem'],
    };
    await decideOrder(late, { orderId: result.orderId });
    assert.deepEqual(
      (await lab.decisions(result)).map(({ outcome }) => outcome),
      ['verified'],
    );
    assert.equal((await lab.told(result.orderId)).length, 1);
  });

  await t.test('AUT-8 decisions by test and outcome, page by page; another lab sees none', async () => {
    const technician = lab.as('technician');
    const first = await technician.call(listDecisions, { testCode: 'HGB', outcome: 'verified', first: 1 });
    assert.equal(first.hasNextPage, true);
    const rest = await technician.call(listDecisions, { testCode: 'HGB', outcome: 'verified', after: first.endCursor });
    const all = [...first.edges, ...rest.edges].map(({ node }) => node);
    assert.ok(all.every(({ outcome }) => outcome === 'verified'));
    assert.deepEqual(
      all.map(({ id }) => id),
      all.toSorted((a, b) => b.at.localeCompare(a.at) || b.id.localeCompare(a.id)).map(({ id }) => id),
    );
    const held = await technician.call(listDecisions, { outcome: 'held' });
    assert.ok(held.edges.length >= 2 && held.edges.every(({ node }) => node.outcome === 'held'));
    assert.deepEqual((await lab.as('technician', newId()).call(listDecisions, {})).edges, []);
    await technician.refused(listDecisions, { after: 'nonsense' }, 'platform.bad_cursor');
    await lab.as('desk').refused(listDecisions, {}, 'platform.forbidden');
  });
});
