// Each tolerance of lab-medicine 4 from both sides: on it a sample passes, a last digit beyond it is held.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { evaluate, parseFormula } from '@nidaan/formula';

import { readRuleSeed } from './read-rule-seed.ts';

const rules = await readRuleSeed();

type Given = Readonly<Record<string, string>>;
type Example = readonly [code: string, common: Given, moved: string, within: string, beyond: string];

const BLOOD = { NEUT_PCT: '60', LYMPH_PCT: '30', MONO_PCT: '6', EOS_PCT: '4' };

const examples: readonly Example[] = [
  ['ALB_ABOVE_TP', { TP: '4.0' }, 'ALB', '4.0', '4.1'],
  ['DBIL_ABOVE_TBIL', { TBIL: '1.00' }, 'DBIL', '1.0', '1.01'],
  ['HDL_ABOVE_CHOL', { CHOL: '50' }, 'HDL', '49.9', '50'],
  ['FPSA_ABOVE_PSA', { PSA: '4' }, 'FPSA', '4', '4.01'],
  // 10 mg/dL are 2.495 mmol/L; 0.3 of them 0.7485, 0.7 of them 1.7465.
  ['ICA_FRACTION', { CA: '10' }, 'ICA', '0.7485', '0.7484'],
  ['ICA_FRACTION', { CA: '10' }, 'ICA', '1.7465', '1.7466'],
  ['MCV_RECALC', { HCT: '45', RBC: '5' }, 'MCV', '93', '93.1'],
  ['MCV_RECALC', { HCT: '45', RBC: '5' }, 'MCV', '87', '86.9'],
  ['MCH_RECALC', { HGB: '15', RBC: '5' }, 'MCH', '31', '31.1'],
  ['MCH_RECALC', { HGB: '15', RBC: '5' }, 'MCH', '29', '28.9'],
  ['MCHC_RECALC', { HGB: '15', HCT: '50' }, 'MCHC', '31.5', '31.6'],
  ['MCHC_RECALC', { HGB: '15', HCT: '50' }, 'MCHC', '28.5', '28.4'],
  ['MCHC_HIGH', {}, 'MCHC', '37.5', '37.6'],
  ['MCHC_LOW', {}, 'MCHC', '27', '26.9'],
  ['HGB_X3_HCT', { HGB: '14' }, 'HCT', '45', '45.1'],
  ['HGB_X3_HCT', { HGB: '14' }, 'HCT', '39', '38.9'],
  ['DIFF_SUM_5', BLOOD, 'BASO_PCT', '1', '1.1'],
  ['DIFF_SUM_5', { ...BLOOD, NEUT_PCT: '58' }, 'BASO_PCT', '1', '0.9'],
  ['DIFF_SUM_3', { NEUT_PCT: '60', LYMPH_PCT: '30' }, 'MXD_PCT', '11', '11.1'],
  ['NEUT_ABS_PCT', { WBC: '10', NEUT_PCT: '60' }, 'NEUT_ABS', '6.2', '6.21'],
  ['NEUT_ABS_PCT', { WBC: '2', NEUT_PCT: '60' }, 'NEUT_ABS', '1.3', '1.31'],
  ['AGAP_RANGE', { NA: '140', CL: '110' }, 'HCO3', '30', '30.1'],
  ['AGAP_RANGE', { NA: '140', CL: '90' }, 'HCO3', '20', '19.9'],
  ['AGAP_RANGE', { NA: '140', CL: '90' }, 'CO2', '20', '19.9'],
  ['NA_CL_GAP', { NA: '140' }, 'CL', '115', '115.1'],
  ['NA_CL_GAP', { NA: '140' }, 'CL', '90', '89.9'],
  // 2 x 140 + 90 / 18 + 14 / 2.8 is 290.
  ['OSMO_GAP', { NA: '140', GLU: '90', BUN: '14' }, 'OSMO', '310', '310.1'],
  ['OSMO_GAP', { NA: '140', GLU: '90', BUN: '14' }, 'OSMO', '270', '269.9'],
  ['BUN_CREA_RATIO', { CREA: '1' }, 'BUN', '3', '2.99'],
  ['BUN_CREA_RATIO', { CREA: '1' }, 'UREA', '128.4', '128.5'],
  ['IRON_ABOVE_TIBC', { TIBC: '400', UIBC: '0' }, 'IRON', '400', '401'],
];

function isHeld(code: string, values: Given): boolean {
  const rule = rules.consistency.find((each) => each.code === code);
  assert.ok(rule, code);
  const value = evaluate(parseFormula(rule.contradiction), (name) => {
    const number = values[name];
    return number === undefined ? undefined : { kind: 'number', number };
  });
  return value.kind === 'truth' && value.truth;
}

for (const [code, common, moved, within, beyond] of examples) {
  test(`lab-medicine 4: ${code}, ${moved} ${within} passes and ${beyond} is held`, () => {
    assert.equal(isHeld(code, { ...common, [moved]: within }), false);
    assert.equal(isHeld(code, { ...common, [moved]: beyond }), true);
  });
}
