import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeCursor, END_OF_TIME, instantKey, START_OF_TIME } from './paging.ts';

test('a cursor of an instant and an id gives them back; anything else is a bad cursor', () => {
  const key = ['2026-11-25T04:00:00.000Z', '0199a000-0000-7000-8000-000000000001'] as const;
  assert.deepEqual(instantKey(encodeCursor(key)), key);
  const bad = [
    'no cursor',
    encodeCursor([key[0]]),
    encodeCursor(['yesterday', key[1]]),
    encodeCursor([key[0], 'no id']),
    encodeCursor([key[1], key[0]]),
    encodeCursor([7, key[1]]),
    // An instant to a schema, and none to the database.
    encodeCursor(['0000-01-01T00:00:00.000Z', key[1]]),
    // Where a list begins is nobody's last row.
    encodeCursor(START_OF_TIME),
    encodeCursor(END_OF_TIME),
  ];
  for (const cursor of bad) assert.throws(() => instantKey(cursor), { code: 'platform.bad_cursor' }, cursor);
});
