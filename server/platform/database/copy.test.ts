// What goes over COPY comes back as it was, and a refused row leaves a usable connection.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import fc from 'fast-check';
import pg from 'pg';

import { createThrowawayPostgres } from '../testing/throwaway-postgres.ts';
import type { ThrowawayPostgres } from '../testing/throwaway-postgres.ts';
import { cellsText, copyIn } from './copy.ts';
import { putBack, setAside } from './set-aside.ts';

test('cells are written as the text format of COPY has them', () => {
  // PostgreSQL manual, COPY, text format; array literals, section 8.15.2.
  assert.equal(cellsText(['a', 1, true, false, null]), 'a\t1\tt\tf\t\\N');
  assert.equal(cellsText(['tab\there', 'back\\slash', 'line\nend']), 'tab\\there\tback\\\\slash\tline\\nend');
  assert.equal(cellsText([[], ['L'], ['a b', 'c,d', '"', '', 'null']]), '{}\t{L}\t{"a b","c,d","\\\\"","","null"}');
});

describe('into a table', () => {
  let server: ThrowawayPostgres;
  let client: pg.Client;
  before(async () => {
    server = await createThrowawayPostgres();
    const { superuserUrl, socketDir } = server;
    client = new pg.Client({
      connectionString:
        socketDir === undefined ? superuserUrl : `${superuserUrl}?host=${encodeURIComponent(socketDir)}`,
    });
    await client.connect();
    await client.query(`
      create schema nidaan;
      create table parent (id int primary key, words text[] not null);
      create table child (n int not null, body text, parent_id int not null references parent (id), constraint child_n unique (n));
      create index child_body on child (body);
      alter table child force row level security`);
  });
  after(async () => {
    await client.end();
    await server.stop();
  });

  test('any text comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        // PostgreSQL holds no zero byte, and no half of a surrogate pair.
        fc.array(
          fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
          { maxLength: 5 },
        ),
        async (words) => {
          await client.query('truncate parent, child');
          await copyIn(client, 'parent', ['id', 'words'], [cellsText([1, words])]);
          await copyIn(
            client,
            'child',
            ['n', 'body', 'parent_id'],
            words.map((word, n) => cellsText([n, word, 1])),
          );
          const { rows } = await client.query<{ words: string[]; bodies: string[] }>(
            'select words, array(select body from child order by n) as bodies from parent',
          );
          assert.deepEqual(rows, [{ words, bodies: words }]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('more rows than a socket takes at once all arrive', async () => {
    await client.query('truncate parent, child');
    const lines = Array.from({ length: 20_000 }, (_, n) => cellsText([n, ['x'.repeat(100)]]));
    await copyIn(client, 'parent', ['id', 'words'], lines);
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from parent');
    assert.equal(rows[0]?.n, 20_000);
  });

  test('a row that is refused is said, and the connection goes on', async () => {
    await client.query('truncate parent, child');
    await assert.rejects(copyIn(client, 'child', ['n', 'body', 'parent_id'], ['1\tx\t99']), /foreign key/);
    await assert.rejects(copyIn(client, 'child', ['n', 'nothing'], ['1\tx']), /nothing/);
    assert.equal((await client.query('select from child')).rowCount, 0);
  });

  test('keys, references, indexes and forced security are away meanwhile and back after', async () => {
    const shape = async () =>
      (
        await client.query<{ part: string }>(`
          select pg_get_indexdef(indexrelid) as part from pg_index where indrelid in ('parent'::regclass, 'child'::regclass)
          union all select conname || pg_get_constraintdef(oid) from pg_constraint
            where conrelid in ('parent'::regclass, 'child'::regclass) and contype in ('p', 'u', 'f')
          union all select 'forced' from pg_class where oid = 'child'::regclass and relforcerowsecurity order by 1`)
      ).rows.map((row) => row.part);
    const whole = await shape();
    await setAside(client, ['parent', 'child'], true);
    assert.deepEqual(
      await shape(),
      whole.filter((part) => part !== 'forced'),
    );
    // A run that broke off, and the next.
    await setAside(client, ['parent', 'child'], false);
    await setAside(client, ['parent', 'child'], false);
    assert.deepEqual(await shape(), []);
    const told: string[] = [];
    await putBack(client, (table) => told.push(table));
    assert.deepEqual(await shape(), whole);
    assert.equal(new Set(told).size, 2);
  });
});
