// Indexes, keys and references taken off tables while rows come in by the million, and put back after. What is to be put back
// is kept in the database, so that a run that broke off is mended by the next. Meas: see docs/operations/large-lab.md.
import type pg from 'pg';

const LEDGER = `
  create table if not exists nidaan.set_aside (
    step int not null,
    position bigint generated always as identity,
    table_name text not null,
    restore text not null
  )`;

/**
 * References, keys, plain indexes: in this order they come off. The owner of the tables need not be a superuser, and could not
 * copy into them while row-level security is forced on it too; that goes last and comes back first.
 */
const PARTS = `
  select 1 as step, c.conrelid::regclass::text as table_name,
    format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname) as remove,
    format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) as restore
  from pg_constraint as c
  where c.contype = 'f' and (c.conrelid = any($1::regclass[]) or c.confrelid = any($1::regclass[]))
  union all
  select 2, c.conrelid::regclass::text, format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname),
    format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
  from pg_constraint as c
  where c.contype in ('p', 'u') and c.conrelid = any($1::regclass[])
  union all
  select 3, i.indrelid::regclass::text, format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
  from pg_index as i
  where i.indrelid = any($1::regclass[]) and not exists (select from pg_constraint as c where c.conindid = i.indexrelid)
  union all
  select 4, c.oid::regclass::text, format('alter table %s no force row level security', c.oid::regclass),
    format('alter table %s force row level security', c.oid::regclass)
  from pg_class as c
  where c.relforcerowsecurity and c.oid = any($1::regclass[])
  order by 1`;
const FORCED_SECURITY = 4;

/**
 * Takes off what the tables have; what an earlier run took off stays off. Nobody may use them until `putBack`.
 * @param isIndexedStill indexes, keys and references stay on
 */
export async function setAside(owner: pg.Client, tables: readonly string[], isIndexedStill: boolean): Promise<void> {
  await owner.query('begin');
  await owner.query(LEDGER);
  const parts = await owner.query<{ step: number; table_name: string; remove: string; restore: string }>(PARTS, [
    tables,
  ]);
  for (const { step, table_name: table, remove, restore } of parts.rows) {
    if (isIndexedStill && step !== FORCED_SECURITY) continue;
    await owner.query('insert into nidaan.set_aside (step, table_name, restore) values ($1, $2, $3)', [
      step,
      table,
      restore,
    ]);
    await owner.query(remove);
  }
  await owner.query('commit');
}

/** Puts back what was set aside, one piece a transaction. @param told of each table before its piece is made */
export async function putBack(owner: pg.Client, told: (table: string) => void): Promise<void> {
  await owner.query(LEDGER);
  await owner.query(`set maintenance_work_mem = '512MB'`);
  const parts = await owner.query<{ position: string; table_name: string; restore: string }>(
    'select position, table_name, restore from nidaan.set_aside order by step = 1, step = 4 desc, step, position',
  );
  for (const { position, table_name: table, restore } of parts.rows) {
    told(table);
    await owner.query('begin');
    await owner.query(restore);
    await owner.query('delete from nidaan.set_aside where position = $1', [position]);
    await owner.query('commit');
  }
  await owner.query('drop table nidaan.set_aside');
}
