// The tests of an order, each once, with the promise made for it. A test that another of them gives has no line.
import type { LabCalendar } from '#contract/organization.ts';

import type { CatalogueItem, LineOrigin, OrderLineView, Priority, TestView } from '../contract.ts';
import { supportTests } from './calculation-support.ts';
import type { Catalogue } from './catalogue.ts';
import { containedTests } from './contained-tests.ts';
import { expand } from './panel-expansion.ts';
import { promise } from './promise.ts';

export type NewLine = Omit<OrderLineView, 'id'> & { readonly test: TestView };

/** What every line of one placing or adding shares. */
export interface LineTerms {
  readonly priority: Priority;
  /** From when the turnaround counts. */
  readonly fromAt: string;
  readonly calendar: LabCalendar;
  readonly origin: LineOrigin;
}

/**
 * Lines in the order the items were named, panels opened where they stand, a test that several ask for once, and none for
 * a test whose analytes another test of the same container has.
 * A test that is in an ordered panel carries that panel even when it was also named by itself, as the panel pays for it;
 * of several panels the one that is charged, then the first.
 * @param charged codes of the items that are not covered by another
 * @param present tests the order has open lines for already: they, and what they contain, get no second line
 */
export function linesOf(
  items: readonly CatalogueItem[],
  charged: ReadonlySet<string>,
  catalogue: Catalogue,
  terms: LineTerms,
  present: readonly TestView[] = [],
): readonly NewLine[] {
  const expanded = expand(
    items.map((item) => item.code),
    catalogue,
  );
  const ordered = expanded.map(({ test: code, orderedAs }) => {
    const test = catalogue.tests.get(code);
    if (test === undefined) throw new Error(`Expansion gave ${code}, which is no test`);
    return { test, orderedAs };
  });
  const there = new Set(present.map((test) => test.code));
  const wanted = ordered.filter(({ test }) => !there.has(test.code));
  const given = new Set([...containedTests([...present, ...wanted.map(({ test }) => test)]).values()].flat());
  const run = wanted.filter(({ test }) => !given.has(test.code));
  return run.map(({ test, orderedAs }) => {
    const panels = orderedAs.filter((code) => catalogue.panels.has(code));
    return lineOf(test, panels.find((panel) => charged.has(panel)) ?? panels[0] ?? null, terms);
  });
}

/**
 * Lines for what the new tests calculate from and nothing on the order measures; no item stands for them.
 * @param tests those that get lines now
 * @param beside those that have lines already
 */
export function supportLinesOf(
  tests: readonly TestView[],
  beside: readonly TestView[],
  catalogue: Catalogue,
  terms: LineTerms,
): readonly NewLine[] {
  return supportTests(tests, beside, catalogue).map((test) => lineOf(test, null, { ...terms, origin: 'calculation' }));
}

function lineOf(test: TestView, panelCode: string | null, terms: LineTerms): NewLine {
  return {
    test,
    testCode: test.code,
    testName: test.name,
    section: test.section,
    specimen: test.specimen,
    containerCode: test.container.code,
    panelCode,
    promisedAt: promise(terms.fromAt, minutesOfTest(test), terms.priority, terms.calendar),
    draw: test.timedDraw?.name ?? null,
    origin: terms.origin,
    status: 'open',
    isOutsourced: test.referralLabId !== null,
    isInScope: test.isInScope,
    needsConsent: test.needsConsent,
  };
}

export function minutesOfTest(test: Pick<TestView, 'turnaroundMinutes' | 'urgentTurnaroundMinutes'>): {
  readonly routineMinutes: number;
  readonly urgentMinutes: number;
} {
  return { routineMinutes: test.turnaroundMinutes, urgentMinutes: test.urgentTurnaroundMinutes };
}

/**
 * Codes of the lines that give an item: its own tests, or the tests that contain them.
 * @param run all tests the order has lines for
 */
export function lineCodesOf(item: CatalogueItem, run: readonly TestView[], catalogue: Catalogue): readonly string[] {
  const lines = new Set(run.map((test) => test.code));
  const own = item.testCodes.flatMap((code) => catalogue.tests.get(code) ?? []);
  const containing = containedTests([...run, ...own.filter((test) => !lines.has(test.code))]);
  return [
    ...new Set(
      item.testCodes.flatMap((code) => {
        if (lines.has(code)) return [code];
        return [...containing]
          .filter(([outer, inner]) => lines.has(outer) && inner.includes(code))
          .map(([outer]) => outer);
      }),
    ),
  ];
}

/** Of the tests that have lines, those that the added ones contain. */
export function supersededBy(added: readonly TestView[], present: readonly TestView[]): ReadonlySet<string> {
  const contained = containedTests([...present, ...added]);
  const there = new Set(present.map((test) => test.code));
  return new Set(added.flatMap((test) => (contained.get(test.code) ?? []).filter((code) => there.has(code))));
}
