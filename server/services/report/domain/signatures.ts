// Who answers for a report with name and registration number.
import type { ReportContent } from './report-content.ts';

export interface AuthorisedFact {
  readonly testName: string;
  readonly authorisedById: string | null;
  readonly authorisedAt: string | null;
}

export interface PersonFact {
  readonly id: string;
  readonly name: string;
  readonly qualification: string | null;
  readonly registrationNumber: string | null;
}

export interface Signatures {
  /** Who authorised last, and so saw the report whole. */
  readonly signatory: ReportContent['signatory'];
  /** Sentences for each other person, naming the tests that person authorised. */
  readonly others: readonly string[];
}

/** Names of tests in one note; more make another note, since a note has a greatest length. */
const TESTS_A_NOTE = 25;

/** Undefined when someone who authorised cannot sign: no such person, or no registration number on record. */
export function signaturesOf(
  results: readonly AuthorisedFact[],
  people: readonly PersonFact[],
): Signatures | undefined {
  const signed = new Map<
    string,
    { readonly person: ReportContent['signatory']; readonly tests: Set<string>; lastAt: string }
  >();
  for (const { testName, authorisedById, authorisedAt } of results) {
    if (authorisedById === null || authorisedAt === null) return undefined;
    const person = people.find(({ id }) => id === authorisedById);
    const registrationNumber = person?.registrationNumber?.trim() ?? '';
    if (!person || registrationNumber === '') return undefined;
    let one = signed.get(person.id);
    if (!one) {
      one = {
        person: { name: person.name, qualification: person.qualification ?? '', registrationNumber },
        tests: new Set(),
        lastAt: '',
      };
      signed.set(person.id, one);
    }
    one.tests.add(testName);
    if (Date.parse(authorisedAt) > (Date.parse(one.lastAt) || 0)) one.lastAt = authorisedAt;
  }
  const [last, ...others] = [...signed.values()].toSorted((a, b) => Date.parse(b.lastAt) - Date.parse(a.lastAt));
  if (!last) return undefined;
  return {
    signatory: last.person,
    others: others.flatMap(({ person, tests }) => {
      const registration = `Reg. No. ${person.registrationNumber}`;
      const title = [person.name, person.qualification, registration].filter((part) => part !== '').join(', ');
      const names = [...tests];
      return Array.from({ length: Math.ceil(names.length / TESTS_A_NOTE) }, (_, note) => {
        const some = names.slice(note * TESTS_A_NOTE, (note + 1) * TESTS_A_NOTE);
        return `Authorised by ${title}: ${some.join(', ')}.`;
      });
    }),
  };
}
