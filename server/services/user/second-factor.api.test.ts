import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import sql from 'sql-template-tag';

import { verifyAccessToken } from '#platform/access-token.ts';
import type { Actor } from '#platform/actor.ts';
import type { Call, CallInput, CallOutput } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';

import type { Tokens } from './contract.ts';
import {
  changePassword,
  confirmIdentity,
  confirmSecondFactor,
  disableSecondFactor,
  enrolSecondFactor,
  login,
  me,
  refresh,
  resetPassword,
} from './contract.ts';
import { codeAt } from './second-factor.ts';
import { labWithUsers, PASSWORD } from './lab-with-users.testing.ts';

const STEP_MS = 30_000;
const OTHER = 'lavender-2001';

async function start(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const lab = await labWithUsers(t, env);
  const user = await lab.addUser('sunita', 'pathologist');
  const actorFor = async (tokens: Tokens): Promise<Actor> => {
    const claims = await verifyAccessToken(lab.config.authSecret, tokens.accessToken, lab.clock.nowMs());
    return { kind: 'user', name: 'sunita', permissions: [], ...claims };
  };
  const actor = await actorFor(await lab.signIn('sunita'));
  const as = <C extends Call>(call: C, input: CallInput<C>): Promise<CallOutput<C>> =>
    lab.runtime.dispatcher.call(call, input, lab.runtime.scopeOf(actor));
  const enter = (fields: Partial<CallInput<typeof login>>) =>
    lab.outcome(login, { username: 'sunita', password: PASSWORD, ...fields });
  return { lab, user, actor, as, enter, now: () => lab.clock.nowMs() };
}

async function withFactor(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const here = await start(t, env);
  const { secret } = await here.as(enrolSecondFactor, { password: PASSWORD });
  const { recoveryCodes } = await here.as(confirmSecondFactor, { code: codeAt(secret, here.now()) });
  here.lab.clock.advance(STEP_MS);
  return { ...here, secret, recoveryCodes };
}

test('USR-24: a second factor is asked for once it is confirmed with a code, and not before', async (t) => {
  const { lab, as, enter, now, user, actor } = await start(t);
  assert.equal(await lab.outcome(enrolSecondFactor, { password: 'wrong' }, actor), 'user.bad_login');
  assert.equal(await lab.outcome(confirmSecondFactor, { code: '123456' }, actor), 'user.no_second_factor');
  const first = await as(enrolSecondFactor, { password: PASSWORD });
  assert.equal(await enter({}), 'ok');
  const { secret, uri } = await as(enrolSecondFactor, { password: PASSWORD });
  assert.notEqual(secret, first.secret);
  assert.ok(uri.startsWith('otpauth://totp/') && uri.includes(secret));
  assert.equal(await lab.outcome(confirmSecondFactor, { code: codeAt(first.secret, now()) }, actor), 'user.bad_code');
  assert.equal((await as(me, {})).hasSecondFactor, false);
  const { recoveryCodes } = await as(confirmSecondFactor, { code: codeAt(secret, now()) });
  assert.equal(new Set(recoveryCodes).size, 10);
  assert.equal((await as(me, {})).hasSecondFactor, true);
  assert.equal(await lab.outcome(enrolSecondFactor, { password: PASSWORD }, actor), 'user.second_factor_on');
  lab.clock.advance(STEP_MS);
  assert.equal(await enter({}), 'user.second_factor_needed');
  assert.equal(await enter({ code: codeAt(secret, now()) }), 'ok');
  assert.ok((await lab.audit('user', user.id)).includes('user.confirm_second_factor'));
  // Neither the secret nor a recovery code can be read in the database.
  const rows = await lab.runtime.systemCtx('user', lab.labId).db.rows(sql`
    select row_to_json(f)::text as t from lis_user.second_factor as f
    union all select row_to_json(c)::text from lis_user.recovery_code as c
    union all select row_to_json(a)::text from lis_user.audit as a`);
  assert.ok(rows.length > 11);
  for (const hidden of [secret, ...recoveryCodes]) assert.ok(!JSON.stringify(rows).includes(hidden));
});

test('USR-24: no code works twice, also when it is sent twice at once, and a wrong one counts as a wrong password', async (t) => {
  const { lab, secret, enter, now } = await withFactor(t, { LOGIN_FAILURES_ALLOWED: '3' });
  const code = codeAt(secret, now());
  assert.deepEqual((await Promise.all([enter({ code }), enter({ code })])).sort(), ['ok', 'user.code_used']);
  assert.equal(await enter({ code }), 'user.code_used');
  // The code of the step before the one that was used works no more either.
  assert.equal(await enter({ code: codeAt(secret, now() - STEP_MS) }), 'user.code_used');
  lab.clock.advance(STEP_MS);
  const right = codeAt(secret, now());
  const wrong = right === '000000' ? '000001' : '000000';
  for (let turn = 0; turn < 3; turn += 1) assert.equal(await enter({ code: wrong }), 'user.bad_login');
  assert.equal(await enter({ code: right }), 'user.login_locked');
  // A wrong password with a right code is no more than a wrong password.
  lab.clock.advance(60 * 60_000);
  assert.equal(await enter({ password: 'wrong', code: codeAt(secret, now()) }), 'user.bad_login');
  assert.equal(await enter({ code: codeAt(secret, now()) }), 'ok');
});

test('USR-24: a recovery code opens one session, however it is typed', async (t) => {
  const { lab, user, recoveryCodes, enter } = await withFactor(t);
  const [code = '', another = ''] = recoveryCodes;
  const typed = `${code.slice(0, 5)}-${code.slice(5)}`.toUpperCase();
  assert.deepEqual((await Promise.all([enter({ code: typed }), enter({ code: typed })])).sort()[0], 'ok');
  assert.equal(await enter({ code }), 'user.bad_login');
  assert.equal(await enter({ code: another }), 'ok');
  assert.equal((await lab.audit('user', user.id)).filter((act) => act === 'user.recovery_code_used').length, 2);
});

test('lab-day 52, USR-24: signing asks for the second factor as well', async (t) => {
  const { lab, actor, secret, as, now } = await withFactor(t);
  assert.equal(await lab.outcome(confirmIdentity, { password: PASSWORD }, actor), 'user.second_factor_needed');
  const code = codeAt(secret, now());
  assert.equal(await lab.outcome(confirmIdentity, { password: 'wrong', code }, actor), 'user.bad_login');
  assert.ok((await as(confirmIdentity, { password: PASSWORD, code })).signingToken);
  assert.equal(await lab.outcome(confirmIdentity, { password: PASSWORD, code }, actor), 'user.code_used');
});

test('USR-24: the password switches the second factor off, and its recovery codes with it', async (t) => {
  const { lab, actor, as, enter, recoveryCodes } = await withFactor(t);
  assert.equal(await lab.outcome(disableSecondFactor, { password: 'wrong' }, actor), 'user.bad_login');
  assert.deepEqual(await as(disableSecondFactor, { password: PASSWORD }), { wasOn: true });
  assert.deepEqual(await as(disableSecondFactor, { password: PASSWORD }), { wasOn: false });
  assert.equal(await enter({}), 'ok');
  const { secret } = await as(enrolSecondFactor, { password: PASSWORD });
  await as(confirmSecondFactor, { code: codeAt(secret, lab.clock.nowMs()) });
  assert.equal(await enter({ code: recoveryCodes[0] ?? '' }), 'user.bad_login');
});

test('USR-25: a new password needs the old one, ends all other sessions, and leaves this one', async (t) => {
  const { lab, actor, as, enter } = await start(t);
  const elsewhere = await lab.signIn('sunita');
  const change = (oldPassword: string, newPassword: string) =>
    lab.outcome(changePassword, { oldPassword, newPassword }, actor);
  assert.equal(await change('wrong', OTHER), 'user.bad_login');
  assert.equal(await change(PASSWORD, PASSWORD), 'user.same_password');
  assert.equal(await change(PASSWORD, 'short'), 'platform.invalid_input');
  assert.deepEqual(await as(changePassword, { oldPassword: PASSWORD, newPassword: OTHER }), { sessionsEnded: 1 });
  assert.equal(await lab.outcome(refresh, { refreshToken: elsewhere.refreshToken }), 'user.bad_refresh_token');
  assert.equal((await as(me, {})).username, 'sunita');
  assert.equal(await enter({}), 'user.bad_login');
  assert.equal(await enter({ password: OTHER }), 'ok');
  // Two at once: the one that comes second was checked against a password that is no more.
  const both = await Promise.all([change(OTHER, 'third-one-1'), change(OTHER, 'third-one-2')]);
  assert.deepEqual(both.sort(), ['ok', 'user.bad_login']);
});

test('USR-26: a password set by an administrator ends all sessions and opens one only with a new one of their own', async (t) => {
  const { lab, user, enter } = await start(t);
  const admin = lab.as('admin');
  const open = await lab.signIn('sunita');
  await lab.as('manager').refused(resetPassword, { userId: user.id, newPassword: OTHER }, 'platform.forbidden');
  await admin.refused(resetPassword, { userId: newId(), newPassword: OTHER }, 'user.not_found');
  await lab.as('admin', newId()).refused(resetPassword, { userId: user.id, newPassword: OTHER }, 'user.not_found');
  assert.deepEqual(await admin.call(resetPassword, { userId: user.id, newPassword: OTHER }), { sessionsEnded: 2 });
  assert.equal(await lab.outcome(refresh, { refreshToken: open.refreshToken }), 'user.bad_refresh_token');
  assert.equal(await enter({}), 'user.bad_login');
  assert.equal(await enter({ password: OTHER }), 'user.password_change_needed');
  assert.equal(await enter({ password: OTHER, newPassword: OTHER }), 'user.same_password');
  assert.equal(await enter({ password: OTHER, newPassword: 'my-own-word' }), 'ok');
  assert.equal(await enter({ password: OTHER }), 'user.bad_login');
  assert.equal(await enter({ password: 'my-own-word' }), 'ok');
  assert.deepEqual(
    (await lab.changes('user', user.id)).filter((act) => act.includes('password')),
    ['user.reset_password', 'user.change_password'],
  );
});

test('USR-26: a lost phone: the administrator drops the second factor with the password', async (t) => {
  const { lab, user, enter, secret, now } = await withFactor(t);
  const admin = lab.as('admin');
  await admin.call(resetPassword, { userId: user.id, newPassword: OTHER });
  assert.equal(await enter({ password: OTHER }), 'user.second_factor_needed');
  assert.equal(await enter({ password: OTHER, code: codeAt(secret, now()) }), 'user.password_change_needed');
  await admin.call(resetPassword, { userId: user.id, newPassword: OTHER, dropSecondFactor: true });
  assert.equal(await enter({ password: OTHER, newPassword: PASSWORD }), 'ok');
  assert.equal(await enter({}), 'ok');
});
