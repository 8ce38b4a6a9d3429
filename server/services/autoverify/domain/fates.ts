// What became of a value the rules decided about: the only measure of whether they decide as people do. Never the rules' own decision.

/** unchanged: it was verified, or signed, as it was; sent_back: signed as it was, after it had been sent back; changed: another value. */
export type Fate = 'unchanged' | 'changed' | 'sent_back';

export interface Decided {
  readonly id: string;
  readonly resultId: string;
  readonly value: string | null;
  readonly resultVersion: number;
}

export interface Final {
  readonly value: string | null;
  readonly wasSentBack: boolean;
}

/**
 * The fate of each decision about one result, as its value stands now. Of several decisions about the same value the last counts;
 * the others get none.
 * @param decisions in the order in which they were made
 */
export function fatesOf(
  decisions: readonly Decided[],
  final: Final,
): readonly { readonly id: string; readonly fate: Fate | null }[] {
  const lastOfValue = new Map(decisions.map(({ id, value }) => [value, id]));
  return decisions.map(({ id, value }) => {
    if (lastOfValue.get(value) !== id) return { id, fate: null };
    if (value !== final.value) return { id, fate: 'changed' };
    return { id, fate: final.wasSentBack ? 'sent_back' : 'unchanged' };
  });
}

/** Verified and signed at once, each a version, nothing can have happened in between. */
export function isStraight(resultVersion: number, signedVersion: number): boolean {
  return signedVersion <= resultVersion + 2;
}
