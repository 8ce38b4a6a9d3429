// Which results a report stands on, and whether they are ready to be printed.
import { createHash } from 'node:crypto';

export interface BasisFact {
  readonly id: string;
  readonly version: number;
  readonly lineId: string;
  readonly status: string;
}

/** True when every line of the order has results and every result is authorised. */
export function isReady(lineIds: readonly string[], results: readonly BasisFact[]): boolean {
  const withResults = new Set(results.map(({ lineId }) => lineId));
  return (
    lineIds.length > 0 &&
    lineIds.every((id) => withResults.has(id)) &&
    results.every(({ status }) => status === 'authorised')
  );
}

/** One text for one set of results and their versions, in whatever order they come. SHA-256, hex. */
export function basisOf(results: readonly BasisFact[]): string {
  const parts = results.map(({ id, version }) => `${id}:${version}`).toSorted();
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}
