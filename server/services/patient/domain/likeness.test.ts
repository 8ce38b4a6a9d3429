import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Described } from './likeness.ts';
import { likenessOf } from './likeness.ts';

const ramesh: Described = {
  name: 'Ramesh Patil',
  sex: 'male',
  bornOn: '1980-05-01',
  isBornOnApproximate: false,
  mobile: '+919876543210',
  abhaNumber: null,
};

test('lab-day 9: the more speaks for it, the higher the score; the reasons say what', () => {
  const cases: readonly [known: Partial<Described>, score: number | undefined, reasons: readonly string[]][] = [
    [{}, 99, ['same_name', 'same_mobile', 'same_born_on']],
    [{ mobile: null }, 70, ['same_name', 'same_born_on']],
    [{ mobile: null, bornOn: '1981-01-01', isBornOnApproximate: true }, 60, ['same_name', 'close_age']],
    [{ mobile: null, bornOn: '1981-01-01' }, 45, ['same_name']],
    [{ name: 'Rameshbhai Pateel', bornOn: '1981-01-01' }, 65, ['sounds_alike', 'same_mobile']],
    [{ name: 'Patil Ramesh', bornOn: '1981-01-01' }, 65, ['sounds_alike', 'same_mobile']],
    [{ name: 'Ramesh', bornOn: '1981-01-01' }, 50, ['part_of_name', 'same_mobile']],
    // A father and his son of one name, a brother and sister, a name alone: too little to ask about.
    [{ mobile: null, bornOn: '1950-01-01' }, undefined, []],
    [{ name: 'Ramesh', mobile: null }, 45, ['part_of_name', 'same_born_on']],
    [{ name: 'Rameshwari Patil', sex: 'female' }, undefined, []],
    [{ name: 'Suresh Patil' }, undefined, []],
  ];
  for (const [known, score, reasons] of cases) {
    const found = likenessOf(ramesh, { ...ramesh, ...known });
    assert.deepEqual([found?.score, found?.reasons ?? []], [score, reasons], JSON.stringify(known));
  }
});

test('lab-day 9: an ABHA number is nobody else’s, whatever the rest says', () => {
  const abhaNumber = '91-1234-5678-9012';
  const other = { ...ramesh, name: 'Somebody Else', sex: 'female', bornOn: '1950-01-01', mobile: null, abhaNumber };
  assert.deepEqual(likenessOf({ ...ramesh, abhaNumber }, other), { score: 100, reasons: ['same_abha'] });
  assert.equal(likenessOf({ ...ramesh, abhaNumber: '91-1234-5678-9013' }, other), undefined);
  // Numbers that are not known are not the same.
  assert.equal(likenessOf({ ...ramesh, mobile: null }, { ...ramesh, name: 'X Y', mobile: null }), undefined);
});
