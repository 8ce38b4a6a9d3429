import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newsOf, startOfTomorrow, usableUntil } from './expiry.ts';

test('INV-4: usable until the earlier of expiry and open-vial expiry, by hand', () => {
  assert.equal(usableUntil('2027-06-30', null, 28), '2027-06-30');
  assert.equal(usableUntil('2027-06-30', '2026-11-25', 28), '2026-12-23');
  assert.equal(usableUntil('2026-12-01', '2026-11-25', 28), '2026-12-01');
  assert.equal(usableUntil('2027-06-30', '2026-11-25', null), '2027-06-30');
  assert.equal(startOfTomorrow('2026-12-31'), '2026-12-31T18:30:00.000Z');
});

test('lab-day 4: told 30 days before a lot expires and 2 days before an open vial does, each once', () => {
  const lot = { expiresOn: '2026-12-31', usableUntil: '2026-12-31', toldExpiry: false, toldOpen: false };
  assert.deepEqual(newsOf(lot, '2026-11-30'), { expiry: false, open: false });
  assert.deepEqual(newsOf(lot, '2026-12-01'), { expiry: true, open: false });
  assert.deepEqual(newsOf({ ...lot, toldExpiry: true }, '2026-12-30'), { expiry: false, open: false });
  const open = { ...lot, expiresOn: '2027-12-31', usableUntil: '2026-12-10' };
  assert.deepEqual(newsOf(open, '2026-12-07'), { expiry: false, open: false });
  assert.deepEqual(newsOf(open, '2026-12-08'), { expiry: false, open: true });
  assert.deepEqual(newsOf({ ...open, toldOpen: true }, '2026-12-09'), { expiry: false, open: false });
});
