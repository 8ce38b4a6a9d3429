// The self-test of a whole catalogue, run before a change is written and before a test goes live (lab-day 73). What is in
// use must be sound; what is a draft may still be wrong, and is told so.
import type { CatalogueFault } from '../contract.ts';
import type { CatalogueRows } from './catalogue.ts';
import { checkBands } from './check-bands.ts';
import { checkContext } from './check-context.ts';
import { checkEntries } from './check-entries.ts';
import { checkRules } from './check-rules-of-catalogue.ts';

/**
 * Everything found, errors first, then in the order of the catalogue.
 * @param today day of the lab: bands that ended before it are history and are not looked at
 */
export function checkCatalogue(rows: CatalogueRows, today: string): readonly CatalogueFault[] {
  const faults: CatalogueFault[] = [];
  const context = checkContext(rows, today, faults);
  checkEntries(context);
  checkBands(context);
  checkRules(context);
  const isError = ({ severity }: CatalogueFault): boolean => severity === 'error';
  return [...faults.filter(isError), ...faults.filter((fault) => !isError(fault))];
}

/**
 * Errors that are there after and were not before: an old error must not stand in the way of correcting another.
 * A warning that became an error (its test went live) counts as new.
 */
export function newErrors(
  before: readonly CatalogueFault[],
  after: readonly CatalogueFault[],
): readonly CatalogueFault[] {
  const known = new Set(before.filter(({ severity }) => severity === 'error').map(keyOf));
  return after.filter((fault) => fault.severity === 'error' && !known.has(keyOf(fault)));
}

const keyOf = ({ entity, code, field, message }: CatalogueFault): string => `${entity} ${code} ${field} ${message}`;

/** The faults that bear on one test or panel: its own, its members', those of the analytes it reports and of their inputs. */
export function faultsAbout(
  rows: CatalogueRows,
  code: string,
  faults: readonly CatalogueFault[],
): readonly CatalogueFault[] {
  const members = new Set([code]);
  const analytes = new Set<string>();
  const membersOf = Map.groupBy(rows.panelMembers, ({ panelCode }) => panelCode);
  const analytesOf = Map.groupBy(rows.testAnalytes, ({ testCode }) => testCode);
  const containers = new Set<string>();
  // A set visits what is added to it while it is walked.
  for (const member of members) {
    for (const { memberCode } of membersOf.get(member) ?? []) members.add(memberCode);
    for (const { analyteCode } of analytesOf.get(member) ?? []) analytes.add(analyteCode);
  }
  for (const test of rows.tests) if (members.has(test.code)) containers.add(test.containerCode);
  return faults.filter(({ entity, code: about }) => {
    if (entity === 'test' || entity === 'panel') return members.has(about);
    if (entity === 'container') return containers.has(about);
    if (entity === 'consistency' || entity === 'reflex') return false;
    return analytes.has(about);
  });
}
