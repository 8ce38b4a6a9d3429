// Which results of an order a version prints, and what it names as pending (lab-day 51). Only signed values are printed;
// what is held, open or cancelled never is.

export interface LineFact {
  readonly id: string;
  readonly testName: string;
  readonly section: string;
  readonly status: 'open' | 'cancelled';
  readonly promisedAt: string;
}

export interface ChoiceFact {
  readonly id: string;
  readonly lineId: string;
  readonly status: 'expected' | 'awaiting' | 'entered' | 'verified' | 'authorised' | 'cancelled';
  readonly analyteName: string;
  readonly isCalculated: boolean;
  readonly amendment: { readonly kind?: 'amended' | 'continued' | undefined } | null;
  readonly detail: { readonly kind: string; readonly stage?: string } | null;
}

/**
 * complete: everything, or no report; authorised: what is signed by now; section: what is signed of one section, with what
 * the current version printed; printed: what the current version printed, as it reads now.
 */
export type Scope =
  | { readonly kind: 'complete' | 'authorised' | 'printed' }
  | { readonly kind: 'section'; readonly section: string };

export interface Pending {
  readonly lineId: string;
  /** Analytes that are missing, when others of the test are printed. */
  readonly parts: readonly string[];
  readonly promisedAt: string;
}

export interface Chosen<R> {
  readonly status: 'final' | 'interim';
  /** Signed values, in the order given. */
  readonly printed: readonly R[];
  /** With them formulas that gave nothing, which nobody signs: of a complete order, or printed before. In the order given. */
  readonly shown: readonly R[];
  readonly pending: readonly Pending[];
}

type Opened = Pick<ChoiceFact, 'status' | 'amendment'>;

const isOpenAgain = ({ status, amendment }: Opened): boolean =>
  amendment !== null && status !== 'authorised' && status !== 'cancelled';

/** Signed once and being corrected: till it is signed anew the version that printed it stands. */
export function isAmending(result: Opened): boolean {
  return isOpenAgain(result) && result.amendment?.kind !== 'continued';
}

/** A culture that was signed as preliminary and goes on: what was signed of it is still good. */
export function isContinuing(result: Opened): boolean {
  return isOpenAgain(result) && result.amendment?.kind === 'continued';
}

/**
 * @param printedBefore ids of the results that the current version printed
 * @returns undefined when there is nothing to print, or when the scope is complete and the order is not
 */
export function chooseResults<R extends ChoiceFact>(
  allLines: readonly LineFact[],
  all: readonly R[],
  scope: Scope,
  printedBefore: ReadonlySet<string>,
): Chosen<R> | undefined {
  const lines = new Map(allLines.filter(({ status }) => status === 'open').map((line) => [line.id, line]));
  const results = all.filter(({ status, lineId }) => status !== 'cancelled' && lines.has(lineId));
  const signed = results.filter(({ status }) => status === 'authorised');
  const known = new Set(results.map(({ lineId }) => lineId));
  // The same rule as the bench's: a formula that gave nothing waits for no one once all that was measured is signed.
  const blank = results.filter(({ status, isCalculated }) => isCalculated && status === 'awaiting');
  const isComplete = signed.length + blank.length === results.length && [...lines.keys()].every((id) => known.has(id));
  if (scope.kind === 'complete' && !isComplete) return undefined;

  const isAsked = ({ id, lineId }: R): boolean => {
    if (scope.kind === 'complete' || scope.kind === 'authorised' || printedBefore.has(id)) return true;
    return scope.kind === 'section' && lines.get(lineId)?.section === scope.section;
  };
  const printed = signed.filter(isAsked);
  if (printed.length === 0) return undefined;
  const shownBlank = blank.filter(({ id }) => isComplete || printedBefore.has(id));
  const there = new Set([...printed, ...shownBlank].map(({ id }) => id));
  const shown = results.filter(({ id }) => there.has(id));
  const pending = [...lines.values()].flatMap((line) => {
    const own = results.filter(({ lineId }) => lineId === line.id);
    const missing = own.filter(({ id }) => !there.has(id));
    if (own.length > 0 && missing.length === 0) return [];
    const parts = missing.length < own.length ? missing.map(({ analyteName }) => analyteName) : [];
    return [{ lineId: line.id, parts, promisedAt: line.promisedAt }];
  });
  const isPreliminary = printed.some(({ detail }) => detail?.kind === 'culture' && detail.stage === 'preliminary');
  return {
    status: pending.length > 0 || isPreliminary ? 'interim' : 'final',
    printed,
    shown,
    pending,
  };
}
