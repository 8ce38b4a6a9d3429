// P11: each list the screens and the processing ask for is served by its index.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import { startInstrumentLab } from './lab-with-instruments.testing.ts';
import { listMappings, mappingsOf } from './store-mappings.ts';
import { listItems, listMessages, lockWaiting, wakeHeld } from './store.ts';

test('INT-24 every list uses its index', async (t) => {
  const lab = await startInstrumentLab(t);
  const owner = await lab.asOwner();
  // Other labs' rows beside ours, settled ones beside those that wait: as in a database of some age.
  await owner.query(`
    insert into lis_integration.message
      (id, lab_id, protocol, received_at, peer, instrument, message_type, control_id, size_bytes, sha256, raw, status, due_at)
    select gen_random_uuid(), case when n % 4 = 0 then '${lab.labId}'::uuid else gen_random_uuid() end, 'hl7', now(), 'x', 'SIM', 'ORU^R01',
      n::text, 3, sha256(n::text::bytea), 'PID', case when n % 50 = 0 then 'held' else 'processed' end, now()
    from generate_series(1, 6000) as n`);
  await owner.query(`
    insert into lis_integration.inbox_item
      (id, lab_id, message_id, reason, instrument, barcode, code, code_text, value, unit, location, arrived_at, status)
    select gen_random_uuid(), m.lab_id, m.id, 'unknown_barcode', '', 'T-' || m.seq, '', '', '', '', 'OBX[1]', now(), case when m.status = 'held' then 'open' else 'resolved' end
    from lis_integration.message as m`);
  await owner.query(`
    insert into lis_integration.code_mapping (id, lab_id, instrument, code, analyte_code, mapped_at, mapped_by)
    select gen_random_uuid(), case when n % 4 = 0 then '${lab.labId}'::uuid else gen_random_uuid() end, 'X' || n % 7, 'C' || n, 'HGB', now(), 'x'
    from generate_series(1, 4000) as n`);
  await owner.query('analyze lis_integration.message, lis_integration.inbox_item, lis_integration.code_mapping');

  const ctx = lab.runtime.systemCtx('integration', lab.labId);
  const planOf = async (ask: (db: Tx) => Promise<unknown>): Promise<string> =>
    ctx.transaction(async (tx) => {
      let plan = '';
      const explain = async (query: Sql): Promise<readonly never[]> => {
        const rows = await tx.rows<Record<string, string>>(sql`explain ${query}`);
        plan = rows.flatMap((row) => Object.values(row)).join('\n');
        return [];
      };
      const reader: Db = {
        rows: explain,
        maybe: async (query) => void (await explain(query)),
        one: async () => assert.fail('no list'),
      };
      await ask({ ...tx, ...reader });
      return plan;
    });
  const newest = Number.MAX_SAFE_INTEGER;
  const plans: Readonly<Record<string, string>> = {
    message_arrival: await planOf((db) => listMessages(db, lab.labId, { status: null, before: newest, limit: 21 })),
    message_by_status: await planOf((db) => listMessages(db, lab.labId, { status: 'held', before: newest, limit: 21 })),
    message_waiting: await planOf((db) => lockWaiting(db, lab.labId, new Date().toISOString(), 100)),
    inbox_item_by_status: await planOf((db) => listItems(db, lab.labId, { status: 'open', after: 0, limit: 21 })),
    inbox_item_open_by_barcode: await planOf((db) => wakeHeld(db, lab.labId, 'T-8', new Date().toISOString())),
    code_mapping_by_code: await planOf((db) => mappingsOf(db, lab.labId, ['C8', 'C12'])),
    code_mapping_key: await planOf((db) => listMappings(db, lab.labId, { after: ['X1', 'C8'], limit: 21 })),
  };
  for (const [index, plan] of Object.entries(plans)) {
    assert.match(plan, new RegExp(`\\b${index}\\b`), `${index}:\n${plan}`);
    assert.doesNotMatch(plan, /Seq Scan/, `${index}:\n${plan}`);
  }
});
