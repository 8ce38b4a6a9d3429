import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from 'pg';
import { readPostmasterFile } from '../postgres/postmaster-file.ts';
import { processIdentity } from '../postgres/process-table.ts';
import { createThrowawayPostgres, sweepThrowaways } from './throwaway-postgres.ts';

const mine = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`nidaan-test-pg-${process.pid}-`));

test('a throwaway database works, is careless on purpose, and leaves nothing', async () => {
  const server = await createThrowawayPostgres({ settings: { work_mem: '5MB' } });
  try {
    assert.equal(mine().length, 1);
    const client = new Client(server.superuserUrl);
    await client.connect();
    const { rows } = await client.query(
      `select current_setting('fsync') as fsync, current_setting('work_mem') as "workMem"`,
    );
    assert.deepEqual(rows, [{ fsync: 'off', workMem: '5MB' }]);
    await client.end();
  } finally {
    await server.stop();
  }
  assert.deepEqual(mine(), []);
});

test('what a killed test process left, server and folder, is cleared away; a living one is left alone', async (t) => {
  const parent = mkdtempSync(join(tmpdir(), 'nidaan-sweep-'));
  chmodSync(parent, 0o755);
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  const program = `
    import { createThrowawayPostgres } from ${JSON.stringify(import.meta.resolve('./throwaway-postgres.ts'))};
    await createThrowawayPostgres();
    console.log('up');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, TMPDIR: parent },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await new Promise((done) => child.stdout.once('data', done));
  const folder = join(parent, readdirSync(parent)[0] ?? '');
  const pid = readPostmasterFile(join(folder, 'cluster'))?.pid ?? 0;
  await sweepThrowaways(parent);
  assert.ok(existsSync(folder) && processIdentity(pid) !== undefined, 'its owner lives');
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await exited;
  await sweepThrowaways(parent);
  assert.equal(existsSync(folder), false);
  assert.equal(processIdentity(pid), undefined);
});
