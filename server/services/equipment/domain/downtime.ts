// How long an instrument was out of order within a period.

/** Instants, UTC; `toAt` null: not over yet. Intervals of one instrument do not overlap. */
export interface Outage {
  readonly fromAt: string;
  readonly toAt: string | null;
}

export interface Downtime {
  readonly breakdowns: number;
  readonly downMinutes: number;
  readonly periodMinutes: number;
  readonly availabilityPercent: string | null;
}

const MINUTE_MS = 60_000;

/**
 * Cuts each outage to the period and adds up. The period is half-open and ends at `now` at the latest; minutes are whole ones of
 * the sum, the percentage is rounded half up from the milliseconds.
 */
export function downtimeIn(outages: readonly Outage[], fromAt: string, toAt: string, now: string): Downtime {
  const from = Date.parse(fromAt);
  const to = Math.max(from, Math.min(Date.parse(toAt), Date.parse(now)));
  let downMs = 0;
  let breakdowns = 0;
  for (const outage of outages) {
    const began = Date.parse(outage.fromAt);
    const ended = outage.toAt === null ? to : Date.parse(outage.toAt);
    downMs += Math.max(0, Math.min(ended, to) - Math.max(began, from));
    if (began >= from && began < to) breakdowns += 1;
  }
  const periodMs = to - from;
  return {
    breakdowns,
    downMinutes: Math.floor(downMs / MINUTE_MS),
    periodMinutes: Math.floor(periodMs / MINUTE_MS),
    availabilityPercent: periodMs === 0 ? null : percent(periodMs - downMs, periodMs),
  };
}

/** Two decimals, half up, in whole numbers. */
function percent(part: number, whole: number): string {
  const hundredths = (BigInt(part) * 20_000n + BigInt(whole)) / (2n * BigInt(whole));
  return `${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')}`;
}
