import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { repositoryRoot } from './repository.ts';
import { askedFiles, needsIsolation, planJobs, suiteOf, testFiles } from './test-plan.ts';

test('what starts, kills or shows whole installations is left out of the default suite', () => {
  assert.equal(suiteOf('server/a.split.test.ts'), 'split');
  assert.equal(suiteOf('server/a.kill.test.ts'), 'kill');
  assert.equal(suiteOf('server/a.browser.test.ts'), 'browser');
  assert.equal(suiteOf('server/a.large.test.ts'), 'large');
  assert.equal(suiteOf('server/a.api.test.ts'), 'default');
  const files = testFiles('default');
  assert.ok(files.includes('scripts/test-plan.test.ts'));
  assert.deepEqual(
    files.filter((path) => /\.(split|kill|browser|large)\.test\.ts$|node_modules|^coverage/.test(path)),
    [],
  );
});

test('every file is in exactly one job, and those that need it have a job of their own', () => {
  const files = ['a.test.ts', 'b.test.ts', 'c.isolated.test.ts', 'd.api.test.ts', 'pg/embedded.test.ts', 'e.test.ts'];
  const weights = new Map([['d.api.test.ts', 10]]);
  const jobs = planJobs(files, 2, (path) => weights.get(path) ?? 3);
  assert.deepEqual(
    jobs.map((job) => job.files),
    [['d.api.test.ts'], ['a.test.ts', 'b.test.ts', 'e.test.ts'], ['c.isolated.test.ts'], ['pg/embedded.test.ts']],
  );
  assert.deepEqual(planJobs([], 2), []);
  assert.equal(planJobs(['a.test.ts'], 2, () => 1).length, 1);
  assert.ok(needsIsolation('a.split.test.ts'));
});

test('a file that is asked for is found from any folder; what is no test file is refused by name', () => {
  const known = ['server/a.kill.test.ts', 'server/a.ts'];
  assert.deepEqual(askedFiles(['a.kill.test.ts'], known, join(repositoryRoot, 'server')), ['server/a.kill.test.ts']);
  assert.deepEqual(askedFiles(['server/a.kill.test.ts'], known, repositoryRoot), ['server/a.kill.test.ts']);
  assert.throws(() => askedFiles(['server/a.ts'], known, repositoryRoot), /server\/a\.ts is not a test file/);
  assert.throws(
    () => askedFiles(['server/no.test.ts'], known, repositoryRoot),
    /server\/no\.test\.ts is not a test file/,
  );
});
