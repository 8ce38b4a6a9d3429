// Every formula the house ships, by name, over plainly named inputs; a lab picks one and binds the inputs to its
// analytes (formula-library.ts). Units are in the names of the inputs where formulas differ by them.
// Sources: lab-medicine notes, sections 3, 4, 7, 9, 11; papers where the notes name none.

export type NamedFormula = {
  readonly name: string;
  /** In the language of libs/formula; two for a formula that gives a lower and an upper limit. */
  readonly texts: readonly string[];
  /** UCUM unit of the result; empty when it has none. */
  readonly unit: string;
  readonly source: string;
};

/** Below zero a calculated LDL is not reported (lab-medicine notes, section 4). */
/** `refusal` is a condition and what to answer when it holds, as `if` takes them. */
function ldl(expression: string, refusal: string): string {
  return `if(${refusal}, if(${expression} < 0, blank('the calculated LDL is below 0'), ${expression}))`;
}

const FRIEDEWALD = ldl('tc - hdl - tg / 5', "tg >= 400, blank('triglycerides 400 mg/dL or more')");
const SAMPSON = ldl(
  'tc / 0.948 - hdl / 0.971 - (tg / 8.56 + tg * (tc - hdl) / 2140 - tg ^ 2 / 16100) - 9.44',
  "tg > 800, blank('triglycerides above 800 mg/dL')",
);
const MARTIN_HOPKINS = ldl(
  "tc - hdl - tg / table('martin_hopkins_180', tg, tc - hdl)",
  "tc < hdl, blank('HDL above total cholesterol')",
);

function ckdEpi(k: string, alpha: string): string {
  return `142 * min(creatinine_mg_dl / ${k}, 1) ^ ${alpha} * max(creatinine_mg_dl / ${k}, 1) ^ -1.2 * 0.9938 ^ age`;
}
const CKD_EPI = `if(age < 18, blank('the equation is for 18 years and above'), if(creatinine_mg_dl <= 0, blank('creatinine is not above 0'), if(sex = 'female', ${ckdEpi('0.7', '-0.241')} * 1.012, if(sex = 'male', ${ckdEpi('0.9', '-0.302')}, blank('the equation needs sex male or female')))))`;

const RCV_SIGMA = 'sqrt(ln((cva / 100) ^ 2 + 1) + ln((cvi / 100) ^ 2 + 1))';
const RCV_REACH = `coalesce(z, 1.96) * sqrt(2) * ${RCV_SIGMA}`;

function one(name: string, unit: string, source: string, text: string): NamedFormula {
  return { name, texts: [text], unit, source };
}

export const NAMED_FORMULAS: readonly NamedFormula[] = [
  // Kidney
  one('egfr_ckdepi_2021', 'mL/min/{1.73_m2}', 'CKD-EPI 2021', CKD_EPI),
  one('creatinine_umol_l', 'umol/L', 'molar mass 113.12 g/mol', 'creatinine_mg_dl * 88.4'),
  one(
    'creatinine_clearance',
    'mL/min',
    'definition',
    'urine_creatinine_mg_dl * volume_ml / (creatinine_mg_dl * coalesce(minutes, 1440))',
  ),
  one('urea_from_bun', 'mg/dL', 'molar masses 60.06 and 28.01', 'bun_mg_dl * 2.14'),
  one('bun_from_urea', 'mg/dL', 'molar masses 60.06 and 28.01', 'urea_mg_dl / 2.14'),
  one('bun_creatinine_ratio', '', 'definition', 'bun_mg_dl / creatinine_mg_dl'),
  one('acr_mg_g', 'mg/g{creat}', 'definition', 'urine_albumin_mg_dl / urine_creatinine_mg_dl * 1000'),
  one('pcr_mg_g', 'mg/g{creat}', 'definition', 'urine_protein_mg_dl / urine_creatinine_mg_dl * 1000'),
  one('urine_24h_mg', 'mg/(24.h)', 'definition', 'concentration_mg_dl * volume_ml / 100'),
  // Lipids, mg/dL
  one('ldl_friedewald', 'mg/dL', 'Friedewald 1972', FRIEDEWALD),
  one('ldl_martin_hopkins_180', 'mg/dL', 'Martin 2013', MARTIN_HOPKINS),
  one('ldl_sampson_nih', 'mg/dL', 'Sampson 2020', SAMPSON),
  one('vldl_friedewald', 'mg/dL', 'Friedewald 1972', 'tg / 5'),
  one('non_hdl', 'mg/dL', 'definition', 'tc - hdl'),
  one('tc_hdl_ratio', '{ratio}', 'definition', 'tc / hdl'),
  one('ldl_hdl_ratio', '{ratio}', 'definition', 'ldl / hdl'),
  // Calcium, electrolytes
  one('calcium_corrected_mg_dl', 'mg/dL', 'Payne 1973', 'ca + 0.8 * (4 - albumin_g_dl)'),
  one('calcium_corrected_mmol_l', 'mmol/L', 'Payne 1973', 'ca + 0.02 * (40 - albumin_g_l)'),
  one('anion_gap', 'mmol/L', 'definition', 'na - cl - hco3'),
  one('anion_gap_with_k', 'mmol/L', 'definition', 'na + k - cl - hco3'),
  one('anion_gap_albumin_corrected', 'mmol/L', 'Figge 1998', 'na - cl - hco3 + 2.5 * (4 - albumin_g_dl)'),
  one('osmolality_calc', 'mosm/kg', 'usual equation', '2 * na + glucose_mg_dl / 18 + bun_mg_dl / 2.8'),
  // Glucose
  one(
    'homa_ir',
    '',
    'Matthews 1985',
    'coalesce(glucose_mmol_l * insulin_uu_ml / 22.5, glucose_mg_dl * insulin_uu_ml / 405)',
  ),
  one('eag_mg_dl', 'mg/dL', 'Nathan 2008', '28.7 * hba1c_pct - 46.7'),
  one('hba1c_ifcc_to_ngsp', '%', 'NGSP master equation', '0.09148 * mmol_mol + 2.152'),
  one('hba1c_ngsp_to_ifcc', 'mmol/mol', 'NGSP master equation', '(hba1c_pct - 2.152) / 0.09148'),
  // Blood counts, coagulation
  one('mcv', 'fL', 'definition', 'hct_pct * 10 / rbc'),
  one('mch', 'pg', 'definition', 'hb * 10 / rbc'),
  one('mchc', 'g/dL', 'definition', 'hb * 100 / hct_pct'),
  one('absolute_count', '10*3/uL', 'definition', 'wbc * pct / 100'),
  one(
    'inr',
    '{INR}',
    'WHO',
    "if(pt <= 0 or mnpt <= 0 or isi <= 0, blank('PT, MNPT and ISI must be above 0'), (pt / mnpt) ^ isi)",
  ),
  // Proteins, liver, iron, others
  one('globulin', 'g/dL', 'definition', 'total_protein - albumin'),
  one('ag_ratio', '{ratio}', 'definition', 'albumin / (total_protein - albumin)'),
  one('bilirubin_indirect', 'mg/dL', 'definition', 'total_bilirubin - direct_bilirubin'),
  one('ast_alt_ratio', '{ratio}', 'definition', 'ast / alt'),
  one('tibc_from_uibc', 'ug/dL', 'definition', 'iron + uibc'),
  one('transferrin_saturation', '%', 'definition', '100 * iron / tibc'),
  one('ratio_pct', '%', 'definition', '100 * part / whole'),
  one('kappa_lambda_ratio', '{ratio}', 'definition', 'kappa / lambda'),
  one('sperm_total', '10*6', 'WHO laboratory manual', 'concentration * volume_ml'),
  // Quality: change of one person, allowable error
  one(
    'sigma_metric',
    '',
    'Westgard',
    "if(cv_pct <= 0, blank('the CV is not above 0'), (tea_pct - abs(bias_pct)) / cv_pct)",
  ),
  one('rcv_symmetric_pct', '%', 'Harris and Yasaka 1983', 'coalesce(z, 1.96) * sqrt(2) * sqrt(cva ^ 2 + cvi ^ 2)'),
  {
    name: 'rcv_lognormal_pct',
    texts: [`100 * (exp(-${RCV_REACH}) - 1)`, `100 * (exp(${RCV_REACH}) - 1)`],
    unit: '%',
    source: 'Fokkema 2006',
  },
  one('desirable_imprecision_pct', '%', 'biological variation', '0.5 * cvi'),
  one('desirable_bias_pct', '%', 'biological variation', '0.25 * sqrt(cvi ^ 2 + cvg ^ 2)'),
  one('desirable_tea_pct', '%', 'biological variation', '1.65 * 0.5 * cvi + 0.25 * sqrt(cvi ^ 2 + cvg ^ 2)'),
];
