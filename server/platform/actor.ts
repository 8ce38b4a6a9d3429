// Who acts. Carried from the gateway through every call, event and job, and into every audit row.
import * as z from 'zod';

export const Actor = z.object({
  kind: z.enum(['user', 'system', 'anonymous']),
  userId: z.uuid().nullable(),
  /** Shown in the audit trail; a login name, never a patient's. */
  name: z.string(),
  /** The lab whose rows the actor may see; null before login and for work across labs. */
  labId: z.uuid().nullable(),
  permissions: z.array(z.string()).readonly(),
  sessionId: z.uuid().nullable(),
});
export type Actor = z.output<typeof Actor>;

export const anonymous: Actor = {
  kind: 'anonymous',
  userId: null,
  name: 'anonymous',
  labId: null,
  permissions: [],
  sessionId: null,
};

/** The system itself acting for a lab: a consumer, a job, the seed. Holds every permission. */
export function systemActor(labId: string | null, name = 'nidaan'): Actor {
  return { kind: 'system', userId: null, name, labId, permissions: ['*'], sessionId: null };
}

export function holds(actor: Actor, permission: string): boolean {
  return actor.permissions.includes('*') || actor.permissions.includes(permission);
}
