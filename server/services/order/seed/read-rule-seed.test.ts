import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseRuleSeed, type RuleFile, RuleSeedError, type RuleTexts, readRuleSeed } from './read-rule-seed.ts';

const SMALL: RuleTexts = {
  'formulas.csv': 'analyte,formula,units,source,note\nGLOB,TP - ALB,GLOB g/dL|TP g/dL|ALB g/dL,S,\n',
  'deltas.csv':
    'analyte,mode,limit,unit,direction,look_back_days,mix_up_marker,source\nMCV,absolute,3.0,fL,any,14,yes,S\n',
  'consistency.csv': 'code,message,contradiction,holds,source\nALB_TP,Albumin above protein,ALB > TP,ALB|TP,S\n',
  'reflex.csv': 'code,name,when,add_test,billing,source\nTSH_FT4,Free T4,TSH > 4,FT4,ask,S\n',
  'interpretations.csv': 'analyte,position,when,text,source\nTSH,1,TSH > 4,"High, see text",S\n',
  'index-rules.csv': 'analyte,index,limit,effect,action,comment,source\nK,H,50,raised,hold,,S\n',
  'molar-masses.csv': 'analyte,molar_mass,substance,source\nCA,40.078,calcium Ca,S\n',
};

test('a small set is read into the shapes of the contract', () => {
  const rules = parseRuleSeed(SMALL);
  assert.deepEqual([...(rules.formulas[0]?.units ?? [])].join(), 'GLOB,g/dL,TP,g/dL,ALB,g/dL');
  const source = 'S';
  assert.deepEqual(rules.deltas, [
    {
      analyteCode: 'MCV',
      mode: 'absolute',
      limit: '3.0',
      unit: 'fL',
      direction: 'any',
      lookBackDays: 14,
      isMixUpMarker: true,
      source,
    },
  ]);
  assert.deepEqual(rules.consistency, [
    {
      code: 'ALB_TP',
      message: 'Albumin above protein',
      contradiction: 'ALB > TP',
      inputs: ['ALB', 'TP'],
      holds: ['ALB', 'TP'],
    },
  ]);
  assert.deepEqual(rules.reflex, [
    { code: 'TSH_FT4', name: 'Free T4', when: 'TSH > 4', inputs: ['TSH'], addTestCode: 'FT4', billing: 'ask' },
  ]);
  assert.deepEqual(rules.interpretations, [
    { analyteCode: 'TSH', position: 1, when: 'TSH > 4', text: 'High, see text' },
  ]);
  assert.deepEqual(rules.indexRules, [
    { analyteCode: 'K', index: 'H', limit: '50', effect: 'raised', action: 'hold', comment: '' },
  ]);
  assert.deepEqual(rules.molarMasses, [{ analyteCode: 'CA', molarMass: '40.078', substance: 'calcium Ca', source }]);
});

/** File, what is changed, into what; row, column and a word of the fault. */
const FAULTS: readonly (readonly [RuleFile, string, string, number, string, RegExp])[] = [
  ['formulas.csv', 'TP - ALB', 'TP - ', 2, 'formula', /formula ends at character 6/],
  ['formulas.csv', 'GLOB g/dL', 'GLOB in g/dL', 2, 'units', /CODE unit/],
  ['formulas.csv', 'ALB g/dL,S', 'ALB g/dL,', 2, 'source', /empty/],
  ['formulas.csv', 'analyte,', 'code,', 1, 'header', /is not analyte/],
  ['formulas.csv', ',S,', ',S,,', 2, 'row', /6 cells, not 5/],
  ['deltas.csv', '3.0', '<3', 2, 'limit', /decimal above 0/],
  ['deltas.csv', '14', '0', 2, 'look_back_days', /days/],
  ['deltas.csv', 'absolute', 'relative', 2, 'mode', /./],
  ['deltas.csv', 'yes', 'maybe', 2, 'mix_up_marker', /./],
  ['consistency.csv', 'ALB|TP', 'ALB|', 2, 'holds', /code/],
  ['reflex.csv', 'ask', 'gratis', 2, 'billing', /./],
  ['interpretations.csv', ',1,', ',0,', 2, 'position', /from 1/],
  ['interpretations.csv', '"High', '"High"', 2, 'row', /./],
  ['index-rules.csv', ',H,', ',X,', 2, 'index', /./],
  ['molar-masses.csv', '40.078', 'forty', 2, 'molar_mass', /decimal/],
];

test('each fault is told with file, row and column', () => {
  for (const [file, from, to, row, column, message] of FAULTS) {
    assert.ok(SMALL[file].includes(from), `${file} has no ${from}`);
    assert.throws(
      () => parseRuleSeed({ ...SMALL, [file]: SMALL[file].replace(from, to) }),
      (error) => {
        assert.ok(error instanceof RuleSeedError);
        const told = error.faults.map((fault) => `${fault.file} ${fault.row} ${fault.column} ${fault.message}`);
        assert.ok(
          error.faults.some(
            (one) => one.file === file && one.row === row && one.column === column && message.test(one.message),
          ),
          `${from} to ${to}: ${told.join('; ')}`,
        );
        return true;
      },
    );
  }
});

test('faults of several files are told together', () => {
  const texts = { ...SMALL, 'deltas.csv': '"', 'reflex.csv': SMALL['reflex.csv'].replace('TSH > 4', 'TSH >') };
  assert.throws(
    () => parseRuleSeed(texts),
    (error) => error instanceof RuleSeedError && new Set(error.faults.map((fault) => fault.file)).size === 2,
  );
});

test('the shipped files are read; no index rule is shipped, its limits are the reagent maker’s (lab-medicine 13)', async () => {
  const rules = await readRuleSeed();
  assert.ok(rules.formulas.length >= 25);
  assert.deepEqual(rules.indexRules, []);
});
