// The self-test of containers, analytes, tests and panels: names that lead nowhere, codes that lead to two places, a kind
// that contradicts its fields.
import { isUcum, sameKind } from '@nidaan/units';

import type { CheckContext } from './check-context.ts';
import type { AnalyteRow, TestRow } from './catalogue.ts';
import { expand, PanelCycleError, UnknownCodeError } from './panel-expansion.ts';

export function checkEntries(context: CheckContext): void {
  checkNames(context);
  for (const analyte of context.rows.analytes) if (!analyte.isRetired) checkAnalyte(context, analyte);
  for (const test of context.rows.tests) if (test.status !== 'retired') checkTest(context, test);
  for (const panel of context.rows.panels) if (panel.status !== 'retired') checkPanel(context, panel.code);
}

/** An analyzer's code or a LOINC code that leads to two analytes could put a value in the wrong place. */
function checkNames({ rows, liveAnalytes, fault, warn }: CheckContext): void {
  const nameOf = new Map<string, string>();
  const loincOf = new Map<string, string>();
  for (const { code, aliases, loinc, isRetired } of rows.analytes) {
    if (isRetired) continue;
    for (const [at, name] of [code, ...aliases].entries()) {
      const other = nameOf.get(name);
      if (other === undefined) nameOf.set(name, code);
      else if (other === code) warn('analyte', code, 'aliases', `${name} is given twice`);
      else tellBoth(fault, [code, other], at === 0 ? 'code' : 'aliases', `${name} leads to two analytes`);
    }
    const other = loinc === null ? undefined : loincOf.get(loinc);
    if (loinc !== null && other === undefined) loincOf.set(loinc, code);
    if (other !== undefined) tellBoth(fault, [code, other], 'loinc', `LOINC ${loinc ?? ''} leads to two analytes`);
    // What an instrument sends under these names finds no test to land in.
    const isMeasured = liveAnalytes.has(code) || rows.analytes.some((one) => one.measuredAs === code);
    if (aliases.length > 0 && !isMeasured) warn('analyte', code, 'aliases', 'no live test reports this analyte');
  }
  for (const { code, status } of rows.tests) {
    if (status !== 'retired' && rows.panels.some((panel) => panel.code === code && panel.status !== 'retired')) {
      fault('panel', code, 'code', `${code} is a test and a panel`);
    }
  }
}

function tellBoth(tell: CheckContext['fault'], codes: readonly string[], field: string, message: string): void {
  const [one = '', other = ''] = codes;
  tell('analyte', one, field, `${message}: ${one} and ${other}`);
  tell('analyte', other, field, `${message}: ${one} and ${other}`);
}

function checkAnalyte({ analytes, fault, broken }: CheckContext, analyte: AnalyteRow): void {
  const { code, kind, decimals, choices, ucum, unitDisplay, measuredAs, reportableLow, reportableHigh } = analyte;
  const say = (field: string, message: string): void => fault('analyte', code, field, message);
  const refuse = (field: string, message: string): void => broken('analyte', code, field, message);
  const isNumeric = kind === 'numeric';
  if (isNumeric && decimals === null) refuse('decimals', 'a numeric analyte needs its decimals');
  if (!isNumeric && decimals !== null) refuse('decimals', `do not belong to a ${kind} analyte`);
  const isChosen = kind === 'coded' || kind === 'titre';
  if (isChosen && choices.length < 2) say('choices', `a ${kind} analyte offers at least two`);
  if (!isChosen && choices.length > 0) say('choices', `do not belong to a ${kind} analyte`);
  if (new Set(choices).size < choices.length) say('choices', 'one is given twice');
  if (ucum !== null && !isUcum(ucum)) say('ucum', `${ucum} is no UCUM unit`);
  if (ucum === null && unitDisplay !== '') say('unitDisplay', 'is printed, yet there is no UCUM unit');
  if (!isNumeric && (reportableLow !== null || reportableHigh !== null)) {
    say('reportableLow', `measuring limits do not belong to a ${kind} analyte`);
  }
  if (reportableLow !== null && reportableHigh !== null && Number(reportableLow) > Number(reportableHigh)) {
    refuse('reportableLow', 'is above reportableHigh');
  }
  if (measuredAs === null) return;
  const measured = analytes.get(measuredAs);
  if (measured === undefined || measured.isRetired) say('measuredAs', `${measuredAs} is no analyte in use`);
  else if (measuredAs === code || measured.measuredAs !== null) {
    say('measuredAs', `${measuredAs} must be an analyte that instruments report under its own code`);
  } else if (measured.kind !== kind || unitsClash(measured.ucum, ucum)) {
    say('measuredAs', `${measuredAs} is of another kind or unit`);
  }
}

export function unitsClash(one: string | null, other: string | null): boolean {
  if (one === other) return false;
  return one === null || other === null || !sameKind(one, other);
}

function checkTest({ containers, analytes, analytesOf, fault, warn, broken }: CheckContext, test: TestRow): void {
  const say = (field: string, message: string): void => fault('test', test.code, field, message);
  const refuse = (field: string, message: string): void => broken('test', test.code, field, message);
  const container = containers.get(test.containerCode);
  if (container === undefined || container.isRetired) {
    refuse('containerCode', `${test.containerCode} is no container in use`);
  } else if (container.volumeMl !== null && container.volumeMl > 0 && (test.minVolumeMl ?? 0) > container.volumeMl) {
    warn('test', test.code, 'minVolumeMl', `is more than the container holds (${container.volumeMl} mL)`);
  }
  const own = analytesOf.get(test.code) ?? [];
  if (own.length === 0) say('analyteCodes', 'a test reports at least one analyte');
  for (const code of own) {
    const analyte = analytes.get(code);
    if (analyte === undefined || analyte.isRetired) refuse('analyteCodes', `${code} is no analyte in use`);
  }
  if (test.urgentTurnaroundMinutes > test.turnaroundMinutes) {
    refuse('urgentTurnaroundMinutes', 'is longer than the routine turnaround');
  }
  if (new Set(test.stability.map(({ storage }) => storage)).size < test.stability.length) {
    say('stability', 'a storage is given twice');
  }
}

function checkPanel({ tests, panels, membersOf, fault, broken }: CheckContext, code: string): void {
  const say = (message: string): void => fault('panel', code, 'memberCodes', message);
  const members = membersOf.get(code) ?? [];
  if (members.length === 0) say('a panel has at least one member');
  for (const member of members) {
    const status = (tests.get(member) ?? panels.get(member))?.status;
    if (status === undefined) say(`${member} is no test or panel`);
    else if (status !== 'live') say(`${member} is ${status === 'draft' ? 'a draft' : 'retired'}`);
  }
  try {
    expand([code], { tests, panels: membersOf });
  } catch (error) {
    if (error instanceof PanelCycleError) broken('panel', code, 'memberCodes', error.message);
    // A name that leads nowhere is told where it stands.
    else if (!(error instanceof UnknownCodeError)) throw error;
  }
}
