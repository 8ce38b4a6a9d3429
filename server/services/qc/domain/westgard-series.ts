// The multirules as values come: a few counters a level instead of looking back, so that a value costs the same after ten years.
// Says what westgard.ts says (property test); the whole-series form is the one to read for the definitions.
import type { RunValue, WestgardSettings } from './westgard-rules.ts';
import { apart, BIT, bitsOf } from './westgard-rules.ts';

/** No rule looks further back than twelve values. */
const ENOUGH = 12;

/** How long the values have been beyond something, without a break; the sign tells the side. A number a chain, no objects. */
interface Chain {
  beyond2: number;
  beyond1: number;
  side: number;
  trend: number;
  last: number;
  /** Sides (+1, 0, -1 beyond 2s) of the last two values, for 2 of 3; NaN while there are none. */
  previous: number;
  beforePrevious: number;
}

const newChain = (): Chain => ({
  beyond2: 0,
  beyond1: 0,
  side: 0,
  trend: 0,
  last: Number.NaN,
  previous: Number.NaN,
  beforePrevious: Number.NaN,
});

function copyInto(to: Chain, from: Chain): void {
  to.beyond2 = from.beyond2;
  to.beyond1 = from.beyond1;
  to.side = from.side;
  to.trend = from.trend;
  to.last = from.last;
  to.previous = from.previous;
  to.beforePrevious = from.beforePrevious;
}

function restart(chain: Chain): void {
  copyInto(chain, newChain());
}

/** One step more on a side, or the first on the other; 0 breaks. */
function longer(count: number, side: number): number {
  if (side > 0) return count > 0 ? (count < ENOUGH ? count + 1 : count) : 1;
  if (side < 0) return count < 0 ? (count > -ENOUGH ? count - 1 : count) : -1;
  return 0;
}

const isTwoOfThree = (a: number, b: number, c: number): boolean => {
  // NaN: fewer than three values so far.
  const sum = a + b + c;
  return sum >= 2 || sum <= -2 || (sum === 1 && a * b * c === -1) || (sum === -1 && a * b * c === 1);
};

function chainRules(oneSide: number, beyond1: number): number {
  const side = oneSide < 0 ? -oneSide : oneSide;
  const beyond = beyond1 < 0 ? -beyond1 : beyond1;
  let bits = 0;
  if (beyond >= 3) bits |= beyond >= 4 ? BIT['3_1s'] | BIT['4_1s'] : BIT['3_1s'];
  if (side >= 6) {
    bits |= BIT['6_x'];
    if (side >= 8) bits |= BIT['8_x'];
    if (side >= 9) bits |= BIT['9_x'];
    if (side >= 10) bits |= BIT['10_x'];
    if (side >= 12) bits |= BIT['12_x'];
  }
  return bits;
}

/** One analyzer's analyte, run by run. */
export class WestgardSeries {
  readonly #on: number;
  readonly #rejecting: number;
  readonly #isInclusive: boolean;
  readonly #isPlainRange: boolean;
  readonly #keeps: boolean;
  readonly #levels = new Map<string, { readonly now: Chain; readonly before: Chain; isTouched: boolean }>();
  readonly #across = newChain();
  readonly #acrossBefore = newChain();

  constructor(settings: WestgardSettings) {
    this.#on = bitsOf(settings.rules);
    this.#rejecting = bitsOf(settings.rejecting) & this.#on;
    this.#isInclusive = settings.limits === 'inclusive';
    this.#isPlainRange = settings.rangeRule === 'plain_range';
    this.#keeps = settings.afterRejection === 'keep';
  }

  /** Forgets what a level was before, and what went across the levels: a new lot of that level begins. */
  beginLot(level: string): void {
    this.#levels.delete(level);
    restart(this.#across);
  }

  /** Takes a run into the history as it is: it was judged before, by whatever rules held then. */
  remember(run: readonly RunValue[]): void {
    this.#judge(run, true);
  }

  isRejected(bits: readonly number[]): boolean {
    return bits.some((each) => (each & this.#rejecting) !== 0);
  }

  /** Adds a run; for each value the rules that fire there, as bits. A rejected run leaves no trace, unless it is to be kept. */
  judge(run: readonly RunValue[]): number[] {
    return this.#judge(run, this.#keeps);
  }

  #judge(run: readonly RunValue[], isKept: boolean): number[] {
    copyInto(this.#acrossBefore, this.#across);
    const bits = run.map(() => 0);
    let inRun2 = 0;
    let inRunPrevious = Number.NaN;
    let inRunBefore = Number.NaN;
    let highest = Number.NEGATIVE_INFINITY;
    let lowest = Number.POSITIVE_INFINITY;
    for (let at = 0; at < run.length; at += 1) {
      const value = run[at];
      if (value === undefined) continue;
      const { z } = value;
      const size = z < 0 ? -z : z;
      const isBeyond2 = this.#isInclusive ? size >= 2 : size > 2;
      const isBeyond1 = this.#isInclusive ? size >= 1 : size > 1;
      const side = z > 0 ? 1 : z < 0 ? -1 : 0;
      const side2 = isBeyond2 ? side : 0;
      const side1 = isBeyond1 ? side : 0;
      const chain = this.#chainOf(value.level);
      let fired = 0;
      if (isBeyond2) fired |= BIT['1_2s'];
      if (this.#isInclusive ? size >= 3 : size > 3) fired |= BIT['1_3s'];

      chain.beyond2 = longer(chain.beyond2, side2);
      inRun2 = longer(inRun2, side2);
      if (isBeyond2 && (Math.abs(chain.beyond2) >= 2 || Math.abs(inRun2) >= 2)) fired |= BIT['2_2s'];
      if (isTwoOfThree(chain.beforePrevious, chain.previous, side2) || isTwoOfThree(inRunBefore, inRunPrevious, side2))
        fired |= BIT['2of3_2s'];
      chain.beforePrevious = chain.previous;
      chain.previous = side2;
      inRunBefore = inRunPrevious;
      inRunPrevious = side2;

      chain.beyond1 = longer(chain.beyond1, side1);
      chain.side = longer(chain.side, side);
      this.#across.beyond1 = longer(this.#across.beyond1, side1);
      this.#across.side = longer(this.#across.side, side);
      fired |= chainRules(chain.side, chain.beyond1) | chainRules(this.#across.side, this.#across.beyond1);

      // NaN, before the first value: neither a rise nor a fall.
      chain.trend = longer(chain.trend, z > chain.last ? 1 : z < chain.last ? -1 : 0);
      chain.last = z;
      // Seven values are six steps.
      if (chain.trend >= 6 || chain.trend <= -6) fired |= BIT['7_T'];

      if (z > highest) highest = z;
      if (z < lowest) lowest = z;
      bits[at] = fired & this.#on;
    }
    if (run.length > 1 && (this.#on & BIT.R_4s) !== 0) this.#range(run, bits, highest, lowest);
    const leavesOut = !isKept && this.isRejected(bits);
    for (const level of this.#levels.values()) {
      if (!level.isTouched) continue;
      level.isTouched = false;
      if (leavesOut) copyInto(level.now, level.before);
    }
    if (leavesOut) copyInto(this.#across, this.#acrossBefore);
    return bits;
  }

  /** The level's chain; as it was before the run is kept until the run is decided. */
  #chainOf(level: string): Chain {
    const known = this.#levels.get(level);
    if (known !== undefined) {
      if (!known.isTouched) {
        copyInto(known.before, known.now);
        known.isTouched = true;
      }
      return known.now;
    }
    const fresh = { now: newChain(), before: newChain(), isTouched: true };
    this.#levels.set(level, fresh);
    return fresh.now;
  }

  #range(run: readonly RunValue[], bits: number[], highest: number, lowest: number): void {
    const far = (size: number, limit: number): boolean => (this.#isInclusive ? size >= limit : size > limit);
    const isBroken = this.#isPlainRange ? far(apart(highest, lowest), 4) : far(highest, 2) && far(-lowest, 2);
    if (!isBroken) return;
    for (const [at, { z }] of run.entries()) {
      const isApart = this.#isPlainRange
        ? far(apart(highest, z), 4) || far(apart(z, lowest), 4)
        : far(z, 2) || far(-z, 2);
      if (isApart) bits[at] = (bits[at] ?? 0) | BIT.R_4s;
    }
  }
}
