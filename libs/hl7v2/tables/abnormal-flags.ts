/** HL7 table 0078, abnormal flags (OBX-8; version 2.5.1, chapter 7). */
export const abnormalFlags = {
  L: 'Below low normal',
  H: 'Above high normal',
  LL: 'Below lower panic limit',
  HH: 'Above upper panic limit',
  '<': 'Below absolute low of the instrument scale',
  '>': 'Above absolute high of the instrument scale',
  N: 'Normal',
  A: 'Abnormal',
  AA: 'Very abnormal',
  U: 'Significant change up',
  D: 'Significant change down',
  B: 'Better',
  W: 'Worse',
  S: 'Susceptible',
  R: 'Resistant',
  I: 'Intermediate',
  MS: 'Moderately susceptible',
  VS: 'Very susceptible',
} as const;
export type AbnormalFlag = keyof typeof abnormalFlags;

/** Narrow a sent flag; vendors send others (`ND`, `BT`), which are kept as text. */
export function isAbnormalFlag(flag: string): flag is AbnormalFlag {
  return Object.hasOwn(abnormalFlags, flag);
}
