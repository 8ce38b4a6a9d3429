// Time comes from here and nowhere else, so that a test can hold it still.
export interface Clock {
  /** Now as milliseconds since 1970, UTC. */
  nowMs(): number;
  /** Now as ISO 8601 with `Z`, millisecond precision. */
  now(): string;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  now: () => new Date().toISOString(),
};

/** A clock that moves only when told; for tests and simulations. */
export function createManualClock(startAt: string): Clock & { advance(ms: number): void } {
  let nowMs = Date.parse(startAt);
  return {
    nowMs: () => nowMs,
    now: () => new Date(nowMs).toISOString(),
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
