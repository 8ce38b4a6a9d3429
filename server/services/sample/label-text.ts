// What stands on a tube's label, in the lab's words (lab-day 23).
import type { TubeLabel } from '@nidaan/barcode-labels';
import { ageLabel, INDIA } from '@nidaan/values';

import type { Tube } from './tube-store.ts';

export interface LabelFacts {
  readonly patient: { readonly name: string; readonly sex: 'male' | 'female' | 'other'; readonly bornOn: string };
  readonly labName: string;
  /** Short names of tests by code. */
  readonly shortNames: ReadonlyMap<string, string>;
  readonly now: string;
}

const sexLetter = { male: 'M', female: 'F', other: 'O' } as const;

/**
 * The label bears our accession also when a pre-printed one is on the tube: it finds the tube as well, and it always fits
 * the label, which a foreign barcode may not.
 */
export function labelOf(tube: Tube, { patient, labName, shortNames, now }: LabelFacts): TubeLabel {
  return {
    accession: tube.accession,
    patientName: patient.name,
    ageSex: `${ageLabel(patient.bornOn, now)} / ${sexLetter[patient.sex]}`,
    // The timing first: two grey tubes of one patient differ in nothing else.
    tubeName: tube.draw === null ? tube.containerName : `${tube.draw}, ${tube.containerName}`,
    capColour: tube.capColour,
    ...(tube.collectedAt === null ? {} : { drawnAt: shortTime(tube.collectedAt) }),
    priority: tube.priority,
    tests: tube.testCodes.map((code) => shortNames.get(code) ?? code),
    labName,
  };
}

/** `25-11 09:30` in Indian time. */
export function shortTime(instant: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: INDIA,
    day: '2-digit',
    month: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(new Date(instant)).map((part) => [part.type, part.value]));
  return `${parts.get('day')}-${parts.get('month')} ${parts.get('hour')}:${parts.get('minute')}`;
}
