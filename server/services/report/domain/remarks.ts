// Notes that several results of a test carry alike, as a comment on the specimen does, are printed once below the test.

interface Noted {
  readonly name: string;
  readonly note?: string | undefined;
}

/** Names of results in one remark, in characters; with more each keeps its note. */
const MOST_NAMES = 9000;

/**
 * @returns notes: what stays with each result, in the order given; remarks: what is printed once, with the names of the
 *   results it is about unless these are all
 */
export function shareNotes(results: readonly Noted[]): {
  readonly notes: readonly (string | undefined)[];
  readonly remarks: readonly string[];
} {
  const shared = new Map<string, string>();
  for (const [note, own] of Map.groupBy(results, (result) => result.note)) {
    const names = own.map(({ name }) => name).join(', ');
    if (note === undefined || own.length < 2 || names.length > MOST_NAMES) continue;
    shared.set(note, own.length === results.length ? note : `${names}: ${note}`);
  }
  return {
    notes: results.map(({ note }) => (note !== undefined && shared.has(note) ? undefined : note)),
    remarks: [...shared.values()],
  };
}
