// Which place behind an order fits where it is said to come from.
import type { PartnerKind } from '#contract/organization.ts';

import type { OrderSource } from '../contract.ts';

/** What `sourceId` has to name; `none` that it must be absent. */
export interface SourceRule {
  readonly names: 'doctor' | PartnerKind | 'none';
  readonly isNeeded: boolean;
  /** For the refusal. */
  readonly expected: string;
}

export const sourceRules: Readonly<Record<OrderSource, SourceRule>> = {
  walk_in: { names: 'none', isNeeded: false, expected: 'none' },
  doctor: { names: 'doctor', isNeeded: true, expected: 'the id of a doctor of this lab' },
  centre: { names: 'centre', isNeeded: true, expected: 'the id of an active collection centre of this lab' },
  client: { names: 'client', isNeeded: true, expected: 'the id of an active client of this lab' },
  camp: { names: 'camp', isNeeded: true, expected: 'the id of an active camp of this lab, on its days' },
  // A home draw may be booked through a collection centre, or by the lab itself.
  home: { names: 'centre', isNeeded: false, expected: 'none, or the id of an active collection centre of this lab' },
};

/** Days after a camp on which its lists still come in. */
export const CAMP_GRACE_DAYS = 14;

/**
 * Whether orders of a camp may be placed on a day: from its first day to some days after its last, as the list of a village
 * comes to the lab later. A camp without days is not bound to any.
 */
export function isCampDay(
  { fromDay, toDay }: { readonly fromDay: string | null; readonly toDay: string | null },
  day: string,
): boolean {
  if (fromDay !== null && day < fromDay) return false;
  if (toDay === null) return true;
  const last = new Date(Date.parse(`${toDay}T00:00:00Z`) + CAMP_GRACE_DAYS * 86_400_000).toISOString().slice(0, 10);
  return day <= last;
}
