import { answer, defineService } from '#platform/service.ts';

import { createUser } from './commands/create-user.ts';
import { disableUser } from './commands/disable-user.ts';
import { editRole } from './commands/edit-role.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { refresh } from './commands/refresh.ts';
import { seedRoles } from './commands/seed-roles.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { listUsers } from './queries/list-users.ts';
import { me, sessionActor } from './queries/session-actor.ts';
import * as store from './store.ts';

export const service = defineService({
  name: 'user',
  port: 8085,
  calls: [
    answer(contract.login, 'public', login),
    answer(contract.refresh, 'public', refresh),
    answer(contract.logout, 'signed-in', logout),
    answer(contract.me, 'signed-in', me),
    answer(contract.sessionActor, 'system', sessionActor),
    answer(contract.createUser, 'user.manage', createUser),
    answer(contract.disableUser, 'user.manage', disableUser),
    answer(contract.listUsers, 'user.read', listUsers),
    // Names of colleagues stand under every result; whoever works in the lab may see them.
    answer(contract.getUsers, 'signed-in', async (ctx, { ids }) => [
      ...(await store.getAccounts(ctx.db, ctx.labId(), ids)),
    ]),
    answer(contract.listRoles, 'user.read', async (ctx) => [...(await store.listRoles(ctx.db, ctx.labId()))]),
    answer(contract.editRole, 'user.manage', editRole),
    answer(contract.seedRoles, 'system', seedRoles),
  ],
  consumers: [],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: { account_username_key: contract.usernameTaken },
});
