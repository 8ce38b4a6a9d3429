import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Hold } from '../contract.ts';
import { analyte, band, sent } from './fixtures.ts';
import type { Judged } from './judge-again.ts';
import { judgeAgain, whyBack } from './judge-again.ts';
import { judge } from './judge.ts';
import type { Person } from './reference-range.ts';

const bands = [
  band({ sex: 'female', low: '3', high: '5' }),
  band({ sex: 'male', low: '4', high: '6' }),
  band({ sex: 'any', ageToDays: 100, low: '1', high: '2' }),
];
const woman: Person = { sex: 'female', ageDays: 12_000 };
const man: Person = { sex: 'male', ageDays: 12_000 };

type Before = Judged & { value: string; rawValue: string };

function judgedBy(person: Person | null, value: string, holds: readonly Hold[] = []): Before {
  const judged = judge(analyte(), sent(value), person, bands);
  return { ...judged, rawValue: value, holds: [...judged.holds, ...holds], person };
}

test('a change of flag, of range or of a hold is another judgement; a change of age alone is not', () => {
  const again = (value: string, before: Person | null, now: Person | null) =>
    judgeAgain(analyte(), judgedBy(before, value), now, bands);
  assert.deepEqual([again('3.5', woman, man).change, again('3.5', woman, man).flags], ['judgement', ['L']]);
  assert.deepEqual([again('4.5', woman, man).change, again('4.5', woman, man).flags], ['judgement', []]);
  assert.equal(again('4.5', woman, { ...woman, ageDays: 12_001 }).change, 'age');
  assert.equal(again('4.5', woman, { ...woman, ageDays: 12_001 }).range?.ageDays, 12_001);
  assert.equal(again('4.5', woman, woman).change, 'none');
  // A child of other sex has the band for any sex.
  assert.deepEqual(again('4.5', woman, { sex: 'other', ageDays: 50 }).range?.high, '2');
  const unknown = again('4.5', woman, null);
  assert.deepEqual([unknown.change, unknown.range, unknown.holds], ['judgement', null, ['range_unclear']]);
  assert.deepEqual(again('4.5', null, woman).holds, []);
});

test('what the instrument said survives any number of corrections, and going back gives what was before', () => {
  const person = fc.option(
    fc.record({ sex: fc.constantFrom('male', 'female', 'other'), ageDays: fc.integer({ min: 0, max: 40_000 }) }),
  );
  const said = fc.subarray(['no_unit', 'instrument_flag', 'preliminary', 'rerun_differs'] satisfies Hold[]);
  const value = fc.constantFrom('3.5', '4.44', '5.55', '<4', '>4.5', '++', '1000');
  fc.assert(
    fc.property(person, fc.array(person, { maxLength: 5 }), said, value, (first, others, holds, rawValue) => {
      const before = judgedBy(first, rawValue, holds);
      let now: Before = before;
      for (const other of others) {
        now = { ...judgeAgain(analyte(), now, other, bands), rawValue };
        for (const hold of holds) assert.ok(now.holds.includes(hold), hold);
        const plain = judge(analyte(), sent(rawValue), other, bands);
        assert.deepEqual([now.flags, now.range], [plain.flags, plain.range]);
        assert.equal(new Set(now.holds).size, plain.holds.length + holds.length);
      }
      const back = judgeAgain(analyte(), now, first, bands);
      assert.deepEqual(
        [back.flags, back.range, back.holds.toSorted()],
        [before.flags, before.range, before.holds.toSorted()],
      );
    }),
  );
});

test('the reason names the flags and not the patient', () => {
  const [asWoman, asMan] = [judgedBy(woman, '3.5'), judgedBy(man, '3.5')];
  assert.match(whyBack(asWoman, asMan), /corrected after this value was verified\. Flag before: none; now: L\.$/);
  assert.match(
    whyBack(judgedBy(woman, '4.5'), judgedBy(man, '4.5')),
    /The flag is the same, the range or a hold is not/,
  );
});
