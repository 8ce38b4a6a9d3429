// Critical values and the calls about them: specs/result.md RES-47 to RES-51.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';

import pg from 'pg';
import sql from 'sql-template-tag';

import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';

import { serverUrl } from '../../testing/databases.ts';
import { signAs } from '../../testing/sign-as.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import type { CriticalView, ResultView } from './contract.ts';
import {
  authoriseResults,
  criticalsOfOrders,
  enterFromInstrument,
  listCriticals,
  recordCriticalCall,
  resultTrail,
} from './contract.ts';
import { runEscalateCritical } from './jobs/escalate-critical.ts';
import { observe, startBench, stepOf } from './testing.ts';

test('criticals', async (t) => {
  const bench = await startBench(t, { policies: { criticalCallMinutes: 30 } });
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  const of = (orderId: string) => lab.system.call(criticalsOfOrders, { ids: [orderId] });
  const told = async (orderId: string) =>
    (await bench.told(orderId)).map((event) => event.type).filter((type) => type.startsWith('result.critical'));
  const call = (criticals: readonly CriticalView[], given: { wasReached?: boolean; wasReadBack?: boolean } = {}) =>
    technician.call(recordCriticalCall, {
      criticalIds: criticals.map(({ id }) => id),
      to: 'Dr. Sunita Kulkarni, ward 3',
      phone: '+91 98220 12345',
      wasReached: true,
      wasReadBack: true,
      ...given,
    });
  const low = async (value = '5.1'): Promise<ResultView> => {
    const [result] = await bench.awaiting(['HGB']);
    assert.ok(result);
    return bench.enter(result, value);
  };
  const sign = async (result: ResultView) => {
    const [verified] = await bench.verify([result]);
    assert.ok(verified);
    return pathologist.call(authoriseResults, {
      items: [stepOf(verified)],
      signingToken: await signAs(lab, pathologist),
    });
  };

  await t.test(
    'lab-day 48: a critical value is found as it is entered, and is not signed before the call',
    async () => {
      const entered = await low();
      assert.deepEqual(entered.flags, ['LL']);
      const [critical] = await of(entered.orderId);
      assert.ok(critical);
      assert.deepEqual(
        [critical.status, critical.value, critical.unit, critical.flags, critical.limit, critical.isCorrection],
        ['open', '5.1', 'g/dL', ['LL'], 'below the critical limit 6.6', false],
      );
      assert.equal(Date.parse(critical.dueAt) - Date.parse(critical.foundAt), 30 * 60_000);
      assert.deepEqual(await told(entered.orderId), ['result.critical_found']);
      const [verified] = await bench.verify([entered]);
      assert.ok(verified);
      const signingToken = await signAs(lab, pathologist);
      const refusal = await pathologist.refused(
        authoriseResults,
        { items: [stepOf(verified)], signingToken },
        'result.critical_uncalled',
      );
      assert.deepEqual(refusal.details, { resultId: entered.id });

      // Nobody there, then somebody who does not read back: on record, and no more.
      assert.equal((await call([critical], { wasReached: false, wasReadBack: false }))[0]?.status, 'open');
      assert.equal((await call([critical], { wasReadBack: false }))[0]?.status, 'open');
      await pathologist.refused(
        authoriseResults,
        { items: [stepOf(verified)], signingToken },
        'result.critical_uncalled',
      );
      const [done] = await call([critical]);
      assert.deepEqual(
        [done?.status, done?.calls.map(({ to, by, wasReached, wasReadBack }) => [to, by, wasReached, wasReadBack])],
        [
          'told',
          [
            ['Dr. Sunita Kulkarni, ward 3', 'technician', false, false],
            ['Dr. Sunita Kulkarni, ward 3', 'technician', true, false],
            ['Dr. Sunita Kulkarni, ward 3', 'technician', true, true],
          ],
        ],
      );
      assert.deepEqual(await told(entered.orderId), ['result.critical_found', 'result.critical_told']);
      const [signed] = await pathologist.call(authoriseResults, { items: [stepOf(verified)], signingToken });
      assert.equal(signed?.status, 'authorised');
      const acts = await lab.system.call(resultTrail, { caseIds: [entered.orderId] });
      assert.deepEqual(
        acts
          .filter(({ act }) => act === 'result.critical_call')
          .map(({ facts }) => [facts['to'], facts['wasReadBack']]),
        [
          ['Dr. Sunita Kulkarni, ward 3', false],
          ['Dr. Sunita Kulkarni, ward 3', false],
          ['Dr. Sunita Kulkarni, ward 3', true],
        ],
      );
    },
  );

  await t.test('lab-day 48: one call may be about several values, and the same call is recorded once', async () => {
    const [one, other] = await bench.awaiting(['HGB', 'PLT']);
    assert.ok(one && other);
    await lab.system.call(enterFromInstrument, { observations: [observe(one, '5.0'), observe(other, '20')] });
    const found = await of(one.orderId);
    assert.deepEqual(found.map(({ analyteCode }) => analyteCode).sort(), ['HGB', 'PLT']);
    const input = {
      id: newId(),
      criticalIds: found.map(({ id }) => id),
      to: 'Dr. Rao',
      wasReached: true,
      wasReadBack: true,
    };
    const first = await technician.call(recordCriticalCall, input);
    const again = await technician.call(recordCriticalCall, input);
    assert.deepEqual(again, first);
    await technician.refused(recordCriticalCall, { ...input, to: 'Dr. Shah' }, 'result.call_id_taken');
    await technician.refused(recordCriticalCall, { ...input, wasReadBack: false }, 'result.call_id_taken');
    assert.deepEqual(
      again.map(({ status, calls }) => [status, calls.length]),
      [
        ['told', 1],
        ['told', 1],
      ],
    );
    assert.equal((await told(one.orderId)).filter((type) => type === 'result.critical_told').length, 2);
  });

  await t.test('two who record a call at once: both are on record, it is told once', async () => {
    const entered = await low();
    const found = await of(entered.orderId);
    await Promise.all([call(found), call(found)]);
    const [critical] = await of(entered.orderId);
    assert.deepEqual([critical?.status, critical?.calls.length], ['told', 2]);
    assert.equal((await told(entered.orderId)).filter((type) => type === 'result.critical_told').length, 1);
  });

  await t.test('who may not, what is not there, a call in the future are refused', async () => {
    const entered = await low();
    const [critical] = await of(entered.orderId);
    assert.ok(critical);
    const input = { criticalIds: [critical.id], to: 'Dr. Rao', wasReached: true, wasReadBack: true };
    await lab.as('desk').refused(recordCriticalCall, input, 'platform.forbidden');
    await technician.refused(
      recordCriticalCall,
      { ...input, criticalIds: [critical.id, newId()] },
      'result.critical_not_found',
    );
    await lab.as('technician', newId()).refused(recordCriticalCall, input, 'result.critical_not_found');
    const calledAt = new Date(Date.now() + 10 * 60_000).toISOString();
    await technician.refused(recordCriticalCall, { ...input, calledAt }, 'result.called_in_future');
    const before = new Date(Date.parse(critical.foundAt) - 3 * 60_000).toISOString();
    await technician.refused(recordCriticalCall, { ...input, calledAt: before }, 'result.called_too_early');
    await technician.refused(recordCriticalCall, { ...input, wasReached: false }, 'result.read_back_unreached');
    assert.deepEqual((await of(entered.orderId))[0]?.calls, []);
    assert.deepEqual((await lab.as('technician', newId()).call(listCriticals, {})).edges, []);
  });

  await t.test('a value that is corrected before anybody was told closes it', async () => {
    const entered = await low();
    const corrected = await bench.enter(entered, '15.1');
    const [critical] = await of(entered.orderId);
    assert.ok(critical);
    assert.equal(critical.status, 'closed');
    const refusal = await technician.refused(
      recordCriticalCall,
      { criticalIds: [critical.id], to: 'Dr. Rao', wasReached: true, wasReadBack: true },
      'result.critical_closed',
    );
    assert.deepEqual(refusal.details, { criticalId: critical.id });
    assert.equal((await sign(corrected))[0]?.status, 'authorised');
  });

  await t.test('another critical value before anybody was told: the same critical, about the new value', async () => {
    const entered = await low();
    await bench.enter(entered, '4.2');
    const found = await of(entered.orderId);
    assert.deepEqual(
      found.map(({ status, value }) => [status, value]),
      [['open', '4.2']],
    );
    assert.deepEqual(await told(entered.orderId), ['result.critical_found'], 'told once');
  });

  await t.test(
    'lab-medicine 6: found to be an error after the call: corrected, and a second call before it is signed',
    async () => {
      const entered = await low();
      await call(await of(entered.orderId));
      const corrected = await bench.enter(entered, '15.1');
      const [first, second] = await of(entered.orderId);
      assert.deepEqual(
        [first?.status, second?.status, second?.value, second?.isCorrection, second?.flags],
        ['closed', 'open', '15.1', true, []],
      );
      const [verified] = await bench.verify([corrected]);
      assert.ok(verified && second);
      const signingToken = await signAs(lab, pathologist);
      const items = [stepOf(verified)];
      await pathologist.refused(authoriseResults, { items, signingToken }, 'result.critical_uncalled');
      await call([second]);
      const [signed] = await pathologist.call(authoriseResults, { items, signingToken });
      assert.equal(signed?.status, 'authorised');
    },
  );

  await t.test(
    'a slip of the keyboard after the call: what was told is right after all, and nobody is called',
    async () => {
      const entered = await low();
      await call(await of(entered.orderId));
      const slip = await bench.enter(entered, '15.1');
      await bench.enter(slip, '5.1');
      const found = await of(entered.orderId);
      assert.deepEqual(
        found.map(({ status, value }) => [status, value]),
        [
          ['told', '5.1'],
          ['closed', '15.1'],
        ],
      );
    },
  );

  await t.test('the list of what nobody was told: the one due first, first; in pages', async () => {
    const waiting: string[] = [];
    for (let patient = 0; patient < 3; patient += 1) waiting.push((await low()).orderId);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: { edges: readonly { node: CriticalView }[]; endCursor: string | null; hasNextPage: boolean } =
        await technician.call(listCriticals, { first: 2, after });
      assert.ok(page.edges.every(({ node }) => node.status === 'open'));
      seen.push(...page.edges.map(({ node }) => node.orderId));
      after = page.hasNextPage ? page.endCursor : null;
    } while (after !== null);
    assert.equal(new Set(seen).size, seen.length, 'none twice');
    assert.deepEqual(seen.slice(-3), waiting, 'found last, due last');
    const closed = await technician.call(listCriticals, { status: 'closed', first: 100 });
    assert.ok(closed.edges.length > 0 && closed.edges.every(({ node }) => node.status === 'closed'));
  });
});

test('the clock of criticals', async (t) => {
  // Ahead of the database's clock, by which events become due.
  const clock = createManualClock(new Date(Date.now() + 60_000).toISOString());
  const bench = await startBench(t, { clock, policies: { criticalCallMinutes: 5 } });
  const { lab } = bench;
  const technician = lab.as('technician');
  const overdue = async (orderId: string) =>
    (await bench.told(orderId))
      .filter((event) => event.type === 'result.critical_overdue')
      .map((event) => event.payload);
  const entered = async () => {
    const [result] = await bench.awaiting(['HGB']);
    assert.ok(result);
    const { orderId } = await bench.enter(result, '5.1');
    const [critical] = await lab.system.call(criticalsOfOrders, { ids: [orderId] });
    assert.ok(critical);
    return critical;
  };

  await t.test(
    'lab-day 48: nobody told in time escalates, by itself, in minutes, and again each time as long',
    async () => {
      const { id, orderId, foundAt, dueAt } = await entered();
      clock.advance(5 * 60_000);
      assert.deepEqual(await makeJobsDue(lab, 'result.escalate-critical'), [`critical ${id} 1 ${dueAt}`]);
      const [first] = await eventually(() => overdue(orderId));
      assert.deepEqual(
        [first?.['criticalId'], first?.['escalation'], first?.['foundAt'], first?.['at']],
        [id, 1, foundAt, clock.now()],
      );
      const [escalated] = await lab.system.call(criticalsOfOrders, { ids: [orderId] });
      assert.deepEqual(
        [escalated?.status, escalated?.escalations, Date.parse(escalated?.dueAt ?? '') - Date.parse(dueAt)],
        ['open', 1, 5 * 60_000],
      );
      // The second, asked for as the queue does when its time has come; and twice, as a queue may.
      clock.advance(5 * 60_000);
      const ctx = lab.runtime.systemCtx('result', lab.labId);
      await runEscalateCritical(ctx, { criticalId: id, escalation: 2 });
      await runEscalateCritical(ctx, { criticalId: id, escalation: 2 });
      assert.deepEqual(
        (await overdue(orderId)).map((event) => event['escalation']),
        [1, 2],
      );
    },
  );

  await t.test('lab-day 48: before its time, and once told, nothing escalates', async () => {
    const { id, orderId } = await entered();
    const ctx = lab.runtime.systemCtx('result', lab.labId);
    await assert.rejects(runEscalateCritical(ctx, { criticalId: id, escalation: 1 }), {
      code: 'result.critical_not_due',
    });
    await technician.call(recordCriticalCall, {
      criticalIds: [id],
      to: 'Dr. Rao',
      wasReached: true,
      wasReadBack: true,
    });
    clock.advance(60 * 60_000);
    await runEscalateCritical(ctx, { criticalId: id, escalation: 1 });
    assert.deepEqual(await overdue(orderId), []);
  });
});

/**
 * Moves the queue's clock, which is the database's own, up to all jobs of a kind that wait.
 * @returns their keys, with the time they were due at
 */
async function makeJobsDue(lab: TestLab, task: string): Promise<readonly string[]> {
  const { name } = await lab.runtime
    .databaseOf('result')
    .transaction(lab.labId, {}, (db) => db.one<{ readonly name: string }>(sql`select current_database() as name`));
  const url = new URL(await serverUrl());
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const waiting = await client.query<{ key: string; run_at: Date }>(
      `with waiting as (
         select j.id, j.key, j.run_at from graphile_worker._private_jobs as j
         join graphile_worker._private_tasks as t on t.id = j.task_id where t.identifier = $1)
       update graphile_worker._private_jobs as j set run_at = now() from waiting as w where w.id = j.id
       returning w.key, w.run_at`,
      [task],
    );
    return waiting.rows.map((row) => `${row.key} ${row.run_at.toISOString()}`);
  } finally {
    await client.end();
  }
}

/** What comes by the queue's own clock, which a test does not move: asked until it is there. */
async function eventually<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  for (let turn = 0; turn < 300; turn += 1) {
    const found = await ask();
    if (found.length > 0) return found;
    await sleep(50);
  }
  return assert.fail('it did not come within 15 s');
}
