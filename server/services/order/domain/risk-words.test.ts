import assert from 'node:assert/strict';
import { test } from 'node:test';

import { riskWords } from './risk-words.ts';

const now = '2026-11-25T08:00:00.000Z';

test('a late line says by how much and where it is; one that will be late says why', () => {
  const late = { stage: 'ordered', promisedAt: '2026-11-25T05:55:00.000Z', paceMinutes: 60, paceLines: null } as const;
  assert.equal(riskWords(late, now), '2 h 5 min over the promise, not drawn yet');
  const soon = { stage: 'received', promisedAt: '2026-11-25T08:30:00.000Z', paceMinutes: 95, paceLines: 50 } as const;
  assert.equal(
    riskWords(soon, now),
    '30 min left, no value yet; it takes 1 h 35 min from drawing to signature (middle of the last 50)',
  );
});
