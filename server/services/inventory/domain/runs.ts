// How often a test was run, seen from the values that came of it. A test of twenty analytes on one tube is one run; an analyte
// that comes a second time means the run was made a second time.

export type Counts = ReadonlyMap<string, number>;

/** Runs of one test on one tube, from how often each of its analytes was measured. */
export function runsOf(counts: Counts): number {
  return Math.max(0, ...counts.values());
}

export function add(counts: Counts, analyteCodes: readonly string[]): Counts {
  const sum = new Map(counts);
  for (const code of analyteCodes) sum.set(code, (sum.get(code) ?? 0) + 1);
  return sum;
}

export interface NewRuns {
  /** 0 or 1: the patient's first. */
  readonly first: number;
  readonly repeats: number;
}

/**
 * What these values add to what was measured before.
 * @param isRerun all of them were marked as measured again, so the first run is not among them
 */
export function newRuns(before: Counts, analyteCodes: readonly string[], isRerun: boolean): NewRuns {
  const runsBefore = runsOf(before);
  const more = runsOf(add(before, analyteCodes)) - runsBefore;
  const first = runsBefore === 0 && !isRerun && more > 0 ? 1 : 0;
  return { first, repeats: more - first };
}

export interface TestOfAnalytes {
  readonly code: string;
  readonly analyteCodes: readonly string[];
}

/**
 * Whose run a measured control is. A control has values and no test: an analyte belongs to the largest of the tests that count
 * (HGB on a cell counter comes of a CBC), by code when two are alike.
 */
export function testsOfControls(
  analyteCodes: readonly string[],
  tests: readonly TestOfAnalytes[],
): ReadonlyMap<string, readonly string[]> {
  const bySize = tests.toSorted((a, b) => b.analyteCodes.length - a.analyteCodes.length || (a.code < b.code ? -1 : 1));
  const found = new Map<string, string[]>();
  for (const analyte of analyteCodes) {
    const owner = bySize.find((test) => test.analyteCodes.includes(analyte));
    if (owner === undefined) continue;
    found.set(owner.code, [...(found.get(owner.code) ?? []), analyte]);
  }
  return found;
}

export interface Recipe {
  readonly measure: 'test' | 'analyte';
  readonly code: string;
  /** Null: on whichever instrument. */
  readonly instrument: string | null;
  readonly itemId: string;
  readonly quantity: string;
}

/** The recipes that hold there: the instrument's own quantity of an item goes before the one for all. */
export function recipesAt(recipes: readonly Recipe[], instrument: string | null): readonly Recipe[] {
  const fitting = recipes.filter((recipe) => recipe.instrument === null || recipe.instrument === instrument);
  return fitting.filter(
    (recipe) => recipe.instrument !== null || !fitting.some((own) => own.instrument !== null && isSame(own, recipe)),
  );
}

function isSame(a: Recipe, b: Recipe): boolean {
  return a.measure === b.measure && a.code === b.code && a.itemId === b.itemId;
}
