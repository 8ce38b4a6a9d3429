import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';

import { evaluate, parseFormula } from '@nidaan/formula';
import { roundHalfUp } from '@nidaan/values';

import { bindNamed, evaluateNamed, FORMULA_LIBRARY, type NamedInputs } from '../domain/rules/formula-library.ts';
import { readRuleSeed } from './read-rule-seed.ts';

const rules = await readRuleSeed();
const formulaOf = new Map(rules.formulas.map((rule) => [rule.analyteCode, rule.formula]));

function sharedFile(name: string): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package-lock.json')) && dirname(folder) !== folder) folder = dirname(folder);
  const file = join(folder, '../shared/data', name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** The values, unrounded, or the reason of the refusal. */
function named(name: string, inputs: NamedInputs): string {
  const result = evaluateNamed(name, inputs);
  return result.kind === 'values' ? result.values.join(';') : result.why;
}

function catalogued(code: string, given: Readonly<Record<string, string | undefined>>): string {
  const value = evaluate(parseFormula(formulaOf.get(code) ?? ''), (name) => {
    const text = given[name];
    if (text === undefined) return undefined;
    return /^-?\d+(\.\d+)?$/.test(text) ? { kind: 'number', number: text } : { kind: 'text', text };
  });
  return value.kind === 'number' ? value.number : value.kind === 'blank' ? `(${value.why})` : value.kind;
}

test('lab-medicine 11: every vector of the shared set, by the name of its formula', (t) => {
  const text = sharedFile('lab-formulas/vectors.csv');
  if (text === undefined) {
    t.skip('needs ../shared/data/lab-formulas');
    return;
  }
  const rows = parse<Record<string, string>>(text, { columns: true });
  assert.ok(rows.length >= 90, `${rows.length} vectors`);
  for (const { formula = '', inputs_json: inputs = '{}', expected = '', tolerance = '' } of rows) {
    const result = evaluateNamed(formula, JSON.parse(inputs));
    const told = `${formula} ${inputs}: ${JSON.stringify(result)}, expected ${expected}`;
    if (expected === 'refuse') {
      assert.equal(result.kind, 'refused', told);
      continue;
    }
    const wanted = expected.split(';').map(Number);
    assert.ok(result.kind === 'values' && result.values.length === wanted.length, told);
    for (const [at, value] of result.values.entries()) {
      // Half a unit of the last printed digit may lie exactly on the tolerance (125.5 for a printed 126).
      assert.ok(Math.abs(Number(value) - (wanted[at] ?? Number.NaN)) <= Number(tolerance) + 1e-12, told);
    }
  }
});

/** By hand: formula, inputs, result as printed with so many decimals. */
const WORKED: readonly (readonly [string, NamedInputs, string, number])[] = [
  // 142 x 1 x (1/0.7)^-1.2 x 0.9938^50 x 1.012; the notes print F 68.63, M 91.69
  ['egfr_ckdepi_2021', { creatinine_mg_dl: 1, age: 50, sex: 'F' }, '68.63', 2],
  ['egfr_ckdepi_2021', { creatinine_mg_dl: '1.0', age: 50, sex: 'male' }, '91.69', 2],
  // At the knot both powers are 1: 142 x 0.9938^18 = 142 x 0.894078 = 126.96
  ['egfr_ckdepi_2021', { creatinine_mg_dl: 0.9, age: 18, sex: 'M' }, '126.96', 2],
  ['creatinine_umol_l', { creatinine_mg_dl: 1.2 }, '106.08', 2],
  // 100 mg/dL x 1440 mL / (1 mg/dL x 1440 min)
  ['creatinine_clearance', { urine_creatinine_mg_dl: 100, volume_ml: 1440, creatinine_mg_dl: 1 }, '100', 0],
  ['urea_from_bun', { bun_mg_dl: 10 }, '21.4', 1],
  ['bun_from_urea', { urea_mg_dl: 42.8 }, '20.0', 1],
  ['bun_creatinine_ratio', { bun_mg_dl: 20, creatinine_mg_dl: 1.6 }, '12.5', 1],
  ['acr_mg_g', { urine_albumin_mg_dl: 3, urine_creatinine_mg_dl: 100 }, '30.0', 1],
  ['pcr_mg_g', { urine_protein_mg_dl: 45, urine_creatinine_mg_dl: 90 }, '500', 0],
  ['urine_24h_mg', { concentration_mg_dl: 10, volume_ml: 1500 }, '150', 0],
  ['ldl_friedewald', { tc: 210, hdl: 41, tg: 145 }, '140', 0],
  ['ldl_friedewald', { tc: 300, hdl: 30, tg: 399 }, '190.2', 1],
  // Non-HDL 160, TG 146: band 139-146, 160-189, ratio 5.3: 160 - 27.547
  ['ldl_martin_hopkins_180', { tc: 210, hdl: 50, tg: 146 }, '132.45', 2],
  // One mg/dL more is the next band, ratio 5.4: 160 - 27.222
  ['ldl_martin_hopkins_180', { tc: 210, hdl: 50, tg: 147 }, '132.78', 2],
  // 100/0.948 - 0 - (0) - 9.44 = 105.485 - 9.44
  ['ldl_sampson_nih', { tc: 100, hdl: 0, tg: 0 }, '96.05', 2],
  ['vldl_friedewald', { tg: 123 }, '24.6', 1],
  ['non_hdl', { tc: 187, hdl: 42 }, '145', 0],
  ['tc_hdl_ratio', { tc: 180, hdl: 45 }, '4.0', 1],
  ['ldl_hdl_ratio', { ldl: 100, hdl: 40 }, '2.5', 1],
  ['calcium_corrected_mg_dl', { ca: 8.2, albumin_g_dl: 3 }, '9.0', 1],
  ['calcium_corrected_mmol_l', { ca: 2.1, albumin_g_l: 30 }, '2.30', 2],
  ['anion_gap', { na: 138, cl: 101, hco3: 25 }, '12', 0],
  ['anion_gap_with_k', { na: 138, k: 4.2, cl: 101, hco3: 25 }, '16.2', 1],
  ['anion_gap_albumin_corrected', { na: 138, cl: 101, hco3: 25, albumin_g_dl: 2 }, '17', 0],
  ['osmolality_calc', { na: 135, glucose_mg_dl: 180, bun_mg_dl: 28 }, '290', 0],
  ['homa_ir', { glucose_mmol_l: 4.5, insulin_uu_ml: 10 }, '2.00', 2],
  ['homa_ir', { glucose_mg_dl: 81, insulin_uu_ml: 10 }, '2.00', 2],
  // 28.7 x 6 - 46.7 = 125.5 exactly, half up
  ['eag_mg_dl', { hba1c_pct: 6 }, '126', 0],
  ['eag_mg_dl', { hba1c_pct: '6.0' }, '125.5', 1],
  ['hba1c_ifcc_to_ngsp', { mmol_mol: 48 }, '6.54', 2],
  ['hba1c_ngsp_to_ifcc', { hba1c_pct: 6.5 }, '48', 0],
  ['mcv', { hct_pct: 40, rbc: 4 }, '100', 0],
  ['mch', { hb: 12, rbc: 4 }, '30', 0],
  ['mchc', { hb: 12, hct_pct: 37.5 }, '32', 0],
  ['absolute_count', { wbc: 7.5, pct: 60 }, '4.5', 1],
  ['inr', { pt: 18, mnpt: 12, isi: 2 }, '2.25', 2],
  ['inr', { pt: 12, mnpt: 12, isi: 1.3 }, '1.00', 2],
  ['globulin', { total_protein: 7.4, albumin: 4.1 }, '3.3', 1],
  ['ag_ratio', { total_protein: 6, albumin: 4 }, '2.0', 1],
  ['bilirubin_indirect', { total_bilirubin: 1.3, direct_bilirubin: 0.4 }, '0.9', 1],
  ['ast_alt_ratio', { ast: 50, alt: 40 }, '1.25', 2],
  ['tibc_from_uibc', { iron: 80, uibc: 220 }, '300', 0],
  ['transferrin_saturation', { iron: 75, tibc: 300 }, '25', 0],
  ['ratio_pct', { part: 1.2, whole: 6 }, '20', 0],
  ['kappa_lambda_ratio', { kappa: 12, lambda: 10 }, '1.2', 1],
  ['sperm_total', { concentration: 20, volume_ml: 2.5 }, '50', 0],
  // (10 - |-2|) / 2
  ['sigma_metric', { tea_pct: 10, bias_pct: -2, cv_pct: 2 }, '4', 0],
  // 1.96 x 1.414214 x 5
  ['rcv_symmetric_pct', { cvi: 4, cva: 3 }, '13.86', 2],
  ['rcv_symmetric_pct', { cvi: 4, cva: 3, z: 2.58 }, '18.24', 2],
  ['desirable_imprecision_pct', { cvi: 5 }, '2.5', 1],
  ['desirable_bias_pct', { cvi: 6, cvg: 8 }, '2.5', 1],
  // 1.65 x 3 + 2.5
  ['desirable_tea_pct', { cvi: 6, cvg: 8 }, '7.45', 2],
];

test('worked examples, calculated by hand', () => {
  for (const [name, inputs, expected, decimals] of WORKED) {
    const told = named(name, inputs);
    assert.match(told, /^-?[\d.]+$/, `${name} ${JSON.stringify(inputs)}: ${told}`);
    assert.equal(roundHalfUp(told, decimals), expected, `${name} ${JSON.stringify(inputs)}`);
  }
  const without = [...FORMULA_LIBRARY.keys()].filter((name) => !WORKED.some(([worked]) => worked === name));
  assert.deepEqual(without, ['rcv_lognormal_pct'], 'formulas without a worked example');
});

test('lab-medicine 3: the log-normal change value of creatinine, CVI 4.4 and CVA 1.1, is -11.8 and +13.4 %', () => {
  const limits = named('rcv_lognormal_pct', { cvi: 4.4, cva: 1.1 }).split(';');
  assert.deepEqual(
    limits.map((limit) => roundHalfUp(limit, 1)),
    ['-11.8', '13.4'],
  );
});

test('formulas refuse what they do not hold for, and say why', () => {
  const refused: readonly (readonly [string, NamedInputs, RegExp])[] = [
    ['egfr_ckdepi_2021', { creatinine_mg_dl: 1, age: 17, sex: 'F' }, /18 years/],
    ['egfr_ckdepi_2021', { creatinine_mg_dl: 1, age: 40, sex: 'other' }, /sex male or female/],
    ['egfr_ckdepi_2021', { creatinine_mg_dl: 0, age: 40, sex: 'F' }, /not above 0/],
    ['egfr_ckdepi_2021', { age: 40, sex: 'F' }, /creatinine_mg_dl is missing/],
    ['egfr_ckdepi_2021', { creatinine_mg_dl: '<0.2', age: 40, sex: 'F' }, /is a bound/],
    ['ldl_friedewald', { tc: 300, hdl: 30, tg: 400 }, /400 mg\/dL or more/],
    ['ldl_friedewald', { tc: 300, hdl: 30, tg: '>1000' }, /400 mg\/dL or more/],
    ['ldl_friedewald', { tc: 100, hdl: 60, tg: 250 }, /below 0/],
    ['ldl_sampson_nih', { tc: 300, hdl: 30, tg: 801 }, /above 800/],
    ['ldl_martin_hopkins_180', { tc: 100, hdl: 40, tg: 6 }, /outside the table/],
    ['ldl_martin_hopkins_180', { tc: 40, hdl: 50, tg: 100 }, /HDL above/],
    ['inr', { pt: 24, mnpt: 0, isi: 1 }, /above 0/],
    ['sigma_metric', { tea_pct: 10, bias_pct: 1, cv_pct: 0 }, /not above 0/],
    ['mcv', { hct_pct: 40, rbc: 0 }, /division by zero/],
    ['ag_ratio', { total_protein: 4, albumin: 4 }, /division by zero/],
    ['homa_ir', { insulin_uu_ml: 10 }, /missing/],
  ];
  for (const [name, inputs, why] of refused)
    assert.match(named(name, inputs), why, `${name} ${JSON.stringify(inputs)}`);
  assert.throws(() => evaluateNamed('ldl_of_nobody', {}), RangeError);
  assert.throws(() => bindNamed('rcv_lognormal_pct', {}), RangeError);
});

/** Which formula of the library each catalogue formula is, and what stands for its inputs. */
const BOUND: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>> = {
  LDL: ['ldl_friedewald', { tc: 'CHOL', hdl: 'HDL', tg: 'TRIG' }],
  NONHDL: ['non_hdl', { tc: 'CHOL', hdl: 'HDL' }],
  CHOL_HDL: ['tc_hdl_ratio', { tc: 'CHOL', hdl: 'HDL' }],
  LDL_HDL: ['ldl_hdl_ratio', { ldl: 'LDL', hdl: 'HDL' }],
  EGFR: ['egfr_ckdepi_2021', { creatinine_mg_dl: 'CREA', age: 'AGE_YEARS', sex: 'SEX' }],
  BUN: ['bun_from_urea', { urea_mg_dl: 'UREA' }],
  BUN_CREA: ['bun_creatinine_ratio', { bun_mg_dl: 'BUN', creatinine_mg_dl: 'CREA' }],
  CRCL: [
    'creatinine_clearance',
    { urine_creatinine_mg_dl: 'U24_CREA', volume_ml: 'U24_VOL', creatinine_mg_dl: 'CREA' },
  ],
  AGAP: ['anion_gap', { na: 'NA', cl: 'CL', hco3: 'HCO3' }],
  EAG: ['eag_mg_dl', { hba1c_pct: 'HBA1C' }],
  HOMA_IR: ['homa_ir', { glucose_mg_dl: 'GLU_F', insulin_uu_ml: 'INSULIN_F' }],
  IBIL: ['bilirubin_indirect', { total_bilirubin: 'TBIL', direct_bilirubin: 'DBIL' }],
  GLOB: ['globulin', { total_protein: 'TP', albumin: 'ALB' }],
  AG_RATIO: ['ag_ratio', { total_protein: 'TP', albumin: 'ALB' }],
  OT_PT_RATIO: ['ast_alt_ratio', { ast: 'SGOT', alt: 'SGPT' }],
  CKMB_PCT: ['ratio_pct', { part: 'CKMB', whole: 'CPK' }],
  TIBC: ['tibc_from_uibc', { iron: 'IRON', uibc: 'UIBC' }],
  TSAT: ['transferrin_saturation', { iron: 'IRON', tibc: 'TIBC' }],
  FPSA_PCT: ['ratio_pct', { part: 'FPSA', whole: 'PSA' }],
  KL_RATIO: ['kappa_lambda_ratio', { kappa: 'KAPPA', lambda: 'LAMBDA' }],
  ACR: ['acr_mg_g', { urine_albumin_mg_dl: 'U_MALB', urine_creatinine_mg_dl: 'U_CREA' }],
  PCR_U: ['pcr_mg_g', { urine_protein_mg_dl: 'U_PROT_Q', urine_creatinine_mg_dl: 'U_CREA' }],
  U24_PROT: ['urine_24h_mg', { concentration_mg_dl: 'U24_PROT_Q', volume_ml: 'U24_VOL' }],
  SEM_TOTAL: ['sperm_total', { concentration: 'SEM_CONC', volume_ml: 'SEM_VOL' }],
};

test('the catalogue calculates what the library calculates, for any values', () => {
  const untied = [...formulaOf.keys()].filter((code) => BOUND[code] === undefined);
  assert.deepEqual(untied, ['VLDL'], 'formulas of the catalogue that are not one of the library');
  const value = fc.integer({ min: 1, max: 99_999 }).map((number) => String(number / 100));
  for (const [code, [name, names]] of Object.entries(BOUND)) {
    const inputs = Object.entries(names);
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 5, maxLength: 5 }),
        fc.constantFrom('male', 'female'),
        (numbers, sex) => {
          const given = inputs.map(([input], at) => (input === 'sex' ? sex : (numbers[at] ?? '1')));
          const library = named(name, Object.fromEntries(inputs.map(([input], at) => [input, given[at] ?? ''])));
          const catalogue = catalogued(code, Object.fromEntries(inputs.map(([, analyte], at) => [analyte, given[at]])));
          assert.equal(catalogue.replaceAll(/^\(|\)$/g, ''), library, `${code} ${given.join()}`);
        },
      ),
      { numRuns: 50 },
    );
  }
});

test('a formula bound to analytes calculates like the one it was made of; reasons keep their words', () => {
  const text = bindNamed('ldl_sampson_nih', { tc: 'CHOL', hdl: 'HDL', tg: '17TG' });
  assert.deepEqual(parseFormula(text).inputs, ['17TG', 'CHOL', 'HDL']);
  assert.match(text, /'triglycerides above 800 mg\/dL'/);
});

test('lab-day 39: blank with the reason when an input is missing, and when triglycerides forbid it', () => {
  assert.equal(catalogued('LDL', { CHOL: '200', HDL: '50' }), '(TRIG is missing)');
  assert.equal(catalogued('LDL', { CHOL: '300', HDL: '30', TRIG: '450' }), '(triglycerides 400 mg/dL or more)');
  assert.equal(catalogued('VLDL', { TRIG: '400' }), '(triglycerides 400 mg/dL or more)');
  assert.equal(catalogued('VLDL', { TRIG: '150' }), '30');
  assert.equal(
    catalogued('EGFR', { CREA: '1', SEX: 'female', AGE_YEARS: '12' }),
    '(the equation is for 18 years and above)',
  );
  assert.equal(catalogued('EGFR', { CREA: '1', SEX: 'female' }), '(AGE_YEARS is missing)');
});

test('where two measurements may serve, either does', () => {
  assert.equal(catalogued('AGAP', { NA: '140', CL: '104', CO2: '24' }), '12');
  assert.equal(catalogued('AGAP', { NA: '140', CL: '104', HCO3: '25', CO2: '24' }), '11');
  assert.equal(catalogued('BUN_CREA', { UREA: '42.8', CREA: '2' }), '10');
  assert.equal(catalogued('TSAT', { IRON: '75', UIBC: '225' }), '25');
});

test('lab-day 39: the limit of the calculated LDL is asked of the triglycerides as printed', () => {
  const lipids = { CHOL: '300', HDL: '40' };
  for (const code of ['LDL', 'VLDL']) {
    assert.equal(catalogued(code, { ...lipids, TRIG: '399.6' }), '(triglycerides 400 mg/dL or more)', code);
    assert.match(catalogued(code, { ...lipids, TRIG: '399.4' }), /^\d/, code);
  }
});
