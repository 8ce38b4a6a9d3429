// The range column of a report: the range a value was judged by, in words. Limits are never rounded or converted; they
// only get the zeros that bring them to the decimals of the value ("13" beside 12.4 is printed 13.0).

export interface RangeFact {
  readonly low: string | null;
  readonly high: string | null;
  /** Expected text, or wording that stands for the numbers. */
  readonly text: string | null;
  readonly kind: 'reference' | 'decision' | 'none';
}

export const NO_RANGE = 'No range established';

/** A decimal text with at least so many decimals. */
export function withDecimals(limit: string, decimals: number | null): string {
  const parts = /^(-?\d+)(?:\.(\d+))?$/.exec(limit);
  if (decimals === null || decimals < 1 || !parts) return limit;
  return `${parts[1]}.${(parts[2] ?? '').padEnd(decimals, '0')}`;
}

function limitsText({ low, high, text }: RangeFact, decimals: number | null): string {
  if (text !== null && text.trim() !== '') return text;
  if (low !== null && high !== null) return `${withDecimals(low, decimals)} – ${withDecimals(high, decimals)}`;
  if (high !== null) return `< ${withDecimals(high, decimals)}`;
  if (low !== null) return `> ${withDecimals(low, decimals)}`;
  return '';
}

/** Findings in free words have no range to miss. */
const inWords: ReadonlySet<string> = new Set(['text', 'culture', 'narrative', 'image']);

/**
 * @param range null when no band was stored with the result
 * @param resultKind nothing is printed for a finding in free words
 * @param decimals of the analyte; null for what is not a number
 */
export function rangeText(range: RangeFact | null, resultKind: string, decimals: number | null): string {
  const limits = range === null || range.kind === 'none' ? '' : limitsText(range, decimals);
  if (limits === '') return inWords.has(resultKind) ? '' : NO_RANGE;
  // A decision limit is a target or cut-off and must not be read as the spread of healthy people.
  return range?.kind === 'decision' ? `Decision limit: ${limits}` : limits;
}
