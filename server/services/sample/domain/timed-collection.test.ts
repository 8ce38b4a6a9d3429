import assert from 'node:assert/strict';
import { test } from 'node:test';

import { timingOf } from './timed-collection.ts';

const at = (minutes: number) => new Date(Date.parse('2026-11-25T02:00:00Z') + minutes * 60_000).toISOString();
const glucose = (minutes: number, dueMinutes = 60, draw = '1 h after 75 g') =>
  timingOf({ draw, dueMinutes, collectedAt: at(minutes), toldBeginning: null, fastingAt: at(0) });

test('lab-day 22: an OGTT tube is at its time within ten minutes; outside the minutes are told', () => {
  assert.deepEqual(glucose(60), { minutes: 60, warning: null });
  assert.equal(glucose(50).warning, null);
  assert.equal(glucose(70).warning, null);
  assert.deepEqual(glucose(75), {
    minutes: 75,
    warning: 'The tube is for 1 h after 75 g, but was drawn 75 minutes after the fasting tube instead of 60.',
  });
  assert.match(glucose(49).warning ?? '', /49 minutes/);
  assert.match(glucose(75, 120, '2 h after 75 g').warning ?? '', /instead of 120/);
});

test('lab-day 22: a meal is eaten some time after the fasting draw: late against that says nothing, early does', () => {
  assert.deepEqual(glucose(160, 120, '2 h after food'), { minutes: 160, warning: null });
  assert.match(glucose(90, 120, '2 h after food').warning ?? '', /90 minutes/);
  const told = { draw: '2 h after food', dueMinutes: 120, fastingAt: at(0), toldBeginning: at(30) };
  assert.deepEqual(timingOf({ ...told, collectedAt: at(150) }), { minutes: 120, warning: null });
  assert.match(timingOf({ ...told, collectedAt: at(190) }).warning ?? '', /160 minutes after the beginning/);
});

test('without a beginning the warning says so, and the fasting draw itself has none', () => {
  const unknown = { draw: '2 h after 75 g', collectedAt: at(0), toldBeginning: null, fastingAt: null };
  assert.match(timingOf({ ...unknown, dueMinutes: 120 }).warning ?? '', /nobody told/);
  assert.deepEqual(timingOf({ ...unknown, draw: 'fasting', dueMinutes: 0 }), { minutes: null, warning: null });
});
