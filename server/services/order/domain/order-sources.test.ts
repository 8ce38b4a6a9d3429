import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isCampDay } from './order-sources.ts';

test('orders of a camp are placed from its first day to two weeks after its last', () => {
  const camp = { fromDay: '2026-11-20', toDay: '2026-11-25' };
  const days = ['2026-11-19', '2026-11-20', '2026-11-25', '2026-12-09', '2026-12-10'];
  assert.deepEqual(
    days.map((day) => isCampDay(camp, day)),
    [false, true, true, true, false],
  );
  assert.equal(isCampDay({ fromDay: null, toDay: null }, '2026-11-25'), true);
  assert.equal(isCampDay({ fromDay: '2026-11-25', toDay: null }, '2030-01-01'), true);
  // A leap day and a turn of the year.
  assert.equal(isCampDay({ fromDay: null, toDay: '2028-02-20' }, '2028-03-05'), true);
  assert.equal(isCampDay({ fromDay: null, toDay: '2028-02-20' }, '2028-03-06'), false);
});
