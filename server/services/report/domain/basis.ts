// Which results a version stands on: the same ones make no second version.
import { createHash } from 'node:crypto';

export interface BasisFact {
  readonly id: string;
  /** When it was signed; an amendment that is given up brings back the time of before. Null: a formula that gave nothing. */
  readonly authorisedAt: string | null;
  readonly amendment: { readonly number: number } | null;
}

const sha256 = (parts: readonly string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex');

/** One text for one status and one set of signed results, in whatever order they come. SHA-256, hex. */
export function basisOf(status: 'final' | 'interim', printed: readonly BasisFact[]): string {
  const parts = printed.map(
    ({ id, authorisedAt, amendment }) => `${id}:${amendment?.number ?? 0}:${authorisedAt ?? 'blank'}`,
  );
  return sha256([status, ...parts.toSorted()]);
}

/** The basis of versions composed before `printed` was stored (migration 0002). */
export function basisOfBefore(results: readonly { readonly id: string; readonly version: number }[]): string {
  return sha256(results.map(({ id, version }) => `${id}:${version}`).toSorted());
}
