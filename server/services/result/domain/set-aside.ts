// A value that stood in a result and may not stand there any more is kept beside, with a word why.
import type { ResultValue } from '../contract.ts';

type Standing = Pick<
  ResultValue,
  'rawValue' | 'source' | 'messageId' | 'otherValues' | 'holds' | 'sentAs' | 'readFrom'
> & {
  readonly unit: string;
  readonly enteredAt: string | null;
};

/** What stands beside from now on: as before, and the value itself, as typed or sent. A calculated one leaves nothing. */
export function setAside(row: Standing, why: string): ResultValue['otherValues'] {
  const { rawValue, source, readFrom, messageId, enteredAt, otherValues } = row;
  if (rawValue === null || source === null || source === 'calculated' || enteredAt === null) return otherValues;
  const sent = row.sentAs ?? { value: rawValue, unit: row.holds.includes('no_unit') ? '' : row.unit };
  return [
    ...otherValues.map((other) => ({ ...other, why: other.why ?? why })),
    { ...sent, source, messageId, at: enteredAt, why, ...(readFrom ? { readFrom } : {}) },
  ];
}
