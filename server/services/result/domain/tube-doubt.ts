// What is known of a tube holds each of its values: a rejected tube that is run after all (lab-day 29), whose comment is printed
// with them; a timed tube that was drawn out of its time (lab-day 22).
import type { ResultValue } from '../contract.ts';

interface OfTube {
  readonly tubeComment: string | null;
  readonly drawWarning: string | null;
}

/** What is written for a row of such a tube; the same when it is an ordinary one. */
export function withTubeDoubts<S extends Pick<ResultValue, 'holds' | 'holdNotes' | 'note'>>(
  { tubeComment, drawWarning }: OfTube,
  standing: S,
): S {
  return withWrongSlot(drawWarning, withTubeComment(tubeComment, standing));
}

function withTubeComment<S extends Pick<ResultValue, 'holds' | 'note'>>(tubeComment: string | null, standing: S): S {
  if (tubeComment === null) return standing;
  const { holds, note } = standing;
  return {
    ...standing,
    holds: holds.includes('tube_doubt') ? holds : [...holds, 'tube_doubt'],
    note: note === null ? tubeComment : note.includes(tubeComment) ? note : `${note}. ${tubeComment}`,
  };
}

function withWrongSlot<S extends Pick<ResultValue, 'holds' | 'holdNotes'>>(text: string | null, standing: S): S {
  if (text === null || standing.holds.includes('wrong_slot')) return standing;
  return {
    ...standing,
    holds: [...standing.holds, 'wrong_slot'],
    holdNotes: [...standing.holdNotes, { hold: 'wrong_slot', text }],
  };
}
