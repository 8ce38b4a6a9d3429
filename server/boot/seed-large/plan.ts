// What is to be made: which labs, how many orders on which day of which lab. All of it follows from a few numbers, so that a
// run that broke off can be gone on with.
const DAY_MS = 86_400_000;
const IST_MS = 19_800_000;
/** Three years. */
export const DAYS = 1096;
/** So many orders go in one piece: some 8000 results, 6 MB. Larger ones grow old before they are sent and cost a third more. */
const ORDERS_A_PIECE = 1500;
/** Visits of a patient, on average. */
const VISITS = 4;

export interface PlannedLab {
  readonly code: string;
  readonly name: string;
  readonly prefix: string;
  /** Of all orders, 0 to 1. */
  readonly share: number;
}

export interface Plan {
  readonly orders: number;
  readonly seed: number;
  /** Calendar day of the lab, the one that is open. */
  readonly lastDay: string;
  readonly labs: readonly PlannedLab[];
  /** Half-open, in days from the first. */
  readonly pieces: readonly { readonly from: number; readonly to: number }[];
}

export const LARGE_LAB = 'LARGE';
const LARGE_SHARE = 0.7;

/** @param smallLabs labs beside the large one, which share what is left */
export function makePlan(orders: number, seed: number, lastDay: string, smallLabs: number): Plan {
  const small = Array.from({ length: smallLabs }, (_, at): PlannedLab => {
    const number = String(at + 1).padStart(2, '0');
    const letter = String.fromCharCode(65 + (at % 26));
    const prefix = `S${at < 26 ? '' : String.fromCharCode(64 + Math.floor(at / 26))}${letter}`;
    return { code: `SMALL${number}`, name: `Small Lab ${number}`, prefix, share: (1 - LARGE_SHARE) / smallLabs };
  });
  const share = smallLabs === 0 ? 1 : LARGE_SHARE;
  const daysAPiece = Math.max(1, Math.min(DAYS, Math.round((ORDERS_A_PIECE * DAYS) / orders)));
  return {
    orders,
    seed,
    lastDay,
    labs: [{ code: LARGE_LAB, name: 'Large Lab', prefix: 'LG', share }, ...small],
    pieces: Array.from({ length: Math.ceil(DAYS / daysAPiece) }, (_, at) => ({
      from: at * daysAPiece,
      to: Math.min(DAYS, (at + 1) * daysAPiece),
    })),
  };
}

/** Orders of the lab before the day. */
export function ordersBefore({ orders }: Plan, { share }: PlannedLab, day: number): number {
  return Math.floor((orders * share * day) / DAYS);
}

export function patientsBefore(plan: Plan, lab: PlannedLab, day: number): number {
  return Math.ceil(ordersBefore(plan, lab, day) / VISITS);
}

/** The beginning of a day in India, milliseconds. */
export function dayStartMs({ lastDay }: Plan, day: number): number {
  return Date.parse(`${lastDay}T00:00:00Z`) - IST_MS - (DAYS - 1 - day) * DAY_MS;
}

/** Calendar day, YYYY-MM-DD. */
export function dayText(plan: Plan, day: number): string {
  return new Date(dayStartMs(plan, day) + IST_MS).toISOString().slice(0, 10);
}
