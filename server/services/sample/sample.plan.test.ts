import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import { newId } from '#platform/ids.ts';
import type { Db, Tx } from '#platform/service.ts';

import { startLab } from '../../testing/start-lab.ts';
import * as bags from './bag-store.ts';
import * as custody from './custody-store.ts';
import * as manifests from './manifest-store.ts';
import * as racks from './rack-store.ts';
import * as moves from './tube-moves-store.ts';
import * as store from './tube-store.ts';

const FIRST = { after: ['-infinity', '00000000-0000-0000-0000-000000000000'], limit: 21 } as const;
const LAST = { after: ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'], limit: 21 } as const;

test('SAM-12 lists, scans and registers read their index, none scans a table', async (t) => {
  const lab = await startLab(t);
  const { labId } = lab;
  await lab.runtime.databaseOf('sample').transaction(labId, {}, async (db) => {
    await fill(db, labId);
    const plans = new Map<string, string>();
    let name = '';
    const explain = async (query: Sql): Promise<readonly never[]> => {
      const rows = await db.rows<Record<string, string>>(sql`explain ${query}`);
      plans.set(name, `${plans.get(name) ?? ''}\n${rows.flatMap((row) => Object.values(row)).join('\n')}`);
      return [];
    };
    const reader: Db = {
      rows: explain,
      maybe: async (query) => (await explain(query))[0],
      one: async (query) => (await explain(query))[0] ?? (JSON.parse('{}') as never),
    };
    const tx: Tx = { ...reader, audit: () => {}, emit: () => {}, schedule: () => {} };
    const id = newId();
    const span = { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' };
    const queries: Readonly<Record<string, readonly [index: RegExp, ask: () => Promise<unknown>]>> = {
      'tubes by status': [
        /Index Scan using tube_waiting/,
        () => store.listTubes(reader, labId, { status: 'planned', after: [-1, ...FIRST.after], limit: 21 }),
      ],
      'tube by barcode': [
        /tube_barcode_key[\s\S]*tube_key|tube_key[\s\S]*tube_barcode_key/,
        () => store.findTube(reader, labId, 'A1'),
      ],
      'tubes by barcode': [/tube_barcode_key/, () => store.findTubes(reader, labId, ['A1', 'A2', 'A3'])],
      'tubes of an order': [/tube_of_order/, () => store.tubesOfOrders(reader, labId, [id])],
      'tubes not drawn': [
        /tube_not_drawn[\s\S]*Index Cond: .*CASE WHEN/,
        () => store.listNotDrawn(reader, labId, { ...FIRST, after: ['2026-01-05T00:00:00Z', id] }),
      ],
      'tubes to throw away': [/tube_kept/, () => store.listKept(reader, labId, '2026-01-02T00:00:00Z', FIRST)],
      'beginning of a timed draw': [/tube_of_order/, () => store.beginningOf(tx, labId, id)],
      'aliquots of a tube': [/tube_aliquots/, () => moves.countAliquots(tx, labId, id)],
      'steps of a tube': [/custody_of_tube/, () => custody.stepsOf(reader, labId, id)],
      'collected in a period': [/custody_by_act/, () => custody.countCollected(reader, labId, span)],
      'rejection of a tube': [/rejection_of_tube/, () => custody.lastRejection(reader, labId, id)],
      'undecided rejections': [/rejection_undecided/, () => custody.listUndecided(reader, labId, FIRST)],
      'register of rejections': [/rejection_register/, () => custody.listRejections(reader, labId, span, null, LAST)],
      'counts of rejections': [/rejection_register/, () => custody.countRejections(reader, labId, span)],
      'bags by status': [/bag_waiting/, () => bags.listBags(reader, labId, 'sent', FIRST)],
      'bag by code': [/bag_code_key/, () => bags.findBag(reader, labId, 'BAG-1')],
      'tubes of a bag': [/bag_tube_key/, () => bags.tubesOfBag(reader, labId, id)],
      'missing tubes': [/bag_tube_lost/, () => bags.listMissing(reader, labId, FIRST)],
      'tubes found': [/bag_tube_of_tube|bag_tube_open/, () => bags.markFound(tx, labId, [id])],
      'tubes in a rack': [/tube_position_key/, () => racks.tubesInRack(reader, labId, 'R1')],
      racks: [/rack_code_key|Seq Scan on rack/, () => racks.listRacks(reader, labId, '', 21)],
      'tubes to send': [/tube_to_send/, () => manifests.listToSend(reader, labId, id, FIRST)],
      'manifests due': [
        /manifest_due/,
        () => manifests.listManifests(reader, labId, { status: 'sent', before: '2026-01-09', ...FIRST }),
      ],
      'tubes of manifests': [/tube_of_manifest/, () => manifests.tubesOfManifests(reader, labId, [id])],
      'reports of manifests': [/outlab_report_key/, () => manifests.reportsOf(reader, labId, [id])],
    };
    for (const [query, [, ask]] of Object.entries(queries)) {
      name = query;
      await ask();
    }
    for (const [query, [index]] of Object.entries(queries)) {
      const plan = plans.get(query) ?? '';
      assert.match(plan, index, `${query}:${plan}`);
      assert.doesNotMatch(
        plan,
        /Seq Scan on (tube|custody|rejection|bag|bag_tube|manifest|outlab_report|tube_barcode)\b/,
        query,
      );
    }
    // What a page shows first is read first: no list is sorted.
    const lists = [
      'tubes by status',
      'tubes not drawn',
      'tubes to throw away',
      'undecided rejections',
      'register of rejections',
    ];
    for (const query of [...lists, 'bags by status', 'missing tubes', 'tubes to send', 'manifests due']) {
      assert.doesNotMatch(plans.get(query) ?? '', /Sort/, `${query}:${plans.get(query)}`);
    }
  });
});

/** Some thousand tubes in every state a list looks for, a few of each. */
async function fill(db: Db, labId: string): Promise<void> {
  await db.rows(sql`
    with plan as (
      insert into lis_sample.tube_plan (lab_id, order_id, planned_at)
      select ${labId}::uuid, gen_random_uuid(), '2026-01-01'::timestamptz + n * interval '7 minutes' from generate_series(1, 4000) as n
      returning order_id, planned_at
    ), numbered as (
      select *, row_number() over (order by planned_at) as n from plan
    ), tube as (
      insert into lis_sample.tube
        (id, lab_id, order_id, patient_id, priority, accession, barcode, position, container_code, container_name, cap_colour, additive,
         order_of_draw, specimen, section, line_ids, test_codes, status_at, status, collected_at, collected_by, received_at, received_by,
         not_drawn_at, not_drawn_reason, rack_code, rack_position, referral_lab_id, manifest_id, parent_tube_id)
      select gen_random_uuid(), ${labId}, order_id, gen_random_uuid(), 'routine', 'A' || n, 'A' || n, 1, 'EDTA',
        'EDTA tube', 'Lavender', 'K2 EDTA', 5, 'Blood', 'HAEMATOLOGY', array[gen_random_uuid()], array['CBC'], planned_at,
        case when n % 4 = 0 then 'received' else 'planned' end,
        case when n % 4 = 0 then planned_at end, case when n % 4 = 0 then 'p' end,
        case when n % 4 = 0 then planned_at end, case when n % 4 = 0 then 't' end,
        case when n % 4 = 1 and n % 40 = 1 then planned_at end, case when n % 40 = 1 then 'refused' end,
        case when n % 40 = 0 then 'R' || n / 400 end, case when n % 40 = 0 then 'A' || n end,
        case when n % 40 = 4 then gen_random_uuid() end, case when n % 80 = 8 then gen_random_uuid() end,
        case when n % 80 = 16 then gen_random_uuid() end
      from numbered
      returning lab_id, upper(barcode) as barcode, id, status_at, order_id
    ), codes as (
      insert into lis_sample.tube_barcode (lab_id, barcode, tube_id) select lab_id, barcode, id from tube
    ), steps as (
      insert into lis_sample.custody (lab_id, tube_id, act, at, by_name)
      select lab_id, id, act, status_at, 'p' from tube, unnest(array['planned', 'collected', 'received']) as act
    ), rejections as (
      insert into lis_sample.rejection
        (id, lab_id, tube_id, order_id, patient_id, barcode, specimen, container_code, section, test_codes, collected_by, collected_at,
         reason_code, reason, rejected_at, rejected_by, decision, decided_at, decided_by)
      select gen_random_uuid(), lab_id, id, order_id, gen_random_uuid(), barcode, 'Blood', 'EDTA', 'HAEMATOLOGY', array['CBC'], 'p',
        status_at, 'clotted', 'Clotted', status_at, 't',
        case when hashtext(barcode) % 10 <> 0 then 'recollect' end,
        case when hashtext(barcode) % 10 <> 0 then status_at end, case when hashtext(barcode) % 10 <> 0 then 't' end
      from tube
    ), bag as (
      insert into lis_sample.bag (id, lab_id, code, status, status_at, to_place, packed_at, packed_by)
      select gen_random_uuid(), lab_id, 'BAG-' || barcode, case when hashtext(barcode) % 3 = 0 then 'sent' else 'received' end, status_at,
        'Main', status_at, 'p'
      from tube
      returning id, lab_id, code
    ), manifest as (
      insert into lis_sample.manifest (id, lab_id, number, referral_lab_id, referral_lab_name, status, expected_on, made_at, made_by)
      select gen_random_uuid(), lab_id, 'M' || barcode, gen_random_uuid(), 'Metro', case when hashtext(barcode) % 3 = 0 then 'sent' else 'reported' end,
        status_at::date, status_at, 't'
      from tube
      returning id, lab_id
    )
    insert into lis_sample.bag_tube (lab_id, bag_id, tube_id, state, missing_since)
    select t.lab_id, b.id, t.id, case when hashtext(t.barcode) % 10 = 0 then 'missing' else 'received' end, t.status_at
    from tube as t join bag as b on b.code = 'BAG-' || t.barcode`);
  await db.rows(sql`
    insert into lis_sample.outlab_report (lab_id, manifest_id, order_id, file_id, attached_at, attached_by)
    select lab_id, id, gen_random_uuid(), gen_random_uuid(), made_at, 't' from lis_sample.manifest where lab_id = ${labId}`);
}
