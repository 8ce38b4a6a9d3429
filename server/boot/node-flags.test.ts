import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { COMPILE_CACHE, NODE_ENVIRONMENT, NODE_FLAGS } from './node-flags.ts';

test('npm start gives the process the same flags as we give our children', () => {
  const packageFile = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  // npm runs its scripts in the checkout.
  const environment = Object.entries({ ...NODE_ENVIRONMENT, NODE_COMPILE_CACHE: COMPILE_CACHE }).map(
    ([name, value]) => `${name}=${value}`,
  );
  assert.ok(
    packageFile.includes(`"start": "${environment.join(' ')} node ${NODE_FLAGS.join(' ')} server/main.ts start"`),
  );
});
