import assert from 'node:assert/strict';
import { test } from 'node:test';

import { derivedId } from './ids.ts';

test('an id worked out twice is the same, is a UUID, and differs by each part', () => {
  assert.equal(derivedId('a', 'b'), derivedId('a', 'b'));
  assert.match(derivedId('a', 'b'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(derivedId('a', 'b'), derivedId('ab', ''));
  assert.notEqual(derivedId('a', 'b'), derivedId('a', 'c'));
});
