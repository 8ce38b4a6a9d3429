// What the rules know of a result: plain data, stored with the decision, so that the rules give the same answer from the record as
// they gave that day. Nothing else may be read by a rule.
import type { Flag, Hold, ResultStatus, ResultView } from '#contract/result.ts';
import type { QcState } from '#contract/qc.ts';

/** Part of every decision: a change of what a rule does takes a new name. */
export const ENGINE = 'rules-1';

export interface RangeFacts {
  readonly kind: 'reference' | 'decision' | 'none';
  /** It says something that a value can be outside of. */
  readonly hasLimits: boolean;
  readonly ageFromDays: number;
  readonly ageToDays: number | null;
  /** At collection. */
  readonly ageDays: number;
}

export interface Facts {
  readonly analyteCode: string;
  readonly status: ResultStatus;
  readonly kind: ResultView['kind'];
  readonly value: string | null;
  readonly unit: string;
  readonly flags: readonly Flag[];
  readonly holds: readonly Hold[];
  /** `manual`, `calculated`, or the instrument's name. */
  readonly source: string | null;
  readonly isCalculated: boolean;
  /** Signed before, and open again. */
  readonly isAmending: boolean;
  /** The pathologist sent it back, or it came back by itself, and nobody has verified it since. */
  readonly wasSentBack: boolean;
  /** Further values that somebody measured, beside the one that is reported. */
  readonly valuesBeside: number;
  readonly range: RangeFacts | null;
  readonly delta: { readonly change: string; readonly percent: string | null; readonly brokenRules: number } | null;
  readonly hasIndices: boolean;
  readonly collectedAt: string | null;
  readonly enteredAt: string | null;
  /** The other values of its test that are missing, with the reason when there is one. */
  readonly missing: readonly { readonly analyteCode: string; readonly why: string | null }[];
  /** Other values of its test that did not pass their own rules. */
  readonly heldOthers: readonly string[];
  /** Of a calculated one: what it is calculated from, and how that stands. */
  readonly inputs: readonly { readonly analyteCode: string; readonly stands: InputStanding }[];
  /** Of its instrument and analyte; null for what no instrument measured. */
  readonly qc: QcState['state'] | null;
  readonly limits: { readonly low: string | null; readonly high: string | null } | null;
  readonly allowsManual: boolean;
  readonly qcWarningPasses: boolean;
  /** Null: the patient is not known. */
  readonly patient: { readonly sex: string; readonly isBornOnApproximate: boolean } | null;
  /** Null: the test is not in the catalogue any more. */
  readonly test: { readonly stableHours: number; readonly isFastingNeeded: boolean } | null;
  /** Null: the order does not say. */
  readonly isFasting: boolean | null;
}

/** passed: by its own rules, now; verified: by a person or before; held, missing: neither may be built upon. */
export type InputStanding = 'passed' | 'verified' | 'held' | 'missing';

const HOUR_MS = 3_600_000;

/** Hours from collection to measurement; null when one is not known. */
export function ageHours({ collectedAt, enteredAt }: Pick<Facts, 'collectedAt' | 'enteredAt'>): number | null {
  if (collectedAt === null || enteredAt === null) return null;
  return (Date.parse(enteredAt) - Date.parse(collectedAt)) / HOUR_MS;
}
