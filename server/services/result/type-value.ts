// A typed value judged for its row with the facts that were gathered.
import type { Standing } from './domain/instrument-entry.ts';
import type { TypedValue } from './domain/typed-entry.ts';
import { inOwnUnit, mustBeTakable, typedStanding } from './domain/typed-entry.ts';
import type { Facts } from './gather-facts.ts';
import { judgeRow } from './judge-row.ts';
import type { ResultRow } from './store.ts';

/** @throws result.calculated | result.empty_value | result.unit_mismatch | result.not_a_number | result.not_a_choice | result.absurd_unconfirmed */
export function standingOfTyped(before: ResultRow, typed: TypedValue, facts: Facts): Standing {
  const brought = inOwnUnit(before, typed, facts.rulesOf(before.analyteCode)?.molarMass ?? null);
  const sent = { value: brought.rawValue, lacksUnit: false, isDoubted: false, isPreliminary: false };
  const judged = judgeRow(before, sent, facts, before.indices);
  mustBeTakable(judged, before.choices, typed);
  return typedStanding(before, judged, brought, typed);
}
