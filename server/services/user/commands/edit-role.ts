import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { editRole as editRoleCall, RoleView } from '../contract.ts';
import { lastAdmin, roleNotFound, staleUser, unknownPermission } from '../contract.ts';
import { firstUnknownPermission, inOrder, managingRoles } from '../domain/role-rules.ts';
import * as store from '../store.ts';

const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((each, i) => each === b[i]);

async function addRole(tx: Tx, labId: string, name: string, permissions: readonly string[]): Promise<RoleView> {
  const [added] = await store.addRoles(tx, labId, [{ name, permissions }]);
  if (added) {
    // A role has a name and no id of its own: it is found in the trail under the lab.
    tx.audit('user.edit_role', labId, { role: name, before: null, after: permissions }, labId);
    return added;
  }
  const before = (await store.lockRoles(tx, labId)).find((role) => role.name === name);
  if (!before) throw new Error('A role that could not be added is not there');
  if (isSame(inOrder(before.permissions), permissions)) return before;
  throw staleUser({ version: before.version });
}

/** Without `expectedVersion` it makes a new role; with it, it changes the one that has that version. */
export async function editRole(ctx: Ctx, input: ParsedInput<typeof editRoleCall>): Promise<RoleView> {
  const labId = ctx.labId();
  const unknown = firstUnknownPermission(input.permissions);
  if (unknown !== undefined) throw unknownPermission({ permission: unknown });
  const permissions = inOrder(input.permissions);
  const { name, expectedVersion } = input;
  return ctx.transaction(async (tx) => {
    if (expectedVersion === undefined || expectedVersion === null) return addRole(tx, labId, name, permissions);
    const roles = await store.lockRoles(tx, labId);
    const before = roles.find((role) => role.name === name);
    if (!before) throw roleNotFound({ role: name });
    if (before.version !== expectedVersion) throw staleUser({ version: before.version });
    const managing = managingRoles(roles);
    const after = managingRoles(roles.map((role) => (role.name === name ? { name, permissions } : role)));
    // A lab that had nobody yet, for it is being set up, may still edit its roles.
    const losesManaging = managing.includes(name) && !after.includes(name);
    if (
      losesManaging &&
      (await store.hasActiveHolder(tx, labId, managing, null)) &&
      !(await store.hasActiveHolder(tx, labId, after, null))
    ) {
      throw lastAdmin({});
    }
    const role = await store.saveRole(tx, labId, name, permissions);
    tx.audit(
      'user.edit_role',
      labId,
      { role: name, before: before.permissions, after: permissions, version: role.version },
      labId,
    );
    return role;
  });
}
