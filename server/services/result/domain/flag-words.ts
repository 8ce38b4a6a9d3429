// The flag of a value that is no number, by its kind. A critical text stands for the abnormal one as well.
import type { AnalyteKind } from '#contract/order.ts';

import type { UsedRange } from '../contract.ts';
import { growthOf, growthTold } from './detail.ts';
import type { NumberJudgement } from './flags.ts';
import { flagText, isCriticalText } from './flags.ts';
import { flagTitre } from './titre.ts';

export function flagWords(kind: AnalyteKind, text: string, range: UsedRange | null): NumberJudgement {
  if (range === null) return { flag: null, isUndecided: false };
  // Of a culture that something grew, whatever it is and whether or not more is to come.
  const told = kind === 'culture' ? growthOf(text) : text;
  if (told !== null && isCriticalText(told, range)) return { flag: 'AA', isUndecided: false };
  switch (kind) {
    case 'titre':
      return flagTitre(text, range);
    case 'coded':
    case 'text':
      return { flag: flagText(text, range), isUndecided: false };
    case 'culture': {
      const line = growthTold(text);
      return { flag: line === null ? null : flagText(line, range), isUndecided: false };
    }
    case 'narrative':
    case 'image':
    case 'numeric':
      return { flag: null, isUndecided: false };
    default:
      return kind satisfies never;
  }
}
