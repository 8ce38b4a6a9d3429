// The coded reasons in words, as they stand on reports and in the register (lab-day 28).
import type { RejectReason } from '../contract.ts';

const words: Readonly<Record<RejectReason, string>> = {
  haemolysed: 'Haemolysed',
  clotted: 'Clotted',
  insufficient: 'Quantity not sufficient',
  unlabelled: 'Unlabelled',
  mislabelled: 'Mislabelled',
  wrong_tube: 'Wrong container',
  too_late: 'Received too late',
  temperature: 'Transported at the wrong temperature',
  leaking: 'Leaking',
  lipaemic: 'Lipaemic',
  icteric: 'Icteric',
  contaminated: 'Contaminated',
  other: 'Other',
};

export function reasonInWords(code: RejectReason, note: string | null): string {
  if (note === null) return words[code];
  return code === 'other' ? note : `${words[code]}: ${note}`;
}
