import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { type RangeBand, findRangeFaults } from './range-coverage.ts';

function band(
  sex: RangeBand['sex'],
  ageFromDays: number,
  ageToDays?: number,
  limits: Partial<RangeBand> = {},
): RangeBand {
  return { analyte: 'HGB', sex, ageFromDays, ageToDays, ...limits };
}

const kindsOf = (...bands: readonly RangeBand[]): readonly string[] =>
  findRangeFaults(bands).map((fault) => fault.kind);

test('one open band for any sex covers everyone', () => {
  assert.deepEqual(findRangeFaults([band('any', 0)], ['M', 'F', 'other']), []);
});

test('children together and adults by sex fit each other', () => {
  assert.deepEqual(kindsOf(band('any', 0, 6575), band('M', 6575), band('F', 6575)), []);
});

test('a band for one sex leaves the other sex and the person of neither without a band', () => {
  const bands = [band('any', 0, 6575), band('M', 6575)];
  assert.deepEqual(findRangeFaults(bands, ['M', 'F', 'other']), [
    { analyte: 'HGB', sex: 'F', fromDays: 6575, toDays: undefined, kind: 'gap' },
    { analyte: 'HGB', sex: 'other', fromDays: 6575, toDays: undefined, kind: 'gap' },
  ]);
});

test('a gap and an overlap are told with their days', () => {
  const bands = [band('any', 0, 10), band('any', 12, 30), band('any', 28)];
  assert.deepEqual(findRangeFaults(bands, ['M']), [
    { analyte: 'HGB', sex: 'M', fromDays: 10, toDays: 12, kind: 'gap' },
    { analyte: 'HGB', sex: 'M', fromDays: 28, toDays: 30, kind: 'overlap' },
  ]);
});

test('any and a sex at the same age are two equal matches', () => {
  assert.deepEqual(findRangeFaults([band('any', 0), band('F', 100, 200)]), [
    { analyte: 'HGB', sex: 'F', fromDays: 100, toDays: 200, kind: 'overlap' },
  ]);
});

test('three bands over each other are one overlap', () => {
  const bands = [band('any', 0), band('any', 5, 20), band('any', 10, 15)];
  assert.deepEqual(findRangeFaults(bands, ['M']), [
    { analyte: 'HGB', sex: 'M', fromDays: 5, toDays: 20, kind: 'overlap' },
  ]);
});

test('analytes do not cover for each other', () => {
  const bands = [band('any', 0), { ...band('any', 1), analyte: 'WBC' }];
  assert.deepEqual(
    findRangeFaults(bands, ['M']).map(({ analyte, kind, fromDays, toDays }) => [analyte, kind, fromDays, toDays]),
    [['WBC', 'gap', 0, 1]],
  );
});

test('limits that contradict each other are named', () => {
  assert.deepEqual(kindsOf(band('any', 0, undefined, { low: '9.9', high: '10' })), []);
  assert.deepEqual(kindsOf(band('any', 0, undefined, { low: '10', high: '9.9' })), ['low_above_high']);
  assert.deepEqual(kindsOf(band('any', 0, undefined, { criticalLow: '7', criticalHigh: '6' })), [
    'critical_low_above_high',
  ]);
  assert.deepEqual(kindsOf(band('any', 0, undefined, { low: '3.5', high: '5', criticalLow: '3.6' })), [
    'critical_inside_reference',
  ]);
  assert.deepEqual(kindsOf(band('any', 0, undefined, { high: '5', criticalHigh: '4.9' })), [
    'critical_inside_reference',
  ]);
  assert.deepEqual(kindsOf(band('any', 0, undefined, { low: '3.5', criticalLow: '3.5' })), []);
  assert.deepEqual(kindsOf(band('any', 0, undefined, { criticalHigh: '6', absurdHigh: '5' })), [
    'absurd_inside_critical',
  ]);
  assert.deepEqual(kindsOf(band('any', 0, undefined, { low: '1', high: '2', absurdLow: '1.5' })), [
    'absurd_inside_reference',
  ]);
  assert.deepEqual(kindsOf(band('any', 0, undefined, { absurdLow: '100', absurdHigh: '0' })), [
    'absurd_low_above_high',
  ]);
});

test('a limit that is not a decimal and ages that cannot be are named', () => {
  assert.deepEqual(kindsOf(band('any', 0, undefined, { low: '<5' })), ['bad_number']);
  assert.deepEqual(kindsOf(band('any', 0), band('any', 10, 10)), ['bad_age']);
  assert.deepEqual(kindsOf(band('any', 0), band('any', -5, 3)), ['bad_age']);
  assert.deepEqual(kindsOf(band('any', 0), band('any', 1.5, 3)), ['bad_age']);
});

// A partition of [0, open) into neighbouring bands; each stretch is for any sex or told once for M and once for F.
const partition = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 40_000 }), { maxLength: 12 }), fc.infiniteStream(fc.boolean()))
  .map(([inner, bySex]) => {
    const cuts = [0, ...inner.toSorted((a, b) => a - b)];
    return cuts.flatMap((from, at) => {
      const to = cuts[at + 1];
      return bySex.next().value === true ? [band('M', from, to), band('F', from, to)] : [band('any', from, to)];
    });
  });
const shuffled = partition.chain((bands) => fc.shuffledSubarray(bands, { minLength: bands.length }));

test('property: a partition in any order has no fault', () => {
  fc.assert(fc.property(shuffled, (bands) => assert.deepEqual(findRangeFaults(bands), [])));
});

test('property: a band taken out leaves exactly its own gap for its own sexes', () => {
  fc.assert(
    fc.property(partition, fc.nat(), (bands, pick) => {
      fc.pre(bands.length > 1);
      const at = pick % bands.length;
      const gone = bands[at];
      if (gone === undefined) throw new Error('index out of the partition');
      const sexes = gone.sex === 'any' ? (['M', 'F'] as const) : [gone.sex];
      assert.deepEqual(
        findRangeFaults(bands.toSpliced(at, 1)),
        sexes.map((sex) => ({
          analyte: 'HGB',
          sex,
          fromDays: gone.ageFromDays,
          toDays: gone.ageToDays,
          kind: 'gap',
        })),
      );
    }),
  );
});

test('property: a band stretched past its end overlaps by exactly what was added', () => {
  fc.assert(
    fc.property(partition, fc.nat(), fc.integer({ min: 1, max: 5_000 }), (bands, pick, more) => {
      const closed = bands.filter((one) => one.ageToDays !== undefined);
      fc.pre(closed.length > 0);
      const one = closed[pick % closed.length];
      if (one?.ageToDays === undefined) throw new Error('index out of the partition');
      const end = one.ageToDays;
      const longer = bands.map((other) => (other === one ? { ...one, ageToDays: end + more } : other));
      const sexes = one.sex === 'any' ? (['M', 'F'] as const) : [one.sex];
      assert.deepEqual(
        findRangeFaults(longer),
        sexes.map((sex) => ({ analyte: 'HGB', sex, fromDays: end, toDays: end + more, kind: 'overlap' })),
      );
    }),
  );
});

test('property: days with a fault are the days a plain count finds', () => {
  const loose = fc.array(
    fc.record({
      sex: fc.constantFrom('any' as const, 'M' as const, 'F' as const),
      from: fc.integer({ min: 0, max: 30 }),
      length: fc.option(fc.integer({ min: 1, max: 15 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(loose, (raw) => {
      const bands = raw.map(({ sex, from, length }) =>
        band(sex, from, length === undefined ? undefined : from + length),
      );
      const faults = findRangeFaults(bands);
      for (const sex of ['M', 'F'] as const) {
        for (let day = 0; day < 50; day += 1) {
          const covering = bands.filter(
            (one) =>
              (one.sex === 'any' || one.sex === sex) && one.ageFromDays <= day && day < (one.ageToDays ?? Infinity),
          ).length;
          const told = faults.filter(
            (fault) => fault.sex === sex && fault.fromDays <= day && day < (fault.toDays ?? Infinity),
          );
          const expected = covering === 1 ? [] : [covering === 0 ? 'gap' : 'overlap'];
          assert.deepEqual(
            told.map((fault) => fault.kind),
            expected,
          );
        }
      }
    }),
  );
});

test('lab-day 40: a band that names the method stands over the one for any; two of the same method collide', () => {
  const byMethod = (method: string, from = 0, to?: number) => band('any', from, to, { method });
  assert.deepEqual(kindsOf(band('any', 0), byMethod('ELISA'), byMethod('CLIA')), []);
  assert.deepEqual(findRangeFaults([band('any', 0), byMethod('ELISA'), byMethod('ELISA', 100, 200)], ['M']), [
    { analyte: 'HGB', sex: 'M', fromDays: 100, toDays: 200, kind: 'overlap', method: 'ELISA' },
  ]);
  // Who has bands by method alone must cover each method.
  assert.deepEqual(findRangeFaults([byMethod('ELISA'), byMethod('CLIA', 30)], ['M']), [
    { analyte: 'HGB', sex: 'M', fromDays: 0, toDays: 30, kind: 'gap', method: 'CLIA' },
  ]);
});

test('lab-day 40: pregnancy bands stand over the ordinary ones; only those of one week collide, none is for males', () => {
  const pregnant = (gestationFromWeeks: number, gestationToWeeks?: number, sex: RangeBand['sex'] = 'F') =>
    band(sex, 0, undefined, { gestationFromWeeks, gestationToWeeks });
  assert.deepEqual(kindsOf(band('any', 0), pregnant(0, 14), pregnant(14, 28), pregnant(28)), []);
  assert.deepEqual(findRangeFaults([band('any', 0), pregnant(0, 14), pregnant(13, 28)], ['F']), [
    { analyte: 'HGB', sex: 'F', fromDays: 0, toDays: undefined, kind: 'overlap', fromWeeks: 13 },
  ]);
  // They do not cover for the woman who is not pregnant.
  assert.deepEqual(kindsOf(band('M', 0), pregnant(0)), ['gap']);
  assert.deepEqual(kindsOf(band('any', 0), pregnant(14, 14)), ['bad_weeks']);
  assert.ok(kindsOf(band('any', 0), pregnant(0, 14, 'M')).includes('pregnant_male'));
});

test('lab-day 40: each day of collection from the first on has its band; sets that follow each other do not collide', () => {
  const dated = (validFrom?: string, validTo?: string, from = 0, to?: number) =>
    band('any', from, to, { validFrom, validTo });
  assert.deepEqual(kindsOf(dated(undefined, '2026-01-01'), dated('2026-01-01')), []);
  assert.deepEqual(kindsOf(dated('2020-01-01', '2026-01-01'), dated('2026-01-01')), []);
  assert.deepEqual(findRangeFaults([dated(undefined, '2026-01-01'), dated('2026-02-01')], ['M']), [
    {
      analyte: 'HGB',
      sex: 'M',
      fromDays: 0,
      toDays: undefined,
      kind: 'gap',
      fromDay: '2026-01-01',
      toDay: '2026-02-01',
    },
  ]);
  assert.deepEqual(findRangeFaults([dated(), dated('2026-01-01', '2026-03-01', 10, 20)], ['M']), [
    { analyte: 'HGB', sex: 'M', fromDays: 10, toDays: 20, kind: 'overlap', fromDay: '2026-01-01', toDay: '2026-03-01' },
  ]);
  // A set that ends with none after it leaves everyone without.
  assert.deepEqual(findRangeFaults([dated(undefined, '2026-01-01')], ['M']), [
    { analyte: 'HGB', sex: 'M', fromDays: 0, toDays: undefined, kind: 'gap', fromDay: '2026-01-01' },
  ]);
  assert.ok(kindsOf(dated(), dated('2026-02-01', '2026-02-01')).includes('bad_days'));
  // The same fault on neighbouring days is told once.
  const two = [dated(undefined, '2026-01-01', 5), dated('2026-01-01', undefined, 5)];
  assert.deepEqual(findRangeFaults(two, ['M']), [{ analyte: 'HGB', sex: 'M', fromDays: 0, toDays: 5, kind: 'gap' }]);
});

test('property: on every day, age, method and week the faults told are those a plain count finds', () => {
  const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'];
  const loose = fc.array(
    fc.record({
      from: fc.integer({ min: 0, max: 6 }),
      length: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      method: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
      weeks: fc.option(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 })), { nil: undefined }),
      begin: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(loose, (raw) => {
      const bands = raw.map(({ from, length, method, weeks, begin }) =>
        band('any', from, length === undefined ? undefined : from + length, {
          method,
          gestationFromWeeks: weeks?.[0],
          gestationToWeeks: weeks === undefined ? undefined : weeks[0] + weeks[1],
          validFrom: begin === undefined ? undefined : days[begin],
        }),
      );
      const faults = findRangeFaults(bands, ['F']);
      const firstDay = bands.map(({ validFrom = '' }) => validFrom).toSorted()[0] ?? '';
      for (const day of days.filter((one) => one >= firstDay)) {
        for (let age = 0; age < 12; age += 1) {
          const here = bands.filter(
            (one) => one.ageFromDays <= age && age < (one.ageToDays ?? Infinity) && (one.validFrom ?? '') <= day,
          );
          const told = (kind: string) =>
            faults.filter(
              (one) =>
                one.kind === kind &&
                one.fromDays <= age &&
                age < (one.toDays ?? Infinity) &&
                (one.fromDay ?? '') <= day &&
                (one.toDay === undefined || day < one.toDay),
            );
          const usual = here.filter((one) => one.gestationFromWeeks === undefined);
          for (const method of [undefined, 'A', 'B']) {
            const collides = (own: readonly RangeBand[], week?: number) =>
              own.filter(
                (one) =>
                  one.method === method &&
                  (week === undefined ||
                    ((one.gestationFromWeeks ?? 0) <= week && week < (one.gestationToWeeks ?? Infinity))),
              ).length > 1;
            const isTold = (pregnant: boolean) =>
              told('overlap').some((one) => one.method === method && (one.fromWeeks !== undefined) === pregnant);
            assert.equal(isTold(false), collides(usual));
            const pregnant = here.filter((one) => one.gestationFromWeeks !== undefined);
            assert.equal(
              isTold(true),
              [0, 1, 2, 3, 4, 5].some((week) => collides(pregnant, week)),
            );
          }
          const isPlain = bands.some((one) => one.method === undefined && one.gestationFromWeeks === undefined);
          if (isPlain) {
            assert.equal(told('gap').length > 0, !usual.some((one) => one.method === undefined));
          }
        }
      }
    }),
  );
});
