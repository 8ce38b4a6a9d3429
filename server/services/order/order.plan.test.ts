import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import * as store from './store.ts';
import { planReader } from './catalogue.testing.ts';

const PATIENT = '0199a000-0000-7000-8000-0000000000aa';

test('ORD-17 every list of orders reads its index and sorts nothing it need not', async (t) => {
  const lab = await startLab(t);
  const plans = await lab.runtime.databaseOf('order').transaction(lab.labId, {}, async (db) => {
    await db.rows(sql`
      insert into lis_order.placed_order (id, lab_id, number, patient_id, priority, placed_at, placed_by)
      select gen_random_uuid(), ${lab.labId}::uuid,
        to_char('2026-01-01'::date + n / 200, 'YYMMDD') || '-' || lpad((n % 200 + 1)::text, 4, '0'),
        case when n % 50 = 0 then ${PATIENT}::uuid else gen_random_uuid() end, 'routine',
        '2026-01-01'::timestamptz + n * interval '7 minutes', 'desk'
      from generate_series(1, 6000) as n`);
    const reader = planReader(db);
    const search: store.OrderSearch = { before: ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'], limit: 21 };
    await store.listNewest(reader.db, lab.labId, search);
    await store.listOfPatient(reader.db, lab.labId, PATIENT, search);
    await store.listByNumber(reader.db, lab.labId, null, ['260115-'], search);
    await store.getOrders(reader.db, lab.labId, [newId()]);
    return reader.plans;
  });
  const [newest, ofPatient, byNumber, byId] = plans;
  assert.match(newest ?? '', /Index Scan using placed_order_newest/);
  assert.doesNotMatch(newest ?? '', /Sort/);
  assert.match(ofPatient ?? '', /placed_order_of_patient/);
  assert.match(byNumber ?? '', /placed_order_number/);
  assert.match(byId ?? '', /placed_order_key/);
  for (const plan of plans) assert.doesNotMatch(plan, /Seq Scan/);
});
