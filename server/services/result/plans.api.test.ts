// Every list of this service is bound to an index that gives its order (P11): specs/result.md RES-20.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';

import { serverUrl } from '../../testing/databases.ts';
import { startLab } from '../../testing/start-lab.ts';
import { openOfPatientQuery, signedOfPatientQuery } from './correction-store.ts';
import { ofOrdersQuery, previousQuery, worklistQuery } from './store.ts';

test('RES-20 the hot lists read an index, in its order', async (t) => {
  const lab = await startLab(t, { services: ['organization', 'patient', 'order', 'sample', 'result'] });
  const [patientId, orderId] = [newId(), newId()];
  const place = { priorityRank: 2, cameAt: '2026-11-25T03:00:00Z', orderId, position: 3 };
  const database = lab.runtime.databaseOf('result');
  const { name } = await database.transaction(lab.labId, {}, async (db) => {
    // Thousands of rows over several states, sections and patients, so that reading the whole table is a real choice.
    await db.rows(sql`
      insert into lis_result.result
        (id, lab_id, order_id, line_id, patient_id, position, priority_rank, placed_at, test_code, test_name, section, specimen,
         analyte_code, analyte_name, kind, unit, choices, barcode, collected_at, status, value, raw_value, entered_at,
         verified_at, authorised_at)
      select gen_random_uuid(), ${lab.labId}::uuid, case when n % 400 = 0 then ${orderId}::uuid else gen_random_uuid() end,
        gen_random_uuid(), case when n % 200 = 0 then ${patientId}::uuid else gen_random_uuid() end, n, n % 3,
        now() - n * interval '1 minute', 'T', 'T', 'S' || n % 5, 'Serum', 'A' || n % 7, 'A', 'numeric', 'U/L', '[]', 'B' || n, now(),
        s.status, s.value, s.value, s.at, case when s.status <> 'entered' then s.at end, case when s.status = 'authorised' then s.at end
      from generate_series(1, 8000) as n
      cross join lateral (
        select (array['awaiting', 'entered', 'verified', 'authorised'])[n % 4 + 1] as status,
          case when n % 4 > 0 then '1' end as value, case when n % 4 > 0 then now() end as at
      ) as s`);
    return db.one<{ readonly name: string }>(sql`select current_database() as name`);
  });
  await analyze(name);
  const plans = await database.transaction(lab.labId, {}, async (db) => {
    const explain = async (query: Sql): Promise<string> =>
      (await db.rows<Record<string, string>>(sql`explain ${query}`)).flatMap((row) => Object.values(row)).join('\n');
    return {
      worklist: await explain(worklistQuery(lab.labId, { status: 'awaiting', section: null, after: null, limit: 21 })),
      worklistOn: await explain(
        worklistQuery(lab.labId, { status: 'awaiting', section: null, after: place, limit: 21 }),
      ),
      section: await explain(worklistQuery(lab.labId, { status: 'awaiting', section: 'S1', after: place, limit: 21 })),
      ofOrders: await explain(ofOrdersQuery(lab.labId, [orderId, newId()])),
      previous: await explain(previousQuery(lab.labId, { patientId, analyteCode: 'A1', limit: 5 })),
      openOfPatient: await explain(openOfPatientQuery(lab.labId, patientId)),
      signedOfPatient: await explain(signedOfPatientQuery(lab.labId, patientId)),
      tubes: await explain(
        sql`select id from lis_result.result where lab_id = ${lab.labId} and barcode = any(${['B1', 'B2']}::text[])`,
      ),
      observations: await explain(
        sql`select key from lis_result.observation where lab_id = ${lab.labId} and key = any(${['a', 'b']}::text[])`,
      ),
    };
  });
  const index = {
    worklist: 'result_worklist',
    worklistOn: 'result_worklist',
    section: 'result_worklist_of_section',
    ofOrders: 'result_of_order',
    previous: 'result_previous',
    openOfPatient: 'result_of_patient',
    signedOfPatient: '(result_of_patient|result_previous)',
    tubes: 'result_of_tube',
    observations: 'observation_key',
  } as const satisfies Record<keyof typeof plans, string>;
  for (const [list, expected] of Object.entries(index)) {
    const plan = plans[list as keyof typeof plans];
    assert.match(plan, new RegExp(`using ${expected} |on ${expected}\\s`), plan);
    assert.doesNotMatch(plan, /Seq Scan/, plan);
  }
  for (const plan of [plans.worklist, plans.worklistOn, plans.section, plans.previous]) {
    assert.doesNotMatch(plan, /Sort/, `a page is read in the index's order\n${plan}`);
  }
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
