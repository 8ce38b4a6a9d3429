import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { TubeStatus } from '../contract.ts';
import { cannotMove, drawnAt, isTooEarly, mayMove, statusAfter, statusesBefore, TubeMove } from './tube-status.ts';

const allMoves = Object.values(TubeMove);

// Written from the lab's rules, not from the table: where each move leads from each status, dots for refusals.
const rules = `
            collect    receive   reject    accept    cancel     dispose
  planned   collected  .         .         .         cancelled  .
  collected collected  received  rejected  .         .          .
  received  received   received  rejected  .         .          disposed
  rejected  .          .         .         received  .          disposed
  cancelled .          .         .         .         cancelled  .
  disposed  .          .         .         .         .          disposed
`
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));

test('lab-day 24, 27, 28, 29: every move from every status leads where the lab says, or nowhere', () => {
  const [moves = [], ...rows] = rules;
  assert.deepEqual(rows.map(([status]) => `${status}`).sort(), [...TubeStatus.options].sort());
  assert.deepEqual([...moves].sort(), [...allMoves].sort());
  for (const [from, ...to] of rows) {
    for (const [at, move] of moves.entries()) {
      const expected = to[at] === '.' ? undefined : to[at];
      assert.equal(statusAfter(TubeStatus.parse(from), move as TubeMove), expected, `${from} ${move}`);
    }
  }
});

test('no sequence of moves leaves the table, and nothing comes back from cancelled or disposed', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...allMoves), { maxLength: 40 }), (sequence) => {
      let status: TubeStatus = TubeStatus.parse('planned');
      const seen: TubeStatus[] = [status];
      for (const move of sequence) {
        const next: TubeStatus | undefined = statusAfter(status, move);
        if (next === undefined) continue;
        assert.ok(TubeStatus.options.includes(next));
        if (next !== status) {
          assert.ok(statusesBefore(move).includes(status));
          // Each step needs what comes before it in the lab.
          if (next === 'received' || next === 'rejected' || next === 'disposed') assert.ok(seen.includes('collected'));
          if (next === 'cancelled') assert.ok(!seen.includes('collected'));
          assert.ok(status !== 'cancelled' && status !== 'disposed');
        }
        // Only a scan that is repeated leaves a tube where it is.
        assert.equal(statusAfter(next, move) ?? next, next);
        status = next;
        seen.push(status);
      }
    }),
  );
});

test('a refusal names the status, the move, what must come first, and who may do it', () => {
  for (const status of TubeStatus.options) {
    for (const move of allMoves.filter((each) => statusAfter(status, each) === undefined)) {
      const refusal = cannotMove(status, move);
      assert.equal(refusal.code, 'sample.cannot_move');
      assert.equal(refusal.details['status'], status);
      assert.ok(refusal.message.includes(status) && refusal.message.includes(mayMove[move]));
      for (const before of statusesBefore(move)) assert.ok(refusal.message.includes(before), refusal.message);
    }
  }
  assert.deepEqual(statusesBefore('reject'), ['collected', 'received']);
  assert.deepEqual(statusesBefore('accept'), ['rejected']);
  assert.deepEqual(statusesBefore('dispose'), ['received', 'rejected']);
});

test('a clock ahead by up to two minutes is put right, one further ahead is refused', () => {
  const now = '2026-11-25T05:00:00.000Z';
  assert.equal(drawnAt(null, now), now);
  assert.equal(drawnAt('2026-11-25T04:10:00Z', now), '2026-11-25T04:10:00.000Z');
  assert.equal(drawnAt('2026-11-25T05:02:00Z', now), now);
  assert.equal(drawnAt('2026-11-25T05:02:01Z', now), undefined);
});

test('a draw lies at most seven days back and not before the birth, whose day is that of the lab', () => {
  const now = '2026-11-25T05:00:00.000Z';
  const born = (bornOn: string, isBornOnApproximate = false) => ({ bornOn, isBornOnApproximate });
  assert.equal(isTooEarly('2026-11-18T05:00:00Z', now, born('1990-01-01')), false);
  assert.equal(isTooEarly('2026-11-18T04:59:59Z', now, born('1990-01-01')), true);
  assert.equal(isTooEarly('2026-11-18T04:59:59Z', now, undefined), true);
  // Midnight in India is 18:30 UTC of the day before.
  assert.equal(isTooEarly('2026-11-23T18:30:00Z', now, born('2026-11-24')), false);
  assert.equal(isTooEarly('2026-11-23T18:29:59Z', now, born('2026-11-24')), true);
  assert.equal(isTooEarly('2026-11-23T18:29:59Z', now, born('2026-11-24', true)), false);
});
