// Over all real services: no table of a lab without a policy that the application cannot escape (P6, P8).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import pg from 'pg';

import { copyTemplate } from '../testing/databases.ts';
import { loadServices } from './services.ts';

interface Table {
  readonly name: string;
  readonly isForced: boolean;
  readonly policies: readonly string[];
  readonly hasLab: boolean;
  readonly rights: string;
}

/** What an application may do, and the platform's own bookkeeping it may not even read. */
const APPEND_ONLY = /\.(audit|outbox)$/;

test('every table of every service is shut to other labs, for its owner too', async (t) => {
  const services = await loadServices();
  const { urls, drop } = await copyTemplate('empty', services, async () => {});
  t.after(drop);
  const client = new pg.Client({ connectionString: urls.owner });
  await client.connect();
  const { rows } = await client.query<Table>(`
    select n.nspname || '.' || c.relname as name, c.relrowsecurity and c.relforcerowsecurity as "isForced",
      array(select p.polname || ' ' || array_to_string(p.polroles::regrole[], ',') || ' ' || p.polpermissive || ' ' || coalesce(pg_get_expr(p.polqual, c.oid), '') || ' / ' || coalesce(pg_get_expr(p.polwithcheck, c.oid), '')
        from pg_policy as p where p.polrelid = c.oid and 'nidaan_app'::regrole = any(p.polroles) or p.polrelid = c.oid and p.polroles = '{0}') as policies,
      exists (select 1 from pg_attribute as a where a.attrelid = c.oid and a.attname = 'lab_id' and a.attnotnull) as "hasLab",
      concat_ws(' ', case when has_table_privilege('nidaan_app', c.oid, 'select') then 'select' end, case when has_table_privilege('nidaan_app', c.oid, 'insert') then 'insert' end,
        case when has_table_privilege('nidaan_app', c.oid, 'update') then 'update' end, case when has_table_privilege('nidaan_app', c.oid, 'delete') then 'delete' end,
        case when has_table_privilege('nidaan_app', c.oid, 'truncate') then 'truncate' end) as rights
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname like 'lis\\_%' order by 1`);
  await client.end();
  assert.ok(rows.length >= services.length * 5);
  for (const { name, isForced, policies, hasLab, rights } of rows) {
    if (rights === '') continue;
    assert.ok(isForced, `${name}: row-level security is not forced`);
    assert.ok(!rights.includes('truncate'), `${name}: may be truncated past the policies`);
    assert.equal(policies.length, 1, `${name}: ${policies.join('; ')}`);
    const [policy = ''] = policies;
    assert.match(
      policy,
      /^own_lab nidaan_app true \((lab_id|id) = nidaan\.current_lab\(\)\) \/ \((lab_id|id) = nidaan\.current_lab\(\)\)$/,
      name,
    );
    if (policy.includes('(lab_id =')) assert.ok(hasLab, `${name}: lab_id may be null`);
    if (APPEND_ONLY.test(name)) assert.equal(rights, 'select insert', name);
  }
  const closed = rows.filter((row) => row.rights === '').map((row) => row.name);
  assert.deepEqual(closed, services.map((service) => `lis_${service.name}.outbox_cursor`).toSorted());
});
