// The runner is tried on small test files that pass, fail, crash, hang on to the process or are stopped.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { toolEnvironment } from './repository.ts';
import { startTestProcess } from './test-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'nidaan-runner-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// Node refuses to run tests inside tests; the child must not know that it is inside one.
const { NODE_TEST_CONTEXT: _, ...env } = toolEnvironment();

function start(
  name: string,
  text: string,
  lines: string[] = [],
  onLine: (line: string) => void = () => {},
  silenceLimitMs = 60_000,
) {
  const path = join(folder, `${name}.test.ts`);
  writeFileSync(path, `import { test } from 'node:test';\nimport assert from 'node:assert/strict';\n${text}\n`);
  return startTestProcess(
    { name, files: [path] },
    {
      env,
      silenceLimitMs,
      onLine: (line) => {
        lines.push(line);
        onLine(line);
      },
    },
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return process.platform === 'linux' ? '' : 'unknown';
  }
}

async function untilGone(pid: number): Promise<void> {
  // A dead orphan that nobody collects still has a pid, and an empty command line.
  while (isAlive(pid) && commandOf(pid) !== '') await new Promise((resolve) => setTimeout(resolve, 20));
}

test('passed, failed and skipped tests are counted and shown', async () => {
  const lines: string[] = [];
  const outcome = await start(
    'mixed',
    `test('a', () => {});\ntest('b', () => assert.fail());\ntest('c', { skip: 'not here' }, () => {});`,
    lines,
  ).done;
  assert.deepEqual(outcome, { counts: { tests: 3, passed: 1, failed: 1, skipped: 1 } });
  assert.ok(lines.some((line) => line.startsWith('✖ b')) && lines.includes('ℹ pass 1'));
});

test('a process that crashes before its report counts as a failure', async () => {
  const { counts, fault } = await start('crash', `test('a', () => process.kill(process.pid, 'SIGKILL'));`).done;
  assert.equal(counts.failed, 1);
  assert.match(fault ?? '', /crash: ended by SIGKILL before its report/);
});

test('a process that exits on its own half-way counts as a failure', async () => {
  const { counts, fault } = await start('exit', `test('a', () => process.exit(0));\ntest('b', () => {});`).done;
  assert.ok(counts.failed > 0 || fault !== undefined);
});

test('a handle left open is a fault, and what held it is ended', async () => {
  const { fault } = await start('leak', `test('a', () => { setInterval(() => {}, 1000); });`, [], () => {}, 1500).done;
  assert.match(fault ?? '', /did not end after its last test/);
});

test('a process that a test started and forgot is ended with it', async () => {
  const lines: string[] = [];
  const forgetful = `import { spawn } from 'node:child_process';
test('a', () => { const child = spawn('sleep', ['600'], { stdio: 'ignore' }); child.unref(); console.log('pid ' + child.pid); });`;
  await start('forgotten', forgetful, lines).done;
  const pid = Number(lines.find((line) => line.startsWith('pid '))?.slice(4));
  assert.ok(pid > 0);
  await untilGone(pid);
});

test('a run that is stopped leaves nothing, though a test waits for ever', { timeout: 30_000 }, async () => {
  let started: (pid: number) => void = () => {};
  const pid = new Promise<number>((resolve) => {
    started = resolve;
  });
  const running = start(
    'stopped',
    `test('a', async () => { console.log('pid ' + process.pid); await new Promise((r) => setTimeout(r, 600000)); });`,
    [],
    (line) => {
      if (line.startsWith('pid ')) started(Number(line.slice(4)));
    },
  );
  const child = await pid;
  await running.stop();
  await untilGone(child);
  const { counts } = await running.done;
  assert.equal(counts.passed, 0);
});
