// Texts that somebody must be told of at once: which of them an analyte could ever report.
import type { AnalyteView, RangeBand } from '../contract.ts';

/** What may be critical of a culture: that something grew, whatever it is. */
const GROWTH: readonly string[] = ['growth', 'mixed'];

/** What is wrong with them, in words: a text that can never be reported would never be called. */
export function criticalTextFaults(
  { kind, choices }: Pick<AnalyteView, 'kind' | 'choices'>,
  { text, criticalTexts }: Pick<RangeBand, 'text' | 'criticalTexts'>,
): readonly string[] {
  if (criticalTexts.length === 0) return [];
  switch (kind) {
    case 'numeric':
    case 'narrative':
    case 'image':
      return [`a critical text for a ${kind} analyte`];
    case 'culture':
      return criticalTexts.filter((one) => !GROWTH.includes(one)).map((one) => `${one} is not growth or mixed`);
    case 'text':
    case 'coded':
    case 'titre': {
      const isFree = kind !== 'coded' && choices.length === 0;
      const unknown = isFree ? [] : criticalTexts.filter((one) => !choices.includes(one));
      return [
        ...unknown.map((one) => `${one} is no choice of the analyte`),
        ...(text !== null && criticalTexts.includes(text) ? [`${text} is both expected and critical`] : []),
      ];
    }
    default:
      return kind satisfies never;
  }
}
