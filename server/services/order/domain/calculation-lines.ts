// What cancelling does to calculations: lines that keep others from being calculated stay or take those along, and lines that
// were run for a calculation alone go when it goes.
import type { OrderLine, TestView } from '../contract.ts';
import { isAllCalculated, lackingOf, unneededOf } from './calculation-support.ts';
import type { Catalogue } from './catalogue.ts';

type LineFact = Pick<OrderLine, 'id' | 'testCode' | 'status' | 'origin'>;

interface OpenLine {
  readonly line: LineFact;
  readonly test: TestView;
}

function openLines(lines: readonly LineFact[], catalogue: Catalogue, gone: ReadonlySet<string>): readonly OpenLine[] {
  return lines
    .filter((line) => line.status === 'open' && !gone.has(line.id))
    .flatMap((line) => {
      const test = catalogue.tests.get(line.testCode);
      return test === undefined ? [] : [{ line, test }];
    });
}

const noneGone: ReadonlySet<string> = new Set();

/** Codes of the tests that would stay open and miss something they calculate from, which they do not miss now. */
export function strandedBy(
  lines: readonly LineFact[],
  cancelledIds: ReadonlySet<string>,
  catalogue: Catalogue,
): readonly string[] {
  const lacking = (gone: ReadonlySet<string>): readonly string[] =>
    lackingOf(
      openLines(lines, catalogue, gone).map(({ test }) => test),
      catalogue,
    ).map(({ testCode, analyteCode }) => `${testCode} ${analyteCode}`);
  const before = new Set(lacking(noneGone));
  const stranded = lacking(cancelledIds).filter((each) => !before.has(each));
  return [...new Set(stranded.map((each) => each.split(' ')[0] ?? each))];
}

/**
 * Ids of the lines that go with these when nobody can be asked: those that only calculate, from what is taken back.
 * @param mayGo whether the stage of a line lets it go
 */
export function calculatedFrom(
  lines: readonly LineFact[],
  cancelledIds: ReadonlySet<string>,
  mayGo: (lineId: string) => boolean,
  catalogue: Catalogue,
): readonly string[] {
  const stranded = new Set(strandedBy(lines, cancelledIds, catalogue));
  return openLines(lines, catalogue, cancelledIds)
    .filter(({ line, test }) => stranded.has(line.testCode) && isAllCalculated(test) && mayGo(line.id))
    .map(({ line }) => line.id);
}

/**
 * Ids of the lines that were run for a calculation and are needed for none once these are cancelled.
 * @param items those still paid for: a test asked for later, and run for a calculation before, stays
 */
export function unneededSupport(
  lines: readonly LineFact[],
  cancelledIds: ReadonlySet<string>,
  items: readonly { readonly lineCodes: readonly string[] }[],
  catalogue: Catalogue,
): readonly string[] {
  const asked = new Set(items.flatMap((item) => item.lineCodes));
  const open = openLines(lines, catalogue, cancelledIds);
  const support = open.filter(({ line }) => line.origin === 'calculation' && !asked.has(line.testCode));
  const unneeded = new Set(
    unneededOf(
      open.map(({ test }) => test),
      support.map(({ test }) => test),
      catalogue,
    ),
  );
  return support.filter(({ test }) => unneeded.has(test.code)).map(({ line }) => line.id);
}
