import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { createUser as createUserCall, UserView } from '../contract.ts';
import { roleNotFound, userChanged, usernameTaken } from '../contract.ts';
import { firstUnknownRole, inOrder } from '../domain/role-rules.ts';
import { hashPassword } from '../password.ts';
import * as store from '../store.ts';

/** Sent twice with one id it makes one user; what was made first is returned. */
export async function createUser(ctx: Ctx, input: ParsedInput<typeof createUserCall>): Promise<UserView> {
  const labId = ctx.labId();
  const id = input.id ?? ctx.newId();
  const roles = inOrder(input.roles);
  const unknown = firstUnknownRole(roles, await store.listRoles(ctx.db, labId));
  if (unknown !== undefined) throw roleNotFound({ role: unknown });
  const passwordHash = await hashPassword(input.password);
  return ctx.transaction(async (tx) => {
    const added = await store.addAccount(tx, labId, {
      id,
      username: input.username,
      name: input.name,
      roles: [...roles],
      qualification: input.qualification ?? null,
      registrationNumber: input.registrationNumber ?? null,
      passwordHash,
    });
    if (!added) {
      const before = await store.getAccount(tx, labId, id);
      if (before) return before;
      throw usernameTaken({});
    }
    tx.audit('user.create_user', id, { roles: added.roles }, id);
    tx.emit(userChanged, id, { userId: id, isActive: true, roles: added.roles, at: ctx.now() });
    return added;
  });
}
