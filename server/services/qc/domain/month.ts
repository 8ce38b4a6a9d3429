// The figures of a month, for the quality indicators (lab-day 72).
import type { MonthSummary } from '../contract.ts';
import { allowableErrorPercent } from './allowable-error.ts';
import { biasPercent, cvPercent, decimalText, sigmaMetric, totalErrorPercent } from './statistics.ts';
import { rulesBySigma } from './usual-rules.ts';

/** A month of the lab's own calendar as instants, half-open. @param month YYYY-MM, in Indian standard time */
export function monthOf(month: string): { readonly from: string; readonly to: string } {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
  const beginning = (of: string): string => new Date(`${of.padStart(7, '0')}-01T00:00:00+05:30`).toISOString();
  return { from: beginning(month), to: beginning(next) };
}

export interface MonthFacts {
  readonly analyteCode: string;
  readonly ucum: string | null;
  /** Of the mean as shown. */
  readonly decimals: number;
  readonly mean: string | null;
  readonly sd: string | null;
  readonly peer: string | null;
  readonly target: { readonly kind: 'assigned' | 'cumulative'; readonly mean: string } | null;
  readonly ownAllowablePercent: string | null;
}

type Figures = Omit<
  MonthSummary,
  'lotId' | 'material' | 'lotNumber' | 'level' | 'instrument' | 'analyteCode' | 'unit' | 'count' | 'rejected'
>;

export function monthFigures(facts: MonthFacts): Figures {
  const { analyteCode, ucum, decimals, peer, target } = facts;
  const mean = facts.mean === null ? null : Number(facts.mean);
  const sd = facts.sd === null ? null : Number(facts.sd);
  const cv = mean === null ? null : cvPercent(mean, sd);
  const against = peer ?? target?.mean ?? null;
  const bias = mean === null || against === null ? null : biasPercent(mean, Number(against));
  const own = facts.ownAllowablePercent === null ? null : Number(facts.ownAllowablePercent);
  const allowed = allowableErrorPercent(analyteCode, own, Number(against ?? mean ?? 0), ucum);
  const sigma = sigmaMetric(allowed?.percent ?? null, bias, cv);
  return {
    mean: decimalText(mean, decimals) ?? '',
    sd: decimalText(sd, decimals + 1),
    cvPercent: decimalText(cv, 2),
    biasAgainst: peer !== null ? 'peer' : (target?.kind ?? null),
    biasPercent: decimalText(bias, 2),
    totalErrorPercent: decimalText(totalErrorPercent(bias, cv), 2),
    allowableErrorPercent: decimalText(allowed?.percent ?? null, 2),
    allowableErrorSource: allowed?.source ?? null,
    sigma: decimalText(sigma, 2),
    suggestedRules: sigma === null ? [] : [...rulesBySigma(sigma).rules],
  };
}
