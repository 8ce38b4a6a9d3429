import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Step } from './check.ts';
import { runSteps, table } from './check.ts';

const step = (name: string, program: string): Step => ({ name, command: ['node', '-e', program] });

test('a step that fails, dies or cannot start fails, with what it said; the others still run', async () => {
  const outcomes = await runSteps([
    step('good', 'console.log("fine")'),
    step('bad', 'console.log("out"); console.error("err"); process.exit(3)'),
    step('killed', 'process.kill(process.pid, "SIGKILL")'),
    { name: 'absent', command: ['nidaan-no-such-program'] },
    step('last', ''),
  ]);
  assert.deepEqual(
    outcomes.map(({ name, isGood }) => [name, isGood]),
    [
      ['good', true],
      ['bad', false],
      ['killed', false],
      ['absent', false],
      ['last', true],
    ],
  );
  assert.match(outcomes[1]?.output ?? '', /out/);
  assert.match(outcomes[1]?.output ?? '', /err/);
  assert.match(outcomes[2]?.output ?? '', /SIGKILL/);
  assert.match(outcomes[3]?.output ?? '', /could not be started/);
});

test('the table names each step and marks the failed', () => {
  const outcomes = [
    { name: 'types', isGood: true, tookMs: 2340, output: '' },
    { name: 'dead code', isGood: false, tookMs: 12, output: '' },
  ];
  assert.equal(table(outcomes), 'types      ok        2.3 s\ndead code  FAILED    0.0 s\n');
});
