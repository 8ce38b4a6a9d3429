import { answer, defineService } from '#platform/service.ts';

import { changePassword, resetPassword } from './commands/change-password.ts';
import { checkSigning, confirmIdentity } from './commands/confirm-identity.ts';
import { createUser } from './commands/create-user.ts';
import { disableUser } from './commands/disable-user.ts';
import { editRole } from './commands/edit-role.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { refresh } from './commands/refresh.ts';
import { confirmSecondFactor, disableSecondFactor, enrolSecondFactor } from './commands/second-factor.ts';
import { seedRoles } from './commands/seed-roles.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { getUsers } from './queries/get-users.ts';
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
    answer(contract.getUsers, 'signed-in', getUsers),
    answer(contract.listRoles, 'user.read', async (ctx) => [...(await store.listRoles(ctx.db, ctx.labId()))]),
    answer(contract.editRole, 'user.manage', editRole),
    answer(contract.seedRoles, 'system', seedRoles),
    answer(contract.confirmIdentity, 'signed-in', confirmIdentity),
    answer(contract.checkSigning, 'signed-in', checkSigning),
    answer(contract.changePassword, 'signed-in', changePassword),
    answer(contract.resetPassword, 'user.manage', resetPassword),
    answer(contract.enrolSecondFactor, 'signed-in', enrolSecondFactor),
    answer(contract.confirmSecondFactor, 'signed-in', confirmSecondFactor),
    answer(contract.disableSecondFactor, 'signed-in', disableSecondFactor),
  ],
  consumers: [],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: { account_username_key: contract.usernameTaken },
});
