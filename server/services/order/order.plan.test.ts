import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';
import type { Tx } from '#platform/service.ts';

import * as deskStore from './desk-store.ts';
import * as lineStore from './line-store.ts';
import { startDesk } from './orders.testing.ts';
import * as riskStore from './risk-store.ts';
import * as store from './store.ts';
import * as summaryStore from './summary-store.ts';
import { planReader } from './catalogue.testing.ts';

const PATIENT = '0199a000-0000-7000-8000-0000000000aa';

test('ORD-17 every list of orders reads its index and sorts nothing it need not', async (t) => {
  const lab = await startDesk(t);
  const plans = await lab.runtime.databaseOf('order').transaction(lab.labId, {}, async (db) => {
    await db.rows(sql`
      insert into lis_order.placed_order (id, lab_id, number, patient_id, priority, placed_at, placed_by, source, source_id)
      select gen_random_uuid(), ${lab.labId}::uuid,
        to_char('2026-01-01'::date + n / 200, 'YYMMDD') || '-' || lpad((n % 200 + 1)::text, 4, '0'),
        case when n % 50 = 0 then ${PATIENT}::uuid else gen_random_uuid() end, 'routine',
        '2026-01-01'::timestamptz + n * interval '7 minutes', 'desk', 'client',
        case when n % 50 = 1 then ${PATIENT}::uuid else gen_random_uuid() end
      from generate_series(1, 6000) as n`);
    const reader = planReader(db);
    const search: store.OrderSearch = { before: ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'], limit: 21 };
    await store.listNewest(reader.db, lab.labId, search);
    await store.listOfPatient(reader.db, lab.labId, [PATIENT, newId(), newId()], search);
    await store.listByNumber(reader.db, lab.labId, null, ['260115-'], search);
    await store.getOrders(reader.db, lab.labId, [newId()]);
    await store.listOfSource(reader.db, lab.labId, PATIENT, search);
    return reader.plans;
  });
  const [newest, ofPatient, byNumber, byId, ofSource] = plans;
  assert.match(ofSource ?? '', /placed_order_of_source/);
  assert.match(newest ?? '', /Index Only Scan using placed_order_newest/);
  assert.doesNotMatch(newest ?? '', /Sort/);
  // A merged person: one scan of the index an id, none of which reads more than the page.
  assert.match(
    ofPatient ?? '',
    /Nested Loop[^]*Limit[^]*Index Only Scan using placed_order_of_patient[^]*patient_id = p\.id/,
  );
  assert.match(byNumber ?? '', /placed_order_number/);
  assert.match(byId ?? '', /placed_order_key/);
  for (const plan of plans) assert.doesNotMatch(plan, /Seq Scan/);
});

test('ORD-44 what is pending, at risk or late, proposals, drafts and uploads are read by their indexes', async (t) => {
  const lab = await startDesk(t);
  const labId = lab.labId;
  const plans = await lab.runtime.databaseOf('order').transaction(labId, {}, async (db) => {
    // A year of a lab: 20,000 lines, of which those of the last days are open.
    await db.rows(sql`
      with o as (
        insert into lis_order.placed_order (id, lab_id, number, patient_id, priority, placed_at, placed_by)
        select gen_random_uuid(), ${labId}::uuid, '270101-' || lpad(n::text, 6, '0'), gen_random_uuid(), 'routine',
          '2026-01-01'::timestamptz + n * interval '25 minutes', 'desk'
        from generate_series(1, 20000) as n
        returning id, placed_at
      ), l as (
        insert into lis_order.order_line
          (id, lab_id, order_id, position, test_code, test_name, section, specimen, container_code, promised_at)
        select gen_random_uuid(), ${labId}::uuid, o.id, 1, 'T' || (random() * 200)::int, 'Test', 'BIO', 'Serum', 'SST',
          o.placed_at + interval '3 hours'
        from o
        returning id, order_id, test_code, promised_at
      ), b as (
        insert into lis_order.breach (lab_id, order_id, line_id, test_code, section, promised_at)
        select ${labId}::uuid, order_id, id, test_code, 'BIO', promised_at from l
      )
      insert into lis_order.line_state
        (lab_id, order_id, line_id, test_code, section, stage, placed_at, clock_from, promised_at, routine_minutes,
         urgent_minutes, is_outsourced, collected_at, finished_at)
      select ${labId}::uuid, order_id, id, test_code, 'BIO',
        case when promised_at > '2026-12-10' then 'received' else 'authorised' end, promised_at - interval '3 hours',
        promised_at - interval '3 hours', promised_at, 180, 60, false, promised_at - interval '2 hours', promised_at
      from l`);
    await db.rows(sql`
      insert into lis_order.reflex_proposal
        (id, lab_id, order_id, patient_id, rule_code, test_code, result_ids, status, proposed_at)
      select gen_random_uuid(), ${labId}::uuid, gen_random_uuid(), gen_random_uuid(), 'R', 'T', '{}',
        case when n % 50 = 0 then 'open' else 'confirmed' end, '2026-01-01'::timestamptz + n * interval '1 hour'
      from generate_series(1, 5000) as n`);
    await db.rows(sql`
      insert into lis_order.draft (id, lab_id, user_id, content, saved_at)
      select gen_random_uuid(), ${labId}::uuid, case when n % 100 = 0 then ${PATIENT}::uuid else gen_random_uuid() end, '{}',
        '2026-01-01'::timestamptz + n * interval '1 minute'
      from generate_series(1, 5000) as n`);
    await db.rows(sql`
      with u as (
        insert into lis_order.camp_upload
          (id, lab_id, source_id, file_name, sha256, row_count, uploaded_at, uploaded_by)
        select case when n = 1 then ${PATIENT}::uuid else gen_random_uuid() end, ${labId}::uuid, gen_random_uuid(), 'f', 'x', 100,
          now(), 'desk'
        from generate_series(1, 60) as n
        returning id
      )
      insert into lis_order.camp_row (lab_id, upload_id, row_number, content, status)
      select ${labId}::uuid, u.id, n, '{}', 'placed' from u, generate_series(2, 101) as n`);
    const reader = planReader(db);
    const search = {
      section: null,
      after: ['-infinity', '00000000-0000-0000-0000-000000000000'],
      until: '2026-12-20T00:00:00Z',
      limit: 21,
    } as const;
    const plan = async (read: (db: typeof reader.db) => Promise<unknown>) => {
      await read(reader.db);
      return reader.plans.at(-1) ?? '';
    };
    return {
      line_state_waiting: await plan((each) => riskStore.listOpen(each, labId, 'age', search)),
      line_state_open: await plan((each) => riskStore.listOpen(each, labId, 'promise', search)),
      'line_state_open ': await plan((each) => riskStore.listAtRisk(each, labId, '2026-12-12T00:00:00Z', search)),
      line_state_finished: await plan((each) => lineStore.renewPace(each as Tx, labId, ['T1', 'T2'])),
      line_state_key: await plan((each) => lineStore.lockLines(each as Tx, labId, newId())),
      breach_list: await plan((each) =>
        riskStore.listBreaches(each, labId, {
          from: '2026-06-01T00:00:00Z',
          section: null,
          before: ['2026-12-01T00:00:00Z', PATIENT],
          limit: 21,
        }),
      ),
      reflex_proposal_list: await plan((each) => lineStore.listProposals(each, labId, 'open', search.after, 21)),
      draft_newest: await plan((each) => deskStore.listDrafts(each, labId, PATIENT, ['infinity', PATIENT], 21)),
      camp_row_key: await plan((each) => deskStore.listRows(each, labId, PATIENT, null, 0, 21)),
      line_state_signed: await plan((each) =>
        summaryStore.summarise(each, labId, {
          from: '2026-06-01T00:00:00Z',
          until: '2026-06-08T00:00:00Z',
          groupBy: 'test',
        }),
      ),
      'line_state_signed ': await plan((each) =>
        summaryStore.summarise(each, labId, {
          from: '2026-06-01T00:00:00Z',
          until: '2026-06-08T00:00:00Z',
          groupBy: 'priority',
        }),
      ),
      camp_row_waiting: await plan((each) => deskStore.listWaiting(each, labId, PATIENT, 0, 100)),
    };
  });
  for (const [index, plan] of Object.entries(plans)) {
    assert.match(plan, new RegExp(index.trim()), index);
    assert.doesNotMatch(plan, /Seq Scan on (?!test_pace)/, index);
  }
});
