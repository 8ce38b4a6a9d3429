// When and by whom what a report prints was drawn, and when it came to the lab.
import type { ReportContent } from './report-content.ts';

export interface TubeFact {
  readonly status: 'planned' | 'collected' | 'received' | 'rejected' | 'cancelled' | 'disposed';
  readonly specimen: string;
  /** The timed draw; null for an ordinary one. */
  readonly draw: string | null;
  readonly lineIds: readonly string[];
  readonly collectedAt: string | null;
  readonly collectedBy: string | null;
  readonly receivedAt: string | null;
  /** Referral lab it goes to. */
  readonly referralLabId: string | null;
}

/** Nothing was run from these, whatever lines they were drawn for. */
const unused: ReadonlySet<TubeFact['status']> = new Set(['planned', 'rejected', 'cancelled']);

/** Tubes that some of these lines were done from. */
export function usedTubes<T extends TubeFact>(tubes: readonly T[], lineIds: ReadonlySet<string>): readonly T[] {
  return tubes.filter((tube) => !unused.has(tube.status) && tube.lineIds.some((id) => lineIds.has(id)));
}

export function specimenText({ specimen, draw }: { readonly specimen: string; readonly draw: string | null }): string {
  return draw === null || draw.trim() === '' ? specimen : `${specimen}, ${draw}`;
}

function sorted(times: readonly (string | null)[]): readonly string[] {
  return times.filter((time) => time !== null).toSorted((a, b) => Date.parse(a) - Date.parse(b));
}

/** Times are printed to the minute: two tubes of one draw, seconds apart, say the same. */
const minute = (time: string | null | undefined): string => (time ? String(Math.floor(Date.parse(time) / 60_000)) : '');

/** Earliest collection, latest receipt and who drew; instead of that, each specimen when they differ in any of it. */
export function timesOf(
  used: readonly TubeFact[],
): Pick<ReportContent['times'], 'collectedAt' | 'collectedBy' | 'receivedAt'> & Pick<ReportContent, 'specimens'> {
  // An aliquot was drawn with its parent, and says the same.
  const apart = new Map(
    used.map(({ specimen, draw, collectedAt, collectedBy, receivedAt }) => {
      const one = {
        specimen: specimenText({ specimen, draw }),
        collectedAt: collectedAt ?? undefined,
        collectedBy: collectedBy ?? undefined,
        receivedAt: receivedAt ?? undefined,
      };
      return [JSON.stringify([one.specimen, minute(collectedAt), collectedBy, minute(receivedAt)]), one] as const;
    }),
  );
  const specimens = [...apart.values()].toSorted(
    (a, b) => Date.parse(a.collectedAt ?? '9999-01-01') - Date.parse(b.collectedAt ?? '9999-01-01'),
  );
  const ways = specimens.map((one) =>
    JSON.stringify([minute(one.collectedAt), one.collectedBy, minute(one.receivedAt)]),
  );
  const differ = new Set(ways).size > 1;
  return {
    collectedAt: sorted(used.map((tube) => tube.collectedAt)).at(0),
    collectedBy: differ ? undefined : specimens[0]?.collectedBy,
    receivedAt: sorted(used.map((tube) => tube.receivedAt)).at(-1),
    specimens: differ ? specimens : undefined,
  };
}
