import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { ServiceError } from '#platform/errors.ts';

import { ResultStatus } from '../contract.ts';
import type { Move } from './status.ts';
import { after, mustMove } from './status.ts';

const allMoves: readonly Move[] = [
  'collected',
  'entered',
  'verified',
  'authorised',
  'sent back',
  'judged again',
  'rerun',
];

// Written out from lab-day 24, 37, 45 and 49 RES-18 and RES-23, not from the table.
const allowed: Readonly<Record<string, string>> = {
  'expected collected': 'awaiting',
  'awaiting entered': 'entered',
  'entered entered': 'entered',
  'entered verified': 'verified',
  'verified authorised': 'authorised',
  'verified sent back': 'entered',
  'entered judged again': 'entered',
  'verified judged again': 'entered',
  'entered rerun': 'entered',
  'verified rerun': 'entered',
};

test('every state and move is either in the list or refused with both named', () => {
  for (const status of ResultStatus.options) {
    for (const move of allMoves) {
      const expected = allowed[`${status} ${move}`];
      assert.equal(after(status, move), expected, `${status} ${move}`);
      if (expected !== undefined) continue;
      assert.throws(
        () => mustMove(status, move),
        (error) =>
          error instanceof ServiceError &&
          error.code === 'result.cannot_move' &&
          error.details['status'] === status &&
          error.details['move'] === move &&
          error.message === `A result that is ${status} cannot be ${move}.`,
      );
    }
  }
});

test('no sequence of moves skips verification or leaves authorised', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...allMoves), { maxLength: 60 }), (sequence) => {
      let status: ResultStatus = 'expected';
      let previous: ResultStatus = status;
      for (const move of sequence) {
        const next = after(status, move);
        if (next === undefined) continue;
        assert.notEqual(status, 'authorised', 'nothing follows authorised');
        if (next === 'authorised') assert.equal(status, 'verified');
        if (next === 'verified') assert.equal(status, 'entered');
        if (next === 'awaiting') assert.equal(previous, 'expected');
        previous = status;
        status = next;
      }
      assert.ok(ResultStatus.options.includes(status));
    }),
    { numRuns: 2000 },
  );
});
