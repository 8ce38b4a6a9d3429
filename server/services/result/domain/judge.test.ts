import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { analyte, band, sent } from './fixtures.ts';
import { asReported, canonicalText, isSameValue, judge } from './judge.ts';
import { readNumber } from './lab-number.ts';

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

test('L and H follow the value as reported, so that paper and flag never disagree', () => {
  // 5.14 prints as 5.1, which is inside; 5.15 prints as 5.2, which is not. A half goes up.
  assert.deepEqual(pick(judge(analyte(), sent('5.14'), man, potassium)), { value: '5.1', flags: [], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('5.15'), man, potassium)), { value: '5.2', flags: ['H'], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('6.54'), man, potassium)), { value: '6.5', flags: ['HH'], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('6.5'), man, potassium)), { value: '6.5', flags: ['H'], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('6.55'), man, potassium)), { value: '6.6', flags: ['HH'], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('3.45'), man, potassium)), { value: '3.5', flags: [], holds: [] });
  assert.deepEqual(pick(judge(analyte(), sent('3.44'), man, potassium)), { value: '3.4', flags: ['L'], holds: [] });
});

test('critical is what the reported or the raw number says: rounding never takes a critical flag away', () => {
  const flagOf = (value: string) => judge(analyte(), sent(value), man, potassium).flags;
  // Reported within, raw beyond: 6.51 prints as 6.5, 2.49 as 2.5.
  assert.deepEqual([flagOf('6.51'), flagOf('2.49')], [['HH'], ['LL']]);
  // Raw on the near side, reported beyond, when a limit has more decimals than the report: 2.44 prints as 2.4.
  const fine = [band({ low: '3.5', high: '5.1', criticalLow: '2.43', criticalHigh: '6.58' })];
  const fineFlag = (value: string) => judge(analyte(), sent(value), man, fine).flags;
  assert.deepEqual([fineFlag('2.44'), fineFlag('6.55')], [['LL'], ['HH']]);
  assert.deepEqual([fineFlag('2.5'), fineFlag('6.5')], [['L'], ['H']]);
  // A critical limit without a range holds as well.
  const bare = [band({ kind: 'none', criticalHigh: '6.5' })];
  assert.deepEqual(judge(analyte(), sent('6.54'), man, bare).flags, ['HH']);
  // On the limit, by either number, is not beyond.
  assert.deepEqual([flagOf('2.5'), flagOf('6.5'), flagOf('6.50')], [['L'], ['H'], ['H']]);
});

test('whatever the number: critical when the raw or the reported one is beyond, never otherwise', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (hundredths) => {
      // Hundredths are rounded to tenths by hand, a half up.
      const tenths = Math.floor((hundredths + 5) / 10);
      const { flags } = judge(analyte(), sent((hundredths / 100).toFixed(2)), man, potassium);
      assert.equal(flags.includes('LL'), hundredths < 250 || tenths < 25);
      assert.equal(flags.includes('HH'), hundredths > 650 || tenths > 65);
    }),
    { numRuns: 2000 },
  );
});

test('limits for others and none for this person: nothing is flagged, and it is held', () => {
  const adults = band({ ageFromDays: 6575, low: '3.5', high: '5.1' });
  const child = { sex: 'female', ageDays: 3000 } as const;
  const other = { sex: 'other', ageDays: 12_000 } as const;
  const unclear = { value: '99.0', flags: [], holds: ['range_unclear'] };
  // No band for a child, or one that says there is none.
  for (const bands of [
    [adults],
    [adults, band({ ageToDays: 6575, kind: 'none' })],
    [adults, band({ ageToDays: 6575 })],
  ])
    assert.deepEqual(pick(judge(analyte(), sent('99'), child, bands)), unclear);
  const bySex = [band({ sex: 'male', low: '1', high: '2' }), band({ sex: 'female', criticalHigh: '5' })];
  assert.deepEqual(pick(judge(analyte(), sent('99'), other, bySex)), unclear);
  // It prints as what it is: no range established for this person.
  assert.equal(judge(analyte(), sent('99'), other, bySex).range?.kind, 'none');
  assert.deepEqual(judge(analyte(), sent('99'), man, bySex).holds, []);
  // Limits of a band of kind none flag nobody; the band's own critical limit, or its wording, is something to go by.
  const nobody = [band({ sex: 'male', kind: 'none', low: '1', high: '2' }), band({ sex: 'female', absurdHigh: '9' })];
  assert.deepEqual(judge(analyte(), sent('3'), other, nobody).holds, []);
  const worded = [band({ sex: 'male', low: '1' }), band({ sex: 'female', text: 'Follicular or luteal 2-9' })];
  assert.deepEqual(judge(analyte(), sent('3'), child, worded).holds, []);
  assert.deepEqual(
    judge(analyte(), sent('3'), child, [adults, band({ ageToDays: 6575, kind: 'none', criticalLow: '1' })]).holds,
    [],
  );
  // Texts are not judged by limits.
  assert.deepEqual(judge(smear, sent('Not seen'), child, [adults]).holds, []);
});

test('a value below 0 is absurd, unless a band of the analyte reaches below 0', () => {
  const positive = potassium.map((one) => band({ ...one, absurdLow: null }));
  const holdsOf = (value: string, bands = positive) => judge(analyte(), sent(value), man, bands).holds;
  for (const value of ['-0.1', '-0.001', '-4', '<-1', '-1.2E+01']) assert.ok(holdsOf(value).includes('absurd'), value);
  for (const value of ['0', '-0', '-0.00', '0.001', '<0.1']) assert.ok(!holdsOf(value).includes('absurd'), value);
  assert.deepEqual(holdsOf('-4', []), ['absurd'], 'without any band');
  assert.deepEqual(judge(analyte(), sent('-4'), null, potassium).holds, ['range_unclear', 'absurd']);
  assert.deepEqual(judge(analyte(), sent('-4'), man, potassium).holds, ['absurd'], 'once, beyond an absurd limit too');
  // A base excess may be negative, for whomever the band is.
  assert.deepEqual(holdsOf('-4', [band({ low: '-2', high: '3' })]), []);
  assert.deepEqual(holdsOf('-4', [band({ low: '-2', high: '3' }), band({ sex: 'female', low: '0', high: '3' })]), []);
  assert.deepEqual(holdsOf('-4', [band({ high: '3', absurdLow: '-30' })]), []);
});

test('absurd is asked of the value as sent, and holds it', () => {
  assert.deepEqual(pick(judge(analyte(), sent('15.04'), man, potassium)), {
    value: '15.0',
    flags: ['HH', 'X'],
    holds: ['absurd'],
  });
  assert.deepEqual(pick(judge(analyte(), sent('54'), man, potassium)), {
    value: '54.0',
    flags: ['HH', 'X'],
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

test('lab-day 37: a titre is a choice of the list, and is flagged where it is not below the expected one', () => {
  const widal = analyte({
    kind: 'titre',
    decimals: null,
    choices: ['<1:20', '1:20', '1:80'],
    ucum: '{titer}',
    unit: 'titre',
  });
  assert.deepEqual(pick(judge(widal, sent('1 / 80'), man, [band({ text: '<1:20' })])), {
    value: '1:80',
    flags: ['A'],
    holds: [],
  });
  assert.deepEqual(judge(widal, sent('<1:20'), man, [band({ text: '<1:20' })]).flags, []);
  assert.deepEqual(judge(widal, sent('1:80'), man, [band({ text: '<=1:80', kind: 'decision' })]).flags, []);
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
