// What every command of a tube writes beside the tube: a step of custody, and the facts of an event.
import type { Ctx } from '#platform/service.ts';

import type { CustodyAct } from '../contract.ts';
import type { NewStep } from '../custody-store.ts';
import type { Tube } from '../tube-store.ts';

export interface More {
  /** When it was done; now when left out. */
  readonly at?: string;
  readonly place?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly facts?: Readonly<Record<string, unknown>>;
}

export function step(ctx: Ctx, tubeId: string, act: CustodyAct, more: More = {}): NewStep {
  return {
    tubeId,
    act,
    at: more.at ?? ctx.now(),
    byId: ctx.actor.userId,
    by: ctx.actor.name,
    place: more.place ?? null,
    reason: more.reason ?? null,
    facts: more.facts ?? {},
  };
}

export interface TubeFact {
  readonly tubeId: string;
  readonly orderId: string;
  readonly patientId: string;
  readonly barcode: string;
  readonly lineIds: string[];
  readonly at: string;
  readonly by: string;
}

/** What an event says of a tube: of all its tests, or of those given. */
export function tubeFact(tube: Tube, at: string, by: string, lineIds: readonly string[] = tube.lineIds): TubeFact {
  const { id, orderId, patientId, barcode } = tube;
  return { tubeId: id, orderId, patientId, barcode, lineIds: [...lineIds], at, by };
}
