// Whether a test may be run from a tube that is there already (lab-day 32): same kind, stable for long enough, enough in it.
import type { TubeStatus } from '../contract.ts';
import { isSameKind } from './tube-plan.ts';
import type { Kind } from './tube-plan.ts';

export interface Stability {
  readonly storage: 'room' | 'refrigerated' | 'frozen';
  /** Hours from collection within which the test may be run. */
  readonly hours: number;
}

export interface Candidate extends Kind {
  readonly id: string;
  readonly status: TubeStatus;
  readonly collectedAt: string | null;
  readonly parentTubeId: string | null;
  readonly manifestId: string | null;
  /** What is in it, mL; null: unknown. */
  readonly remainingMl: number | null;
  /** What its own tests take, mL. */
  readonly needsMl: number;
  /** Of the rack it stands in; null: on the bench. */
  readonly temperature: Stability['storage'] | null;
}

export interface Wanted extends Kind {
  readonly stability: readonly Stability[];
  readonly minVolumeMl: number | null;
}

/** For a test whose stability nobody entered, hours: the shift in which it was drawn. A lab enters what the kit insert says. */
export const UNKNOWN_STABILITY_HOURS = 8;

/**
 * Hours after collection within which a test may be run from a tube stored so. Stability at a warmer place holds at a colder one
 * at least as long, but not the other way; frozen is none of both, as freezing itself changes some specimens.
 */
export function stableHours(stability: readonly Stability[], storage: Stability['storage']): number {
  const own = stability.find((each) => each.storage === storage);
  if (own !== undefined) return own.hours;
  const warmer = storage === 'refrigerated' ? stability.find((each) => each.storage === 'room') : undefined;
  if (warmer !== undefined) return warmer.hours;
  return stability.length === 0 ? UNKNOWN_STABILITY_HOURS : 0;
}

/** Whether the test fits on the tube now. */
export function fits(tube: Candidate, wanted: Wanted, now: string): boolean {
  // An aliquot was poured for tests named then, and what is on a manifest is as good as gone.
  if (tube.parentTubeId !== null || tube.manifestId !== null || !isSameKind(tube, wanted)) return false;
  if (tube.status === 'planned') return true;
  if (tube.status !== 'collected' && tube.status !== 'received') return false;
  return isStable(tube, wanted, now) && isEnough(tube, wanted);
}

function isStable(tube: Candidate, { stability }: Wanted, now: string): boolean {
  if (tube.collectedAt === null) return false;
  const storage = tube.temperature ?? 'room';
  return Date.parse(now) - Date.parse(tube.collectedAt) <= stableHours(stability, storage) * 3_600_000;
}

function isEnough(tube: Candidate, { minVolumeMl }: Wanted): boolean {
  // Nobody can check what nobody knows: urine, swabs and old tubes.
  if (tube.remainingMl === null || minVolumeMl === null) return true;
  // In hundredths: 3.5 - 3.2 is less than 0.3 in binary.
  return Math.round((tube.remainingMl - tube.needsMl - minVolumeMl) * 100) >= 0;
}

/** The tube the test goes on: one that is drawn before one still to be drawn, the fullest first; undefined when none fits. */
export function fittingTube<T extends Candidate>(tubes: readonly T[], wanted: Wanted, now: string): T | undefined {
  const free = (tube: Candidate) => (tube.remainingMl ?? 0) - tube.needsMl;
  return tubes
    .filter((tube) => fits(tube, wanted, now))
    .sort((a, b) => Number(a.status === 'planned') - Number(b.status === 'planned') || free(b) - free(a))[0];
}
