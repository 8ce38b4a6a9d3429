// Every list goes by its index, under row-level security too (P11); and the fields are served over GraphQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql as execute } from 'graphql';
import sql from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import { startEquipmentLab } from './equipment.testing.ts';
import { graphql } from './graphql.ts';
import * as store from './store.ts';

test('EQP-10: the lists of thousands of instruments and entries go by their indexes', async (t) => {
  const lab = await startEquipmentLab(t);
  const { labId } = lab;
  const ctx = lab.runtime.systemCtx('equipment', labId);
  await ctx.transaction(async (tx) => {
    await tx.rows(sql`
      insert into lis_equipment.instrument
        (lab_id, id, message_name, name, name_key, maker, model, serial_number, section, status_since, calibration_due_on, maintenance_due_on)
      select ${labId}::uuid, gen_random_uuid(), 'M' || n, 'N' || n, 'n' || n, 'x', 'x', 'x', 'S' || n % 9, ${lab.now()}::timestamptz,
        '2031-01-01'::date + n % 400, '2031-01-01'::date + n % 300
      from generate_series(1, 3000) as n`);
    await tx.rows(sql`
      insert into lis_equipment.log_entry (lab_id, id, instrument_id, kind, at, recorded_at, by, text, file_ids)
      select lab_id, gen_random_uuid(), id, 'note', ${lab.now()}::timestamptz, ${lab.now()}::timestamptz, 'x', 'x', '{}' from lis_equipment.instrument`);
    await tx.rows(sql`
      insert into lis_equipment.downtime (lab_id, instrument_id, from_at, to_at)
      select lab_id, id, ${lab.now()}::timestamptz, ${lab.now()}::timestamptz from lis_equipment.instrument`);
  });
  const explain = (query: Sql): Promise<string> =>
    ctx.transaction(async (tx) => {
      await tx.rows(sql`set local enable_seqscan = off`);
      const plan = await tx.rows<Record<string, string>>(sql`explain ${query}`);
      return plan.flatMap((row) => Object.values(row)).join('\n');
    });
  const id = newId();
  const cases: readonly [Sql, readonly string[]][] = [
    [store.instrumentsQuery(labId, { section: null, after: ['n5', id], limit: 21 }), ['instrument_list']],
    [store.instrumentsQuery(labId, { section: 'S1', after: ['n5', id], limit: 21 }), ['instrument_of_section']],
    [
      store.dueQuery(labId, { until: '2031-02-01', after: ['2031-01-05', 'calibration', id], limit: 21 }),
      ['instrument_calibration_due', 'instrument_maintenance_due'],
    ],
    [store.logQuery(labId, { instrumentId: id, after: [lab.now(), id], limit: 21 }), ['log_entry_list']],
    [store.blockedQuery(labId, ['M5', 'M6']), ['instrument_message_name_key']],
    [store.outagesQuery(labId, [id], lab.now(), lab.now()), ['downtime_key']],
  ];
  for (const [query, indexes] of cases) {
    const plan = await explain(query);
    for (const index of indexes) assert.match(plan, new RegExp(`(using|on) ${index}\\b`), plan);
    assert.ok(!plan.includes('Seq Scan'), plan);
  }
});

test('EQP-11: an instrument is added, broken down and listed over GraphQL', async (t) => {
  const lab = await startEquipmentLab(t);
  const schema = buildSchema([graphql]);
  const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(lab.as('manager').actor));
  const ask = async (source: string, variableValues: Record<string, unknown> = {}) => {
    const { data, errors } = await execute({ schema, source, variableValues, contextValue });
    assert.deepEqual(errors, undefined);
    return JSON.parse(JSON.stringify(data));
  };
  const { saveInstrument: made } =
    await ask(`mutation { saveInstrument(input: { messageName: "A", name: "A", maker: "m",
    model: "m", serialNumber: "1", section: "S", maintenanceEveryDays: 9 }) { id version } }`);
  const { logInstrument: down } = await ask(
    `mutation ($id: ID!) { logInstrument(input: { instrumentId: $id, kind: breakdown, text: "No power" }) { status blockedReason } }`,
    { id: made.id },
  );
  assert.deepEqual(down, { status: 'down', blockedReason: 'out of order' });
  lab.later(90);
  const lists = await ask(
    `query ($id: ID!) {
      instrument(id: $id) { downSince version }
      instruments(section: "S") { nodes { name } }
      instrumentLog(instrumentId: $id) { nodes { kind text by hasPassed fileIds } }
      instrumentsDue(until: "2031-03-03") { nodes { kind dueOn isOverdue instrument { id } } }
      instrumentDowntime(instrumentIds: [$id], from: "2031-03-03", to: "2031-03-03") { breakdowns downMinutes }
    }`,
    { id: made.id },
  );
  assert.deepEqual(lists, {
    instrument: { downSince: '2031-03-03T04:00:00.000Z', version: 2 },
    instruments: { nodes: [{ name: 'A' }] },
    instrumentLog: { nodes: [{ kind: 'breakdown', text: 'No power', by: 'manager', hasPassed: null, fileIds: [] }] },
    instrumentsDue: {
      nodes: [{ kind: 'maintenance', dueOn: '2031-03-03', isOverdue: false, instrument: { id: made.id } }],
    },
    instrumentDowntime: [{ breakdowns: 1, downMinutes: 90 }],
  });
  const retired = await ask(
    `mutation ($id: ID!) { retireInstrument(input: { instrumentId: $id, expectedVersion: 2, reason: "old" }) { status } }`,
    { id: made.id },
  );
  const back = await ask(
    `mutation ($id: ID!) { reinstateInstrument(input: { instrumentId: $id, expectedVersion: 3, reason: "back" }) { status } }`,
    { id: made.id },
  );
  assert.deepEqual([retired.retireInstrument.status, back.reinstateInstrument.status], ['retired', 'in_service']);
});
