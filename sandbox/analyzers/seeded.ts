// Numbers that look like measurements and come the same again for the same seed.

export interface Seeded {
  /** Uniform in [0, 1). */
  next(): number;
  /** Normal with this mean and standard deviation, kept within three of them. */
  around(mean: number, deviation: number): number;
}

/** mulberry32: 32 bits of state, enough for a simulator and the same on every machine. */
export function createSeeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    around: (mean, deviation) => {
      // Box and Muller; 1 - next() is never 0.
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return mean + Math.max(-3, Math.min(3, normal)) * deviation;
    },
  };
}

export type Sex = 'male' | 'female' | 'other';

export interface Sample {
  /** As printed on the tube. */
  readonly barcode: string;
  readonly sex?: Sex;
  readonly ageDays?: number;
  /** A sick patient: values outside the usual ranges. */
  readonly abnormal?: boolean;
  /** What is read in any case, by the analyzer's own names; the rest is made up. */
  readonly values?: Readonly<Record<string, string>>;
}

export interface AnalyzerOptions {
  readonly host: string;
  readonly port: number;
  /** Same seed, same values. */
  readonly seed: number;
  /** As the analyzer names itself. */
  readonly instrument: string;
}
