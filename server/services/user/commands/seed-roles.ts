import type { Ctx } from '#platform/service.ts';

import type { RoleView } from '../contract.ts';
import { starterRoles } from '../domain/permissions.ts';
import { inOrder } from '../domain/role-rules.ts';
import * as store from '../store.ts';

/** Adds the starter roles that are missing; a role the lab has edited stays as it is. */
export async function seedRoles(ctx: Ctx): Promise<readonly RoleView[]> {
  const labId = ctx.labId();
  const roles = Object.entries(starterRoles).map(([name, permissions]) => ({
    name,
    permissions: inOrder(permissions),
  }));
  return ctx.transaction(async (tx) => {
    const added = await store.addRoles(tx, labId, roles);
    if (added.length > 0) tx.audit('user.seed_roles', labId, { roles: added.map((role) => role.name).sort() }, labId);
    return store.listRoles(tx, labId);
  });
}
