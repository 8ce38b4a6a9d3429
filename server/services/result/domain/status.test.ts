import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { ServiceError } from '#platform/errors.ts';

import { ResultStatus } from '../contract.ts';
import type { Move } from './status.ts';
import { after, isAmending, mustMove, statesBefore, whoMay } from './status.ts';

const allMoves = Object.keys(whoMay) as readonly Move[];

// Written out from lab-day 18, 24, 29, 37, 39, 43, 45, 49 and 58, RES-18 and RES-23, not from the table.
const allowed: Readonly<Record<string, string>> = {
  'expected collected': 'awaiting',
  'expected tube accepted': 'awaiting',
  'expected cancelled': 'cancelled',
  'awaiting entered': 'entered',
  'awaiting calculated': 'entered',
  'awaiting tube rejected': 'expected',
  'awaiting cancelled': 'cancelled',
  'entered entered': 'entered',
  'entered verified': 'verified',
  'entered judged again': 'entered',
  'entered rerun': 'entered',
  'entered calculated': 'entered',
  'entered left blank': 'awaiting',
  'entered held': 'entered',
  'entered tube rejected': 'expected',
  'entered cancelled': 'cancelled',
  'verified authorised': 'authorised',
  'verified sent back': 'entered',
  'verified judged again': 'entered',
  'verified rerun': 'entered',
  'verified calculated': 'entered',
  'verified left blank': 'awaiting',
  'verified held': 'verified',
  'verified tube rejected': 'expected',
  'verified cancelled': 'cancelled',
  'authorised amended': 'entered',
  // lab-day 50: a culture signed as interim goes on.
  'authorised continued': 'entered',
};
/** What is otherwise for a result that was signed and is open again. */
const allowedAmending: Readonly<Record<string, string | undefined>> = {
  ...allowed,
  'expected cancelled': undefined,
  'awaiting cancelled': undefined,
  'entered cancelled': undefined,
  'verified cancelled': undefined,
  'expected amendment withdrawn': 'authorised',
  'awaiting amendment withdrawn': 'authorised',
  'entered amendment withdrawn': 'authorised',
  'verified amendment withdrawn': 'authorised',
};

test('every state and move is in the list, or refused with state, move, where it is made from and who may', () => {
  for (const isOpenAgain of [false, true]) {
    for (const status of ResultStatus.options) {
      for (const move of allMoves) {
        const expected = (isOpenAgain ? allowedAmending : allowed)[`${status} ${move}`];
        assert.equal(after(status, move, isOpenAgain), expected, `${status} ${move} ${isOpenAgain}`);
        if (expected !== undefined) continue;
        assert.throws(
          () => mustMove(status, move, isOpenAgain),
          (error) =>
            error instanceof ServiceError &&
            error.code === 'result.cannot_move' &&
            error.details['status'] === status &&
            error.details['move'] === move &&
            error.details['may'] === whoMay[move] &&
            error.message.startsWith(`A result that is ${status} cannot be ${move}. `),
        );
      }
    }
  }
});

test('a refusal reads as a sentence', () => {
  assert.throws(() => mustMove('awaiting', 'authorised'), {
    message:
      'A result that is awaiting cannot be authorised. That is for one that is verified, by who holds result.authorise.',
    details: { status: 'awaiting', move: 'authorised', from: ['verified'], may: 'result.authorise' },
  });
  assert.throws(() => mustMove('authorised', 'rerun'), {
    message:
      'A result that is authorised cannot be rerun. That is for one that is entered or verified, by the system itself.',
  });
  assert.deepEqual(statesBefore('amendment withdrawn'), ['expected', 'awaiting', 'entered', 'verified']);
});

interface Walked {
  readonly status: ResultStatus;
  readonly amendments: number;
  readonly signed: number;
}

test('no sequence of moves leaves the table: signed values leave by an amendment alone, cancelled ones never', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...allMoves), { maxLength: 80 }), (sequence) => {
      let now: Walked = { status: 'expected', amendments: 0, signed: 0 };
      for (const move of sequence) {
        const isOpenAgain = isAmending({ status: now.status, amendment: now.amendments > 0 ? {} : null });
        assert.equal(isOpenAgain, now.amendments > 0 && now.status !== 'authorised' && now.status !== 'cancelled');
        const next = after(now.status, move, isOpenAgain);
        if (next === undefined) continue;
        const isOpening = move === 'amended' || move === 'continued';
        if (now.status === 'authorised') assert.ok(isOpening, 'authorised is left by being opened alone');
        assert.notEqual(now.status, 'cancelled', 'nothing follows cancelled');
        if (next === 'authorised' && move !== 'amendment withdrawn')
          assert.deepEqual([now.status, move], ['verified', 'authorised']);
        if (move === 'amendment withdrawn') assert.ok(isOpenAgain);
        if (next === 'verified') assert.ok(now.status === 'entered' || move === 'held');
        if (next === 'cancelled') assert.equal(now.signed, 0, 'what was signed is never cancelled');
        now = {
          status: next,
          amendments: now.amendments + Number(isOpening),
          signed: now.signed + Number(next === 'authorised'),
        };
      }
      assert.ok(ResultStatus.options.includes(now.status));
    }),
    { numRuns: 3000 },
  );
});
