// One request on its way through the house: who asks, its id, and whether any permission has been checked yet.
import type { Actor } from './actor.ts';

export interface Scope {
  readonly actor: Actor;
  /** Given to the person when something fails, and found in logs, audit and traces. */
  readonly requestId: string;
  /** Set by the dispatcher; an answer that leaves with this still false is withheld. */
  permissionChecked: boolean;
}

export function newScope(actor: Actor, requestId: string): Scope {
  return { actor, requestId, permissionChecked: false };
}
