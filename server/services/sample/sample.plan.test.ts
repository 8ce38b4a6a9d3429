import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import { newId } from '#platform/ids.ts';
import type { Db } from '#platform/service.ts';

import { startLab } from '../../testing/start-lab.ts';
import * as store from './store.ts';

test('SAM-12 lists and scans of tubes read their index', async (t) => {
  const lab = await startLab(t);
  const plans: string[] = [];
  await lab.runtime.databaseOf('sample').transaction(lab.labId, {}, async (db) => {
    await db.rows(sql`
      with plan as (
        insert into lis_sample.tube_plan (lab_id, order_id, planned_at)
        select ${lab.labId}::uuid, gen_random_uuid(), '2026-01-01'::timestamptz + n * interval '7 minutes' from generate_series(1, 4000) as n
        returning order_id, planned_at
      ), tube as (
        insert into lis_sample.tube
          (id, lab_id, order_id, patient_id, priority, accession, barcode, position, container_code, container_name, cap_colour, additive,
           order_of_draw, specimen, section, line_ids, test_codes, status_at)
        select gen_random_uuid(), ${lab.labId}::uuid, order_id, gen_random_uuid(), 'routine', 'A' || order_id, 'A' || order_id, 1, 'EDTA',
          'EDTA tube', 'Lavender', 'K2 EDTA', 5, 'Blood', 'HAEMATOLOGY', array[gen_random_uuid()], array['CBC'], planned_at
        from plan
        returning lab_id, upper(barcode) as barcode, id
      )
      insert into lis_sample.tube_barcode (lab_id, barcode, tube_id) select lab_id, barcode, id from tube`);
    const explain = async (query: Sql): Promise<readonly never[]> => {
      const rows = await db.rows<Record<string, string>>(sql`explain ${query}`);
      plans.push(rows.flatMap((row) => Object.values(row)).join('\n'));
      return [];
    };
    const reader: Db = { ...db, rows: explain, maybe: async (query) => (await explain(query))[0] };
    await store.listTubes(reader, lab.labId, {
      status: 'planned',
      after: ['-infinity', '00000000-0000-0000-0000-000000000000'],
      limit: 21,
    });
    await store.findTube(reader, lab.labId, 'A1');
    await store.tubesOfOrders(reader, lab.labId, [newId()]);
    await store.findTubes(reader, lab.labId, ['A1', 'A2', 'A3']);
  });
  const [list, scan, ofOrder, scans] = plans;
  assert.match(list ?? '', /Index Scan using tube_waiting/);
  assert.doesNotMatch(list ?? '', /Sort/);
  assert.match(scan ?? '', /tube_barcode_key/);
  assert.match(scan ?? '', /tube_key/);
  assert.match(ofOrder ?? '', /tube_of_order/);
  assert.match(scans ?? '', /tube_barcode_key/);
  assert.match(scans ?? '', /tube_key/);
  for (const plan of plans) assert.doesNotMatch(plan, /Seq Scan/);
});
