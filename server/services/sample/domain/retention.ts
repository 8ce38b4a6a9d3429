// How long a tube is kept: days from its reception, or from its rejection when it never got that far.
const DAY_MS = 86_400_000;

export function keptUntil(keptFrom: string, retentionDays: number): string {
  return new Date(Date.parse(keptFrom) + retentionDays * DAY_MS).toISOString();
}

/** Tubes kept since before this instant may go. */
export function keptLongEnough(now: string, retentionDays: number): string {
  return new Date(Date.parse(now) - retentionDays * DAY_MS).toISOString();
}
