// What an amended report says of itself (lab-day 58): which values stood on a released version and read otherwise now, why, by
// whom and when. A value that was amended before any version showed it is no change to whoever reads the report.

export interface SignedFact {
  readonly resultId: string;
  /** 1 for the first. */
  readonly number: number;
  readonly signed: {
    readonly lineId: string;
    readonly analyteName: string;
    readonly value: string | null;
    readonly unit: string;
    readonly authorisedAt: string | null;
  };
  /** Null for the one that stands. continued: the next stage of a culture, which corrects nothing. */
  readonly amendedBy: {
    readonly reason: string;
    readonly by: string;
    readonly at: string;
    readonly kind?: 'amended' | 'continued' | undefined;
  } | null;
}

/** A version that was handed out. */
export interface ReleasedVersion {
  readonly number: string;
  readonly composedAt: string;
  /** Null: composed before this was kept; then it printed whatever was signed by its time. */
  readonly printed: readonly { readonly resultId: string; readonly authorisedAt: string | null }[] | null;
}

export interface Change {
  readonly lineId: string;
  readonly analyteName: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

export function wasPrinted({ resultId, signed, amendedBy }: SignedFact, released: readonly ReleasedVersion[]): boolean {
  const time = (at: string | null | undefined) => Date.parse(at ?? '');
  return released.some(({ printed, composedAt }) => {
    if (printed !== null)
      return printed.some((one) => one.resultId === resultId && time(one.authorisedAt) === time(signed.authorisedAt));
    const wasOpened = amendedBy !== null && time(amendedBy.at) < time(composedAt);
    return time(signed.authorisedAt) <= time(composedAt) && !wasOpened;
  });
}

const words = ({ value, unit }: SignedFact['signed']): string => `${value ?? ''} ${unit}`.trim();

/**
 * Newest last. Steps between two printed values are one change, with all their reasons.
 * @param versions every signed version of the results that are printed now
 */
export function changesOf(versions: readonly SignedFact[], released: readonly ReleasedVersion[]): readonly Change[] {
  const changes = [...Map.groupBy(versions, ({ resultId }) => resultId).values()].flatMap((ofOne) => {
    const steps = ofOne.toSorted((a, b) => a.number - b.number);
    const own: Change[] = [];
    let before: SignedFact | undefined;
    // Since `before` was shown.
    let reasons: string[] = [];
    let last: SignedFact['amendedBy'] = null;
    for (const step of steps) {
      const isShown = step.amendedBy === null || wasPrinted(step, released);
      if (isShown && before && last) {
        own.push({
          lineId: step.signed.lineId,
          analyteName: step.signed.analyteName,
          from: words(before.signed),
          to: words(step.signed),
          reason: reasons.join('; '),
          by: last.by,
          at: last.at,
        });
      }
      if (isShown) {
        before = step;
        reasons = [];
        last = null;
      }
      const { amendedBy } = step;
      // A culture that goes from preliminary to final is what was promised (lab-day 50), and no amendment.
      if (amendedBy === null || amendedBy.kind === 'continued') continue;
      last = amendedBy;
      if (!reasons.includes(amendedBy.reason)) reasons.push(amendedBy.reason);
    }
    return own;
  });
  return changes.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
