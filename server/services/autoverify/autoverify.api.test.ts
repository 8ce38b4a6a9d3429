// Rules verify, or hold, in place of a person: specs/autoverify.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { authoriseResults, enterFromInstrument, listWorklist, sendBackResults } from '#contract/result.ts';
import { newId } from '#platform/ids.ts';

import { heldBy, startAutoLab } from './autoverify.testing.ts';
import { autoverifyTrail, AutoRule } from './contract.ts';
import type { DecisionRow } from './decision-store.ts';
import { judge } from './domain/rules.ts';

const XN = 'XN-550';

test('the rules at the bench', async (t) => {
  const lab = await startAutoLab(t);
  const pathologist = lab.as('pathologist');
  const one = async (code: string, value: string, instrument = XN) => {
    const [result] = await lab.awaiting([code]);
    assert.ok(result);
    const [sent] = await lab.send(instrument, [[result, value]]);
    assert.ok(sent);
    return sent;
  };
  await lab.control(XN, 'HGB', '100');

  await t.test('AUT-5 a test that was never set is off: nothing is asked', async () => {
    const result = await one('HGB', '13.1');
    assert.equal(result.status, 'entered');
    assert.deepEqual(await lab.decisions(result), []);
  });

  await t.test('AUT-5 shadow: asked and recorded, a person verifies', async () => {
    await lab.set('HGB', 'shadow');
    const result = await one('HGB', '13.1');
    assert.deepEqual([result.status, result.autoRules], ['entered', []]);
    const [decision, ...others] = await lab.decisions(result);
    assert.deepEqual(others, []);
    assert.ok(decision);
    assert.deepEqual(
      [decision.outcome, decision.mode, decision.resultVersion],
      ['would_verify', 'shadow', result.version],
    );
    assert.deepEqual(
      decision.rules.map(({ rule, hasPassed }) => [rule, hasPassed]),
      AutoRule.options.map((rule) => [rule, true]),
    );
    assert.deepEqual(await lab.told(result.orderId), [], 'nothing is told of what would have been');
  });

  await t.test(
    'lab-day 47: auto-verified rows leave the queue with the rule names kept; a pathologist signs them',
    async () => {
      await lab.set('HGB', 'on');
      const result = await one('HGB', '13.1');
      assert.deepEqual([result.status, result.verifiedBy], ['verified', 'auto']);
      assert.deepEqual(result.autoRules, AutoRule.options);
      const queue = await lab.as('technician').call(listWorklist, { status: 'entered', first: 100 });
      assert.ok(queue.edges.every(({ node }) => node.id !== result.id));
      const [decision] = await lab.decisions(result);
      assert.ok(decision);
      assert.deepEqual([decision.outcome, decision.ruleSet], ['verified', 'rules-1 r2']);
      assert.deepEqual(await lab.told(result.orderId), [{ verified: [result.id], held: [] }]);
      const acts = (await lab.system.call(autoverifyTrail, { caseIds: [result.orderId] })).map(({ act }) => act);
      assert.deepEqual(acts, ['autoverify.decide', 'autoverify.verify']);
      // Four eyes: rules are no person, so one person may sign.
      const items = [{ resultId: result.id, expectedVersion: result.version }];
      const [signed] = await pathologist.call(authoriseResults, { items });
      assert.deepEqual([signed?.status, signed?.autoRules], ['authorised', AutoRule.options]);
    },
  );

  await t.test('AUT-3 a decision is reproduced from its record', async () => {
    const result = await one('HGB', '11.2');
    const row = await lab.runtime.databaseOf('autoverify').transaction(lab.labId, {}, (db) =>
      db.one<Pick<DecisionRow, 'facts' | 'rules'>>(sql`
        select facts, rules from lis_autoverify.decision where lab_id = ${lab.labId} and result_id = ${result.id}`),
    );
    assert.deepEqual(
      judge(
        row.facts,
        row.rules.map(({ rule }) => rule),
      ),
      row.rules,
    );
    assert.equal(row.facts.value, '11.2');
  });

  await t.test('AUT-6 a critical value is never verified by rules, whatever the limits', async () => {
    await lab.set('HGB', 'on', { limits: [{ analyteCode: 'HGB', low: '1', high: '30' }] });
    const result = await one('HGB', '5.1');
    assert.ok(result.flags.includes('LL'));
    assert.equal(result.status, 'entered');
    const [decision] = await lab.decisions(result);
    assert.deepEqual([decision?.outcome, heldBy(decision)], ['held', ['not_critical']]);
    assert.deepEqual(await lab.told(result.orderId), [{ verified: [], held: [result.id] }]);
  });

  await t.test("AUT-6 outside the lab's own limits is held; within them an abnormal one passes", async () => {
    await lab.set('HGB', 'on', { limits: [{ analyteCode: 'HGB', low: '9', high: '17' }] });
    const within = await one('HGB', '9.0');
    assert.deepEqual([within.flags, within.status], [['L'], 'verified']);
    const outside = await one('HGB', '8.9');
    assert.equal(outside.status, 'entered');
    assert.deepEqual(heldBy((await lab.decisions(outside))[0]), ['in_verification_limits']);
  });

  await t.test('AUT-6 an instrument flag, and a value without a control, are held for what they are', async () => {
    const [awaited] = await lab.awaiting(['HGB']);
    assert.ok(awaited);
    const [flagged] = await lab.send(XN, [[awaited, '13.2']], { doubts: ['clot'] });
    assert.ok(flagged);
    assert.deepEqual(heldBy((await lab.decisions(flagged))[0]), ['instrument_flags', 'no_open_hold']);
    const uncontrolled = await one('HGB', '13.2', 'XN-9');
    assert.deepEqual(heldBy((await lab.decisions(uncontrolled))[0]), ['qc']);
  });

  await t.test('AUT-6 what is typed by hand passes only where the test allows it', async () => {
    const [first] = await lab.awaiting(['HGB']);
    assert.ok(first);
    const typed = await lab.enter(first, '13.3');
    assert.deepEqual([typed.status, heldBy((await lab.decisions(typed))[0])], ['entered', ['qc']]);
    await lab.set('HGB', 'on', { allowsManual: true });
    const [second] = await lab.awaiting(['HGB']);
    assert.ok(second);
    assert.equal((await lab.enter(second, '13.3')).status, 'verified');
    await lab.set('HGB', 'on', { allowsManual: false });
  });

  await t.test('AUT-6 a second value beside the first is compared by a person', async () => {
    const [awaited] = await lab.awaiting(['HGB']);
    assert.ok(awaited);
    await lab.set('HGB', 'shadow');
    const [first] = await lab.send(XN, [[awaited, '13.0']]);
    assert.ok(first);
    await lab.set('HGB', 'on');
    const [rerun] = await lab.send(XN, [[first, '9.9']]);
    assert.ok(rerun);
    assert.equal(rerun.status, 'entered');
    const [now, before] = await lab.decisions(rerun);
    assert.deepEqual([now?.outcome, heldBy(now)], ['held', ['rerun', 'no_open_hold']]);
    assert.deepEqual(
      [before?.outcome, before?.resultVersion],
      ['would_verify', first.version],
      'a decision each version',
    );
  });

  await t.test('AUT-6 a large change from the earlier value is held', async () => {
    const patientId = await lab.patient();
    const [early] = await lab.awaiting(['HGB'], { patientId });
    assert.ok(early);
    const [verified] = await lab.send(XN, [[early, '14.0']]);
    assert.ok(verified);
    await pathologist.call(authoriseResults, { items: [{ resultId: verified.id, expectedVersion: verified.version }] });
    await lab.settle();
    const [late] = await lab.awaiting(['HGB'], { patientId });
    assert.ok(late);
    const [changed] = await lab.send(XN, [[late, '10.0']]);
    assert.ok(changed);
    assert.equal(changed.status, 'entered');
    assert.ok(heldBy((await lab.decisions(changed))[0]).includes('delta'));
  });

  await t.test('AUT-6 a birth day made from an age holds where the range depends on it', async () => {
    const [child] = await lab.awaiting(['HGB'], { patientId: await lab.patient({ ageYears: 12 }) });
    const [adult] = await lab.awaiting(['HGB'], { patientId: await lab.patient({ ageYears: 40 }) });
    assert.ok(child && adult);
    const [ofChild] = await lab.send(XN, [[child, '13.0']]);
    const [ofAdult] = await lab.send(XN, [[adult, '13.0']]);
    assert.ok(ofChild && ofAdult);
    assert.ok(heldBy((await lab.decisions(ofChild))[0]).includes('patient_known'));
    assert.equal(ofAdult.status, 'verified');
  });

  await t.test(
    'AUT-7 a test is verified as a whole: not before its last value, and not when another is held',
    async () => {
      await lab.set('BTCT', 'on', {
        limits: [
          { analyteCode: 'BT', low: '1', high: '9' },
          { analyteCode: 'CT', low: '3', high: '12' },
        ],
      });
      for (const code of ['BT', 'CT']) await lab.control('Clot-1', code, '100');
      const both = async () => {
        const results = await lab.awaiting(['BTCT']);
        const [bt, ct] = ['BT', 'CT'].map((code) => results.find(({ analyteCode }) => analyteCode === code));
        assert.ok(bt && ct);
        return [bt, ct] as const;
      };
      const [bt, ct] = await both();
      const [alone] = await lab.send('Clot-1', [[bt, '3']]);
      assert.ok(alone);
      assert.deepEqual([alone.status, heldBy((await lab.decisions(alone))[0])], ['entered', ['complete']]);
      await lab.send('Clot-1', [[ct, '6']]);
      assert.deepEqual([(await lab.now(bt)).status, (await lab.now(ct)).status], ['verified', 'verified']);

      const [bt2, ct2] = await both();
      const [fine, held] = await lab.send('Clot-1', [
        [bt2, '3'],
        [ct2, '13'],
      ]);
      assert.ok(fine && held);
      assert.deepEqual([fine.status, held.status], ['entered', 'entered']);
      assert.deepEqual(heldBy((await lab.decisions(fine))[0]), ['whole_test']);
      assert.deepEqual(heldBy((await lab.decisions(held))[0]), ['in_verification_limits']);
    },
  );

  await t.test('AUT-7 a calculated value passes only with what it is calculated from', async () => {
    for (const code of ['TP', 'ALB', 'GLOB', 'AG_RATIO']) await lab.set(code, 'on');
    for (const code of ['TP', 'ALB']) await lab.control('cobas', code, '100');
    const proteins = async (tp: string, alb: string) => {
      const results = await lab.awaiting(['PROTEINS']);
      const by = (code: string) => results.find(({ analyteCode }) => analyteCode === code);
      const [total, albumin, globulin] = [by('TP'), by('ALB'), by('GLOB')];
      assert.ok(total && albumin && globulin);
      await lab.send('cobas', [
        [total, tp],
        [albumin, alb],
      ]);
      return Promise.all([total, albumin, globulin].map((each) => lab.now(each)));
    };
    const good = await proteins('7.0', '4.2');
    assert.deepEqual(
      good.map(({ status, value }) => [status, value]),
      [
        ['verified', '7.0'],
        ['verified', '4.2'],
        ['verified', '2.8'],
      ],
    );
    // Albumin far below its range: held, and so is what is calculated from it.
    const [total, albumin, globulin] = await proteins('6.5', '3.0');
    assert.ok(total && albumin && globulin);
    assert.deepEqual([total.status, albumin.status, globulin.status], ['verified', 'entered', 'entered']);
    const [decision] = await lab.decisions(globulin);
    assert.ok(heldBy(decision).includes('valid'));
    assert.match(decision?.rules.find(({ rule }) => rule === 'valid')?.why ?? '', /ALB \(held\)/);
  });

  await t.test('AUT-6 what was sent back is verified by a person, though every other rule passes', async () => {
    await lab.set('HGB', 'on');
    const result = await one('HGB', '13.4');
    assert.equal(result.status, 'verified');
    const items = [{ resultId: result.id, expectedVersion: result.version }];
    await pathologist.call(sendBackResults, { items, reason: 'Compare with the film' });
    const again = await lab.enter(await lab.now(result), '13.5');
    assert.equal(again.status, 'entered');
    assert.ok(heldBy((await lab.decisions(again))[0]).includes('no_open_hold'));
  });

  await t.test('AUT-8 the same value told twice is one decision', async () => {
    const [awaited] = await lab.awaiting(['HGB']);
    assert.ok(awaited);
    const observation = {
      key: newId(),
      messageId: newId(),
      instrument: XN,
      barcode: awaited.barcode ?? '',
      analyteCode: 'HGB',
      value: '13.1',
      unit: awaited.unit,
      doubts: [],
      isPreliminary: false,
      note: null,
    };
    for (let turn = 0; turn < 2; turn += 1) {
      await lab.system.call(enterFromInstrument, { observations: [observation] });
      await lab.settle();
    }
    assert.equal((await lab.decisions(awaited)).length, 1);
  });
});
