import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { analyte, band, sent } from './fixtures.ts';
import { asReported, canonicalText, isSameValue, judge, readNumber } from './judge.ts';

const man = { sex: 'male', ageDays: 12_000 } as const;
const potassium = [
  band({
    low: '3.5',
    high: '5.1',
    criticalLow: '2.5',
    criticalHigh: '6.5',
    absurdLow: '0',
    absurdHigh: '15',
    unit: 'mmol/L',
  }),
];

test('the flag follows the value as reported, so that paper and flag never disagree', () => {
  // 5.14 prints as 5.1, which is inside; 5.15 prints as 5.2, which is not. A half goes up.
  assert.deepEqual(pick(judge(analyte(), sent('5.14'), man, potassium)), { value: '5.1', flags: [], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('5.15'), man, potassium)), { value: '5.2', flags: ['H'], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('6.54'), man, potassium)), { value: '6.5', flags: ['H'], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('6.55'), man, potassium)), { value: '6.6', flags: ['HH'], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('3.45'), man, potassium)), { value: '3.5', flags: [], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('3.44'), man, potassium)), { value: '3.4', flags: ['L'], holds: [] });
});

test('absurd is asked of the value as sent, and holds it', () => {
  assert.deepEqual(pick(judge(analyte(), sent('15.04'), man, potassium)), {
    value: '15.0',
    flags: ['HH'],
    holds: ['absurd'],
  });
  assert.deepEqual(pick(judge(analyte(), sent('54'), man, potassium)), {
    value: '54.0',
    flags: ['HH'],
    holds: ['absurd'],
  });
  assert.deepEqual(pick(judge(analyte(), sent('15'), man, potassium)), { value: '15.0', flags: ['HH'], holds: [] });
});

test('numbers as analyzers write them', () => {
  for (const [text, value] of [
    ['7', '7.0'],
    ['+3.25', '3.3'],
    ['.5', '0.5'],
    ['1.25E+01', '12.5'],
    [' 4.2 ', '4.2'],
    ['<2', '<2.0'],
    ['≥ 8.00', '>=8.0'],
  ] as const) {
    assert.equal(judge(analyte(), sent(text), man, []).value, value, text);
  }
});

test('a bound is padded, never rounded to another bound', () => {
  assert.deepEqual(asReported({ number: '0.04', comparator: '<' }, 1), { number: '0.04', comparator: '<' });
  assert.deepEqual(asReported({ number: '0.45', comparator: '>' }, 1), { number: '0.45', comparator: '>' });
  assert.deepEqual(asReported({ number: '2.000', comparator: '<' }, 1), { number: '2.0', comparator: '<' });
  assert.deepEqual(asReported({ number: '60', comparator: '>' }, 0), { number: '60', comparator: '>' });
  assert.deepEqual(asReported({ number: '12.345', comparator: null }, null), { number: '12.345', comparator: null });
});

test('what is no number is held as it came and carries no flag', () => {
  for (const text of ['----', '++++', '7,1', '161,152', 'No Result', 'NaN', '1:128', '3.2 mmol/L']) {
    assert.deepEqual(
      pick(judge(analyte(), sent(text), man, potassium)),
      { value: text, flags: [], holds: ['not_numeric'] },
      text,
    );
  }
});

test('doubts, missing units and preliminary values are held, and still flagged', () => {
  const judged = judge(
    analyte(),
    sent('6.9', { lacksUnit: true, isDoubted: true, isPreliminary: true }),
    man,
    potassium,
  );
  assert.deepEqual(pick(judged), { value: '6.9', flags: ['HH'], holds: ['no_unit', 'instrument_flag', 'preliminary'] });
});

test('a bound that may lie on either side of a limit is held', () => {
  assert.deepEqual(pick(judge(analyte(), sent('<4'), man, potassium)), {
    value: '<4.0',
    flags: [],
    holds: ['limit_undecided'],
  });
  assert.deepEqual(pick(judge(analyte(), sent('>7'), man, potassium)), { value: '>7.0', flags: ['HH'], holds: [] });
});

test('no range: said so, not held; an unclear range: held, nothing flagged', () => {
  const none = judge(analyte(), sent('99'), man, []);
  assert.deepEqual(pick(none), { value: '99.0', flags: [], holds: [] });
  assert.equal(none.range?.kind, 'none');
  const twice = judge(analyte(), sent('99'), man, [...potassium, ...potassium]);
  assert.deepEqual(pick(twice), { value: '99.0', flags: [], holds: ['range_unclear'] });
  assert.equal(twice.range, null);
  const nobody = judge(analyte(), sent('99'), null, potassium);
  assert.deepEqual(pick(nobody), { value: '99.0', flags: [], holds: ['range_unclear'] });
  const otherUnit = judge(analyte(), sent('99'), man, [band({ low: '1', high: '2', unit: 'mg/dL' })]);
  assert.deepEqual(otherUnit.holds, ['range_unclear']);
});

const smear = analyte({ kind: 'coded', decimals: null, choices: ['Not seen', 'P. vivax seen'], ucum: null, unit: '' });
const notSeen = [band({ text: 'Not seen' })];

test('a coded value is written as the catalogue writes it', () => {
  assert.deepEqual(pick(judge(smear, sent(' NOT  seen'), man, notSeen)), { value: 'Not seen', flags: [], holds: [] });
  assert.deepEqual(pick(judge(smear, sent('p. VIVAX seen'), man, notSeen)), {
    value: 'P. vivax seen',
    flags: ['A'],
    holds: [],
  });
  assert.deepEqual(pick(judge(smear, sent('maybe'), man, notSeen)), {
    value: 'maybe',
    flags: [],
    holds: ['not_a_choice'],
  });
  assert.equal(canonicalText(' free text ', []), 'free text');
});

test('a titre is a choice of the list and carries no flag', () => {
  const widal = analyte({
    kind: 'titre',
    decimals: null,
    choices: ['<1:20', '1:20', '1:80'],
    ucum: '{titer}',
    unit: 'titre',
  });
  assert.deepEqual(pick(judge(widal, sent('1:80'), man, [band({ text: '<1:20' })])), {
    value: '1:80',
    flags: [],
    holds: [],
  });
  assert.deepEqual(judge(widal, sent('1:81'), man, []).holds, ['not_a_choice']);
});

test('the same value in another spelling is the same', () => {
  assert.ok(isSameValue('5.0', '5.00'));
  assert.ok(isSameValue('1.25E+04', '12500'));
  assert.ok(isSameValue('< 2', '<2.0'));
  assert.ok(isSameValue('Negative', 'NEGATIVE '));
  assert.ok(!isSameValue('<2', '2'));
  assert.ok(!isSameValue('<2', '<=2'));
  assert.ok(!isSameValue('5.0', '5.1'));
});

test('rounding goes to the nearest, a half away from zero, and never further than half a step', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.nat(6), fc.nat(6), (units, scale, decimals) => {
      const raw = fromUnits(units, scale);
      const reported = asReported({ number: raw, comparator: null }, decimals);
      const common = 10n ** BigInt(Math.max(scale, decimals));
      const exact = units * (common / 10n ** BigInt(scale));
      const step = common / 10n ** BigInt(decimals);
      const magnitude = exact < 0n ? -exact : exact;
      const steps = (2n * magnitude + step) / (2n * step);
      const expected = fromUnits(exact < 0n ? -steps : steps, decimals);
      assert.equal(reported.number, expected);
    }),
    { numRuns: 3000 },
  );
});

/** Units of 10^-scale as decimal text; zero has no sign. */
function fromUnits(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}

test('judging never throws and never loses the value, whatever an instrument sends', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.trim() !== ''),
      (text) => {
        const judged = judge(analyte(), sent(text), man, potassium);
        assert.notEqual(judged.value, '');
        if (readNumber(text) === undefined) assert.equal(judged.value, text.trim());
      },
    ),
    { numRuns: 2000 },
  );
});

function pick({ value, flags, holds }: ReturnType<typeof judge>) {
  return { value, flags, holds };
}
