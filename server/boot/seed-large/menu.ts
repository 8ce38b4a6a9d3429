// What people come with: one test most of them, a panel some, as many values on average as the plan asks for.
import type { AnalyteRules, CatalogueItem, TestView } from '#contract/order.ts';
import { getRules, getTests, searchCatalogue } from '#contract/order.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import type { Scope } from '#platform/scope.ts';
import type { Seeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import { pick } from '../../demo/people.ts';
import type { MadeItem } from '../../services/order/bulk-rows.ts';

/** 15 million results of 2.8 million orders. */
const RESULTS_AN_ORDER = 15 / 2.8;

const LIGHT: readonly (readonly string[])[] = [
  ['GLU'],
  ['GLU'],
  ['TSH'],
  ['CREA'],
  ['HGB'],
  ['HBA1C'],
  ['GLU', 'HBA1C'],
  ['VITD'],
  ['B12'],
  ['CRP'],
  ['URIC'],
  ['UREA', 'CREA'],
  ['ESR'],
  ['PLT'],
  ['K'],
];
const HEAVY: readonly (readonly string[])[] = [
  ['CBC'],
  ['CBC'],
  ['CBC', 'ESR'],
  ['LIPID'],
  ['LFT'],
  ['KFT'],
  ['URINE_R'],
  ['CBC', 'LFT', 'KFT', 'LIPID', 'TSH'],
];

export interface Course {
  readonly items: readonly MadeItem[];
  readonly lines: readonly { readonly test: TestView; readonly panelCode: string | null }[];
  /** Values it leads to. */
  readonly size: number;
}

export interface Menu {
  choose(random: Seeded): Course;
  readonly tests: readonly TestView[];
  readonly rules: ReadonlyMap<string, AnalyteRules>;
}

export async function readMenu({ call }: Pick<Dispatcher, 'call'>, scope: Scope): Promise<Menu> {
  const codes = [...new Set([...LIGHT, ...HEAVY].flat())];
  const items = await Promise.all(
    codes.map(async (code) => {
      const { edges } = await call(searchCatalogue, { text: code, first: 50 }, scope);
      const item = edges.map(({ node }) => node).find((node) => node.code === code);
      if (!item) throw new Error(`The catalogue has no ${code}`);
      return [code, item] as const;
    }),
  );
  const byCode = new Map(items);
  const testCodes = [...new Set(items.flatMap(([, item]) => item.testCodes))];
  const tests = await call(getTests, { codes: testCodes }, scope);
  const testOf = new Map(tests.map((test) => [test.code, test]));
  const { analytes } = await call(
    getRules,
    { analyteCodes: tests.flatMap((test) => test.analytes.map(({ code }) => code)) },
    scope,
  );
  const courses = (list: readonly (readonly string[])[]) => list.map((each) => courseOf(each, byCode, testOf));
  const [light, heavy] = [courses(LIGHT), courses(HEAVY)];
  const heavyShare = (RESULTS_AN_ORDER - meanSize(light)) / (meanSize(heavy) - meanSize(light));
  return {
    choose: (random) => pick(random, random.next() < heavyShare ? heavy : light),
    tests,
    rules: new Map(analytes.map((rules) => [rules.analyteCode, rules])),
  };
}

function meanSize(courses: readonly Course[]): number {
  return courses.reduce((sum, { size }) => sum + size, 0) / courses.length;
}

function courseOf(
  codes: readonly string[],
  items: ReadonlyMap<string, CatalogueItem>,
  tests: ReadonlyMap<string, TestView>,
): Course {
  const chosen = codes.flatMap((code) => items.get(code) ?? []);
  const lines = new Map<string, { test: TestView; panelCode: string | null }>();
  for (const item of chosen)
    for (const code of item.testCodes) {
      const test = tests.get(code);
      if (test && !lines.has(code)) lines.set(code, { test, panelCode: item.kind === 'panel' ? item.code : null });
    }
  return {
    items: chosen.map(({ code, name, kind, pricePaise, testCodes }) => ({
      code,
      name,
      kind,
      pricePaise,
      lineCodes: testCodes,
    })),
    lines: [...lines.values()],
    size: [...lines.values()].reduce((sum, { test }) => sum + test.analytes.length, 0),
  };
}
