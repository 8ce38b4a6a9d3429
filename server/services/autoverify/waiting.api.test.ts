// Values that are held by what changes without a new value, and what people made of what was decided: specs/autoverify.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { calendarDay } from '@nidaan/values';
import sql from 'sql-template-tag';

import { liftHold, listHolds } from '#contract/qc.ts';
import { authoriseResults, sendBackResults } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';

import { heldBy, startAutoLab } from './autoverify.testing.ts';
import { autoSummary } from './contract.ts';
import { askAgain } from './jobs/ask-again.ts';

const XN = 'XN-550';
const PAST = '2020-01-01T00:00:00.000Z';

test('what waits is asked again', async (t) => {
  const lab = await startAutoLab(t);
  const ctx = lab.runtime.systemCtx('autoverify', lab.labId);
  const measure = async (): Promise<ResultView> => {
    const [awaited] = await lab.awaiting(['HGB']);
    assert.ok(awaited);
    const [result] = await lab.send(XN, [[awaited, '13.1']]);
    assert.ok(result);
    return result;
  };
  const waiting = async () => {
    const { count } = await lab.runtime.databaseOf('autoverify').transaction(lab.labId, {}, (db) =>
      db.one<{ readonly count: number }>(sql`
        select count(*) as count from lis_autoverify.waiting where lab_id = ${lab.labId}`),
    );
    return count;
  };
  const again = async (isEach: boolean) => {
    await askAgain(ctx, { dueAt: PAST, isEach });
    await lab.settle();
  };
  await lab.set('HGB', 'on');

  await t.test('AUT-9 no control was run yet: held; once it is in control the same value passes', async () => {
    const result = await measure();
    assert.deepEqual(heldBy((await lab.decisions(result))[0]), ['qc']);
    assert.equal(await waiting(), 1);
    await again(true);
    assert.equal((await lab.decisions(result)).length, 1, 'held by the same rule is the same decision');
    await lab.control(XN, 'HGB', '100');
    await again(false);
    assert.equal((await lab.now(result)).status, 'entered', 'not due before its five minutes');
    await again(true);
    const now = await lab.now(result);
    assert.deepEqual([now.status, now.version], ['verified', result.version + 1]);
    assert.deepEqual(
      (await lab.decisions(result)).map(({ outcome, resultVersion }) => [outcome, resultVersion]),
      [
        ['verified', result.version],
        ['held', result.version],
      ],
    );
    assert.equal(await waiting(), 0);
  });

  await t.test('lab-day 43: a failed control holds; when it is lifted the value is decided again', async () => {
    await lab.control(XN, 'HGB', '120');
    const result = await measure();
    assert.deepEqual(result.holds, ['qc_failed']);
    assert.deepEqual(heldBy((await lab.decisions(result))[0]), ['qc', 'no_open_hold']);
    await lab.control(XN, 'HGB', '101');
    const technician = lab.as('technician');
    const { edges } = await technician.call(listHolds, {});
    const hold = edges[0]?.node;
    assert.ok(hold);
    const words = { cause: 'Air in the line', action: 'Primed', lookBackNote: 'Run again, agrees' };
    await technician.call(liftHold, { holdId: hold.id, expectedVersion: hold.version, ...words });
    await lab.settle();
    const scheduled = await lab.runtime
      .databaseOf('autoverify')
      .transaction(lab.labId, {}, (db) =>
        db.rows(sql`select from lis_autoverify.inbox where consumer = 'on-qc-cleared' and state = 'done'`),
      );
    assert.equal(scheduled.length, 1);
    await again(true);
    assert.equal((await lab.now(result)).status, 'verified');
  });

  await t.test(
    'AUT-9 what a person has verified meanwhile waits no longer; before its time the job is put off',
    async () => {
      const [awaited] = await lab.awaiting(['HGB']);
      assert.ok(awaited);
      const typed = await lab.enter(awaited, '13.0');
      assert.equal(await waiting(), 1);
      await lab.verify(typed);
      await again(true);
      assert.equal(await waiting(), 0);
      await assert.rejects(askAgain(ctx, { dueAt: '2099-01-01T00:00:00.000Z', isEach: false }), {
        code: 'autoverify.not_due',
      });
    },
  );
});

test('AUT-9 a calculated value that is held for its input passes when a person has verified that', async (t) => {
  const lab = await startAutoLab(t);
  await lab.set('GLOB', 'on');
  const results = await lab.awaiting(['PROTEINS']);
  const [total, albumin, globulin] = ['TP', 'ALB', 'GLOB'].map((code) =>
    results.find(({ analyteCode }) => analyteCode === code),
  );
  assert.ok(total && albumin && globulin);
  await lab.verify(await lab.enter(total, '7.0'));
  const typed = await lab.enter(albumin, '4.2');
  assert.equal((await lab.now(globulin)).status, 'entered');
  assert.deepEqual(heldBy((await lab.decisions(globulin))[0]), ['valid']);
  await lab.verify(typed);
  const now = await lab.now(globulin);
  assert.deepEqual([now.status, now.value, now.verifiedBy], ['verified', '2.8', 'auto']);
});

test('AUT-10 the shadow report: what people made of the same values', async (t) => {
  const lab = await startAutoLab(t);
  const pathologist = lab.as('pathologist');
  await lab.control(XN, 'HGB', '100');
  await lab.set('HGB', 'shadow', { limits: [{ analyteCode: 'HGB', low: '9', high: '17' }] });
  const measure = async (value: string): Promise<ResultView> => {
    const [awaited] = await lab.awaiting(['HGB']);
    assert.ok(awaited);
    const [result] = await lab.send(XN, [[awaited, value]]);
    assert.ok(result);
    return result;
  };
  const step = ({ id, version }: ResultView) => ({ items: [{ resultId: id, expectedVersion: version }] });
  const sign = async (result: ResultView) => {
    await pathologist.call(authoriseResults, step(result));
    await lab.settle();
  };
  const today = calendarDay(new Date().toISOString());
  const summary = async (testCode?: string) =>
    lab.as('technician').call(autoSummary, { from: today, to: today, testCode });

  // Passed, and the technician thought so too.
  await sign(await lab.verify(await measure('13.1')));
  // Passed, and the technician corrected it: what rules must not do. Typed by hand, the new value is held.
  await lab.verify(await lab.enter(await measure('13.2'), '12.0'));
  // Held, and the technician let it pass.
  await lab.verify(await measure('8.9'));
  // Passed; the pathologist sent it back, and signed it as it was.
  const doubted = await lab.verify(await measure('13.4'));
  await pathologist.call(sendBackResults, { ...step(doubted), reason: 'Look at the film' });
  await sign(await lab.verify(await lab.now(doubted)));

  const expected = {
    testCode: 'HGB',
    results: 4,
    passed: 2,
    held: 2,
    passPercent: '50.0',
    heldBy: [
      { rule: 'in_verification_limits', results: 1 },
      { rule: 'qc', results: 1 },
      { rule: 'rerun', results: 1 },
    ],
    passedThen: { unchanged: 1, changed: 1, sentBack: 1 },
    heldThen: { unchanged: 2, changed: 0, sentBack: 0 },
  };
  assert.deepEqual(await summary(), [expected]);
  assert.deepEqual(await summary('HGB'), [expected]);
  assert.deepEqual(await summary('PLT'), []);
  const before = { from: '2020-01-01', to: '2020-01-31' };
  assert.deepEqual(await pathologist.call(autoSummary, before), []);
  await lab.as('desk').refused(autoSummary, before, 'platform.forbidden');
});
