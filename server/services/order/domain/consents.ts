// Which consent a test takes and whether the patient has given it (lab-day 14). Nothing is held up by it: the form may be on
// paper and not recorded yet. The catalogue says that a test takes one, not which; by law it is that of the HIV test, or that
// of a genetic one.
import type { ConsentView } from '#contract/patient.ts';

import type { OrderLineView, OrderWarning } from '../contract.ts';

export type TestConsent = 'hiv_test' | 'genetic_test';

const inWords: Readonly<Record<TestConsent, string>> = { hiv_test: 'an HIV test', genetic_test: 'a genetic test' };

/** By the word HIV in code or name. Source: HIV and AIDS (Prevention and Control) Act 2017, section 5. */
export function consentOfTest({ testCode, testName }: Pick<OrderLineView, 'testCode' | 'testName'>): TestConsent {
  return /(^|[^a-z])hiv([^a-z]|$)/i.test(`${testCode} ${testName}`.replaceAll(/[_\d]/g, ' '))
    ? 'hiv_test'
    : 'genetic_test';
}

/** Null: the line takes none. */
export function consentOfLine(
  line: Pick<OrderLineView, 'needsConsent' | 'testCode' | 'testName'>,
  given: ReadonlySet<string>,
): 'given' | 'missing' | null {
  if (!line.needsConsent) return null;
  return given.has(consentOfTest(line)) ? 'given' : 'missing';
}

/** Purposes that stand given today, by patient. */
export function givenBy(consents: readonly ConsentView[]): ReadonlyMap<string, ReadonlySet<string>> {
  const standing = consents.filter((consent) => consent.isCurrent && consent.isGiven);
  return new Map(
    [...Map.groupBy(standing, (consent) => consent.patientId)].map(([patientId, own]) => [
      patientId,
      new Set(own.map((consent) => consent.purpose)),
    ]),
  );
}

export function consentWords(purpose: TestConsent): string {
  return `The consent for ${inWords[purpose]} is not on record.`;
}

interface WarnedOrder {
  readonly id: string;
  readonly lines: readonly OrderLineView[];
}

/** One for each purpose that is missing. */
export function consentWarnings(order: WarnedOrder, given: ReadonlySet<string>): readonly OrderWarning[] {
  const missing = order.lines.filter((line) => line.status === 'open' && consentOfLine(line, given) === 'missing');
  return [...Map.groupBy(missing, consentOfTest)].map(([purpose, lines]) => ({
    orderId: order.id,
    kind: 'consent_missing',
    purpose,
    lineIds: lines.map((line) => line.id),
    testCodes: lines.map((line) => line.testCode),
    words: consentWords(purpose),
  }));
}
