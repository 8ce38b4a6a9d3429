import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';

import { evaluate, parseFormula } from '@nidaan/formula';
import { convert } from '@nidaan/units';

import { readRuleSeed } from './read-rule-seed.ts';
import { readSeed } from './read-seed.ts';
import { statedUnitFaults } from './stated-units.ts';

const rules = await readRuleSeed();
const catalogue = await readSeed();
const unitOf = new Map(catalogue.analytes.map((analyte) => [analyte.code, analyte.ucum]));

type Given = Readonly<Record<string, string>>;

/** `HGB 12.1, SEX female` as values by name. */
function given(text: string): Given {
  const pairs = text.split(', ').map((pair) => /^(\S+) (.+)$/.exec(pair) ?? ['', '', '']);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}

/** true, false, or the reason of a blank. */
function holds(condition: string, values: Given): string {
  const value = evaluate(parseFormula(condition), (name) => {
    const text = values[name];
    if (text === undefined) return undefined;
    return /^-?\d+(\.\d+)?$/.test(text) ? { kind: 'number', number: text } : { kind: 'text', text };
  });
  return value.kind === 'truth' ? String(value.truth) : value.kind === 'blank' ? value.why : value.kind;
}

test('the shipped rules are written in the units of the starter catalogue, and another unit is told', () => {
  const faults = (
    change: Partial<typeof rules>,
    unit: (code: string) => string | undefined = (code) => unitOf.get(code),
  ) =>
    statedUnitFaults({ ...rules, ...change }, unit).map(
      ({ file, row, column, message }) => `${file} ${row} ${column} ${message}`,
    );
  assert.deepEqual(faults({}), []);
  const moles = faults({}, (code) => (code === 'TRIG' ? 'mmol/L' : unitOf.get(code)));
  assert.ok(
    moles.includes('formulas.csv 2 units is written for TRIG in mg/dL, the catalogue has mmol/L'),
    moles.join(),
  );
  const [formula] = rules.formulas;
  const [delta] = rules.deltas;
  assert.ok(formula !== undefined && delta !== undefined);
  assert.match(
    faults({ formulas: [{ ...formula, units: new Map() }] }).join(),
    /does not state the unit it takes for LDL/,
  );
  const { analyteCode } = delta;
  const known = unitOf.get(analyteCode) ?? '';
  assert.deepEqual(faults({ deltas: [{ ...delta, mode: 'percent', unit: known }] }), [
    `deltas.csv 2 unit is written in ${known}, its percent limit is in %`,
  ]);
  assert.deepEqual(faults({ deltas: [{ ...delta, mode: 'rate', unit: `${known}/d` }] }), []);
});

test('every source a rule names is explained in SOURCES.md', () => {
  const told = readFileSync(join(import.meta.dirname, 'SOURCES.md'), 'utf8');
  // `LAB-MEDICINE-3`, `-4` … stand in one row.
  const isTold = (code: string): boolean => told.includes(`\`${code}\``) || /^LAB-MEDICINE-(3|4|5|11)$/.test(code);
  for (const file of ['formulas', 'deltas', 'consistency', 'reflex', 'interpretations', 'molar-masses']) {
    const rows = parse<Record<string, string>>(readFileSync(join(import.meta.dirname, `${file}.csv`)), {
      columns: true,
    });
    const unknown = rows.flatMap(({ source = '' }) => source.split('|')).filter((code) => !isTold(code));
    assert.deepEqual(unknown, [], file);
  }
});

/** Each rule: a sample that contradicts itself, and one just within. */
const CONSISTENCY: Readonly<Record<string, readonly [string, string]>> = {
  ALB_ABOVE_TP: ['ALB 4.1, TP 4.0', 'ALB 4.0, TP 4.0'],
  DBIL_ABOVE_TBIL: ['DBIL 1.3, TBIL 1.2', 'DBIL 1.2, TBIL 1.2'],
  HDL_ABOVE_CHOL: ['HDL 200, CHOL 200', 'HDL 199, CHOL 200'],
  LDLD_ABOVE_CHOL: ['LDL_D 201, CHOL 200', 'LDL_D 150, CHOL 200'],
  FPSA_ABOVE_PSA: ['FPSA 4.1, PSA 4', 'FPSA 4, PSA 4'],
  // Total 10 mg/dL is 2.495 mmol/L
  ICA_FRACTION: ['ICA 0.74, CA 10', 'ICA 1.2, CA 10'],
  MCV_RECALC: ['HCT 40, RBC 4, MCV 103.1', 'HCT 40, RBC 4, MCV 103'],
  MCH_RECALC: ['HGB 12, RBC 4, MCH 28.9', 'HGB 12, RBC 4, MCH 29'],
  MCHC_RECALC: ['HGB 12, HCT 37.5, MCHC 30.4', 'HGB 12, HCT 37.5, MCHC 30.5'],
  MCHC_HIGH: ['MCHC 37.6', 'MCHC 37.5'],
  MCHC_LOW: ['MCHC 26.9', 'MCHC 27'],
  HGB_X3_HCT: ['HGB 12, HCT 39.1', 'HGB 12, HCT 39'],
  DIFF_SUM_5: [
    'NEUT_PCT 60, LYMPH_PCT 30, MONO_PCT 6, EOS_PCT 4, BASO_PCT 1.1',
    'NEUT_PCT 60, LYMPH_PCT 30, MONO_PCT 6, EOS_PCT 4, BASO_PCT 1',
  ],
  DIFF_SUM_3: ['NEUT_PCT 60, LYMPH_PCT 30, MXD_PCT 8.9', 'NEUT_PCT 60, LYMPH_PCT 30, MXD_PCT 9'],
  NEUT_ABS_PCT: ['NEUT_ABS 6.5, WBC 10, NEUT_PCT 62.1', 'NEUT_ABS 6.5, WBC 10, NEUT_PCT 65'],
  LYMPH_ABS_PCT: ['LYMPH_ABS 2.0, WBC 10, LYMPH_PCT 25', 'LYMPH_ABS 2.0, WBC 10, LYMPH_PCT 20'],
  MONO_ABS_PCT: ['MONO_ABS 0.9, WBC 10, MONO_PCT 5', 'MONO_ABS 0.5, WBC 10, MONO_PCT 5'],
  EOS_ABS_PCT: ['EOS_ABS 0.9, WBC 10, EOS_PCT 4', 'EOS_ABS 0.4, WBC 10, EOS_PCT 4'],
  BASO_ABS_PCT: ['BASO_ABS 0.5, WBC 10, BASO_PCT 1', 'BASO_ABS 0.1, WBC 10, BASO_PCT 1'],
  AGAP_RANGE: ['NA 140, CL 100, CO2 9', 'NA 140, CL 100, HCO3 10'],
  NA_CL_GAP: ['NA 140, CL 116', 'NA 140, CL 115'],
  // 2 x 140 + 90/18 + 14/2.8 = 290
  OSMO_GAP: ['OSMO 311, NA 140, GLU_F 90, BUN 14', 'OSMO 310, NA 140, GLU 90, BUN 14'],
  BUN_CREA_RATIO: ['UREA 149.8, CREA 1', 'BUN 30, CREA 10'],
  IRON_ABOVE_TIBC: ['IRON 301, TIBC 300', 'IRON 300, TIBC 300, UIBC 0'],
  PT_INR: ['PT 18, PT_CTRL 12, INR 0.9', 'PT 18, PT_CTRL 12, INR 1.5'],
  EDTA_CARRYOVER: ['K 6.1, CA 6.9', 'K 6.1, CA 7'],
  PSA_FEMALE: ['SEX female, PSA <0.01', 'SEX male, PSA 1'],
  HCG_MALE: ['SEX male, BHCG 3', 'SEX female, BHCG 3'],
  UPT_MALE: ['SEX male, UPT Negative', 'SEX female, UPT Positive'],
  SEMEN_FEMALE: ['SEX female, SEM_CONC 20', 'SEX male, SEM_CONC 20'],
};

test('lab-medicine 4: each consistency rule holds a sample that contradicts itself, not one just within', () => {
  assert.deepEqual(
    rules.consistency.map((rule) => rule.code),
    Object.keys(CONSISTENCY),
  );
  for (const { code, contradiction, inputs } of rules.consistency) {
    const [contradicting = '', sound = ''] = CONSISTENCY[code] ?? [];
    assert.equal(holds(contradiction, given(contradicting)), 'true', `${code}: ${contradicting}`);
    assert.equal(holds(contradiction, given(sound)) === 'true', false, `${code}: ${sound}`);
    // Nothing measured: nothing is held, whoever the patient is.
    for (const sex of ['male', 'female']) assert.notEqual(holds(contradiction, { SEX: sex }), 'true', code);
    for (const input of inputs) assert.match(contradicting + sound + contradiction, new RegExp(`\\b${input}\\b`));
  }
});

const REFLEX: Readonly<Record<string, readonly [string, string]>> = {
  TSH_FT4: ['TSH <0.01, AGE_YEARS 30', 'TSH 4.0, AGE_YEARS 30'],
  TSH_ATPO: ['TSH 10.1', 'TSH 10'],
  TRIG_LDL_D: ['TRIG 400', 'TRIG 399'],
  HBSAG_R_CONFIRM: ['HBSAG_R Positive', 'HBSAG_R Negative'],
  HBSAG_HBEAG: ['HBSAG Reactive', 'HBSAG Non-reactive'],
  HCV_R_CONFIRM: ['HCV_R Positive', 'HCV_R Negative'],
  HIV_R_CONFIRM: ['HIV_R Reactive', 'HIV_R Non-reactive'],
  VDRL_TPHA: ['VDRL Weakly reactive', 'VDRL Non-reactive'],
  RPR_TPHA: ['RPR Reactive', 'RPR Non-reactive'],
  MP_AG_SMEAR: ['MP_AG P. vivax positive', 'MP_AG Negative'],
  ANA_DSDNA: ['ANA Positive', 'ANA Borderline'],
  AFB_NAAT: ['AFB Scanty', 'AFB Not seen'],
  CBC_SMEAR: ['PLT 49', 'HGB 7, WBC 50, PLT 50'],
  UPROT_UPCR: ['U_PROT 1+', 'U_PROT Trace'],
  URINE_CULTURE: ['U_NIT Positive, U_LEU 1+', 'U_NIT Positive, U_LEU Negative'],
};

test('each reflex rule adds its test when it should and not just below; the desk is always asked', () => {
  assert.deepEqual(
    rules.reflex.map((rule) => rule.code),
    Object.keys(REFLEX),
  );
  for (const { code, when, billing } of rules.reflex) {
    const [calling = '', silent = ''] = REFLEX[code] ?? [];
    assert.equal(holds(when, given(calling)), 'true', `${code}: ${calling}`);
    assert.equal(holds(when, given(silent)), 'false', `${code}: ${silent}`);
    assert.notEqual(holds(when, {}), 'true', code);
    assert.equal(billing, 'ask', code);
  }
});

test('no reflex rule calls itself, by whatever round', () => {
  const analytesOf = new Map(catalogue.tests.map((one) => [one.code, one.analytes]));
  const reached = (code: string, seen: ReadonlySet<string>): void => {
    for (const rule of rules.reflex.filter((one) =>
      one.inputs.some((input) => analytesOf.get(code)?.includes(input)),
    )) {
      assert.ok(!seen.has(rule.code), [...seen, rule.code].join(' > '));
      reached(rule.addTestCode, new Set([...seen, rule.code]));
    }
  };
  for (const rule of rules.reflex) reached(rule.addTestCode, new Set([rule.code]));
});

/** Value of the analyte (and other facts), and how the text begins that is printed; empty: none. */
const READINGS: readonly (readonly [string, string, string])[] = [
  ['HBA1C', 'HBA1C 6.5', 'In the range of diabetes'],
  ['HBA1C', 'HBA1C >14', 'In the range of diabetes'],
  ['HBA1C', 'HBA1C 6.4', 'In the range of prediabetes'],
  ['HBA1C', 'HBA1C 5.6', 'Below the range'],
  ['GLU_F', 'GLU_F 126', 'In the range of diabetes'],
  ['GLU_F', 'GLU_F 125', 'Impaired fasting'],
  ['GLU_F', 'GLU_F 99', ''],
  ['GLU_F', 'GLU_F 126, GESTATION_WEEKS 26', ''],
  ['GLU_2H', 'GLU_2H 140, GESTATION_WEEKS 26', 'In pregnancy'],
  ['GLU_2H', 'GLU_2H 140', 'Impaired glucose tolerance'],
  ['GLU_2H', 'GLU_2H 200', 'In the range of diabetes'],
  ['GLU_2H', 'GLU_2H 139', ''],
  ['GLU', 'GLU 200', 'With classic symptoms'],
  ['VITD', 'VITD <4.2', 'Deficient'],
  ['VITD', 'VITD 12', 'Inadequate'],
  ['VITD', 'VITD 20', 'Adequate'],
  ['VITD', 'VITD >120', 'High'],
  ['CHOL', 'CHOL 240, AGE_YEARS 30', 'High'],
  ['CHOL', 'CHOL 239, AGE_YEARS 30', 'Borderline'],
  ['CHOL', 'CHOL 199, AGE_YEARS 30', 'Desirable'],
  ['CHOL', 'CHOL 240, AGE_YEARS 12', ''],
  ['LDL', 'LDL 190, AGE_YEARS 30', 'Very high'],
  ['LDL', 'LDL 160, AGE_YEARS 30', 'High'],
  ['LDL', 'LDL 130, AGE_YEARS 30', 'Borderline'],
  ['LDL', 'LDL 100, AGE_YEARS 30', 'Near or above'],
  ['LDL', 'LDL 99, AGE_YEARS 30', 'Optimal'],
  ['LDL_D', 'LDL_D 190, AGE_YEARS 30', 'Very high'],
  ['LDL_D', 'LDL_D 189, AGE_YEARS 30', 'High'],
  ['LDL_D', 'LDL_D 159, AGE_YEARS 30', 'Borderline'],
  ['LDL_D', 'LDL_D 129, AGE_YEARS 30', 'Near or above'],
  ['LDL_D', 'LDL_D 99, AGE_YEARS 30', 'Optimal'],
  ['TRIG', 'TRIG 500, AGE_YEARS 30', 'Very high'],
  ['TRIG', 'TRIG 499, AGE_YEARS 30', 'High'],
  ['TRIG', 'TRIG 150, AGE_YEARS 30', 'Borderline'],
  ['TRIG', 'TRIG 149, AGE_YEARS 30', 'Normal'],
  ['HDL', 'HDL 39, AGE_YEARS 30', 'Low'],
  ['HDL', 'HDL 60, AGE_YEARS 30', 'High'],
  ['HDL', 'HDL 50, AGE_YEARS 30', ''],
  ['EGFR', 'EGFR 90', 'G1'],
  ['EGFR', 'EGFR 89', 'G2'],
  ['EGFR', 'EGFR 59', 'G3a'],
  ['EGFR', 'EGFR 44', 'G3b'],
  ['EGFR', 'EGFR 29', 'G4'],
  ['EGFR', 'EGFR 14', 'G5'],
  ['ACR', 'ACR 301', 'A3'],
  ['ACR', 'ACR 300', 'A2'],
  ['ACR', 'ACR 29.9', 'A1'],
  ['TSH', 'TSH 4.1, GESTATION_WEEKS 10', 'Above 4.0'],
  ['TSH', 'TSH <0.01, GESTATION_WEEKS 10', 'Below 0.1'],
  ['TSH', 'TSH 2, GESTATION_WEEKS 10', 'Within'],
  ['TSH', 'TSH 4.1, GESTATION_WEEKS 30', ''],
  ['TSH', 'TSH 4.1', ''],
  ['HSCRP', 'HSCRP 10', '10 mg/L or more'],
  ['HSCRP', 'HSCRP 3.1', 'Higher'],
  ['HSCRP', 'HSCRP 3', 'Average'],
  ['HSCRP', 'HSCRP 0.9', 'Lower'],
  ['FERR', 'FERR 14, AGE_YEARS 30', 'Iron deficiency (below 15'],
  ['FERR', 'FERR 14, AGE_YEARS 4', ''],
  ['FERR', 'FERR 11, AGE_YEARS 4', 'Iron deficiency (below 12'],
  ['HIV', 'HIV Reactive', 'Reactive in one assay'],
  ['HIV_R', 'HIV_R Reactive', 'Reactive in one assay'],
  ['HBSAG', 'HBSAG Reactive', 'Reactive in a screening'],
  ['HCV', 'HCV Reactive', 'Antibody shows'],
  ['HCV', 'HCV Non-reactive', ''],
];

test('interpretations: the first that holds is printed, at each limit the right one', () => {
  const printed = new Set<string>();
  for (const [code, values, start] of READINGS) {
    const of = rules.interpretations
      .filter((rule) => rule.analyteCode === code)
      .toSorted((a, b) => a.position - b.position);
    const first = of.find((rule) => holds(rule.when, given(values)) === 'true');
    assert.ok(
      (first?.text ?? '').startsWith(start) && (first === undefined) === (start === ''),
      `${values}: ${first?.text}`,
    );
    if (first !== undefined) printed.add(`${first.analyteCode} ${first.position}`);
  }
  const all = rules.interpretations.map((rule) => `${rule.analyteCode} ${rule.position}`);
  const untried = all.filter((rule) => !printed.has(rule));
  assert.deepEqual(untried, [], 'interpretations no example reaches');
});

test('delta limits are those of the shared table, where it is there', (t) => {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package-lock.json')) && dirname(folder) !== folder) folder = dirname(folder);
  const file = join(folder, '../shared/data/reference-ranges.csv');
  if (!existsSync(file)) {
    t.skip('needs ../shared/data');
    return;
  }
  const byLoinc = new Map<string, Readonly<Record<string, string>>>();
  for (const row of parse<Record<string, string>>(readFileSync(file, 'utf8'), { columns: true })) {
    const { loinc = '', delta_limit: limit = '' } = row;
    if (limit !== '') byLoinc.set(loinc, row);
  }
  const loincOf = new Map(catalogue.analytes.map((analyte) => [analyte.code, analyte.loinc ?? '']));
  let compared = 0;
  for (const { analyteCode, mode, limit, source } of rules.deltas) {
    const row = byLoinc.get(loincOf.get(analyteCode) ?? '');
    if (row === undefined || !source.endsWith('-P99')) continue;
    compared += 1;
    assert.equal(Number(limit), Number(row['delta_limit']), analyteCode);
    assert.equal(mode, row['delta_type'] === 'abs' ? 'absolute' : 'percent', analyteCode);
    assert.equal(source, row['src_delta'], analyteCode);
  }
  // All of the table but urea, which has no LOINC row of its own there.
  assert.ok(compared >= 28, `${compared} compared`);
});

/** IUPAC standard atomic weights, abridged to five digits (lithium and sulphur: conventional values). */
const WEIGHTS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'H 1.008, C 12.011, N 14.007, O 15.999, Na 22.990, Mg 24.305, P 30.974, S 32.06, Cl 35.45, K 39.098',
    'Ca 40.078, Fe 55.845, Co 58.933, Cu 63.546, Zn 65.38, Li 6.94, I 126.90, Pb 207.2',
  ].flatMap((line) => Object.entries(given(line)).map(([element, weight]) => [element, Number(weight)])),
);

test('each molar mass is the sum of its formula, and converts the unit of its analyte', () => {
  for (const { analyteCode, molarMass, substance } of rules.molarMasses) {
    const formula = /(\S+)$/.exec(substance)?.[1] ?? '';
    const sum = [...formula.matchAll(/([A-Z][a-z]?)(\d*)/g)].reduce(
      (total, [, element = '', count = '']) => total + (WEIGHTS[element] ?? Number.NaN) * Number(count || '1'),
      0,
    );
    assert.ok(Math.abs(sum - Number(molarMass)) < 0.01, `${analyteCode}: ${formula} is ${sum}, not ${molarMass}`);
    const unit = unitOf.get(analyteCode) ?? '';
    const target = unit.includes('mol') ? unit.replace(/[a-z]?mol/, 'mg') : unit.replace(/^[a-z]?g/, 'mmol');
    assert.equal(convert('1', unit, target, molarMass).ok, true, `${analyteCode}: ${unit} to ${target}`);
  }
});
