// What verifying, authorising and sending back share: many results at once, all or none.
import type { Tx } from '#platform/service.ts';

import { resultNotFound, staleResult } from '../contract.ts';
import type { Move } from '../domain/status.ts';
import { isAmending, mustMove } from '../domain/status.ts';
import type { ResultRow } from '../store.ts';

export interface Step {
  readonly resultId: string;
  readonly expectedVersion: number;
}

/**
 * The steps as asked, each once: a double click is one step. Ids in lower case, as the database gives them back.
 * The same result with two versions stays twice, and one of them is stale.
 */
export function eachOnce<S extends Step>(steps: readonly S[]): readonly S[] {
  const asked = steps.map((step) => ({ ...step, resultId: step.resultId.toLowerCase() }));
  return [...new Map(asked.map((step) => [`${step.resultId} ${step.expectedVersion}`, step])).values()];
}

/**
 * Refuses the whole command unless every result is there, is the one that was looked at, and may make the move.
 * @param locked rows that hold all the results asked for; may hold more
 * @returns the row of each step, in the order of the steps
 * @throws result.not_found | result.stale | result.cannot_move
 */
export function mayAllMove<S extends Step>(
  locked: readonly ResultRow[],
  steps: readonly S[],
  move: Move,
): readonly (readonly [ResultRow, S])[] {
  const byId = new Map(locked.map((row) => [row.id, row]));
  return steps.map((step) => {
    const row = byId.get(step.resultId);
    if (row === undefined) throw resultNotFound({});
    if (row.version !== step.expectedVersion) throw staleResult({ resultId: row.id, version: row.version });
    mustMove(row.status, move, isAmending(row));
    return [row, step];
  });
}

/** Rows as written, in the order in which they were asked for. */
export function inOrderOf(steps: readonly Step[], rows: readonly ResultRow[]): readonly ResultRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return steps.flatMap((step) => byId.get(step.resultId) ?? []);
}

/** Facts of the one event that an order gets for a command, however many of its results it moved. */
export interface OrderFact {
  readonly orderId: string;
  readonly patientId: string;
  readonly resultIds: string[];
}

export function factsByOrder(rows: readonly ResultRow[]): readonly OrderFact[] {
  const facts = new Map<string, OrderFact>();
  for (const { id, orderId, patientId } of rows) {
    const fact = facts.get(orderId);
    if (fact === undefined) facts.set(orderId, { orderId, patientId, resultIds: [id] });
    else fact.resultIds.push(id);
  }
  return [...facts.values()];
}

/** One act in the trail for each result, under its order. */
export function auditEach(tx: Tx, act: string, pairs: readonly (readonly [before: ResultRow, facts: object])[]): void {
  for (const [before, facts] of pairs)
    tx.audit(act, before.id, { from: before.status, analyteCode: before.analyteCode, ...facts }, before.orderId);
}
