import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { TubeStatus } from '../contract.ts';
import { drawnAt, isTooEarly, statusAfter, statusBefore, TubeMove } from './tube-status.ts';

const wayOfATube: readonly TubeStatus[] = ['planned', 'collected', 'received'];

test('planned, collected, received: the one way', () => {
  assert.equal(statusAfter('planned', 'collect'), 'collected');
  assert.equal(statusAfter('collected', 'receive'), 'received');
  assert.equal(statusAfter('planned', 'receive'), undefined);
  assert.deepEqual([...TubeStatus.options], wayOfATube);
});

test('a repeated scan leaves the tube where it is', () => {
  assert.equal(statusAfter('collected', 'collect'), 'collected');
  assert.equal(statusAfter('received', 'collect'), 'received');
  assert.equal(statusAfter('received', 'receive'), 'received');
});

test('no sequence of scans leaves the way: a step forward at most, never back', () => {
  const anyMoves = fc.array(fc.constantFrom(...Object.values(TubeMove)), { maxLength: 30 });
  fc.assert(
    fc.property(anyMoves, (moves) => {
      let status: TubeStatus = 'planned';
      for (const move of moves) {
        const next: TubeStatus | undefined = statusAfter(status, move);
        if (next === undefined) {
          assert.notEqual(status, statusBefore[move]);
          continue;
        }
        const step: number = wayOfATube.indexOf(next) - wayOfATube.indexOf(status);
        assert.ok(step === 0 || step === 1);
        // A move changes a tube exactly in the status it is made from.
        assert.equal(step === 1, status === statusBefore[move]);
        assert.equal(statusAfter(next, move), next);
        status = next;
      }
      const isReceived = moves.includes('collect') && moves.lastIndexOf('receive') > moves.indexOf('collect');
      assert.equal(status, isReceived ? 'received' : moves.includes('collect') ? 'collected' : 'planned');
    }),
  );
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
