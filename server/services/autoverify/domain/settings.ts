// What a lab may set for a test.
import { compareDecimal, isDecimal } from '@nidaan/values';

import type { TestAutoView } from '../contract.ts';
import { AutoRule, badLimits, ruleNeeded } from '../contract.ts';
import { neededRules } from './rules.ts';

export type Limits = TestAutoView['limits'];

/** Each once, in the order in which they are listed. @throws autoverify.rule_needed */
export function mustHaveNeeded(asked: readonly AutoRule[]): readonly AutoRule[] {
  const lacking = neededRules.filter((rule) => !asked.includes(rule));
  if (lacking.length > 0) throw ruleNeeded({ rules: lacking });
  return AutoRule.options.filter((rule) => asked.includes(rule));
}

/** @param numeric codes of the test's analytes that are numbers @throws autoverify.bad_limits */
export function mustFit(limits: Limits, numeric: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const { analyteCode, low, high } of limits) {
    const why = whyNot(low, high);
    if (!numeric.has(analyteCode)) throw badLimits({ analyteCode, why: 'the test has no number of that code' });
    if (seen.has(analyteCode)) throw badLimits({ analyteCode, why: 'they are given twice' });
    if (why !== null) throw badLimits({ analyteCode, why });
    seen.add(analyteCode);
  }
}

function whyNot(low: string | null, high: string | null): string | null {
  if (low === null && high === null) return 'neither is given';
  if ((low !== null && !isDecimal(low)) || (high !== null && !isDecimal(high))) return 'expected decimal numbers';
  if (low !== null && high !== null && compareDecimal(low, high) > 0) return 'the lower one is above the upper one';
  return null;
}

/** Longest period of a summary, days. */
export const MAX_DAYS = 92;

/** Days from the first to the last, both counted; below 1 when they are crossed. */
export function daysOf(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000 + 1;
}

const MINUTE_MS = 60_000;
const SOON_MS = 5 * MINUTE_MS;
const LATE_MS = 15 * MINUTE_MS;
/** What a person has not taken up in a day is not looked at any more: it stays held. */
const GIVE_UP_MS = 24 * 60 * MINUTE_MS;

/** When an order with held values is asked again; rarer the longer it waits. Null: not any more. */
export function nextAskAt(since: string, now: string): string | null {
  const waitedMs = Date.parse(now) - Date.parse(since);
  if (waitedMs >= GIVE_UP_MS) return null;
  return new Date(Date.parse(now) + Math.min(LATE_MS, Math.max(SOON_MS, waitedMs / 4))).toISOString();
}
