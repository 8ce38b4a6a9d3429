// Which records are one person. A merged record points to the one it was merged into; where the chain ends is the survivor.
// Whoever is merged in brings along what was merged into them, and takes it away again when that merge is undone.

export interface MergeLink {
  readonly id: string;
  /** Null for a record of its own. */
  readonly mergedInto: string | null;
}

/** The record and everything that was merged into it, directly or through others. */
export function broughtAlong(links: readonly MergeLink[], id: string): readonly string[] {
  const found = [id];
  // The list grows while it is walked; a link is met once, since nothing is merged into two.
  for (const each of found) for (const link of links) if (link.mergedInto === each) found.push(link.id);
  return found;
}
