// Calculated tests ordered alone, such as an eGFR without creatinine: the tests that measure what they are calculated from.
// A value is calculated from values of the same order and the same draw, so that is where its inputs have to be.
// Source: lab-day 39; what brings an input is the smallest live test that measures it.
import type { TestView } from '../contract.ts';
import type { Catalogue } from './catalogue.ts';
import { readFormula, waysOf } from './formula-needs.ts';
import type { Way } from './formula-needs.ts';

/** A calculated analyte of an order for which something is not measured. */
export interface Lacking {
  readonly testCode: string;
  readonly analyteCode: string;
}

const drawOf = (test: TestView): string | null => test.timedDraw?.name ?? null;

interface Knowledge {
  /** Ways to calculate each analyte that has a formula. */
  readonly ways: ReadonlyMap<string, readonly Way[]>;
  /** Live tests that measure an analyte, fewest analytes first, then in catalogue order. */
  readonly measuring: ReadonlyMap<string, readonly TestView[]>;
}

const known = new WeakMap<Catalogue, Knowledge>();

function knowledgeOf(catalogue: Catalogue): Knowledge {
  const found = known.get(catalogue);
  if (found !== undefined) return found;
  const ways = new Map(
    catalogue.rows.analytes.flatMap(({ code, formula: text }): [string, readonly Way[]][] => {
      const formula = text === null ? undefined : readFormula(text);
      return formula === undefined ? [] : [[code, waysOf(formula)]];
    }),
  );
  const live = [...catalogue.tests.values()].filter((test) => catalogue.items.get(test.code)?.kind === 'test');
  const pairs = live
    .toSorted((a, b) => a.analytes.length - b.analytes.length)
    .flatMap((test) => test.analytes.flatMap(({ code, formula }) => (formula === null ? [{ code, test }] : [])));
  const measuring = new Map(
    [...Map.groupBy(pairs, ({ code }) => code)].map(([code, all]) => [code, all.map(({ test }) => test)]),
  );
  const made = { ways, measuring };
  known.set(catalogue, made);
  return made;
}

function measuredIn(tests: readonly TestView[], draw: string | null): ReadonlySet<string> {
  const ofDraw = tests.filter((test) => drawOf(test) === draw);
  return new Set(
    ofDraw.flatMap(({ analytes }) => analytes.flatMap(({ code, formula }) => (formula === null ? [code] : []))),
  );
}

/** Calculated analytes of these tests that have not all they need among them. */
export function lackingOf(tests: readonly TestView[], catalogue: Catalogue): readonly Lacking[] {
  const { ways } = knowledgeOf(catalogue);
  return [...Map.groupBy(tests, drawOf)].flatMap(([draw, ofDraw]) => {
    const measured = measuredIn(tests, draw);
    // What is under way counts as not there: a circle gives no value.
    const answers = new Map<string, boolean>();
    const isThere = (code: string): boolean => {
      const answer = answers.get(code);
      if (answer !== undefined) return answer;
      answers.set(code, measured.has(code));
      const isFound = measured.has(code) || (ways.get(code)?.some((way) => way.every(isThere)) ?? false);
      answers.set(code, isFound);
      return isFound;
    };
    return ofDraw.flatMap(({ code: testCode, analytes }) =>
      analytes.flatMap(({ code, formula }) =>
        formula === null || isThere(code) ? [] : [{ testCode, analyteCode: code }],
      ),
    );
  });
}

/**
 * The tests to be run besides, so that everything the new tests calculate gets its inputs. Inputs that no live test of the
 * draw measures are left: the self-test of the catalogue refuses such a formula.
 * @param tests new ones
 * @param beside those the order has already
 */
export function supportTests(
  tests: readonly TestView[],
  beside: readonly TestView[],
  catalogue: Catalogue,
): readonly TestView[] {
  const added: TestView[] = [];
  // An array visits what is added to it while it is walked: what a support test calculates needs its inputs too.
  const waiting = [...tests];
  for (const test of waiting) {
    for (const { code, formula } of test.analytes) {
      if (formula === null) continue;
      const brought = cheapest(code, test, [...beside, ...tests, ...added], catalogue) ?? [];
      added.push(...brought);
      waiting.push(...brought);
    }
  }
  // A later one may measure what an earlier one was taken for.
  const unneeded = new Set(unneededOf([...beside, ...tests, ...added], added, catalogue));
  return added.filter((test) => !unneeded.has(test.code));
}

/** The fewest tests, then the fewest analytes, then the way written first; undefined when there is no way. */
function cheapest(
  code: string,
  of: TestView,
  present: readonly TestView[],
  catalogue: Catalogue,
): readonly TestView[] | undefined {
  const { ways, measuring } = knowledgeOf(catalogue);
  const draw = drawOf(of);
  const measured = measuredIn(present, draw);
  const answers = new Map<string, readonly TestView[] | undefined>();
  const bring = (input: string): readonly TestView[] | undefined => {
    if (measured.has(input)) return [];
    if (answers.has(input)) return answers.get(input);
    answers.set(input, undefined);
    const answer = ways.has(input) ? bringCalculated(input) : bringMeasured(input);
    answers.set(input, answer);
    return answer;
  };
  const bringMeasured = (input: string): readonly TestView[] | undefined => {
    const fitting = measuring.get(input)?.filter((test) => drawOf(test) === draw) ?? [];
    // The creatinine of a urine test is that of the urine when both can be had.
    const found = fitting.find((test) => test.specimen === of.specimen) ?? fitting[0];
    return found && [found];
  };
  const bringCalculated = (input: string): readonly TestView[] | undefined =>
    (ways.get(input) ?? [])
      .map((way) => way.map(bring))
      .flatMap((way) => (way.every((each) => each !== undefined) ? [[...new Set(way.flat())]] : []))
      .toSorted((a, b) => a.length - b.length || analyteCount(a) - analyteCount(b))[0];
  return bring(code);
}

const analyteCount = (tests: readonly TestView[]): number => tests.reduce((sum, test) => sum + test.analytes.length, 0);

/**
 * Codes of the support tests without which nothing more is lacking than with them.
 * @param tests all of the order
 * @param support those of them that are there for calculations alone
 */
export function unneededOf(
  tests: readonly TestView[],
  support: readonly Pick<TestView, 'code'>[],
  catalogue: Catalogue,
): readonly string[] {
  let kept = tests;
  return support.flatMap(({ code }) => {
    const others = kept.filter((test) => test.code !== code);
    // What the support test itself calculates nobody asked for.
    const lacking = lackingOf(kept, catalogue).filter(({ testCode }) => testCode !== code);
    if (lackingOf(others, catalogue).length > lacking.length) return [];
    kept = others;
    return [code];
  });
}

/** Codes of tests that calculate everything they report; what is left of one without its inputs is nothing. */
export function isAllCalculated(test: TestView): boolean {
  return test.analytes.length > 0 && test.analytes.every(({ formula }) => formula !== null);
}
