import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';

import { createUser, disableUser, editRole, getUsers, listRoles, listUsers, login, seedRoles } from './contract.ts';
import { starterRoles } from './domain/permissions.ts';
import { labWithUsers, PASSWORD } from './lab-with-users.testing.ts';

const asha = { username: 'asha', name: 'Asha Kulkarni', password: PASSWORD, roles: ['desk'] };

test('USR-11: a user is added once however often it is sent, and told to others', async (t) => {
  const lab = await labWithUsers(t);
  const admin = lab.as('admin');
  const id = newId();
  const made = await admin.call(createUser, {
    ...asha,
    id,
    username: 'Asha',
    roles: ['technician', 'desk', 'desk'],
    qualification: 'B.Sc.',
  });
  assert.deepEqual(made, {
    id,
    username: 'asha',
    name: 'Asha Kulkarni',
    roles: ['desk', 'technician'],
    qualification: 'B.Sc.',
    registrationNumber: null,
    isActive: true,
    version: 1,
  });
  assert.deepEqual(await admin.call(createUser, { ...asha, id }), made);
  const otherId = newId();
  const twice = await Promise.all([1, 2].map(() => admin.call(createUser, { ...asha, username: 'ravi', id: otherId })));
  assert.deepEqual(twice[0], twice[1]);
  assert.deepEqual(await lab.audit('user', id), ['user.create_user']);
  assert.deepEqual(await lab.audit('user', otherId), ['user.create_user']);
});

test('USR-12: a login name in use, an unknown role and a bad name or password are refused', async (t) => {
  const lab = await labWithUsers(t);
  const admin = lab.as('admin');
  await admin.call(createUser, asha);
  await admin.refused(createUser, { ...asha, username: 'ASHA' }, 'user.username_taken');
  const codes = await Promise.all(
    [1, 2].map(() => lab.outcome(createUser, { ...asha, username: 'ravi' }, admin.actor)),
  );
  assert.deepEqual(codes.sort(), ['ok', 'user.username_taken']);
  const missing = await admin.refused(
    createUser,
    { ...asha, username: 'meena', roles: ['desk', 'wizard\0'] },
    'user.role_not_found',
  );
  assert.deepEqual(missing.details, { role: 'wizard\0' });
  for (const bad of [
    { username: 'a b' },
    { username: '.x' },
    { password: '1234567' },
    { roles: [] },
    { name: '' },
    { name: 'a\nb' },
  ]) {
    await admin.refused(createUser, { ...asha, username: 'meena', ...bad }, 'platform.invalid_input');
  }
});

test('USR-13: only who may manage users adds, disables and edits; only who may read sees the list', async (t) => {
  const lab = await labWithUsers(t);
  const user = await lab.addUser('asha', 'desk');
  for (const role of ['desk', 'pathologist', 'manager']) {
    const actor = lab.as(role);
    await actor.refused(createUser, { ...asha, username: 'x-y' }, 'platform.forbidden');
    await actor.refused(disableUser, { userId: user.id, expectedVersion: 1 }, 'platform.forbidden');
    await actor.refused(editRole, { name: 'desk', permissions: [], expectedVersion: 1 }, 'platform.forbidden');
    await actor.refused(seedRoles, {}, 'platform.forbidden');
  }
  await lab.as('desk').refused(listUsers, {}, 'platform.forbidden');
  await lab.as('desk').refused(listRoles, {}, 'platform.forbidden');
  assert.equal((await lab.as('manager').call(listUsers, {})).edges.length, 1);
  assert.deepEqual(
    (await lab.as('desk').call(getUsers, { ids: [user.id, newId()] })).map((each) => each.name),
    ['Name of asha'],
  );
  assert.deepEqual(
    (await lab.as('desk').call(getUsers, { ids: [user.id], usernames: ['asha', 'nobody'] })).map((each) => each.name),
    ['Name of asha'],
    'by login name too, each once',
  );
  assert.equal((await lab.as('desk').call(getUsers, { ids: [], usernames: ['asha'] }))[0]?.id, user.id);
  assert.equal(await lab.outcome(getUsers, { ids: [user.id] }), 'platform.unauthenticated');
});

test('USR-14: another lab sees and touches nobody here', async (t) => {
  const lab = await labWithUsers(t);
  const user = await lab.addUser('asha', 'desk');
  const foreign = lab.as('admin', newId());
  assert.deepEqual((await foreign.call(listUsers, {})).edges, []);
  assert.deepEqual(await foreign.call(listRoles, {}), []);
  assert.deepEqual(await foreign.call(getUsers, { ids: [user.id], usernames: [user.username] }), []);
  await foreign.refused(disableUser, { userId: user.id, expectedVersion: 1 }, 'user.not_found');
  await foreign.refused(editRole, { name: 'desk', permissions: [], expectedVersion: 1 }, 'user.role_not_found');
  // The same id and login name are free there.
  await foreign.call(editRole, { name: 'desk', permissions: [] });
  const theirs = await foreign.call(createUser, { ...asha, id: user.id });
  assert.equal(theirs.name, 'Asha Kulkarni');
  assert.deepEqual(
    (await lab.as('admin').call(getUsers, { ids: [user.id] })).map((each) => each.name),
    ['Name of asha'],
  );
});

test('lab-day 74, USR-15: a leaver is disabled once; a stale screen is told', async (t) => {
  const lab = await labWithUsers(t);
  await lab.addUser('boss', 'admin');
  const user = await lab.addUser('asha', 'desk');
  await lab.signIn('asha');
  const admin = lab.as('admin');
  await admin.refused(disableUser, { userId: user.id, expectedVersion: 2 }, 'user.stale');
  await admin.refused(disableUser, { userId: newId(), expectedVersion: 1 }, 'user.not_found');
  const disabled = await admin.call(disableUser, { userId: user.id, expectedVersion: 1 });
  assert.deepEqual([disabled.isActive, disabled.version], [false, 2]);
  assert.deepEqual(await admin.call(disableUser, { userId: user.id, expectedVersion: 1 }), disabled);
  assert.deepEqual(await lab.audit('user', user.id), ['user.create_user', 'user.login', 'user.disable_user']);
  assert.equal(await lab.outcome(login, { username: 'asha', password: PASSWORD }), 'user.bad_login');
  await lab.settle();
});

test('USR-16: the last active user who may manage users stays, also when two are disabled at once', async (t) => {
  const lab = await labWithUsers(t);
  const admin = lab.as('admin');
  const first = await lab.addUser('boss', 'admin');
  await lab.addUser('asha', 'desk');
  await admin.refused(disableUser, { userId: first.id, expectedVersion: 1 }, 'user.last_admin');
  await admin.call(editRole, { name: 'office', permissions: ['user.read', 'user.manage'] });
  const second = await lab.addUser('ravi', 'office');
  // Both accounts are held until both commands stand at their locks, so that they do go on at the same moment.
  const held = lab.runtime.systemCtx('user', lab.labId).transaction(async (tx) => {
    await tx.rows(sql`select id from lis_user.account where lab_id = ${lab.labId} for update`);
    await tx.rows(sql`select pg_sleep(0.2)`);
  });
  const codes = await Promise.all(
    [first, second].map(({ id }) => lab.outcome(disableUser, { userId: id, expectedVersion: 1 }, admin.actor)),
  );
  await held;
  assert.deepEqual(codes.sort(), ['ok', 'user.last_admin']);
});

test('USR-16: the role by which the last one manages users keeps that permission', async (t) => {
  const lab = await labWithUsers(t);
  const admin = lab.as('admin');
  // While the lab is set up and has nobody yet, roles are free to change.
  await admin.call(editRole, { name: 'admin', permissions: ['user.read'], expectedVersion: 1 });
  await admin.call(editRole, { name: 'admin', permissions: ['*'], expectedVersion: 2 });
  await lab.addUser('boss', 'admin');
  await admin.refused(editRole, { name: 'admin', permissions: ['user.read'], expectedVersion: 3 }, 'user.last_admin');
  await admin.call(editRole, { name: 'admin', permissions: ['user.manage'], expectedVersion: 3 });
  await admin.call(editRole, { name: 'office', permissions: ['user.manage'] });
  await lab.addUser('ravi', 'office');
  const codes = await Promise.all([
    lab.outcome(editRole, { name: 'admin', permissions: [], expectedVersion: 4 }, admin.actor),
    lab.outcome(editRole, { name: 'office', permissions: [], expectedVersion: 1 }, admin.actor),
  ]);
  assert.deepEqual(codes.sort(), ['ok', 'user.last_admin']);
});

test('USR-17: a lab edits its roles; the starter roles are seeded around what it edited', async (t) => {
  const lab = await labWithUsers(t);
  const admin = lab.as('admin');
  assert.deepEqual(
    (await admin.call(listRoles, {})).map((role) => role.name),
    Object.keys(starterRoles).sort(),
  );
  await admin.refused(
    editRole,
    { name: 'desk', permissions: ['patient.fly'], expectedVersion: 1 },
    'user.unknown_permission',
  );
  await admin.refused(editRole, { name: 'Desk 2', permissions: [] }, 'platform.invalid_input');
  await admin.refused(editRole, { name: 'nobody', permissions: [], expectedVersion: 1 }, 'user.role_not_found');
  const desk = await admin.call(editRole, {
    name: 'desk',
    permissions: ['order.read', 'patient.read', 'order.read'],
    expectedVersion: 1,
  });
  assert.deepEqual(desk, { name: 'desk', permissions: ['order.read', 'patient.read'], version: 2 });
  await admin.refused(editRole, { name: 'desk', permissions: [], expectedVersion: 1 }, 'user.stale');
  // Making a role that exists is refused, unless it is the same making sent again.
  await admin.refused(editRole, { name: 'desk', permissions: [] }, 'user.stale');
  const made = await admin.call(editRole, { name: 'night-desk', permissions: ['order.read'] });
  assert.deepEqual(await admin.call(editRole, { name: 'night-desk', permissions: ['order.read'] }), made);
  const seeded = await lab.system.call(seedRoles, {});
  assert.deepEqual(
    seeded.find((role) => role.name === 'desk'),
    desk,
  );
  assert.equal(seeded.length, Object.keys(starterRoles).length + 1);
  assert.deepEqual(await lab.audit('user', lab.labId), ['user.seed_roles', 'user.edit_role', 'user.edit_role']);
});

test('USR-18: users are listed by name, page by page', async (t) => {
  const lab = await labWithUsers(t);
  const admin = lab.as('admin');
  const names = ['Zoya', 'asha', 'Meena', 'Asha', 'Ravi'];
  await Promise.all(names.map((name, i) => admin.call(createUser, { ...asha, username: `user-${i}`, name })));
  const seen: string[] = [];
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof next>> = await next(after);
    seen.push(...page.edges.map((edge) => edge.node.name));
    if (!page.hasNextPage) break;
    after = page.endCursor;
  }
  function next(after: string | null) {
    return admin.call(listUsers, { first: 2, after });
  }
  assert.deepEqual(
    seen.map((name) => name.toLowerCase()),
    ['asha', 'asha', 'meena', 'ravi', 'zoya'],
  );
  assert.deepEqual(new Set(seen), new Set(names));
  for (const key of [
    ['a', 'b'],
    [1, newId()],
    ['\0', newId()],
  ]) {
    const after = Buffer.from(JSON.stringify(key)).toString('base64url');
    await admin.refused(listUsers, { after }, 'platform.bad_cursor');
  }
});
