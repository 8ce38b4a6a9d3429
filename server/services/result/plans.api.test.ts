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
import { earlierQuery } from './earlier-store.ts';
import { criticalsQuery } from './release/criticals-store.ts';
import { openOrdersQuery } from './release/owner-holds-store.ts';
import { previousSignedQuery } from './release/previous-store.ts';
import { ofInstrumentQuery, queueQuery } from './release/queue-store.ts';
import { reversalsQuery } from './release/reversals-store.ts';
import { ofOrdersQuery, worklistQuery } from './worklist-store.ts';

test('RES-20 the hot lists read an index, in its order', async (t) => {
  const lab = await startLab(t, { services: ['organization', 'patient', 'order', 'sample', 'result'] });
  const [patientId, orderId] = [newId(), newId()];
  const place = { priorityRank: 2, cameAt: '2026-11-25T03:00:00Z', orderId, position: 3 };
  const awaiting = { status: 'awaiting', limit: 21 } as const;
  const fromTop = { sort: 'priority', after: null } as const;
  const fromPlace = { sort: 'priority', after: place } as const;
  const queuePlace = { priorityRank: 2, placedAt: '2026-11-25T03:00:00Z', orderId };
  const bracket = { instrument: 'I1', analyteCode: 'A1', from: '2026-11-25T03:00:00Z', to: '2036-11-25T03:00:00Z' };
  const database = lab.runtime.databaseOf('result');
  const { name } = await database.transaction(lab.labId, {}, async (db) => {
    // Thousands of rows over several states, sections and patients, so that reading the whole table is a real choice.
    await db.rows(sql`
      insert into lis_result.result
        (id, lab_id, order_id, line_id, patient_id, position, priority_rank, placed_at, test_code, test_name, section, specimen,
         analyte_code, analyte_name, measured_as, kind, unit, choices, barcode, collected_at, status, value, raw_value, entered_at,
         verified_at, authorised_at, source)
      select gen_random_uuid(), ${lab.labId}::uuid, case when n % 400 = 0 then ${orderId}::uuid else gen_random_uuid() end,
        gen_random_uuid(), case when n % 200 = 0 then ${patientId}::uuid else gen_random_uuid() end, n, n % 3,
        now() - n * interval '1 minute', 'T', 'T', 'S' || n % 5, 'Serum', 'A' || n % 7, 'A', case when n % 7 = 2 then 'A1' end, 'numeric', 'U/L', '[]', 'B' || n, now(),
        s.status, s.value, s.value, s.at, case when s.status <> 'entered' then s.at end, case when s.status = 'authorised' then s.at end, case when s.value is not null then 'I' || n % 3 end
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
      worklist: await explain(worklistQuery(lab.labId, { ...awaiting, sections: [], order: fromTop })),
      worklistOn: await explain(worklistQuery(lab.labId, { ...awaiting, sections: [], order: fromPlace })),
      section: await explain(worklistQuery(lab.labId, { ...awaiting, sections: ['S1'], order: fromPlace })),
      ofOrders: await explain(ofOrdersQuery(lab.labId, [orderId, newId()])),
      previous: await explain(previousSignedQuery(lab.labId, [{ patientIds: [patientId], analyteCode: 'A1' }], 5)),
      toSign: await explain(queueQuery(lab.labId, { section: null, after: null, limit: 21 })),
      toSignOn: await explain(queueQuery(lab.labId, { section: 'S1', after: queuePlace, limit: 21 })),
      ofInstrument: await explain(ofInstrumentQuery(lab.labId, { ...bracket, after: null, limit: 21 })),
      openOfInstrument: await explain(openOrdersQuery(lab.labId, 'I1', 'A1')),
      criticals: await explain(criticalsQuery(lab.labId, { status: 'open', after: null, limit: 21 })),
      reversals: await explain(reversalsQuery(lab.labId, { after: null, limit: 21 })),
      openOfPatient: await explain(openOfPatientQuery(lab.labId, patientId)),
      signedOfPatient: await explain(signedOfPatientQuery(lab.labId, patientId)),
      tubes: await explain(
        sql`select id from lis_result.result where lab_id = ${lab.labId} and barcode = any(${['B1', 'B2']}::text[])`,
      ),
      earlier: await explain(
        earlierQuery(lab.labId, [
          {
            resultId: newId(),
            patientId,
            analyteCode: 'A1',
            specimen: 'Serum',
            unit: 'U/L',
            collectedAt: '2026-11-25T03:00:00Z',
          },
        ]),
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
    toSign: 'result_to_sign',
    toSignOn: 'result_to_sign_of_section',
    ofInstrument: 'result_of_instrument',
    openOfInstrument: 'result_open_of_instrument',
    criticals: 'critical_due',
    reversals: 'reversal_newest',
    openOfPatient: 'result_of_patient',
    signedOfPatient: '(result_of_patient|result_previous|result_history)',
    tubes: 'result_of_tube',
    earlier: 'result_earlier',
    observations: 'observation_key',
  } as const satisfies Record<keyof typeof plans, string>;
  for (const [list, expected] of Object.entries(index)) {
    const plan = plans[list as keyof typeof plans];
    assert.match(plan, new RegExp(`using ${expected} |on ${expected}\\s`), plan);
    assert.doesNotMatch(plan, /Seq Scan/, plan);
  }
  // A control binds its analyte and what is measured as it: each is read by an index of its own.
  assert.match(plans.ofInstrument, /using result_of_instrument_measured_as /);
  assert.match(plans.openOfInstrument, /(using|on) result_open_of_instrument_measured_as\s/);
  for (const plan of [plans.worklist, plans.worklistOn, plans.section, plans.toSign, plans.ofInstrument]) {
    assert.doesNotMatch(plan, /Sort {2}\(/, `a page is read in the index's order\n${plan}`);
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
