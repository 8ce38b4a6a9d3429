import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addDays, blockOf, dueOfInterval, isOverdue, nextDue, startOfTomorrow } from './due-days.ts';

test('EQP-4: due days by hand, over the end of February and of a year', () => {
  assert.equal(addDays('2028-02-28', 1), '2028-02-29');
  assert.equal(addDays('2027-02-28', 1), '2027-03-01');
  assert.equal(nextDue('2026-11-25', 180, null), '2027-05-24');
  assert.equal(nextDue('2026-11-25', 180, '2027-01-31'), '2027-01-31', 'the certificate says so');
  assert.equal(nextDue('2026-11-25', null, null), null);
  assert.equal(dueOfInterval(null, 90, '2026-11-25'), '2026-11-25');
  assert.equal(dueOfInterval('2026-11-01', 90, '2026-11-25'), '2027-01-30');
  assert.equal(dueOfInterval('2026-11-01', null, '2026-11-25'), null);
});

test('EQP-4: in time on the due day, overdue on the next', () => {
  assert.equal(isOverdue('2026-11-25', '2026-11-25'), false);
  assert.equal(isOverdue('2026-11-25', '2026-11-26'), true);
  assert.equal(isOverdue(null, '2026-11-26'), false);
  assert.equal(startOfTomorrow('2026-11-25'), '2026-11-25T18:30:00.000Z');
});

test('EQP-5: what blocks, the gravest first', () => {
  const good = { status: 'in_service', lastCalibrationPassed: true, calibrationDueOn: '2026-11-30' } as const;
  const today = '2026-12-01';
  assert.equal(blockOf(good, '2026-11-30', true), null);
  assert.equal(blockOf(good, today, true), 'calibration was due on 2026-11-30');
  assert.equal(blockOf(good, today, false), null, 'the lab does not hold for it');
  assert.equal(blockOf({ ...good, lastCalibrationPassed: false }, today, false), 'the last calibration failed');
  assert.equal(blockOf({ ...good, lastCalibrationPassed: false, status: 'down' }, today, true), 'out of order');
  assert.equal(blockOf({ ...good, status: 'retired' }, '2026-11-30', true), 'taken out of use');
  assert.equal(blockOf({ ...good, lastCalibrationPassed: null, calibrationDueOn: null }, today, true), null);
});
