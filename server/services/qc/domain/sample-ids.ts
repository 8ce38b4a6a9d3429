// Which sample ids are those of controls. A trailing * stands for any ending; capitals and small letters are the same.

/** Characters before the `*`; with fewer a pattern would swallow the tubes of patients. */
export const MIN_PREFIX = 3;

const prefixOf = (pattern: string): string | undefined => (pattern.endsWith('*') ? pattern.slice(0, -1) : undefined);

export const isTooWide = (pattern: string): boolean => {
  const prefix = prefixOf(pattern);
  return prefix === undefined ? pattern.includes('*') : prefix.length < MIN_PREFIX || prefix.includes('*');
};

export function matches(pattern: string, sampleId: string): boolean {
  const id = sampleId.trim().toUpperCase();
  const prefix = prefixOf(pattern);
  return prefix === undefined ? id === pattern : id.startsWith(prefix);
}

/** Two patterns that one sample id could meet. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [prefixOf(a), prefixOf(b)];
  if (left !== undefined && right !== undefined) return left.startsWith(right) || right.startsWith(left);
  return left === undefined ? matches(b, a) : matches(a, b);
}

export interface NamedLot {
  readonly id: string;
  readonly sampleIds: readonly string[];
}

/** The lot that claims this id. Active lots never overlap, so there is one at most among them. */
export function lotOf<L extends NamedLot>(lots: readonly L[], sampleId: string): L | undefined {
  return lots.find(({ sampleIds }) => sampleIds.some((pattern) => matches(pattern, sampleId)));
}
