import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { ResultDetail } from '../contract.ts';
import { faultsOf } from './check-detail.ts';
import type { Culture } from './detail.ts';
import { growthTold, isInterim, missingOf, summaryOf } from './detail.ts';
import { range } from './fixtures.ts';
import { flagWords } from './flag-words.ts';

const isolate = (organism: string, given: Partial<Culture['isolates'][number]> = {}): Culture['isolates'][number] => ({
  organism,
  quantity: null,
  comment: null,
  antibiogram: [],
  ...given,
});

const culture = (given: Partial<Culture> = {}): Culture => ({
  kind: 'culture',
  stage: 'final',
  growth: 'none',
  incubationHours: 48,
  microscopy: null,
  colonyCount: null,
  isolates: [],
  comment: null,
  ...given,
});

const drug = (antibiotic: string, given: Partial<Culture['isolates'][number]['antibiogram'][number]> = {}) => ({
  antibiotic,
  method: null,
  measured: null,
  interpretation: 'S' as const,
  isReported: true,
  ...given,
});

test('lab-day 37: a culture in one line', () => {
  assert.equal(summaryOf(culture()), 'No growth');
  assert.equal(
    summaryOf(culture({ growth: 'growth', isolates: [isolate('Escherichia coli')], colonyCount: '>10^5 CFU/mL' })),
    'Growth: Escherichia coli >10^5 CFU/mL',
  );
  const two = [isolate('Escherichia coli', { quantity: '10^5 CFU/mL' }), isolate('Enterococcus faecalis')];
  assert.equal(
    summaryOf(culture({ growth: 'growth', isolates: two, colonyCount: '10^5' })),
    'Growth: Escherichia coli 10^5 CFU/mL; Enterococcus faecalis',
  );
  assert.equal(summaryOf(culture({ growth: 'mixed' })), 'Mixed growth');
  assert.equal(summaryOf(culture({ stage: 'preliminary', incubationHours: 24 })), 'Preliminary: no growth after 24 h');
  assert.equal(summaryOf(culture({ stage: 'preliminary', growth: 'pending' })), 'Preliminary: not yet assessed');
  assert.equal(
    summaryOf(culture({ stage: 'preliminary', growth: 'growth', isolates: [isolate('Klebsiella  sp.')] })),
    'Preliminary: growth: Klebsiella sp.',
  );
});

test('lab-day 37: a narrative is its impression, an image its caption', () => {
  const narrative = { kind: 'narrative', sections: [{ title: 'Gross', text: 'x' }], codes: [] } as const;
  assert.equal(
    summaryOf({
      ...narrative,
      sections: [...narrative.sections],
      codes: [],
      impression: 'Invasive carcinoma,\nno special type',
    }),
    'Invasive carcinoma, no special type',
  );
  assert.equal(summaryOf({ ...narrative, sections: [], codes: [], impression: ' ' }), 'Impression pending');
  const fileIds = ['0199a000-0000-7000-8000-000000000001', '0199a000-0000-7000-8000-000000000002'];
  assert.equal(summaryOf({ kind: 'image', fileIds, caption: '' }), '2 images');
  assert.equal(summaryOf({ kind: 'image', fileIds, caption: 'Smear' }), 'Smear');
});

test('lab-day 50: an interim "no growth" is the one the range expects; what is not yet assessed is not flagged', () => {
  const expected = range({ text: 'No growth' });
  const flagOf = (detail: Culture) => flagWords('culture', summaryOf(detail), expected).flag;
  assert.equal(flagOf(culture()), null);
  assert.equal(flagOf(culture({ stage: 'preliminary', incubationHours: 24 })), null);
  assert.equal(flagOf(culture({ stage: 'preliminary', growth: 'pending' })), null);
  assert.equal(flagOf(culture({ growth: 'growth', isolates: [isolate('Escherichia coli')] })), 'A');
  assert.equal(flagOf(culture({ stage: 'preliminary', growth: 'growth' })), 'A');
  assert.equal(growthTold('Preliminary: no growth after 24 h'), 'no growth');
});

test('lab-day 37: what contradicts itself is named', () => {
  const faults = (given: Partial<Culture>) => faultsOf(culture(given));
  assert.deepEqual(faults({}), []);
  assert.match(faults({ growth: 'pending' }).join(), /^growth: /);
  assert.match(faults({ growth: 'growth' }).join(), /names what grew/);
  assert.deepEqual(faults({ growth: 'growth', stage: 'preliminary' }), [], 'to be identified');
  assert.match(faults({ isolates: [isolate('Escherichia coli')] }).join(), /growth says otherwise/);
  const of = (...antibiogram: Culture['isolates'][number]['antibiogram']) =>
    faults({ growth: 'growth', isolates: [isolate('Escherichia coli', { antibiogram })] });
  assert.deepEqual(of(drug('Amikacin'), drug('amikacin ')), ['antibiogram of Escherichia coli: Amikacin stands twice']);
  assert.deepEqual(
    of(
      drug('Amikacin', { measured: '18', method: 'disk' }),
      drug('Co-trimoxazole', { measured: '<=1/19', method: 'mic' }),
    ),
    [],
  );
  assert.match(of(drug('Amikacin', { measured: '18' })).join(), /without method/);
  assert.match(of(drug('Amikacin', { measured: 'big', method: 'disk' })).join(), /no number/);
  assert.deepEqual(
    faults({ growth: 'growth', isolates: [isolate('Escherichia coli'), isolate('Escherichia coli')] }),
    [],
    'two morphotypes of one species are two isolates',
  );
  assert.match(faults({ comment: 'Aadhaar 2345 6789 0124' }).join(), /Aadhaar/);
  assert.match(faults({ comment: 'turned \u202e text' }).join(), /control characters/);
  assert.match(
    faultsOf({
      kind: 'narrative',
      sections: [
        { title: 'Gross', text: '' },
        { title: 'gross', text: '' },
      ],
      impression: '',
      codes: ['M-8500/3'],
    }).join('; '),
    /"Gross" stands twice; codes: M-8500\/3 is not written/,
  );
});

test('lab-day 37: a draft of a narrative may be kept; verified it needs its impression and a text', () => {
  const draft: ResultDetail = {
    kind: 'narrative',
    sections: [{ title: 'Gross', text: ' ' }],
    impression: '',
    codes: [],
  };
  assert.deepEqual(faultsOf(draft), []);
  assert.deepEqual(missingOf('narrative', draft), ['a section with text', 'impression']);
  assert.deepEqual(
    missingOf('narrative', { ...draft, sections: [{ title: 'Gross', text: 'Grey' }], impression: 'Benign' }),
    [],
  );
  assert.deepEqual(missingOf('culture', null), ['findings of the culture']);
  assert.deepEqual(missingOf('culture', draft), ['findings of the culture'], 'of another kind');
  assert.equal(isInterim(culture({ stage: 'preliminary' })), true);
  assert.equal(isInterim(culture()), false);
  assert.equal(isInterim(draft), false);
  assert.equal(isInterim(null), false);
});

const word = fc.string({ minLength: 1, maxLength: 30 });
const anyCulture: fc.Arbitrary<Culture> = fc.record({
  kind: fc.constant('culture' as const),
  stage: fc.constantFrom('preliminary' as const, 'final' as const),
  growth: fc.constantFrom('pending' as const, 'none' as const, 'growth' as const, 'mixed' as const),
  incubationHours: fc.option(fc.integer({ min: 0, max: 2000 })),
  microscopy: fc.option(word),
  colonyCount: fc.option(word),
  comment: fc.option(word),
  isolates: fc.array(
    fc.record({
      organism: word,
      quantity: fc.option(word),
      comment: fc.option(word),
      antibiogram: fc.array(
        fc.record({
          antibiotic: word,
          method: fc.option(fc.constantFrom('disk' as const, 'mic' as const)),
          measured: fc.option(fc.string({ maxLength: 20 })),
          interpretation: fc.constantFrom('S' as const, 'I' as const, 'SDD' as const, 'R' as const, 'NS' as const),
          isReported: fc.boolean(),
        }),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 4 },
  ),
});

test('every culture has a line of its own: not empty, on one line, and telling whether more is to come', () => {
  fc.assert(
    fc.property(anyCulture, (detail) => {
      assert.ok(ResultDetail.safeParse(detail).success);
      const line = summaryOf(detail);
      assert.ok(line.trim().length > 0 && !/[\r\n]/.test(line));
      assert.equal(line.startsWith('Preliminary: '), isInterim(detail));
      // One without faults says in its line whether anything grew.
      if (faultsOf(detail).length === 0 && detail.growth === 'none') assert.match(line, /no growth/i);
      if (faultsOf(detail).length === 0) for (const { organism } of detail.isolates) assert.ok(organism.trim() !== '');
    }),
  );
});
