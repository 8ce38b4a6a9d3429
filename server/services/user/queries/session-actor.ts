import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { sessionActor as sessionActorCall, UserView } from '../contract.ts';
import { sessionEnded, userNotFound } from '../contract.ts';
import { inOrder } from '../domain/role-rules.ts';
import * as factors from '../factor-store.ts';
import * as sessions from '../session-store.ts';
import * as store from '../store.ts';

/** Roles are resolved at every asking, so that an edited role is in force at once. */
export async function sessionActor(
  ctx: Ctx,
  input: ParsedInput<typeof sessionActorCall>,
): Promise<sessions.LivingSession> {
  const labId = input.labId.toLowerCase();
  const found = await sessions.findLivingSession(ctx.asLab(labId).db, labId, input.sessionId, ctx.now());
  if (!found) throw sessionEnded({});
  return { ...found, permissions: inOrder(found.permissions) };
}

type Me = UserView & { readonly permissions: readonly string[]; readonly hasSecondFactor: boolean };

export async function me(ctx: Ctx): Promise<Me> {
  const { userId } = ctx.actor;
  const user = userId === null ? undefined : await store.getAccount(ctx.db, ctx.labId(), userId);
  if (!user) throw userNotFound({});
  const factor = await factors.findFactor(ctx.db, ctx.labId(), user.id);
  return {
    ...user,
    permissions: inOrder(ctx.actor.permissions),
    hasSecondFactor: factor !== undefined && factor.confirmedAt !== null,
  };
}
