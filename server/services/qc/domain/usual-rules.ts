// Which rules a lab starts with, and which a test's sigma asks for. Every one of them is the lab's to change.
// Src: lab-medicine 7, "Usual sets" [S24] and "Rules by sigma" (G: have it reviewed).
import type { RuleUse, WestgardRule } from '../contract/westgard.ts';

const warn = (rule: WestgardRule): RuleUse => ({ rule, action: 'warn' });
const reject = (rule: WestgardRule): RuleUse => ({ rule, action: 'reject' });

/** By the number of levels that are run. */
export function usualRules(levels: number): readonly RuleUse[] {
  if (levels >= 3)
    return [warn('1_2s'), ...(['1_3s', '2of3_2s', 'R_4s', '3_1s', '6_x'] as const).map(reject), warn('7_T')];
  // With one level R_4s has nothing to compare; it costs nothing where a second level is added.
  return [warn('1_2s'), ...(['1_3s', '2_2s', 'R_4s', '4_1s', '10_x'] as const).map(reject), warn('7_T')];
}

export interface Suggestion {
  readonly rules: readonly WestgardRule[];
  /** Control measurements an evaluation needs. */
  readonly measurements: number;
}

/** Rejection rules for two levels by the sigma of the test; the worse the method, the more rules. */
export function rulesBySigma(sigma: number): Suggestion {
  if (sigma >= 6) return { rules: ['1_3s'], measurements: 2 };
  if (sigma >= 5) return { rules: ['1_3s', '2_2s', 'R_4s'], measurements: 2 };
  if (sigma >= 4) return { rules: ['1_3s', '2_2s', 'R_4s', '4_1s'], measurements: 4 };
  return { rules: ['1_3s', '2_2s', 'R_4s', '4_1s', '8_x'], measurements: 4 };
}
