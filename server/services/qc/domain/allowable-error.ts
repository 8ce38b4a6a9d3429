// Allowable total error by analyte. Src: lab-medicine 9, limits in force from 1 January 2025: the change itself was read [S30], the
// figures were not: each is marked to be verified, and a lab's own limit (its rules of the pair) goes before it.

export interface AllowableError {
  readonly analyteCode: string;
  /** Percent of the target; null when the limit is an amount alone. */
  readonly percent: number | null;
  /** In the unit beside it; of both the greater counts. */
  readonly absolute: number | null;
  /** UCUM; the amount counts only for an analyte in this unit. */
  readonly unit: string | null;
  readonly source: string;
  readonly isVerified: false;
}

const rows = [
  ['SGPT', 15, 6, 'U/L'],
  ['SGOT', 15, 6, 'U/L'],
  ['ALB', 8, null, null],
  ['ALP', 20, null, null],
  ['TBIL', 20, 0.4, 'mg/dL'],
  ['CA', null, 1, 'mg/dL'],
  ['CL', 5, null, null],
  ['CHOL', 10, null, null],
  ['HDL', 20, 6, 'mg/dL'],
  ['CPK', 20, null, null],
  ['CREA', 10, 0.2, 'mg/dL'],
  ['GLU', 8, 6, 'mg/dL'],
  ['HBA1C', 8, null, null],
  ['IRON', 15, null, null],
  ['LDH', 15, null, null],
  ['MG', 15, null, null],
  ['PHOS', 10, 0.3, 'mg/dL'],
  ['K', null, 0.3, 'mmol/L'],
  ['NA', null, 4, 'mmol/L'],
  ['TP', 8, null, null],
  ['TRIG', 15, null, null],
  ['BUN', 9, 2, 'mg/dL'],
  ['URIC', 10, null, null],
  ['HGB', 4, null, null],
  ['HCT', 4, null, null],
  ['RBC', 4, null, null],
  ['WBC', 10, null, null],
  ['PLT', 25, null, null],
  ['TSH', 20, 0.2, 'm[IU]/L'],
] as const;

export const allowableErrors: readonly AllowableError[] = rows.map(([analyteCode, percent, absolute, unit]) => ({
  analyteCode,
  percent,
  absolute,
  unit,
  source: 'CLIA, in force from 2025-01-01 (CMS-3355-F); to be verified',
  isVerified: false,
}));

const byCode = new Map(allowableErrors.map((row) => [row.analyteCode, row]));

export interface Allowed {
  readonly percent: number;
  readonly source: string;
}

/**
 * TEa in percent at a concentration.
 * @param ownPercent the lab's own limit for this test; goes first
 * @param target mean of the level, in the analyte's unit
 * @param ucum the analyte's unit; null when it has none
 */
export function allowableErrorPercent(
  analyteCode: string,
  ownPercent: number | null,
  target: number,
  ucum: string | null,
): Allowed | null {
  if (ownPercent !== null) return { percent: ownPercent, source: 'set by the lab' };
  const row = byCode.get(analyteCode);
  if (row === undefined) return null;
  const byAmount =
    row.absolute !== null && row.unit === ucum && target !== 0 ? (100 * row.absolute) / Math.abs(target) : null;
  if (row.percent === null && byAmount === null) return null;
  return { percent: Math.max(row.percent ?? 0, byAmount ?? 0), source: row.source };
}
