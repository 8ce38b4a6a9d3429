// The self-test of what formulas calculate from: of every test that reports a calculated analyte, a live test must measure
// each input in the same draw, or the value stays blank whatever is ordered.
import type { Formula } from '@nidaan/formula';

import type { CheckContext } from './check-context.ts';
import type { TestRow } from './catalogue.ts';
import { waysOf } from './formula-needs.ts';
import type { Way } from './formula-needs.ts';

const drawOf = (test: TestRow): string => test.timedDraw?.name ?? '';

/** Formulas that read formulas; deeper than this nobody can follow, nor may a program that goes down them. */
const MOST_STEPS = 100;

/** The first code whose formula stands on too many others; none when all are sound. */
function tooDeep(formulas: ReadonlyMap<string, Formula>): readonly string[] {
  let standing = new Map(formulas);
  for (let step = 0; step < MOST_STEPS && standing.size > 0; step += 1) {
    // Taken away are those that read no formula still standing.
    const now = standing;
    standing = new Map([...now].filter(([, { inputs }]) => inputs.some((input) => now.has(input))));
  }
  return [...standing.keys()].slice(0, 1);
}

/**
 * @param formulas those that are sound
 * @param all those of a circle too: what they calculate is no input that a test could measure
 */
export function checkMeasured(
  context: CheckContext,
  formulas: ReadonlyMap<string, Formula>,
  all: ReadonlyMap<string, Formula>,
): void {
  const { analytes, testsOf, fault, warn, broken } = context;
  const ways = new Map([...formulas].map(([code, formula]): [string, readonly Way[]] => [code, waysOf(formula)]));
  const isMeasured = (input: string, draw: string): boolean =>
    testsOf.get(input)?.some((test) => test.status === 'live' && drawOf(test) === draw) ?? false;

  const [deepest] = tooDeep(formulas);
  if (deepest !== undefined) {
    broken('analyte', deepest, 'formula', `is derived through more than ${MOST_STEPS} other formulas`);
    return;
  }
  const answers = new Map<string, readonly string[]>();
  /** Inputs that keep the analyte blank in this draw: of the way that misses fewest. */
  const missing = (code: string, draw: string): readonly string[] => {
    if (!all.has(code)) return isMeasured(code, draw) ? [] : [code];
    const key = `${code} ${draw}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    // Of a circle, or one that cannot be read, there are no ways: told there.
    const lists = (ways.get(code) ?? []).map((way) => [...new Set(way.flatMap((input) => missing(input, draw)))]);
    const fewest = lists.toSorted((a, b) => a.length - b.length)[0] ?? [];
    answers.set(key, fewest);
    return fewest;
  };

  for (const code of formulas.keys()) {
    const tests = testsOf.get(code) ?? [];
    for (const [draw, ofDraw] of Map.groupBy(tests, drawOf)) {
      for (const input of missing(code, draw)) {
        if (analytes.get(input)?.isRetired !== false) continue;
        const where = draw === '' ? '' : ` in the draw ${draw}`;
        const tell = ofDraw.some((test) => test.status === 'live') ? fault : warn;
        tell('analyte', code, 'formula', `formula input ${input} is measured by no live test${where}`);
      }
    }
  }
}
