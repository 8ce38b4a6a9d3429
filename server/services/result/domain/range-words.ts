// A range as one reads it beside a value: `12–16`, `≤ 200`, `≥ 40`, `Negative`.
import type { UsedRange } from '../contract.ts';

/**
 * Empty when there is none. Wording of the catalogue stands in place of numbers. A limit itself is inside.
 */
export function rangeWords(range: UsedRange | null): string {
  if (range === null || range.kind === 'none') return '';
  const { low, high, text } = range;
  if (text !== null && text.trim() !== '') return text.trim();
  if (low !== null && high !== null) return `${low}–${high}`;
  if (high !== null) return `≤ ${high}`;
  return low === null ? '' : `≥ ${low}`;
}
