import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { LineStage } from '../contract.ts';
import { LineMove, lineMoves, mayCancel, moveOfResults, stageAfter } from './line-stages.ts';

test('no sequence of moves leaves the table, cancelled is the end, and what is signed is only opened again', () => {
  const allowedAfterSigning = new Set(['authorised', 'entered', 'verified']);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...LineMove), { maxLength: 40 }), (moves) => {
      let stage: LineStage = 'ordered';
      for (const move of moves) {
        const next: LineStage = stageAfter(stage, move) ?? stage;
        assert.ok(LineStage.options.includes(next));
        if (stage === 'cancelled') assert.equal(next, 'cancelled');
        if (stage === 'authorised') assert.ok(allowedAfterSigning.has(next), `${move} took a signed line to ${next}`);
        // Only signing makes a line signed, only cancelling cancels.
        if (next !== stage && next === 'authorised') assert.equal(move, 'authorise');
        if (next !== stage && next === 'cancelled') assert.equal(move, 'cancel');
        stage = next;
      }
    }),
  );
});

test('every stage can be reached, and from every open one the end', () => {
  const reached = new Set<LineStage>(['ordered']);
  for (let round = 0; round < LineStage.options.length; round += 1) {
    for (const move of LineMove) for (const stage of Array.from(reached)) reached.add(stageAfter(stage, move) ?? stage);
  }
  assert.deepEqual([...reached].sort(), [...LineStage.options].sort());
  for (const stage of LineStage.options.filter((each) => each !== 'authorised' && each !== 'cancelled')) {
    assert.equal(lineMoves.cancel[stage], 'cancelled');
  }
});

test('lab-day 18: who may cancel at which stage', () => {
  assert.deepEqual(Object.fromEntries(LineStage.options.map((stage) => [stage, mayCancel(stage)])), {
    ordered: 'order.edit',
    collected: 'order.edit',
    received: 'order.cancel_at_bench',
    rejected: 'order.edit',
    entered: 'order.cancel_at_bench',
    verified: 'order.cancel_at_bench',
    authorised: null,
    cancelled: null,
  });
});

test('a line is as far as the slowest of its values, and entered as soon as there is one', () => {
  assert.equal(moveOfResults([]), undefined);
  assert.equal(moveOfResults(['cancelled']), undefined);
  assert.equal(moveOfResults(['awaiting', 'expected']), 'clear');
  assert.equal(moveOfResults(['awaiting', 'entered']), 'enter');
  assert.equal(moveOfResults(['awaiting', 'authorised']), 'enter');
  assert.equal(moveOfResults(['verified', 'authorised']), 'verify');
  assert.equal(moveOfResults(['authorised', 'cancelled', 'authorised']), 'authorise');
});
