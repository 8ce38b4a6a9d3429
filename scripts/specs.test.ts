// What the specs promise to have tested is there: each test file they name exists.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';

import { repositoryRoot } from './repository.ts';

const pages = globSync('specs/*.md', { cwd: repositoryRoot });

test('every file that a page of specs/ links to exists', () => {
  assert.ok(pages.length > 10);
  const missing = pages.flatMap((page) => {
    const text = readFileSync(join(repositoryRoot, page), 'utf8');
    return [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(resolve(repositoryRoot, dirname(page), target)))
      .map((target) => `${page} → ${target}`);
  });
  assert.deepEqual(missing, []);
});

test('each of the 75 behaviours of the lab has a test or says why not yet', () => {
  const text = readFileSync(join(repositoryRoot, 'specs', 'lab-day.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (\d+) \|[^|]*\|([^|]*)\|([^|]*)\|$/gm)];
  assert.deepEqual(
    rows.map(([, number]) => Number(number)),
    Array.from({ length: 75 }, (_, at) => at + 1),
  );
  const silent = rows.filter(([, , tested = '', notYet = '']) => !tested.trim() && !notYet.trim());
  assert.deepEqual(
    silent.map(([, number]) => number),
    [],
  );
});
