import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as formula from './index.ts';

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');

test('the example of the README runs as it is printed', () => {
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  // Run from this folder, so that the package finds itself by its own name, as a caller does.
  const run = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', example], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, run.stderr);
});

test('every export of the package is in the example', () => {
  const missing = Object.keys(formula).filter((name) => !readme.includes(`formula.${name}`));
  assert.deepEqual(missing, []);
});
