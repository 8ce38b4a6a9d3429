// Bands and analytes for tests of this service. The figures are made up for the tests and are no advice.
import type { RangeBand } from '#contract/order.ts';

import type { UsedRange } from '../contract.ts';
import type { Standing } from './instrument-entry.ts';
import type { JudgedAnalyte, Sent } from './judge.ts';

export function band(given: Partial<RangeBand> = {}): RangeBand {
  return {
    analyteCode: 'X',
    sex: 'any',
    ageFromDays: 0,
    ageToDays: null,
    low: null,
    high: null,
    text: null,
    kind: 'reference',
    criticalLow: null,
    criticalHigh: null,
    absurdLow: null,
    absurdHigh: null,
    criticalTexts: [],
    unit: null,
    source: 'test',
    method: null,
    gestationFromWeeks: null,
    gestationToWeeks: null,
    validFrom: null,
    validTo: null,
    ...given,
  };
}

export function range(given: Partial<UsedRange> = {}): UsedRange {
  return {
    low: null,
    high: null,
    text: null,
    kind: 'reference',
    criticalLow: null,
    criticalHigh: null,
    sex: 'any',
    ageFromDays: 0,
    ageToDays: null,
    ageDays: 12_000,
    source: 'test',
    ...given,
  };
}

export function analyte(given: Partial<JudgedAnalyte> = {}): JudgedAnalyte {
  const unit = { ucum: 'mmol/L', unit: 'mmol/L', analyteCode: 'X', loinc: null };
  return { kind: 'numeric', decimals: 1, choices: [], ...unit, ...given };
}

export function sent(value: string, given: Partial<Sent> = {}): Sent {
  return { value, lacksUnit: false, isDoubted: false, isPreliminary: false, ...given };
}

/** A result that awaits its value. */
export const emptyStanding: Standing = {
  status: 'awaiting',
  value: null,
  rawValue: null,
  flags: [],
  holds: [],
  holdNotes: [],
  range: null,
  note: null,
  source: null,
  messageId: null,
  otherValues: [],
  sentBackReason: null,
  delta: null,
  indices: null,
  dilution: null,
  reagentLot: null,
  sentAs: null,
  interpretation: null,
  blankReason: null,
  detail: null,
};
