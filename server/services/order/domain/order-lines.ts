// The tests of an order, each once, with the promise made for it. A test that another of them gives has no line.
import type { CatalogueItem, OrderLine, Priority, TestView } from '../contract.ts';
import type { Catalogue } from './catalogue.ts';
import { containedTests } from './contained-tests.ts';
import { expand } from './panel-expansion.ts';

export type NewLine = Omit<OrderLine, 'id'> & { readonly test: TestView };

/** Urgent and stat share the shorter clock; the stat tube only stands before the urgent one in every list. */
export function promiseMinutes(test: TestView, priority: Priority): number {
  return priority === 'routine' ? test.turnaroundMinutes : test.urgentTurnaroundMinutes;
}

/**
 * Lines in the order the items were named, panels opened where they stand, a test that several ask for once, and none for
 * a test whose analytes another test of the same container has.
 * A test that is in an ordered panel carries that panel even when it was also named by itself, as the panel pays for it;
 * of several panels the one that is charged, then the first.
 * @param charged codes of the items that are not covered by another
 */
export function linesOf(
  items: readonly CatalogueItem[],
  charged: ReadonlySet<string>,
  catalogue: Catalogue,
  priority: Priority,
  placedAt: string,
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
  const given = new Set([...containedTests(ordered.map(({ test }) => test)).values()].flat());
  const run = ordered.filter(({ test }) => !given.has(test.code));
  return run.map(({ test, orderedAs }) => {
    const panels = orderedAs.filter((code) => catalogue.panels.has(code));
    return {
      test,
      testCode: test.code,
      testName: test.name,
      section: test.section,
      specimen: test.specimen,
      containerCode: test.container.code,
      panelCode: panels.find((panel) => charged.has(panel)) ?? panels[0] ?? null,
      promisedAt: addMinutes(placedAt, promiseMinutes(test, priority)),
    };
  });
}

function addMinutes(instant: string, minutes: number): string {
  return new Date(Date.parse(instant) + minutes * 60_000).toISOString();
}
