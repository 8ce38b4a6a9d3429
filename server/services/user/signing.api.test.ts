import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { verifyAccessToken } from '#platform/access-token.ts';
import type { Actor } from '#platform/actor.ts';
import { anonymous } from '#platform/actor.ts';
import { newId } from '#platform/ids.ts';
import { newScope } from '#platform/scope.ts';
import { getPolicies, setPolicies } from '#contract/organization.ts';

import { signAs } from '../../testing/sign-as.ts';
import { startLab } from '../../testing/start-lab.ts';
import { checkSigning, confirmIdentity, disableUser, login, sessionActor, userTrail } from './contract.ts';
import type { LabWithUsers } from './lab-with-users.testing.ts';
import { labWithUsers, PASSWORD } from './lab-with-users.testing.ts';

const MINUTE_MS = 60_000;

async function actorOf(lab: LabWithUsers, username: string): Promise<Actor> {
  const tokens = await lab.signIn(username);
  const { sessionId, labId, userId } = await verifyAccessToken(
    lab.config.authSecret,
    tokens.accessToken,
    lab.clock.nowMs(),
  );
  const { permissions } = await lab.system.call(sessionActor, { sessionId, labId });
  return { kind: 'user', userId, name: username, labId, permissions, sessionId };
}

async function start(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const lab = await labWithUsers(t, env);
  const user = await lab.addUser('sunita', 'pathologist');
  const actor = await actorOf(lab, 'sunita');
  const call = (password: string, who = actor) =>
    lab.runtime.dispatcher.call(confirmIdentity, { password }, newScope(who, newId(), '10.0.0.7'));
  const check = (signingToken: string | null, who = actor) => lab.outcome(checkSigning, { signingToken }, who);
  return { lab, user, actor, call, check };
}

test('lab-day 52, USR-22: a password given again lets this person sign in this session, for the minutes of the policy', async (t) => {
  const { lab, user, actor, call, check } = await start(t);
  const { signingToken, expiresAt } = await call(PASSWORD);
  assert.equal(expiresAt, '2026-11-25T04:10:00.000Z');
  const checked = await lab.runtime.dispatcher.call(checkSigning, { signingToken }, lab.runtime.scopeOf(actor));
  assert.equal(checked.confirmedAt, '2026-11-25T04:00:00.000Z');
  // Good for no other session of the same person, no other person, and not for the system.
  assert.equal(await check(signingToken, await actorOf(lab, 'sunita')), 'user.not_confirmed');
  await lab.addUser('other', 'pathologist');
  assert.equal(await check(signingToken, await actorOf(lab, 'other')), 'user.not_confirmed');
  await lab.system.refused(checkSigning, { signingToken }, 'user.not_confirmed');
  assert.equal(await check(signingToken, anonymous), 'platform.unauthenticated');
  lab.clock.advance(10 * MINUTE_MS - 1000);
  assert.equal(await check(signingToken), 'ok');
  lab.clock.advance(1000);
  assert.equal(await check(signingToken), 'user.not_confirmed');
  const trail = await lab.system.call(userTrail, { caseIds: [user.id] });
  assert.deepEqual(trail.find((entry) => entry.act === 'user.confirm_identity')?.facts, {
    expiresAt,
    hasSecondFactor: false,
    from: '10.0.0.7',
  });
  assert.ok(!JSON.stringify(trail).includes(signingToken));
});

test('lab-day 52, USR-22: nothing else signs: no token, a forged one, an access token', async (t) => {
  const { lab, actor, check } = await start(t);
  const { accessToken } = await lab.signIn('sunita');
  const { signingToken } = await lab.runtime.dispatcher.call(
    confirmIdentity,
    { password: PASSWORD },
    lab.runtime.scopeOf(actor),
  );
  const [head, body] = signingToken.split('.');
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  for (const token of [null, '', 'rubbish', accessToken, `${head}.${body}.`, `${none}.${body}.`, `${signingToken}x`])
    assert.equal(await check(token), 'user.not_confirmed', String(token));
  // And a signing token opens no session.
  await assert.rejects(verifyAccessToken(lab.config.authSecret, signingToken, lab.clock.nowMs()), {
    code: 'platform.unauthenticated',
  });
});

test('lab-day 52, USR-22: the policy as it is now decides: shorter ends a confirmation, 0 asks for none', async (t) => {
  const { lab, call, check, actor } = await start(t);
  const { signingToken } = await call(PASSWORD);
  lab.clock.advance(5 * MINUTE_MS);
  assert.equal(await check(signingToken), 'ok');
  await lab.system.call(setPolicies, { signingMinutes: 5 });
  assert.equal(await check(signingToken), 'user.not_confirmed');
  await lab.system.call(setPolicies, { signingMinutes: 0 });
  const scope = lab.runtime.scopeOf(actor);
  assert.deepEqual(await lab.runtime.dispatcher.call(checkSigning, { signingToken: null }, scope), {
    confirmedAt: null,
  });
});

test('lab-day 52, USR-23: a wrong password at signing counts with those at login, and locks both', async (t) => {
  const { lab, user, call } = await start(t, { LOGIN_FAILURES_ALLOWED: '3' });
  assert.equal(await lab.outcome(login, { username: 'sunita', password: 'wrong' }), 'user.bad_login');
  await assert.rejects(call('wrong'), { code: 'user.bad_login' });
  await assert.rejects(call('wrong'), { code: 'user.bad_login' });
  await assert.rejects(call(PASSWORD), { code: 'user.login_locked' });
  assert.equal(await lab.outcome(login, { username: 'sunita', password: PASSWORD }), 'user.login_locked');
  lab.clock.advance(15 * MINUTE_MS);
  await call(PASSWORD);
  const acts = await lab.audit('user', user.id);
  assert.deepEqual(acts.slice(2), [
    'user.login_failed',
    'user.confirmation_failed',
    'user.confirmation_failed',
    'user.login_locked',
    'user.confirm_identity',
  ]);
  // A right one starts the count anew.
  await assert.rejects(call('wrong'), { code: 'user.bad_login' });
  await call(PASSWORD);
});

test('lab-day 74, USR-23: a leaver cannot confirm, and the system has no password', async (t) => {
  const { lab, user, call } = await start(t);
  await lab.addUser('boss', 'admin');
  await lab.system.call(disableUser, { userId: user.id, expectedVersion: 1 });
  await assert.rejects(call(PASSWORD), { code: 'user.bad_login' });
  await lab.system.refused(confirmIdentity, { password: PASSWORD }, 'platform.unauthenticated');
  await lab.as('pathologist').refused(confirmIdentity, { password: PASSWORD }, 'user.not_found');
});

test('test labs: policies are set before the test begins, and an actor is given a token that signs', async (t) => {
  const lab = await startLab(t, {
    services: ['organization', 'user'],
    policies: { fourEyes: false, signingMinutes: 3 },
  });
  assert.deepEqual(
    (({ fourEyes, signingMinutes }) => [fourEyes, signingMinutes])(await lab.system.call(getPolicies, {})),
    [false, 3],
  );
  const pathologist = lab.as('pathologist');
  const signingToken = await signAs(lab, pathologist);
  assert.notEqual((await pathologist.call(checkSigning, { signingToken })).confirmedAt, null);
  await lab.as('pathologist').refused(checkSigning, { signingToken }, 'user.not_confirmed');
});
