import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Hold } from '../contract.ts';
import { analyte, band, emptyStanding, sent } from './fixtures.ts';
import type { Arrived, Standing } from './instrument-entry.ts';
import { settle } from './instrument-entry.ts';
import { judge } from './judge.ts';

const awaiting: Standing = emptyStanding;

function arrive(value: string, given: Partial<Arrived> = {}): Arrived {
  return {
    value,
    unit: 'mmol/L',
    converted: null,
    instrument: 'XN-550',
    messageId: 'm1',
    note: null,
    isDoubted: false,
    isPreliminary: false,
    indices: null,
    dilution: null,
    reagentLot: null,
    at: '2026-11-25T04:00:00Z',
    ...given,
  };
}
function settled(standing: Standing, arrived: Arrived) {
  const { isDoubted, isPreliminary } = arrived;
  return settle(
    standing,
    false,
    arrived,
    judge(analyte(), sent(arrived.value, { isDoubted, isPreliminary }), { sex: 'male', ageDays: 9000 }, []),
  );
}
const entered = (value: string, given: Partial<Arrived> = {}) => settled(awaiting, arrive(value, given)).standing;

test('a tube that is not drawn takes no value', () => {
  assert.equal(settled({ ...awaiting, status: 'expected' }, arrive('5')).outcome, 'not_collected');
});

test('the first value fills the result', () => {
  const { outcome, standing } = settled(awaiting, arrive('5.44', { note: 'from C record' }));
  assert.equal(outcome, 'entered');
  assert.deepEqual(
    [standing.status, standing.value, standing.rawValue, standing.source, standing.messageId, standing.note],
    ['entered', '5.4', '5.44', 'XN-550', 'm1', 'from C record'],
  );
});

test('the same value again changes nothing, in any state', () => {
  for (const status of ['entered', 'verified', 'authorised'] as const) {
    const standing = { ...entered('5.4'), status };
    const again = settled(standing, arrive('5.40', { messageId: 'm2' }));
    assert.equal(again.outcome, 'repeated');
    assert.equal(again.standing, standing);
  }
});

test('another value is kept beside and held; an authorised result keeps value and holds', () => {
  const open = settled(entered('5.4'), arrive('6.1', { messageId: 'm2' }));
  assert.equal(open.outcome, 'kept_beside');
  assert.deepEqual([open.standing.value, open.standing.holds], ['5.4', ['rerun_differs']]);
  assert.deepEqual(open.standing.otherValues, [
    {
      value: '6.1',
      unit: 'mmol/L',
      source: 'XN-550',
      messageId: 'm2',
      at: '2026-11-25T04:00:00Z',
      dilution: null,
      reagentLot: null,
    },
  ]);
  const before: Standing = { ...entered('5.4'), status: 'authorised' };
  const { outcome, standing } = settled(before, arrive('6.1'));
  assert.equal(outcome, 'after_authorised');
  assert.deepEqual({ ...standing, otherValues: [] }, before);
  assert.equal(standing.otherValues.length, 1);
  // The same once more: whoever had to be told was told.
  assert.equal(settled(standing, arrive('6.10')).outcome, 'repeated');
});

test('another value for a verified result sends it back, held, with the instrument named and no value in the words', () => {
  const before: Standing = { ...entered('5.4'), status: 'verified' };
  const { outcome, standing } = settled(before, arrive('6.1', { instrument: 'XN-1000' }));
  assert.equal(outcome, 'kept_beside');
  assert.deepEqual(
    [standing.status, standing.value, standing.holds, standing.otherValues.map((other) => other.value)],
    ['entered', '5.4', ['rerun_differs'], ['6.1']],
  );
  assert.equal(standing.sentBackReason, 'XN-1000 sent another value after this one was verified.');
  // Back at the bench it is an open result: a third value changes nothing of why it came back.
  const third = settled(standing, arrive('7', { instrument: 'AU-480' }));
  assert.deepEqual(
    [third.outcome, third.standing.status, third.standing.sentBackReason],
    ['kept_beside', 'entered', standing.sentBackReason],
  );
});

test('a rerun that prints the same leaves a signed result signed, and is no news', () => {
  for (const status of ['verified', 'authorised'] as const) {
    const before: Standing = { ...entered('5.42'), status };
    const { outcome, standing } = settled(before, arrive('5.38'));
    assert.equal(outcome, 'kept_beside');
    assert.deepEqual({ ...standing, otherValues: [] }, before);
    assert.equal(standing.otherValues.length, 1);
  }
});

test('a rerun that prints the same and is critical where the first was not has to be looked at', () => {
  const before: Standing = { ...entered('6.5'), status: 'verified', flags: ['H'] };
  const critical = judge(analyte(), sent('6.54'), { sex: 'male', ageDays: 9000 }, [
    band({ high: '5.1', criticalHigh: '6.5' }),
  ]);
  const { standing } = settle(before, false, arrive('6.54'), critical);
  assert.deepEqual([standing.status, standing.holds], ['entered', ['rerun_differs']]);
  assert.equal(
    settle({ ...before, status: 'authorised' }, false, arrive('6.54'), critical).outcome,
    'after_authorised',
  );
});

test('two values that print the same are both kept, with nothing to choose between', () => {
  const { outcome, standing } = settled(entered('5.42'), arrive('5.38'));
  assert.equal(outcome, 'kept_beside');
  assert.deepEqual(standing.holds, []);
});

test('a value that stands beside already is not added twice', () => {
  const once = settled(entered('5.4'), arrive('6.1')).standing;
  assert.deepEqual(settled(once, arrive('6.10')), { outcome: 'repeated', standing: once });
});

test('a final value lifts "preliminary"; a doubt on the repeat is added', () => {
  const preliminary = entered('5.4', { isPreliminary: true });
  assert.deepEqual(preliminary.holds, ['preliminary']);
  assert.deepEqual(settled(preliminary, arrive('5.4')).standing.holds, []);
  assert.deepEqual(settled(preliminary, arrive('5.4', { isPreliminary: true })).standing.holds, ['preliminary']);
  assert.deepEqual(settled(preliminary, arrive('5.4', { instrument: 'another' })).standing.holds, ['preliminary']);
  assert.deepEqual(settled(preliminary, arrive('5.4', { isDoubted: true })).standing.holds, [
    'preliminary',
    'instrument_flag',
  ]);
});

test('whatever arrives, the first value stays and every other one is in sight', () => {
  const values = fc.array(
    fc.integer({ min: 0, max: 12 }).map((n) => (n / 4).toFixed(2)),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(values, (sequence) => {
      let standing = awaiting;
      for (const value of sequence) standing = settled(standing, arrive(value)).standing;
      assert.equal(standing.rawValue, sequence[0]);
      assert.deepEqual(
        new Set([standing.rawValue, ...standing.otherValues.map((other) => other.value)]),
        new Set(sequence),
      );
      const onPaper = new Set(sequence.map((value) => judge(analyte(), sent(value), null, []).value));
      const expected: readonly Hold[] = onPaper.size > 1 ? ['rerun_differs'] : [];
      assert.deepEqual(standing.holds, expected);
    }),
  );
});
