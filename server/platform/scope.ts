// One request on its way through the house: who asks and from where, its id, and whether any permission has been checked.
import type { Actor } from './actor.ts';

export interface Scope {
  readonly actor: Actor;
  /** Given to the person when something fails, and found in logs, audit and traces. */
  readonly requestId: string;
  /** IP address the request came from, as the edge saw it and never as a client says; empty for work of the house itself. */
  readonly clientAddress: string;
  /** Set by the dispatcher; an answer that leaves with this still false is withheld. */
  permissionChecked: boolean;
}

export function newScope(actor: Actor, requestId: string, clientAddress = ''): Scope {
  return { actor, requestId, clientAddress, permissionChecked: false };
}
