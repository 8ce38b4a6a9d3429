import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql as execute } from 'graphql';

import { verifyAccessToken } from '#platform/access-token.ts';
import type { Actor } from '#platform/actor.ts';
import { anonymous } from '#platform/actor.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';

import { sessionActor } from './contract.ts';
import { graphql } from './graphql.ts';
import { codeAt } from './second-factor.ts';
import { labWithUsers, PASSWORD } from './lab-with-users.testing.ts';

test('USR-19: signing in, managing users and roles, refreshing and logging out work over GraphQL', async (t) => {
  const lab = await labWithUsers(t);
  await lab.addUser('boss', 'admin');
  const schema = buildSchema([graphql]);
  const ask = async (actor: Actor, source: string, variableValues: Record<string, unknown> = {}) => {
    const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(actor));
    const { data, errors } = await execute({ schema, source, variableValues, contextValue });
    assert.deepEqual(errors, undefined);
    return JSON.parse(JSON.stringify(data));
  };
  const { login } = await ask(
    anonymous,
    `mutation ($p: String!) { login(lab: "HOME", username: "boss", password: $p) { accessToken refreshToken expiresInSeconds user { username roles } } }`,
    {
      p: PASSWORD,
    },
  );
  assert.deepEqual(login.user, { username: 'boss', roles: ['admin'] });
  const { sessionId, labId } = await verifyAccessToken(lab.config.authSecret, login.accessToken, lab.clock.nowMs());
  const session = await lab.system.call(sessionActor, { sessionId, labId });
  const boss: Actor = {
    kind: 'user',
    userId: session.userId,
    name: session.username,
    labId,
    permissions: session.permissions,
    sessionId,
  };

  const { me } = await ask(boss, '{ me { username permissions user { name isActive } } }');
  assert.deepEqual(me, { username: 'boss', permissions: ['*'], user: { name: 'Name of boss', isActive: true } });
  const { createUser } = await ask(
    boss,
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { id version qualification } }',
    {
      input: { username: 'asha', name: 'Asha', password: PASSWORD, roles: ['desk'], qualification: null },
    },
  );
  assert.deepEqual([createUser.version, createUser.qualification], [1, null]);
  const { editRole } = await ask(
    boss,
    'mutation { editRole(input: { name: "night", permissions: ["order.read"] }) { name permissions version } }',
  );
  assert.deepEqual(editRole, { name: 'night', permissions: ['order.read'], version: 1 });
  const { disableUser } = await ask(
    boss,
    'mutation ($id: ID!) { disableUser(input: { userId: $id, expectedVersion: 1 }) { isActive } }',
    { id: createUser.id },
  );
  assert.equal(disableUser.isActive, false);
  const lists = await ask(
    boss,
    '{ users(first: 1) { nodes { username } pageInfo { hasNextPage endCursor } } roles { name } }',
  );
  assert.deepEqual(lists.users.nodes, [{ username: 'asha' }]);
  assert.equal(lists.users.pageInfo.hasNextPage, true);
  assert.equal(lists.roles.length, 8);

  const password = PASSWORD;
  const { confirmIdentity } = await ask(
    boss,
    'mutation ($password: String!) { confirmIdentity(input: { password: $password }) { signingToken expiresAt } }',
    { password },
  );
  assert.match(confirmIdentity.signingToken, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  const { enrolSecondFactor } = await ask(
    boss,
    'mutation ($password: String!) { enrolSecondFactor(password: $password) { secret uri } }',
    { password },
  );
  const { confirmSecondFactor } = await ask(boss, 'mutation ($code: String!) { confirmSecondFactor(code: $code) }', {
    code: codeAt(enrolSecondFactor.secret, lab.clock.nowMs()),
  });
  assert.equal(confirmSecondFactor.length, 10);
  assert.deepEqual(await ask(boss, '{ me { hasSecondFactor } }'), { me: { hasSecondFactor: true } });
  const entered = await ask(
    anonymous,
    'mutation ($p: String!, $c: String!) { login(lab: "HOME", username: "boss", password: $p, code: $c) { user { username } } }',
    { p: PASSWORD, c: confirmSecondFactor[0] },
  );
  assert.equal(entered.login.user.username, 'boss');
  assert.deepEqual(
    await ask(boss, 'mutation ($password: String!) { disableSecondFactor(password: $password) }', { password }),
    { disableSecondFactor: true },
  );
  assert.deepEqual(
    await ask(
      boss,
      'mutation ($old: String!) { changePassword(input: { oldPassword: $old, newPassword: "another-word" }) }',
      { old: PASSWORD },
    ),
    { changePassword: 1 },
  );
  const { resetPassword } = await ask(
    boss,
    'mutation ($id: ID!) { resetPassword(input: { userId: $id, newPassword: "good-for-one" }) }',
    { id: createUser.id },
  );
  assert.equal(resetPassword, 0);

  const { refresh } = await ask(
    anonymous,
    'mutation ($t: String!) { refresh(refreshToken: $t) { refreshToken user { username } } }',
    { t: login.refreshToken },
  );
  assert.notEqual(refresh.refreshToken, login.refreshToken);
  assert.deepEqual(await ask(boss, 'mutation { logout }'), { logout: true });
  assert.deepEqual(await ask(boss, 'mutation { logout }'), { logout: false });
});
