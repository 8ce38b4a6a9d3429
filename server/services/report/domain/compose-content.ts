// From what the services know of an order to what its report says. Values, flags and ranges are taken as they were
// authorised; this only chooses, orders and words.
import { ageLabel, calendarDay } from '@nidaan/values';

import type { ReportContent, ReportFlag } from './report-content.ts';
import { printedCheckCode } from './check-code.ts';
import { rangeText } from './range-text.ts';
import type { RangeFact } from './range-text.ts';
import { sectionName, sectionRank } from './sections.ts';
import type { AuthorisedFact, Signatures } from './signatures.ts';

export interface ResultFact extends AuthorisedFact {
  readonly lineId: string;
  readonly analyteCode: string;
  readonly analyteName: string;
  readonly method: string | null;
  readonly specimen: string;
  readonly kind: string;
  readonly value: string | null;
  readonly unit: string;
  readonly flags: readonly ReportFlag[];
  readonly range: RangeFact | null;
  readonly note: string | null;
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
    readonly lines: readonly {
      readonly id: string;
      readonly testName: string;
      readonly section: string;
      readonly specimen: string;
    }[];
  };
  readonly patient: {
    readonly name: string;
    readonly sex: 'male' | 'female' | 'other';
    readonly bornOn: string;
    readonly mrn: string;
  };
  readonly tubes: readonly {
    readonly lineIds: readonly string[];
    readonly collectedAt: string | null;
    readonly receivedAt: string | null;
  }[];
  /** In the order they are printed within a test. */
  readonly results: readonly ResultFact[];
  readonly signatures: Signatures;
  /** Decimals of an analyte by its code; absent or null for what is not a number. */
  readonly decimals: ReadonlyMap<string, number | null>;
}

/** What this version is, beside what it says. */
export interface Issue {
  readonly version: number;
  readonly composedAt: string;
  readonly checkCode: string;
  readonly verifyUrl: string;
}

type Section = ReportContent['sections'][number];
type Test = Section['tests'][number];

const sexText = { male: 'Male', female: 'Female', other: 'Other' } as const;

/** The order's number and the version: `261125-0042-R1`. */
export function reportNumber(orderNumber: string, version: number): string {
  return `${orderNumber}-R${version}`;
}

const given = (text: string | null): string | undefined => (text === null || text.trim() === '' ? undefined : text);

function instants(times: readonly (string | null)[]): readonly string[] {
  return times.filter((time) => time !== null).toSorted((a, b) => Date.parse(a) - Date.parse(b));
}

/** Earliest collection, latest receipt: of the tubes this order's tests were done from. */
function tubeTimes({ tubes, order }: ReportFacts): {
  readonly collectedAt: string | undefined;
  readonly receivedAt: string | undefined;
} {
  const lineIds = new Set(order.lines.map(({ id }) => id));
  const used = tubes.filter((tube) => tube.lineIds.some((id) => lineIds.has(id)));
  return {
    collectedAt: instants(used.map((tube) => tube.collectedAt)).at(0),
    receivedAt: instants(used.map((tube) => tube.receivedAt)).at(-1),
  };
}

/** A day of birth after the blood was drawn is an error at the desk; no age is printed rather than a wrong one. */
function ageText(bornOn: string, at: string): string {
  return bornOn > calendarDay(at) ? 'Not known' : ageLabel(bornOn, at);
}

function toResult(result: ResultFact, decimals: ReportFacts['decimals']): Test['results'][number] {
  if (result.value === null) throw new Error('An authorised result without a value');
  return {
    name: result.analyteName,
    value: result.value,
    unit: result.unit,
    rangeText: rangeText(result.range, result.kind, decimals.get(result.analyteCode) ?? null),
    flags: [...result.flags],
    note: given(result.note),
  };
}

function toSections({ order, results, decimals }: ReportFacts): Section[] {
  const tests = order.lines.map((line) => {
    const own = results.filter(({ lineId }) => lineId === line.id);
    // As ordered then, not as the catalogue says now: the result carries both.
    const method = given(own[0]?.method ?? null);
    const test: Test = {
      name: line.testName,
      method,
      specimen: own[0]?.specimen ?? line.specimen,
      results: own.map((result) => toResult(result, decimals)),
    };
    return { section: line.section, test };
  });
  return [...Map.groupBy(tests, ({ section }) => section)]
    .toSorted(([a], [b]) => sectionRank(a) - sectionRank(b) || (a < b ? -1 : 1))
    .map(([section, members]) => ({ name: sectionName(section), tests: members.map(({ test }) => test) }));
}

/** Complete content of one report version; every line of the order must have authorised results. */
export function composeContent(facts: ReportFacts, issue: Issue): ReportContent {
  const { lab, order, patient, signatures } = facts;
  const { collectedAt, receivedAt } = tubeTimes(facts);
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
      status: 'final',
      reportedAt: issue.composedAt,
    },
    patient: {
      name: patient.name,
      ageLabel: ageText(patient.bornOn, collectedAt ?? order.placedAt),
      sex: sexText[patient.sex],
      mrn: patient.mrn,
      referredBy: given(order.referredBy),
    },
    times: { registeredAt: order.placedAt, collectedAt, receivedAt },
    sections: toSections(facts),
    notes: [...signatures.others],
    signatory: signatures.signatory,
    verification: { url: issue.verifyUrl, token: printedCheckCode(issue.checkCode) },
  };
}
