// Every list of the bench, and a person's history, is bound to an index that gives its order (P11).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';

import { serverUrl } from '../../testing/databases.ts';
import { startLab } from '../../testing/start-lab.ts';
import { gridQuery, ofTubesQuery, rackQuery } from './bench-store.ts';
import { drawsQuery, precedingQuery, signedOfOrdersQuery, trendQuery } from './history-store.ts';
import { benchCountsQuery, leftOverQuery, worklistQuery } from './worklist-store.ts';

const AT = '2026-11-25T03:00:00Z';

test('lab-day 34, 37, 46: worklists, rack, grid, board and history read an index, in its order', async (t) => {
  const lab = await startLab(t, { services: ['organization', 'patient', 'order', 'sample', 'result'] });
  const { labId } = lab;
  const [patientId, otherId, orderId] = [newId(), newId(), newId()];
  const database = lab.runtime.databaseOf('result');
  // As in a lab of some years: nearly all is signed; of the rest little is held, flagged or interim.
  const { name } = await database.transaction(labId, {}, async (db) => {
    await db.rows(sql`
      insert into lis_result.result
        (id, lab_id, order_id, line_id, patient_id, position, priority_rank, placed_at, promised_at, test_code, test_name, section,
         specimen, analyte_code, analyte_name, kind, unit, choices, barcode, collected_at, status, value, raw_value, entered_at,
         verified_at, authorised_at, source, holds, flags, detail)
      select gen_random_uuid(), ${labId}::uuid, case when n % 400 = 0 then ${orderId}::uuid else gen_random_uuid() end,
        gen_random_uuid(), case when n % 300 = 0 then ${patientId}::uuid else gen_random_uuid() end, n, n % 3,
        now() - n * interval '1 minute', now() - n * interval '1 minute', 'T' || n % 40, 'T', 'S' || n % 5, 'Serum', 'A' || n % 7, 'A',
        'numeric', 'U/L', '[]', 'B' || n, now() - n * interval '1 minute', s.status, s.value, s.value, s.at,
        case when s.status in ('verified', 'authorised') then s.at end, case when s.status = 'authorised' then s.at end,
        case when s.value is not null then 'I' || n % 30 end, case when n % 90 = 2 then '{delta}'::text[] else '{}' end,
        case when n % 90 = 2 then '{H}'::text[] else '{}' end,
        case when n % 500 = 0 then '{"kind": "culture", "stage": "preliminary"}'::jsonb end
      from generate_series(1, 20000) as n
      cross join lateral (
        select s.status, case when s.status <> 'awaiting' then '1' end as value, case when s.status <> 'awaiting' then now() end as at
        from (select case n % 20 when 1 then 'awaiting' when 2 then 'entered' when 3 then 'verified' else 'authorised' end as status) as s
      ) as s`);
    return db.one<{ readonly name: string }>(sql`select current_database() as name`);
  });
  await analyze(name);
  const fromTop = { sort: 'priority', after: null } as const;
  const onward = { sort: 'priority', after: { priorityRank: 0, cameAt: AT, orderId, position: 3 } } as const;
  const byPromise = { sort: 'promise', after: { dueAt: AT, orderId, position: 3 } } as const;
  const awaiting = { status: 'awaiting', sections: [], limit: 21 } as const;
  const entered = { ...awaiting, status: 'entered' } as const;
  const person = { patientIds: [patientId, otherId], from: null, to: null } as const;
  const queries = {
    sections: worklistQuery(labId, { ...awaiting, sections: ['S1', 'S2'], order: onward }),
    ofTest: worklistQuery(labId, { ...awaiting, testCode: 'T1', order: onward }),
    ofInstrument: worklistQuery(labId, { ...entered, instrument: 'I2', order: onward }),
    held: worklistQuery(labId, { ...entered, isHeldOnly: true, order: fromTop }),
    flagged: worklistQuery(labId, { ...entered, isFlaggedOnly: true, order: fromTop }),
    interim: worklistQuery(labId, { ...awaiting, status: 'authorised', isInterimOnly: true, order: fromTop }),
    ofPriority: worklistQuery(labId, { ...awaiting, priorityRank: 0, order: fromTop }),
    promised: worklistQuery(labId, { ...awaiting, order: byPromise }),
    promisedOfSection: worklistQuery(labId, { ...awaiting, sections: ['S1'], order: byPromise }),
    leftOver: leftOverQuery(labId, { section: null, cameBefore: AT, after: null, limit: 21 }),
    leftOverOfSection: leftOverQuery(labId, {
      section: 'S1',
      cameBefore: AT,
      after: { cameAt: '2026-11-20T03:00:00Z', orderId, position: 3 },
      limit: 21,
    }),
    board: benchCountsQuery(labId, AT),
    rack: rackQuery(labId, { section: 'S1', testCode: null, after: null, limit: 41 }),
    rackOn: rackQuery(labId, {
      section: 'S1',
      testCode: null,
      after: { priorityRank: 0, cameAt: AT, orderId, barcode: 'B1' },
      limit: 41,
    }),
    ofTubes: ofTubesQuery(labId, ['B1', 'B21'], 'S1'),
    grid: gridQuery(labId, { section: 'S1', testCode: null, orderIds: null, after: null, limit: 31 }),
    gridOfOrders: gridQuery(labId, { section: null, testCode: null, orderIds: [orderId], after: null, limit: 31 }),
    draws: drawsQuery(labId, { ...person, analyteCodes: [], after: null, limit: 11 }),
    signedOfOrders: signedOfOrdersQuery(labId, [orderId]),
    trend: trendQuery(labId, { ...person, analyteCode: 'A1', after: null, limit: 51 }),
    preceding: precedingQuery(labId, person.patientIds, [{ analyteCode: 'A1', collectedAt: AT, id: newId() }]),
  } as const satisfies Record<string, Sql>;
  const index = {
    sections: 'result_worklist_of_section',
    ofTest: 'result_worklist_of_test',
    ofInstrument: 'result_worklist_of_source',
    held: 'result_worklist',
    flagged: 'result_worklist',
    interim: 'result_interim',
    ofPriority: 'result_worklist',
    promised: 'result_promised',
    promisedOfSection: 'result_promised_of_section',
    leftOver: 'result_left_over',
    leftOverOfSection: 'result_left_over_of_section',
    board: 'result_(left_over|promised|worklist)\\w*',
    rack: 'result_worklist_of_section',
    rackOn: 'result_worklist_of_section',
    ofTubes: 'result_of_tube',
    grid: 'result_worklist_of_section',
    gridOfOrders: 'result_of_order',
    draws: '(result_previous|result_earlier|result_history)',
    signedOfOrders: 'result_of_order',
    trend: '(result_previous|result_earlier|result_history)',
    preceding: '(result_previous|result_earlier|result_history)',
  } as const satisfies Record<keyof typeof queries, string>;
  const plans = await database.transaction(labId, {}, async (db) => {
    const found: Partial<Record<keyof typeof queries, string>> = {};
    for (const [list, query] of Object.entries(queries))
      found[list as keyof typeof queries] = (await db.rows<Record<string, string>>(sql`explain ${query}`))
        .flatMap((row) => Object.values(row))
        .join('\n');
    return found;
  });
  for (const [list, expected] of Object.entries(index)) {
    const plan = plans[list as keyof typeof plans] ?? '';
    assert.match(plan, new RegExp(`using ${expected} |on ${expected}\\s`), `${list}\n${plan}`);
    assert.doesNotMatch(plan, /Seq Scan/, `${list}\n${plan}`);
  }
  // A page is read in the index's order. Some sections are merged by a sort of one page of each.
  for (const list of [
    'ofTest',
    'ofInstrument',
    'interim',
    'promised',
    'promisedOfSection',
    'leftOver',
    'leftOverOfSection',
  ] as const)
    assert.doesNotMatch(plans[list] ?? '', /Sort/, `${list}\n${plans[list]}`);
});

/** Statistics as autovacuum would have them; the application's own role may not gather them. */
async function analyze(databaseName: string): Promise<void> {
  const url = new URL(await serverUrl());
  url.pathname = `/${databaseName}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query('analyze lis_result.result');
  } finally {
    await client.end();
  }
}
