import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ageInDays, ageLabel } from '@nidaan/values';
import * as fc from 'fast-check';

import { toBornOn } from './born-on.ts';

// 20:00 UTC on the 24th is 01:30 on the 25th in India.
const NIGHT = '2026-11-24T20:00:00.000Z';

test("a day of birth is kept as given, up to today by the lab's calendar", () => {
  assert.deepEqual(toBornOn('2026-11-25', null, NIGHT), { bornOn: '2026-11-25', isBornOnApproximate: false });
  assert.throws(() => toBornOn('2026-11-26', null, NIGHT), { code: 'patient.born_in_future' });
  assert.throws(() => toBornOn('2026-11-25', null, '2026-11-24T18:29:59.999Z'), { code: 'patient.born_in_future' });
});

test('an age gives an approximate day; both or neither is refused', () => {
  assert.deepEqual(toBornOn(null, { years: 34 }, NIGHT), { bornOn: '1992-11-25', isBornOnApproximate: true });
  assert.deepEqual(toBornOn(null, { days: 0 }, NIGHT), { bornOn: '2026-11-25', isBornOnApproximate: true });
  assert.throws(() => toBornOn(null, null, NIGHT), { code: 'patient.born_on_or_age' });
  assert.throws(() => toBornOn('1990-01-01', { years: 3 }, NIGHT), { code: 'patient.born_on_or_age' });
});

test('whatever age is told, the day lies in the past and reads as that age', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 130 }), (years) =>
      assert.equal(ageLabel(toBornOn(null, { years }, NIGHT).bornOn, NIGHT), `${years} Y`),
    ),
  );
  fc.assert(
    fc.property(fc.nat(47_500), (days) => assert.equal(ageInDays(toBornOn(null, { days }, NIGHT).bornOn, NIGHT), days)),
  );
});
