// Every list of this service is bound to an index (P11): specs/qc.md QC-20.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';

import { serverUrl } from '../../testing/databases.ts';
import { startLab } from '../../testing/start-lab.ts';
import { chartQuery, monthQuery } from './chart-store.ts';
import { historyQuery, runsAroundQuery } from './control-store.ts';
import { registerQuery, roundsQuery } from './eqa-store.ts';
import { alarmsQuery, monitorsQuery, seriesQuery } from './patient-store.ts';
import { holdsQuery, lotsQuery, statesQuery, targetsQuery } from './store.ts';

const EVER = { from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' };

test('QC-20 the hot lists read an index, in its order', async (t) => {
  const lab = await startLab(t, { services: ['organization', 'order', 'qc'] });
  const { labId } = lab;
  const database = lab.runtime.databaseOf('qc');
  const [lotId, monitorId] = [newId(), newId()];
  const pair = { instrument: 'I1', analyteCode: 'A1' };
  const { name } = await database.transaction(labId, {}, async (db) => {
    await db.rows(sql`
      insert into lis_qc.lot (id, lab_id, material, lot_number, level, expires_on, sample_ids, is_active)
      select gen_random_uuid(), ${labId}::uuid, 'M' || n % 9, 'L' || n, n % 3 + 1, '2099-01-01', '{}', n % 5 = 0
      from generate_series(1, 3000) as n`);
    await db.rows(sql`
      insert into lis_qc.pair (lab_id, instrument, analyte_code, unit)
      select ${labId}::uuid, 'I' || n % 20, 'A' || n / 20, 'mg/dL' from generate_series(0, 1999) as n`);
    await db.rows(sql`
      insert into lis_qc.target (id, lab_id, lot_id, instrument, analyte_code, kind, mean, sd, count, valid_from, set_at, set_by)
      select gen_random_uuid(), ${labId}::uuid, case when n % 300 = 0 then ${lotId}::uuid else gen_random_uuid() end,
        'I' || n % 20, 'A' || n % 50, 'assigned', 1, 1, 0, now(), now() - n * interval '1 hour', 'm'
      from generate_series(1, 3000) as n`);
    await db.rows(sql`
      insert into lis_qc.control (id, lab_id, key, lot_id, level, instrument, analyte_code, run_id, run_at, value, unit,
        measured_at, recorded_at, recorded_by, mean, sd, z, outcome)
      select gen_random_uuid(), ${labId}::uuid, 'k' || n, ${lotId}::uuid, n % 2 + 1, 'I' || n % 20, 'A' || n % 50, gen_random_uuid(),
        now() - n * interval '1 hour', 100, 'mg/dL', now(), now(), 't', 100, 5, 0, 'in_control'
      from generate_series(1, 12000) as n`);
    await db.rows(sql`
      insert into lis_qc.hold (id, lab_id, instrument, analyte_code, rules, run_id, since, last_failed_at, status, cause, action,
        look_back_note, lifted_at)
      select gen_random_uuid(), ${labId}::uuid, 'I' || n, 'A', '{1_3s}', gen_random_uuid(), now() - n * interval '1 day', now(),
        s.status, s.word, s.word, s.word, s.at
      from generate_series(1, 3000) as n
      cross join lateral (
        select case when n % 50 = 0 then 'open' else 'lifted' end as status, case when n % 50 <> 0 then 'w' end as word,
          case when n % 50 <> 0 then now() end as at
      ) as s`);
    await db.rows(sql`
      insert into lis_qc.monitor (id, lab_id, instrument, analyte_code, method, block, on_alarm, is_on, series_from)
      select gen_random_uuid(), ${labId}::uuid, 'I' || n % 20, 'A' || n / 20, 'mean', 20, 'warn', true, now()
      from generate_series(0, 1999) as n`);
    await db.rows(sql`
      insert into lis_qc.patient_value (lab_id, monitor_id, result_id, at, day, value, filled, figure, is_alarm)
      select ${labId}::uuid, case when n % 10 = 0 then ${monitorId}::uuid else gen_random_uuid() end, gen_random_uuid(), now(),
        current_date, 1, 20, 1, false
      from generate_series(1, 6000) as n`);
    await db.rows(sql`
      insert into lis_qc.patient_alarm (id, lab_id, monitor_id, instrument, analyte_code, at, figure, low, high, result_id)
      select gen_random_uuid(), ${labId}::uuid, ${monitorId}::uuid, 'I', 'A', now() - n * interval '1 hour', 1, 1, 1, gen_random_uuid()
      from generate_series(1, 3000) as n`);
    await db.rows(sql`
      with round as (
        insert into lis_qc.eqa_round (id, lab_id, scheme, round, closes_on)
        select gen_random_uuid(), ${labId}::uuid, 'S', 'R' || n, current_date - n from generate_series(1, 2000) as n
        returning id
      )
      insert into lis_qc.eqa_sample (id, lab_id, round_id, position, sample_code, analyte_code, instrument, result, assigned_value,
        sdpa, z, verdict, evaluated_at)
      select gen_random_uuid(), ${labId}::uuid, id, 1, 'S', 'A', 'I', 1, 1, 1, 0, 'acceptable', now() - random() * interval '1 year'
      from round`);
    return db.one<{ readonly name: string }>(sql`select current_database() as name`);
  });
  await analyze(name);
  const plans = await database.transaction(labId, {}, async (db) => {
    const explain = async (query: Sql): Promise<string> =>
      (await db.rows<Record<string, string>>(sql`explain ${query}`)).flatMap((row) => Object.values(row)).join('\n');
    const after = [new Date().toISOString(), newId()] as const;
    const monthAgo = new Date(Date.now() - 30 * 86_400_000).toISOString();
    return {
      lots: await explain(lotsQuery(labId, { isActive: null, after: [false, 'M4', 'L1', 1, newId()], limit: 21 })),
      states: await explain(
        statesQuery(labId, { now: after[0], instrument: null, state: null, after: [0, '', ''], limit: 21 }),
      ),
      targets: await explain(targetsQuery(labId, { lotId, after, limit: 21 })),
      history: await explain(
        historyQuery(labId, pair, { before: after[0], from: null, hasRejected: false, limit: 120 }),
      ),
      runsAround: await explain(runsAroundQuery(labId, pair, [after[0], monthAgo], 30)),
      chart: await explain(chartQuery(labId, pair, { level: 1, ...EVER, limit: 500 })),
      month: await explain(
        monthQuery(labId, {
          month: '2026-11',
          from: monthAgo,
          to: after[0],
          instrument: null,
          after: ['', '', newId()],
          limit: 21,
        }),
      ),
      holds: await explain(holdsQuery(labId, { status: 'lifted', after, limit: 21 })),
      openHolds: await explain(holdsQuery(labId, { status: 'open', after: null, limit: 21 })),
      monitors: await explain(monitorsQuery(labId, { after: ['I1', 'A1'], limit: 21 })),
      series: await explain(seriesQuery(labId, { monitorId, from: null, before: 5000, limit: 21 })),
      alarms: await explain(alarmsQuery(labId, { after, limit: 21 })),
      rounds: await explain(roundsQuery(labId, { after: ['2026-01-01', newId()], limit: 21 })),
      register: await explain(registerQuery(labId, { verdict: null, after, limit: 21 })),
    };
  });
  const index = {
    lots: 'lot_list',
    targets: 'target_list',
    history: 'control_series',
    runsAround: 'control_series',
    chart: 'control_series',
    month: 'control_series',
    holds: 'hold_list',
    openHolds: 'hold_list',
    monitors: 'monitor_key',
    series: 'patient_value_series',
    alarms: 'patient_alarm_list',
    rounds: 'eqa_round_list',
    register: 'eqa_register',
  } as const satisfies Record<Exclude<keyof typeof plans, 'states'>, string>;
  for (const [list, expected] of Object.entries(index)) {
    const plan = plans[list as keyof typeof plans];
    assert.match(plan, new RegExp(`using ${expected} |on ${expected}\\s`), `${list}\n${plan}`);
    assert.doesNotMatch(plan, /Seq Scan/, `${list}\n${plan}`);
  }
  // What is worst depends on the time of asking, so all of a lab's pairs are read: some hundreds, on their own table, once.
  assert.equal(plans.states.match(/ on pair/g)?.length, 1, plans.states);
  for (const list of ['targets', 'history', 'chart', 'holds', 'series', 'alarms', 'rounds', 'register'] as const)
    assert.doesNotMatch(plans[list], /Sort/, `a page is read in the index's order\n${list}\n${plans[list]}`);
});

/** Statistics as autovacuum would have them; the application's own role may not gather them. */
async function analyze(databaseName: string): Promise<void> {
  const url = new URL(await serverUrl());
  url.pathname = `/${databaseName}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    for (const table of [
      'lot',
      'pair',
      'target',
      'control',
      'hold',
      'monitor',
      'patient_value',
      'patient_alarm',
      'eqa_round',
      'eqa_sample',
    ])
      await client.query(`analyze lis_qc.${table}`);
  } finally {
    await client.end();
  }
}
