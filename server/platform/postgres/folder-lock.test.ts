import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderHolder, lockFolder } from './folder-lock.ts';
import { processIdentity } from './process-table.ts';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'nidaan-lock-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a lock is held until released, and leaves one small file', (t) => {
  const folder = temporaryFolder(t);
  const lock = lockFolder(folder);
  assert.equal(folderHolder(folder)?.pid, process.pid);
  assert.throws(() => lockFolder(folder), { code: 'data_in_use' });
  lock.release();
  assert.equal(folderHolder(folder), undefined);
  lockFolder(folder).release();
  assert.deepEqual(readdirSync(folder), ['lock.2']);
});

test('a holder is its pid and its start time: a reused pid, a dead pid and a torn file hold nothing', (t) => {
  const folder = temporaryFolder(t);
  const identity = processIdentity(process.pid) ?? '';
  const cases = [
    `pid ${process.pid}\nstarted ${identity}9\n`,
    `pid 999999999\nstarted ${identity}\n`,
    '',
    `pid ${process.pid}\nsta`,
  ];
  for (const [at, text] of cases.entries()) {
    writeFileSync(join(folder, `lock.${10 * (at + 1)}`), text);
    assert.equal(folderHolder(folder), undefined);
    lockFolder(folder).release();
  }
  writeFileSync(join(folder, 'lock.99'), `pid ${process.pid}\nstarted ${identity}\n`);
  assert.throws(() => lockFolder(folder), { code: 'data_in_use' });
});

test('processes that fight for a folder, some dying while they hold it, never hold it together', async (t) => {
  const folder = temporaryFolder(t);
  const guards = temporaryFolder(t);
  // The guard says who is inside. A second one inside finds a living other; one left by a dead process is replaced.
  const program = `
    import { lockFolder } from ${JSON.stringify(import.meta.resolve('./folder-lock.ts'))};
    import { processIdentity } from ${JSON.stringify(import.meta.resolve('./process-table.ts'))};
    import { readFileSync, writeFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    const guard = ${JSON.stringify(join(guards, 'inside'))};
    const alive = (pid) => processIdentity(pid) !== undefined; // signal 0 would count a zombie as alive
    const end = Date.now() + 700;
    let entered = 0;
    while (Date.now() < end) {
      let lock;
      try { lock = lockFolder(${JSON.stringify(folder)}); } catch (error) {
        if (error.code !== 'data_in_use') throw error;
        await sleep(0);
        continue;
      }
      let other = 0;
      try { other = Number(readFileSync(guard, 'utf8')); } catch {}
      if (other > 0 && alive(other)) { console.log('met ' + other); process.exit(1); }
      writeFileSync(guard, String(process.pid));
      if (process.argv[1] === 'dies' && ++entered > 20) process.kill(process.pid, 'SIGKILL');
      entered++;
      writeFileSync(guard, '0');
      lock.release();
      await sleep(0);
    }
    console.log(entered > 0 ? 'fine' : 'never entered');`;
  const outcomes = await Promise.all(
    ['stays', 'stays', 'dies', 'dies'].map(
      (habit) =>
        new Promise<string>((done) => {
          const child = spawn(process.execPath, ['--input-type=module', '-e', program, habit]);
          let said = '';
          child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
          child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
          child.once('close', (_, signal) => done(signal ?? said.trim()));
        }),
    ),
  );
  assert.deepEqual(outcomes, ['fine', 'fine', 'SIGKILL', 'SIGKILL']);
});
