// Which tests verified values call for (lab-day 42). Pure: whoever verifies asks, and tells the order.
import type { Formula } from '@nidaan/formula';

import type { ReflexRule } from '#contract/order.ts';

import type { ResultStatus } from '../contract.ts';
import type { Standing } from './instrument-entry.ts';
import type { JudgedAnalyte } from './judge.ts';
import type { Bearer } from './sample-scope.ts';
import { factNamed, holdsIn, valueOf } from './sample-scope.ts';

export interface ReflexValue
  extends Pick<JudgedAnalyte, 'kind' | 'analyteCode'>, Pick<Standing, 'value' | 'blankReason'> {
  readonly id: string;
  readonly status: ResultStatus;
  readonly testCode: string;
}

export interface ReflexDue {
  readonly rule: ReflexRule;
  /** The values that called for it. */
  readonly resultIds: readonly string[];
}

/**
 * Rules whose condition certainly holds by verified and signed values alone, as they are reported, and whose test is not
 * among those of the order already. Each test is asked for once, by the first rule that calls for it.
 * @param values results of one order and one draw, in any state
 * @param parse undefined for a text that is no condition
 */
export function reflexesDue(
  rules: readonly ReflexRule[],
  values: readonly ReflexValue[],
  bearer: Bearer,
  parse: (text: string) => Formula | undefined,
): readonly ReflexDue[] {
  const looked = values.filter(({ status }) => status === 'verified' || status === 'authorised');
  const byCode = new Map(looked.map((value) => [value.analyteCode, value]));
  const scope = (name: string) => {
    const found = byCode.get(name);
    return factNamed(name, bearer) ?? (found === undefined ? undefined : valueOf(found, found, found.value));
  };
  const asked = new Set(values.map(({ testCode }) => testCode));
  const due: ReflexDue[] = [];
  for (const rule of rules) {
    if (asked.has(rule.addTestCode) || !holdsIn(parse(rule.when), scope)) continue;
    asked.add(rule.addTestCode);
    due.push({ rule, resultIds: rule.inputs.flatMap((code) => byCode.get(code)?.id ?? []) });
  }
  return due;
}
