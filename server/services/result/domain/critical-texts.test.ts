import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { AnalyteKind } from '#contract/order.ts';

import type { Culture } from './detail.ts';
import { growthOf, summaryOf } from './detail.ts';
import { analyte, band, sent } from './fixtures.ts';
import { judge } from './judge.ts';
import { judgeAgain } from './judge-again.ts';

const person = { sex: 'female', ageDays: 12_000 } as const;

function flagsOf(kind: AnalyteKind, value: string, given: Parameters<typeof band>[0], choices: readonly string[] = []) {
  const own = analyte({ kind, decimals: null, ucum: null, unit: '', choices });
  return judge(own, sent(value), person, [band({ kind: 'none', ...given })]).flags;
}

test('lab-day 41: a critical text is AA, which stands for the plain A as well', () => {
  const malaria = ['Not seen', 'P. vivax seen', 'Gametocytes only'];
  const given = { kind: 'reference' as const, text: 'Not seen', criticalTexts: ['P. vivax seen'] };
  assert.deepEqual(flagsOf('coded', 'p. VIVAX  seen', given, malaria), ['AA']);
  assert.deepEqual(flagsOf('coded', 'Gametocytes only', given, malaria), ['A']);
  assert.deepEqual(flagsOf('coded', 'Not seen', given, malaria), []);
  // Without an expected text nothing else is flagged; the critical one is.
  assert.deepEqual(flagsOf('text', 'Blast cells', { criticalTexts: ['Blast cells'] }), ['AA']);
  // A free text is compared whole: no word in it is searched for.
  assert.deepEqual(flagsOf('text', 'No blast cells', { criticalTexts: ['Blast cells'] }), []);
  assert.deepEqual(flagsOf('titre', '1 : 640', { criticalTexts: ['1:640'] }), ['AA']);
});

test('lab-day 50: a culture is critical by its growth, in every stage and whatever grew', () => {
  const given = { criticalTexts: ['growth', 'mixed'] };
  const culture = (of: Partial<Culture>): string =>
    summaryOf({
      kind: 'culture',
      stage: 'final',
      growth: 'none',
      incubationHours: 24,
      microscopy: null,
      colonyCount: null,
      isolates: [],
      comment: null,
      ...of,
    });
  const isolates = [{ organism: 'No growth of Candida', quantity: null, comment: null, antibiogram: [] }];
  for (const stage of ['preliminary', 'final'] as const) {
    for (const growth of ['pending', 'none', 'growth', 'mixed'] as const) {
      for (const line of [culture({ stage, growth }), culture({ stage, growth, colonyCount: '10^3', isolates })]) {
        assert.equal(growthOf(line), growth, line);
        assert.deepEqual(
          flagsOf('culture', line, given),
          growth === 'growth' || growth === 'mixed' ? ['AA'] : [],
          line,
        );
      }
    }
  }
  assert.equal(growthOf('Sample leaked'), null);
  assert.deepEqual(flagsOf('culture', 'Growth', { criticalTexts: ['mixed'] }), []);
});

test('a critical text is stored with the range, and one that is critical no more is judged another', () => {
  const own = analyte({ kind: 'coded', decimals: null, ucum: null, unit: '', choices: ['Nil', '1+'] });
  const before = judge(own, sent('1+'), person, [band({ kind: 'none', criticalTexts: ['1+'] })]);
  assert.deepEqual([before.flags, before.range?.criticalTexts], [['AA'], ['1+']]);
  const again = (criticalTexts: string[]) =>
    judgeAgain(own, { ...before, value: '1+', rawValue: '1+', person }, person, [
      band({ kind: 'none', criticalTexts }),
    ]);
  assert.equal(again(['1+']).change, 'none');
  assert.deepEqual([again([]).change, again([]).flags], ['judgement', []]);
});
