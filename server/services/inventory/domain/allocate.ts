// From which lots a measurement took what it took. The bench never waits for the store: what no lot covers is short, and a
// person settles it. A lot the analyzer names is a fact, whatever its state; among the others, first to expire, first out.
import type { LotStatus, ShortageView } from '../contract.ts';

export interface StockLot {
  readonly id: string;
  readonly lotNumber: string;
  readonly status: LotStatus;
  /** Days of the lab. */
  readonly usableUntil: string;
  readonly expiresOn: string;
  readonly receivedAt: string;
  /** Where it is in use. */
  readonly instrument: string | null;
  /** Thousandths. */
  readonly quantity: bigint;
}

export interface Need {
  /** Thousandths, more than 0. */
  readonly quantity: bigint;
  /** Null: by hand. */
  readonly instrument: string | null;
  /** The lot the analyzer names; null when it names none. */
  readonly reagentLot: string | null;
  readonly today: string;
  /** The item spoils once open, so only what was opened can have been used. */
  readonly isOpenedFirst: boolean;
}

export interface Take {
  readonly lotId: string;
  readonly quantity: bigint;
  /** What is wrong with the lot it came from. */
  readonly doubt: 'past its time' | 'in quarantine' | null;
}

export interface Allocation {
  readonly takes: readonly Take[];
  readonly short: bigint;
  readonly why: ShortageView['why'] | null;
}

/** @param lots of one item */
export function allocate(need: Need, lots: readonly StockLot[]): Allocation {
  const ranked = lots
    .map((lot) => ({ lot, rank: rankOf(need, lot) }))
    .filter(({ rank }) => rank !== null)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || byExpiry(a.lot, b.lot));
  const takes: Take[] = [];
  let left = need.quantity;
  for (const { lot } of ranked) {
    if (left === 0n) break;
    const quantity = lot.quantity < left ? lot.quantity : left;
    if (quantity <= 0n) continue;
    takes.push({ lotId: lot.id, quantity, doubt: doubtOf(lot, need.today) });
    left -= quantity;
  }
  if (left === 0n) return { takes, short: 0n, why: null };
  if (ranked.length > 0) return { takes, short: left, why: 'not_enough' };
  const isPast = lots.some((lot) => isAtHand(need, lot) && lot.usableUntil < need.today);
  return { takes, short: left, why: isPast ? 'past_time' : 'none_in_use' };
}

/** First to expire, then first to come. */
export function byExpiry(
  a: Pick<StockLot, 'usableUntil' | 'receivedAt' | 'id'>,
  b: Pick<StockLot, 'usableUntil' | 'receivedAt' | 'id'>,
): number {
  const key = (lot: typeof a): string => `${lot.usableUntil} ${lot.receivedAt} ${lot.id}`;
  return key(a) < key(b) ? -1 : 1;
}

function rankOf(need: Need, lot: StockLot): number | null {
  if (lot.status === 'discarded') return null;
  if (need.reagentLot !== null && lot.lotNumber === need.reagentLot && lot.status !== 'used_up') return 0;
  if (lot.usableUntil < need.today || lot.expiresOn < need.today) return null;
  if (lot.status === 'in_use') return isAtHand(need, lot) ? (lot.instrument === null ? 2 : 1) : null;
  return lot.status === 'usable' && !need.isOpenedFirst ? 3 : null;
}

/** Open on that instrument, or open for all. */
function isAtHand(need: Need, { status, instrument }: StockLot): boolean {
  return (status === 'in_use' || status === 'expired') && (instrument === null || instrument === need.instrument);
}

function doubtOf({ status, usableUntil, expiresOn }: StockLot, today: string): Take['doubt'] {
  if (status === 'quarantine') return 'in quarantine';
  return usableUntil < today || expiresOn < today ? 'past its time' : null;
}
