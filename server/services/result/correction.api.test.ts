// A patient's sex or date of birth corrected after values were entered: specs/result.md RES-23 to RES-26.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import sql from 'sql-template-tag';

import type { Sex } from '#contract/patient.ts';
import { getPatient, updatePatient } from '#contract/patient.ts';
import type { ServiceError } from '#platform/errors.ts';

import type { ResultView } from './contract.ts';
import {
  amendResults,
  authoriseResults,
  enterFromInstrument,
  enterResult,
  resultTrail,
  verifyResults,
  withdrawAmendments,
} from './contract.ts';
import { bornDaysAgo, observe, startBench, stepOf } from './testing.ts';

// Starter catalogue, from 6575 days on. HGB: women 12–16, men 14–18 g/dL. HCT: women 37–47, men 42–50 %.
// ESR: women 4–55, men 2–22 mm/h.
test('a patient is corrected', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');

  const change = async (
    patientId: string,
    corrected: { readonly sex?: Sex; readonly bornOn?: string; readonly mobile?: string },
  ): Promise<void> => {
    const { version } = await lab.system.call(getPatient, { patientId });
    await lab.as('desk').call(updatePatient, { patientId, expectedVersion: version, ...corrected });
  };
  const correct: typeof change = async (patientId, corrected) => {
    await change(patientId, corrected);
    await lab.settle();
  };
  const woman = () => bench.patient({ sex: 'female', ageDays: 12_000 });
  const awaitingOf = async (patientId: string, ...codes: string[]): Promise<readonly ResultView[]> =>
    bench.awaiting(codes, { patientId });
  const verify = async (...results: readonly ResultView[]): Promise<readonly ResultView[]> =>
    technician.call(verifyResults, {
      items: results.map((result) => ({ ...stepOf(result), holdsSeen: result.holds })),
    });
  const acts = async (orderId: string, act: string) =>
    (await lab.system.call(resultTrail, { caseIds: [orderId] })).filter((entry) => entry.act === act);

  await t.test(
    'RES-23 what is entered is judged again by its raw value; what awaits a value is not touched',
    async () => {
      const patientId = await woman();
      const [hgb, esr] = await awaitingOf(patientId, 'HGB', 'ESR');
      assert.ok(hgb && esr);
      const entered = await bench.enter(hgb, '13.1');
      assert.deepEqual([entered.flags, entered.range?.low], [[], '12']);
      await correct(patientId, { sex: 'male' });
      const again = await bench.result(hgb.orderId, 'HGB');
      assert.deepEqual(again, {
        ...entered,
        flags: ['L'],
        range: again.range,
        version: entered.version + 1,
      });
      assert.deepEqual(
        [again.range?.low, again.range?.high, again.range?.sex, again.range?.ageDays],
        ['14', '18', 'male', 12_000],
      );
      assert.deepEqual(await bench.result(hgb.orderId, 'ESR'), esr);
      const [entry, ...more] = await acts(hgb.orderId, 'result.rejudge');
      assert.equal(more.length, 0);
      assert.deepEqual([entry?.entityId, entry?.caseId], [hgb.id, hgb.orderId]);
      const ages = { fromDays: 6575, toDays: null, ageDays: 12_000 };
      assert.deepEqual(entry?.facts['before'], {
        flags: [],
        holds: [],
        range: { sex: 'female', ...ages },
        person: { sex: 'female', ageDays: 12_000 },
      });
      assert.deepEqual(entry?.facts['now'], {
        flags: ['L'],
        holds: [],
        range: { sex: 'male', ...ages },
        person: { sex: 'male', ageDays: 12_000 },
      });
      assert.deepEqual([entry?.facts['from'], entry?.facts['to']], ['entered', 'entered']);
      // The value that comes later is judged by the corrected patient, and nothing was told: no value came.
      assert.equal((await bench.enter(esr, '30')).flags[0], 'H');
      assert.equal((await bench.told(hgb.orderId)).length, 2);
      await technician.refused(verifyResults, { items: [stepOf(entered)] }, 'result.stale');
    },
  );

  await t.test('RES-23 a change of name or mobile touches no result', async () => {
    const patientId = await woman();
    const [hgb] = await awaitingOf(patientId, 'HGB');
    assert.ok(hgb);
    const entered = await bench.enter(hgb, '13.1');
    await correct(patientId, { mobile: '9876543210' });
    assert.deepEqual(await bench.result(hgb.orderId, 'HGB'), entered);
    assert.deepEqual(await acts(hgb.orderId, 'result.rejudge'), []);
  });

  await t.test('RES-23 what an instrument said of its value survives; what the patient decides does not', async () => {
    const patientId = await bench.patient({ sex: 'other', ageDays: 12_000 });
    const [hct] = await awaitingOf(patientId, 'HCT');
    assert.ok(hct);
    const doubtful = observe(hct, '38', { unit: '', doubts: ['W'], isPreliminary: true });
    await lab.system.call(enterFromInstrument, { observations: [doubtful, observe(hct, '45')] });
    const entered = await bench.result(hct.orderId, 'HCT');
    const said = ['no_unit', 'instrument_flag', 'preliminary', 'rerun_differs'];
    // Of other sex: the catalogue has ranges for women and for men only.
    assert.deepEqual(
      [entered.flags, entered.range?.kind, entered.holds],
      [[], 'none', ['no_unit', 'instrument_flag', 'preliminary', 'range_unclear', 'rerun_differs']],
    );
    await correct(patientId, { sex: 'male' });
    const asMan = await bench.result(hct.orderId, 'HCT');
    assert.deepEqual([asMan.flags, asMan.holds, asMan.rawValue], [['L'], said, '38']);
    // Born today: the catalogue has no range for that age.
    await correct(patientId, { bornOn: bornDaysAgo(0) });
    const newborn = await bench.result(hct.orderId, 'HCT');
    assert.deepEqual(
      [newborn.flags, newborn.holds, newborn.range?.ageDays, newborn.range?.kind],
      [[], ['no_unit', 'instrument_flag', 'preliminary', 'range_unclear', 'rerun_differs'], 0, 'none'],
    );
    await correct(patientId, { bornOn: bornDaysAgo(12_000), sex: 'female' });
    const asWoman = await bench.result(hct.orderId, 'HCT');
    assert.deepEqual([asWoman.flags, asWoman.holds, asWoman.range?.low], [[], said, '37']);
  });

  await t.test('RES-24 a verified value that is judged otherwise is back at the bench, and says why', async () => {
    const patientId = await woman();
    const [hgb, esr] = await awaitingOf(patientId, 'HGB', 'ESR');
    assert.ok(hgb && esr);
    const verified = await verify(await bench.enter(hgb, '13.1'), await bench.enter(esr, '12'));
    await correct(patientId, { sex: 'male' });
    const back = await bench.result(hgb.orderId, 'HGB');
    const because = "The patient's sex or date of birth was corrected after this value was verified.";
    assert.deepEqual(
      [back.status, back.value, back.flags, back.verifiedAt, back.verifiedBy, back.sentBackReason],
      ['entered', '13.1', ['L'], null, null, `${because} Flag before: none; now: L.`],
    );
    // The same flag, by another range.
    const same = await bench.result(hgb.orderId, 'ESR');
    assert.deepEqual(
      [same.status, same.flags, same.range?.high, same.sentBackReason],
      ['entered', [], '22', `${because} The flag is the same, the range or a hold is not.`],
    );
    for (const result of verified)
      await pathologist.refused(authoriseResults, { items: [stepOf(result)] }, 'result.stale');
    const facts = (await acts(hgb.orderId, 'result.rejudge')).map((entry) => entry.facts);
    assert.deepEqual(
      facts.map((fact) => [fact['from'], fact['to'], fact['verifiedBy']]),
      [
        ['verified', 'entered', 'technician'],
        ['verified', 'entered', 'technician'],
      ],
    );
    const [again] = await verify(back);
    assert.deepEqual([again?.status, again?.sentBackReason], ['verified', null]);
  });

  await t.test('RES-24 another age in the same range stays verified, and makes an open screen stale', async () => {
    const patientId = await woman();
    const [hgb] = await awaitingOf(patientId, 'HGB');
    assert.ok(hgb);
    const [verified] = await verify(await bench.enter(hgb, '13.1'));
    assert.ok(verified);
    await correct(patientId, { bornOn: bornDaysAgo(12_010) });
    const now = await bench.result(hgb.orderId, 'HGB');
    assert.deepEqual(now, {
      ...verified,
      range: { ...verified.range, ageDays: 12_010 },
      version: verified.version + 1,
    });
    await pathologist.refused(authoriseResults, { items: [stepOf(verified)] }, 'result.stale');
    await pathologist.call(authoriseResults, { items: [stepOf(now)] });
  });

  await t.test(
    'RES-25 an authorised value stays as it is; the trail of its order says so once a correction',
    async () => {
      const patientId = await woman();
      const [hgb] = await awaitingOf(patientId, 'HGB');
      assert.ok(hgb);
      const verified = await verify(await bench.enter(hgb, '13.1'));
      const [signed] = await pathologist.call(authoriseResults, { items: verified.map(stepOf) });
      await correct(patientId, { sex: 'male' });
      await correct(patientId, { mobile: '9876543210' });
      assert.deepEqual(await bench.result(hgb.orderId, 'HGB'), signed);
      const [noted, ...more] = await acts(hgb.orderId, 'result.patient_corrected');
      assert.equal(more.length, 0);
      assert.deepEqual([noted?.entityId, noted?.caseId, noted?.actorId], [hgb.id, hgb.orderId, null]);
      const person = { before: { sex: 'female', ageDays: 12_000 }, now: { sex: 'male', ageDays: 12_000 } };
      assert.deepEqual(noted?.facts['person'], person);
      assert.deepEqual(Reflect.get(Object(noted?.facts['signed']), 'flags'), []);
      assert.deepEqual(Reflect.get(Object(noted?.facts['wouldBe']), 'flags'), ['L']);
      // Corrected back: the trail must not end with the wrong half.
      await correct(patientId, { sex: 'female' });
      const back = (await acts(hgb.orderId, 'result.patient_corrected')).at(-1);
      assert.deepEqual(back?.facts['person'], { before: person.now, now: person.before });
      assert.deepEqual(await bench.result(hgb.orderId, 'HGB'), signed);
      assert.deepEqual(await acts(hgb.orderId, 'result.rejudge'), []);
    },
  );

  await t.test(
    'RES-25 lab-day 58: corrected while it is amended: the signed copy that is on the report is noted',
    async () => {
      const patientId = await woman();
      const [hgb] = await awaitingOf(patientId, 'HGB');
      assert.ok(hgb);
      const verified = await verify(await bench.enter(hgb, '13.1'));
      const [signed] = await pathologist.call(authoriseResults, { items: verified.map(stepOf) });
      assert.ok(signed);
      const [opened] = await pathologist.call(amendResults, { items: [stepOf(signed)], reason: 'repeat' });
      assert.ok(opened);
      await correct(patientId, { sex: 'male' });
      const noted = await acts(hgb.orderId, 'result.patient_corrected');
      assert.deepEqual(
        noted.map(({ entityId, facts }) => [entityId, facts['status'], facts['value'], facts['person']]),
        [
          [
            hgb.id,
            'authorised',
            '13.1',
            { before: { sex: 'female', ageDays: 12_000 }, now: { sex: 'male', ageDays: 12_000 } },
          ],
        ],
      );
      assert.deepEqual(Reflect.get(Object(noted[0]?.facts['wouldBe']), 'flags'), ['L']);
      // The one at the bench is judged again; given up, the signed one is back, and was noted already.
      const now = await bench.result(hgb.orderId, 'HGB');
      assert.deepEqual([now.status, now.flags], ['entered', ['L']]);
      await pathologist.call(withdrawAmendments, { items: [stepOf(now)], reason: 'not needed' });
      assert.deepEqual((await bench.result(hgb.orderId, 'HGB')).flags, []);
      await correct(patientId, { mobile: '9876543210' });
      assert.equal((await acts(hgb.orderId, 'result.patient_corrected')).length, 1);
    },
  );

  await t.test('RES-26 correction and verification at once: nothing stays verified by the wrong range', async () => {
    for (let round = 0; round < 8; round += 1) {
      const patientId = await woman();
      const [hgb] = await awaitingOf(patientId, 'HGB');
      assert.ok(hgb);
      const entered = await bench.enter(hgb, '13.1');
      const [verification] = await Promise.allSettled([verify(entered), change(patientId, { sex: 'male' })]);
      await lab.settle();
      const now = await bench.result(hgb.orderId, 'HGB');
      assert.deepEqual([now.status, now.flags, now.range?.low], ['entered', ['L'], '14']);
      const isVerified = verification.status === 'fulfilled';
      if (!isVerified) assert.equal(verification.reason.code, 'result.stale');
      assert.equal(now.sentBackReason !== null, isVerified);
    }
  });

  await t.test('RES-26 correction and entry at once: the value is judged by the corrected patient', async () => {
    for (let round = 0; round < 8; round += 1) {
      const patientId = await woman();
      const [hgb] = await awaitingOf(patientId, 'HGB');
      assert.ok(hgb);
      const enter = () =>
        round % 2 === 0
          ? bench.enter(hgb, '13.1')
          : lab.system.call(enterFromInstrument, { observations: [observe(hgb, '13.1')] });
      const [entry] = await Promise.allSettled([enter(), change(patientId, { sex: 'male' })]);
      if (entry.status === 'rejected') {
        assert.equal(entry.reason.code, 'platform.busy');
        await enter();
      }
      await lab.settle();
      assert.deepEqual((await bench.result(hgb.orderId, 'HGB')).flags, ['L']);
    }
  });

  await t.test('RES-26 facts that were fetched before a correction passed are not judged by', async () => {
    const [hgb] = await awaitingOf(await woman(), 'HGB');
    assert.ok(hgb);
    const database = lab.runtime.databaseOf('result');
    // On another connection: within one transaction the activity of others stands still.
    const isSomeoneWaiting = async (): Promise<boolean> => {
      for (let turn = 0; turn < 200; turn += 1) {
        const { waiting } = await database.reader(lab.labId, {}).one<{ waiting: number }>(sql`
          select count(*) as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%for update%'`);
        if (waiting > 0) return true;
        await sleep(20);
      }
      return false;
    };
    const commands = [
      () => technician.call(enterResult, { ...stepOf(hgb), value: '13.1' }),
      () => lab.system.call(enterFromInstrument, { observations: [observe(hgb, '13.1')] }),
    ];
    for (const command of commands) {
      let outcome: Promise<unknown> | undefined;
      // The correction holds the row; the command has its facts already and waits.
      await database.transaction(lab.labId, {}, async (db) => {
        await db.rows(sql`select id from lis_result.result where id = ${hgb.id} for update`);
        outcome = command().then(
          () => undefined,
          (error: ServiceError) => error.code,
        );
        assert.ok(await isSomeoneWaiting());
        await db.rows(sql`update lis_result.result set corrections = corrections + 1 where id = ${hgb.id}`);
      });
      assert.equal(await outcome, 'platform.busy');
      assert.deepEqual(await bench.result(hgb.orderId, 'HGB'), hgb);
    }
    for (const command of commands) await command();
    assert.deepEqual((await bench.result(hgb.orderId, 'HGB')).value, '13.1');
  });
});
