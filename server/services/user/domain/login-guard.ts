// When a login name is locked: so many wrong passwords in a row, for so long.

export interface Guard {
  /** Wrong passwords in a row. */
  readonly failures: number;
  readonly lockedUntil: string | null;
  readonly lastFailedAt: string;
}

/** After so long without a wrong password the count starts anew and the guard may be dropped; no lock is longer. */
export const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

export interface LockRule {
  readonly failuresAllowed: number;
  readonly lockMinutes: number;
}

/** Whole seconds until the name may be tried again; 0 when it is not locked. */
export function lockedForSeconds(guard: Guard, now: string): number {
  if (guard.lockedUntil === null) return 0;
  return Math.max(0, Math.ceil((Date.parse(guard.lockedUntil) - Date.parse(now)) / 1000));
}

/** The guard after one more wrong password; a lock that is over, or a long rest, starts the count anew. */
export function afterFailure(guard: Guard, now: string, rule: LockRule): Guard {
  const wasLocked = guard.lockedUntil !== null && lockedForSeconds(guard, now) === 0;
  const isOld = Date.parse(now) - Date.parse(guard.lastFailedAt) >= FORGOTTEN_AFTER_MS;
  const failures = (wasLocked || isOld ? 0 : guard.failures) + 1;
  if (failures < rule.failuresAllowed) return { failures, lockedUntil: null, lastFailedAt: now };
  return {
    failures,
    lockedUntil: new Date(Date.parse(now) + rule.lockMinutes * 60_000).toISOString(),
    lastFailedAt: now,
  };
}
