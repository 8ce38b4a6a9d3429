// From what the services know of an order to what its report says. Values, flags and ranges are taken as they were
// authorised; this only chooses, orders and words.
import { ageLabel, calendarDay } from '@nidaan/values';

import type { Flag, ResultDetail } from '#contract/result.ts';

import type { ReportContent, ReportFlag } from './report-content.ts';
import { ReportFlag as PrintedFlag } from './report-content.ts';
import type { Change } from './changes.ts';
import { printedCheckCode } from './check-code.ts';
import type { Chosen, LineFact } from './choose-results.ts';
import type { FileFact, ImageRoom } from './detail.ts';
import { MOST_IMAGE_BYTES, MOST_IMAGES, printedDetail } from './detail.ts';
import { rangeText } from './range-text.ts';
import type { RangeFact } from './range-text.ts';
import { shareNotes } from './remarks.ts';
import { sectionName, sectionRank } from './sections.ts';
import type { AuthorisedFact, Signatures } from './signatures.ts';
import { specimenText, timesOf, usedTubes } from './specimens.ts';
import type { TubeFact } from './specimens.ts';

export interface ResultFact extends AuthorisedFact {
  readonly lineId: string;
  readonly analyteCode: string;
  readonly analyteName: string;
  readonly method: string | null;
  readonly specimen: string;
  /** The timed draw; null for an ordinary one. */
  readonly draw: string | null;
  readonly kind: string;
  readonly value: string | null;
  readonly unit: string;
  readonly flags: readonly Flag[];
  readonly range: RangeFact | null;
  readonly isCalculated: boolean;
  readonly blankReason: string | null;
  readonly dilution: string | null;
  readonly interpretation: string | null;
  readonly note: string | null;
  readonly detail: ResultDetail | null;
}

export interface ReportLine extends LineFact {
  readonly testCode: string;
  readonly specimen: string;
  readonly isOutsourced: boolean;
  readonly isInScope: boolean;
}

export interface ReportFacts {
  readonly lab: {
    readonly name: string;
    readonly addressLines: readonly string[];
    readonly phone: string;
    readonly email: string;
    readonly registrationNumber: string;
  };
  readonly order: {
    readonly number: string;
    readonly placedAt: string;
    readonly referredBy: string | null;
    readonly lines: readonly ReportLine[];
  };
  readonly patient: {
    readonly name: string;
    readonly sex: 'male' | 'female' | 'other';
    readonly bornOn: string;
    readonly mrn: string;
  };
  readonly tubes: readonly TubeFact[];
  /** In the order they are printed within a test. */
  readonly chosen: Omit<Chosen<ResultFact>, 'printed'>;
  readonly signatures: Signatures;
  /** Decimals of an analyte by its code; absent or null for what is not a number. */
  readonly decimals: ReadonlyMap<string, number | null>;
  /** What the catalogue prints a test as, and where it sends it, by test code. */
  readonly tests: ReadonlyMap<string, { readonly reportName: string; readonly referralLabId: string | null }>;
  /** Names of referral labs by id. */
  readonly referralLabs: ReadonlyMap<string, string>;
  /** Of the images, by id; one that is not there cannot be printed. */
  readonly files: ReadonlyMap<string, FileFact>;
}

/** What this version is, beside what it says. */
export interface Issue {
  readonly version: number;
  readonly composedAt: string;
  readonly checkCode: string;
  readonly verifyUrl: string;
  /** Number of the newest version released before; null when there is none. */
  readonly replaces: string | null;
  readonly changes: readonly Change[];
}

type Section = ReportContent['sections'][number];
type Test = Section['tests'][number];
type Result = Test['results'][number];

const sexText = { male: 'Male', female: 'Female', other: 'Other' } as const;
export const NOT_CALCULATED = 'Not calculated';

/** The order's number and the version: `261125-0042-R1`. */
export function reportNumber(orderNumber: string, version: number): string {
  return `${orderNumber}-R${version}`;
}

const given = (text: string | null): string | undefined => (text === null || text.trim() === '' ? undefined : text);

/** A day of birth after the blood was drawn is an error at the desk; no age is printed rather than a wrong one. */
function ageText(bornOn: string, at: string): string {
  return bornOn > calendarDay(at) ? 'Not known' : ageLabel(bornOn, at);
}

function nameOf({ tests }: Pick<ReportFacts, 'tests'>, line: Pick<ReportLine, 'testCode' | 'testName'>): string {
  return given(tests.get(line.testCode)?.reportName ?? null) ?? line.testName;
}

/** What the bench marks for itself (a change from before, a limit of what can be) is not for the reader of the report. */
function printedFlags(flags: readonly Flag[]): ReportFlag[] {
  return PrintedFlag.options.filter((flag) => flags.includes(flag));
}

function toResult(result: ResultFact, facts: ReportFacts, room: ImageRoom): Result {
  if (result.value === null) throw new Error('An authorised result without a value');
  return {
    name: result.analyteName,
    value: result.value,
    unit: result.unit,
    rangeText: result.detail
      ? ''
      : rangeText(result.range, result.kind, facts.decimals.get(result.analyteCode) ?? null),
    flags: printedFlags(result.flags),
    isCalculated: result.isCalculated || undefined,
    dilution: given(result.dilution),
    interpretation: given(result.interpretation),
    note: given(result.note),
    detail: result.detail ? printedDetail(result.detail, facts.files, room) : undefined,
  };
}

/** A formula that gave nothing: said aloud, since the reader looks for the value. */
function toBlank({ analyteName, unit, blankReason }: ResultFact): Result {
  return {
    name: analyteName,
    value: NOT_CALCULATED,
    unit,
    rangeText: '',
    flags: [],
    isCalculated: true,
    note: given(blankReason),
  };
}

/** The laboratory that did the test, when it was another: by the tube, which may have been sent elsewhere than planned. */
function outsourcedTo(facts: ReportFacts, line: ReportLine): string | undefined {
  const own = usedTubes(facts.tubes, new Set([line.id]));
  const sentTo = own.flatMap(({ referralLabId }) => referralLabId ?? [])[0];
  if (sentTo === undefined && (own.length > 0 || !line.isOutsourced)) return undefined;
  const id = sentTo ?? facts.tests.get(line.testCode)?.referralLabId;
  return facts.referralLabs.get(id ?? '') ?? 'another laboratory';
}

function toTest(facts: ReportFacts, line: ReportLine, own: readonly ResultFact[], room: ImageRoom): Test {
  const [first] = own;
  const results = own.map((result) => (result.authorisedAt === null ? toBlank(result) : toResult(result, facts, room)));
  const { notes, remarks } = shareNotes(results);
  return {
    name: nameOf(facts, line),
    // As ordered then, not as the catalogue says now: the result carries both.
    method: given(first?.method ?? null),
    specimen: specimenText({ specimen: first?.specimen ?? line.specimen, draw: first?.draw ?? null }),
    outsourced: outsourcedTo(facts, line),
    results: results.map((result, place) => ({ ...result, note: notes[place] })),
    remarks: remarks.length === 0 ? undefined : [...remarks],
  };
}

function toSections(facts: ReportFacts): Section[] {
  const { shown } = facts.chosen;
  const room = { bytes: MOST_IMAGE_BYTES, images: MOST_IMAGES };
  const lines = facts.order.lines.filter(({ id }) => shown.some(({ lineId }) => lineId === id));
  const isAccredited = lines.some(({ isInScope }) => isInScope);
  const tests = lines.map((line) => {
    const own = shown.filter(({ lineId }) => lineId === line.id);
    const test = toTest(facts, line, own, room);
    const isOutOfScope = isAccredited && !line.isInScope;
    return { section: line.section, test: isOutOfScope ? { ...test, isOutOfScope: true as const } : test };
  });
  return [...Map.groupBy(tests, ({ section }) => section)]
    .toSorted(([a], [b]) => sectionRank(a) - sectionRank(b) || (a < b ? -1 : 1))
    .map(([section, members]) => ({ name: sectionName(section), tests: members.map(({ test }) => test) }));
}

function toPending(facts: ReportFacts, composedAt: string): ReportContent['pending'] {
  const { pending } = facts.chosen;
  if (pending.length === 0) return undefined;
  return pending.flatMap(({ lineId, parts, promisedAt }) => {
    const line = facts.order.lines.find(({ id }) => id === lineId);
    if (!line) return [];
    return {
      test: nameOf(facts, line),
      parts: parts.length === 0 ? undefined : parts.join(', ').slice(0, 4000),
      // A promise that has passed says nothing of when it will come.
      expectedAt: Date.parse(promisedAt) > Date.parse(composedAt) ? promisedAt : undefined,
    };
  });
}

function toChanges(facts: ReportFacts, changes: readonly Change[]): ReportContent['report']['changes'] {
  if (changes.length === 0) return undefined;
  return changes.flatMap(({ lineId, analyteName, ...change }) => {
    const line = facts.order.lines.find(({ id }) => id === lineId);
    if (!line) return [];
    const test = nameOf(facts, line);
    return { test, name: analyteName === test ? undefined : analyteName, ...change };
  });
}

/** Complete content of one report version. */
export function composeContent(facts: ReportFacts, issue: Issue): ReportContent {
  const { lab, order, patient, signatures, chosen } = facts;
  const lineIds = new Set(chosen.shown.map(({ lineId }) => lineId));
  const { specimens, ...times } = timesOf(usedTubes(facts.tubes, lineIds));
  return {
    lab: {
      name: lab.name,
      address: [...lab.addressLines],
      phone: given(lab.phone),
      email: given(lab.email),
      registration: given(lab.registrationNumber),
    },
    report: {
      number: reportNumber(order.number, issue.version),
      version: issue.version,
      status: chosen.status,
      reportedAt: issue.composedAt,
      replaces: issue.replaces ?? undefined,
      changes: toChanges(facts, issue.changes),
    },
    patient: {
      name: patient.name,
      ageLabel: ageText(patient.bornOn, times.collectedAt ?? order.placedAt),
      sex: sexText[patient.sex],
      mrn: patient.mrn,
      referredBy: given(order.referredBy),
    },
    times: { registeredAt: order.placedAt, ...times },
    specimens,
    sections: toSections(facts),
    pending: toPending(facts, issue.composedAt),
    notes: [...signatures.others],
    signatory: signatures.signatory,
    verification: { url: issue.verifyUrl, token: printedCheckCode(issue.checkCode) },
  };
}
