// Turns what was ordered (tests, panels, panels of panels) into the tests to be run, each once.
// The catalogue is handed in; whether a test is active or priced is not decided here.

/** What expansion needs to know of a catalogue. A code is a test or a panel, never both. */
export interface ExpandableCatalogue {
  readonly tests: { has(code: string): boolean };
  /** Members of each panel, in the order they are to be listed. */
  readonly panels: { get(code: string): readonly string[] | undefined };
}

export interface ExpandedTest {
  readonly test: string;
  /** Panels it was first reached through, outermost first; empty when the test itself was ordered. */
  readonly path: readonly string[];
  /** Every ordered code that asks for this test, in order; more than one means the order overlaps. */
  readonly orderedAs: readonly string[];
}

/** A panel contains itself, directly or through others. The catalogue must be corrected. */
export class PanelCycleError extends Error {
  override readonly name = 'PanelCycleError';
  /** From the panel to its own repetition: ['A', 'B', 'A']. */
  readonly cycle: readonly string[];
  constructor(cycle: readonly string[]) {
    super(`Panel ${cycle[0] ?? '?'} contains itself: ${cycle.join(' > ')}.`);
    this.cycle = cycle;
  }
}

/** A code is neither a test nor a panel of the catalogue. */
export class UnknownCodeError extends Error {
  override readonly name = 'UnknownCodeError';
  readonly code: string;
  /** Panels that led to it, outermost first; empty when it was ordered itself. */
  readonly path: readonly string[];
  constructor(code: string, path: readonly string[]) {
    const where = path.length === 0 ? '' : ` (member of ${path.join(' > ')})`;
    super(`${code} is neither a test nor a panel of the catalogue${where}.`);
    this.code = code;
    this.path = path;
  }
}

/**
 * Lists the tests of an order, unique, in the order first met, panels opened depth first.
 * @throws UnknownCodeError naming the code and the panel it stands in
 * @throws PanelCycleError naming the panels of the cycle
 */
export function expand(codes: readonly string[], catalogue: ExpandableCatalogue): readonly ExpandedTest[] {
  const found = new Map<string, { readonly path: readonly string[]; readonly orderedAs: string[] }>();
  for (const ordered of new Set(codes)) {
    for (const [test, path] of testsOf(ordered, catalogue)) {
      const known = found.get(test);
      if (known === undefined) found.set(test, { path, orderedAs: [ordered] });
      else known.orderedAs.push(ordered);
    }
  }
  return [...found].map(([test, { path, orderedAs }]) => ({ test, path, orderedAs }));
}

function testsOf(ordered: string, catalogue: ExpandableCatalogue): ReadonlyMap<string, readonly string[]> {
  const tests = new Map<string, readonly string[]>();
  // Without this memory a ladder of panels, each naming the next twice, takes 2^n steps.
  const opened = new Set<string>();
  const visit = (code: string, path: readonly string[]): void => {
    if (catalogue.tests.has(code)) {
      if (!tests.has(code)) tests.set(code, path);
      return;
    }
    if (path.includes(code)) throw new PanelCycleError([...path.slice(path.indexOf(code)), code]);
    if (opened.has(code)) return;
    const members = catalogue.panels.get(code);
    if (members === undefined) throw new UnknownCodeError(code, path);
    const inside = [...path, code];
    for (const member of members) visit(member, inside);
    opened.add(code);
  };
  visit(ordered, []);
  return tests;
}
