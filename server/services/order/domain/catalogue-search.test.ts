import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { smallCatalogue, testRow } from '../catalogue.testing.ts';
import { compareKeys, foldText, MatchRank, rankOf, searchItems } from './catalogue-search.ts';

const catalogue = smallCatalogue(
  [
    testRow('CBC', { name: 'Complete blood count', synonyms: ['Haemogram', 'FBC'] }),
    testRow('HGB', { name: 'Haemoglobin', shortName: 'Hb', synonyms: ['Hb%'] }),
    testRow('HBA1C', { name: 'Glycated haemoglobin', shortName: 'HbA1c', synonyms: ['A1c'] }),
    testRow('B12', { name: 'Vitamin B12', synonyms: ['Cobalamin'] }),
    testRow('VITD', { name: 'Vitamin D, 25-hydroxy', synonyms: ['25-OH vitamin D'] }),
  ],
  [{ code: 'ANAEMIA', name: 'Anaemia profile', synonyms: [], pricePaise: 50_000, members: ['CBC', 'B12'] }],
);
const codes = (text: string) => searchItems(catalogue, text).map((hit) => hit.item.code);

test('the exact code comes first, then the whole short name, a beginning, a word, a part', () => {
  assert.equal(rankOf('cbc', ['cbc', 'cbc', 'complete blood count']), MatchRank.code);
  assert.equal(rankOf('hb', ['hgb', 'hb', 'haemoglobin']), MatchRank.wholeName);
  assert.equal(rankOf('haem', ['hgb', 'hb', 'haemoglobin']), MatchRank.beginning);
  assert.equal(rankOf('haem', ['hba1c', 'hba1c', 'glycated haemoglobin']), MatchRank.wordBeginning);
  assert.equal(rankOf('globin', ['hgb', 'hb', 'haemoglobin']), MatchRank.inside);
  assert.equal(rankOf('vit oh', ['vitd', 'vitd', 'vitamin d', '25-oh vitamin d']), MatchRank.everyWord);
  assert.equal(rankOf('vit xx', ['vitd', 'vitd', 'vitamin d']), undefined);
});

test('tests and panels are found together, best first', () => {
  assert.deepEqual(codes('hb'), ['HGB', 'HBA1C']);
  assert.deepEqual(codes('  HAEMO '), ['CBC', 'HGB', 'HBA1C']);
  assert.deepEqual(codes('a1c'), ['HBA1C']);
  assert.deepEqual(codes('anaem'), ['ANAEMIA']);
  assert.deepEqual(codes('vitamin'), ['B12', 'VITD']);
  assert.deepEqual(codes('zzz'), []);
});

test('an empty text lists the whole catalogue by name', () => {
  assert.deepEqual(codes(''), ['ANAEMIA', 'CBC', 'HBA1C', 'HGB', 'B12', 'VITD']);
});

test('whatever is typed, hits fit it, stand in strict order, and each item comes once', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 6 }), (typed) => {
      const hits = searchItems(catalogue, typed);
      assert.equal(new Set(hits.map((hit) => hit.item.code)).size, hits.length);
      for (const [at, hit] of hits.entries()) {
        const before = hits[at - 1];
        if (before) assert.ok(compareKeys(before.key, hit.key) < 0);
        const names = foldText(
          [hit.item.code, catalogue.shortNames.get(hit.item.code), hit.item.name, ...hit.item.synonyms].join('\n'),
        );
        for (const word of foldText(typed).split(' ')) assert.ok(names.includes(word));
      }
    }),
  );
});
