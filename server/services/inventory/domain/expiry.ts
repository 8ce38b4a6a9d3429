// When a lot may no longer be used, and when that is to be told. Days are days of the lab.

const DAY_MS = 86_400_000;
/** Told so many days before a lot expires: time to order. */
export const TELL_EXPIRY_DAYS = 30;
/** And before an opened vial does: time to open the next. */
export const TELL_OPEN_DAYS = 2;

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The last day of use: the earlier of the lot's expiry and the open-vial expiry.
 * @param openedOn null: not opened
 * @param openDays null: open or not, it keeps until it expires
 */
export function usableUntil(expiresOn: string, openedOn: string | null, openDays: number | null): string {
  if (openedOn === null || openDays === null) return expiresOn;
  const openUntil = addDays(openedOn, openDays);
  return openUntil < expiresOn ? openUntil : expiresOn;
}

export interface Ageing {
  readonly expiresOn: string;
  readonly usableUntil: string;
  readonly toldExpiry: boolean;
  readonly toldOpen: boolean;
}

/** What is to be told today, each once. */
export function newsOf(lot: Ageing, today: string): { readonly expiry: boolean; readonly open: boolean } {
  return {
    expiry: !lot.toldExpiry && lot.expiresOn <= addDays(today, TELL_EXPIRY_DAYS),
    open: !lot.toldOpen && lot.usableUntil < lot.expiresOn && lot.usableUntil <= addDays(today, TELL_OPEN_DAYS),
  };
}

/** When the day after `today` begins in India; no daylight saving. */
export function startOfTomorrow(today: string): string {
  return new Date(`${addDays(today, 1)}T00:00:00+05:30`).toISOString();
}
