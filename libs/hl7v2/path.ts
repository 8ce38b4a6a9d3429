// `OBX[2]-5[1].1.2`: segment (2nd of its name), field, repetition, component, subcomponent; all count from 1.
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';

export interface Hl7Path {
  readonly segment: string;
  /** Which of the segments of that name, from 1. */
  readonly occurrence: number;
  /** Absent when the path names a whole segment. */
  readonly field: number | undefined;
  readonly repetition: number | undefined;
  readonly component: number | undefined;
  readonly subcomponent: number | undefined;
}

const shape = /^([A-Z][A-Z0-9]{2})(?:\[(\d{1,6})\])?(?:-(\d{1,4})(?:\[(\d{1,6})\])?(?:\.(\d{1,4})(?:\.(\d{1,4}))?)?)?$/;

/** @throws Hl7Error hl7.bad_path */
export function parsePath(path: string): Hl7Path {
  const parts = shape.exec(path);
  const [, segment = '', occurrence, field, repetition, component, subcomponent] = parts ?? [];
  const numbers = [occurrence, field, repetition, component, subcomponent].map(whole);
  if (parts === null || numbers.includes(0)) {
    throw new Hl7Error(
      hl7ErrorCode.badPath,
      'A path is written like PID-5.1, PID-3[2].4.1 or OBX[2]-5; numbers count from 1.',
    );
  }
  return {
    segment,
    occurrence: numbers[0] ?? 1,
    field: numbers[1],
    repetition: numbers[2],
    component: numbers[3],
    subcomponent: numbers[4],
  };
}

function whole(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

// Meas: reading 40 named fields of a 2.1 kB result spends half its time on the pattern above without this (bench/hl7-parse.ts).
const known = new Map<string, Hl7Path>();
const MAX_KNOWN = 2000;

/** As `parsePath`; programs ask for the same few paths again and again. */
export function cachedPath(path: string): Hl7Path {
  const found = known.get(path);
  if (found !== undefined) return found;
  const parsed = parsePath(path);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(path, parsed);
  return parsed;
}
