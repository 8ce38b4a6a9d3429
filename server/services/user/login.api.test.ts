import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';
import sql from 'sql-template-tag';

import { verifyAccessToken } from '#platform/access-token.ts';
import type { Actor } from '#platform/actor.ts';
import { anonymous } from '#platform/actor.ts';
import { newId } from '#platform/ids.ts';
import { createLab } from '#contract/organization.ts';

import type { Tokens } from './contract.ts';
import { disableUser, editRole, login, logout, me, refresh, sessionActor, userTrail } from './contract.ts';
import { hashPassword } from './password.ts';
import type { LabWithUsers } from './lab-with-users.testing.ts';
import { labWithUsers, PASSWORD } from './lab-with-users.testing.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

async function actorOf(lab: LabWithUsers, tokens: Tokens): Promise<Actor> {
  const claims = await verifyAccessToken(lab.config.authSecret, tokens.accessToken, lab.clock.nowMs());
  const session = await lab.system.call(sessionActor, { sessionId: claims.sessionId, labId: claims.labId });
  return {
    kind: 'user',
    userId: session.userId,
    name: session.username,
    labId: claims.labId,
    permissions: session.permissions,
    sessionId: claims.sessionId,
  };
}

test('USR-1: a right password opens a session with the permissions of all the roles', async (t) => {
  const lab = await labWithUsers(t);
  const user = await lab.addUser('asha', 'phlebotomist', 'accountant');
  const tokens = await lab.outside(login, { lab: 'home', username: ' Asha ', password: PASSWORD });
  assert.deepEqual(tokens.user, user);
  assert.equal(tokens.expiresInSeconds, 900);
  const actor = await actorOf(lab, tokens);
  assert.equal(actor.userId, user.id);
  assert.deepEqual(actor.permissions, [
    'file.read',
    'file.upload',
    'order.read',
    'organization.read',
    'patient.read',
    'sample.collect',
    'sample.label',
    'sample.read',
    'sample.transport',
  ]);
  const mine = await lab.runtime.dispatcher.call(me, {}, lab.runtime.scopeOf(actor));
  assert.deepEqual([mine.username, mine.permissions], ['asha', actor.permissions]);
  assert.deepEqual(await lab.audit('user', user.id), ['user.create_user', 'user.login']);
  await lab.system.refused(me, {}, 'user.not_found');
});

test('USR-2: a wrong lab, login name or password and a leaver all get the same answer', async (t) => {
  const lab = await labWithUsers(t);
  await lab.addUser('boss', 'admin');
  const leaver = await lab.addUser('asha', 'desk');
  await lab.system.call(disableUser, { userId: leaver.id, expectedVersion: 1 });
  const attempts = [
    { lab: 'NONE', username: 'boss', password: PASSWORD },
    { lab: '\0', username: 'boss', password: PASSWORD },
    { lab: 'HOME', username: 'nobody', password: PASSWORD },
    { lab: 'HOME', username: '\0', password: PASSWORD },
    { lab: 'HOME', username: 'boss', password: 'wrong' },
    { lab: 'HOME', username: 'boss', password: '' },
    { lab: 'HOME', username: 'asha', password: PASSWORD },
  ];
  for (const attempt of attempts)
    assert.equal(await lab.outcome(login, attempt), 'user.bad_login', JSON.stringify(attempt));
});

test('USR-3: with two labs the code is asked for, and one login name may be two people', async (t) => {
  const lab = await labWithUsers(t);
  const here = await lab.addUser('asha', 'desk');
  const there = newId();
  await lab.system.call(createLab, {
    id: there,
    code: 'PUNE',
    name: 'Pune',
    addressLines: [],
    phone: '1',
    email: 'a@b.example',
    registrationNumber: 'Y',
    accessionPrefix: 'P',
  });
  assert.equal(await lab.outcome(login, { username: 'asha', password: PASSWORD }), 'organization.lab_code_needed');
  assert.equal(await lab.outcome(login, { lab: 'PUNE', username: 'asha', password: PASSWORD }), 'user.bad_login');
  const tokens = await lab.outside(login, { lab: 'HOME', username: 'asha', password: PASSWORD });
  assert.equal(tokens.user.id, here.id);
  // The session of one lab is nothing in another.
  const { sessionId } = await verifyAccessToken(lab.config.authSecret, tokens.accessToken, lab.clock.nowMs());
  await lab.system.refused(sessionActor, { sessionId, labId: there }, 'user.session_ended');
  assert.equal(
    await lab.outcome(refresh, { refreshToken: tokens.refreshToken.replace(lab.labId, there) }),
    'user.bad_refresh_token',
  );
  assert.equal(await lab.outcome(refresh, { refreshToken: tokens.refreshToken }), 'ok');
});

test('USR-4: wrong passwords in a row lock the login name for a while, also a name nobody has', async (t) => {
  const lab = await labWithUsers(t, { LOGIN_FAILURES_ALLOWED: '3', LOGIN_LOCK_MINUTES: '10' });
  const user = await lab.addUser('asha', 'desk');
  const wrong = (username: string) => lab.outcome(login, { username, password: 'wrong' }, anonymous, '10.0.0.7');
  // A right one in between starts the count anew.
  assert.deepEqual([await wrong('asha'), await wrong('asha')], ['user.bad_login', 'user.bad_login']);
  await lab.signIn('asha');
  for (const name of ['asha', 'nobody-at-all']) {
    assert.deepEqual(
      [await wrong(name), await wrong(name), await wrong(name)],
      ['user.bad_login', 'user.bad_login', 'user.bad_login'],
    );
    assert.equal(await wrong(name), 'user.login_locked');
  }
  assert.equal(await lab.outcome(login, { username: 'ASHA ', password: PASSWORD }), 'user.login_locked');
  lab.clock.advance(10 * MINUTE_MS - 1000);
  await assert.rejects(lab.signIn('asha'), { code: 'user.login_locked', details: { retryAfterSeconds: 1 } });
  lab.clock.advance(1000);
  await lab.signIn('asha');

  const trail = await lab.system.call(userTrail, { caseIds: [user.id, lab.labId] });
  assert.deepEqual(
    trail.filter((entry) => entry.entityId === user.id).map((entry) => entry.act),
    [
      'user.create_user',
      'user.login_failed',
      'user.login_failed',
      'user.login',
      'user.login_failed',
      'user.login_failed',
      'user.login_failed',
      'user.login_locked',
      'user.login',
    ],
  );
  assert.equal(trail.filter((entry) => entry.act === 'user.login_locked').length, 2);
  assert.ok(!JSON.stringify(trail).includes('nobody-at-all') && !JSON.stringify(trail).includes('wrong'));
  assert.ok(
    trail.filter((entry) => entry.act === 'user.login_failed').every((entry) => entry.facts['from'] === '10.0.0.7'),
  );
});

test('USR-4: many guesses sent at once count one by one, and right logins at once are all let in', async (t) => {
  const lab = await labWithUsers(t, { LOGIN_FAILURES_ALLOWED: '3' });
  await lab.addUser('asha', 'desk');
  const many = await Promise.all(
    Array.from({ length: 8 }, () => lab.outcome(login, { username: 'asha', password: 'wrong' })),
  );
  assert.equal(many.filter((code) => code === 'user.bad_login').length, 3);
  assert.equal(many.filter((code) => code === 'user.login_locked').length, 5);
  assert.equal(await lab.outcome(login, { username: 'asha', password: PASSWORD }), 'user.login_locked');
  await lab.addUser('ravi', 'desk');
  const right = await Promise.all(Array.from({ length: 6 }, () => lab.signIn('ravi')));
  assert.equal(new Set(right.map((tokens) => tokens.refreshToken)).size, 6);
});

test('USR-5: a password hashed with less work than now asked for gets a new hash at the next login', async (t) => {
  const lab = await labWithUsers(t);
  const user = await lab.addUser('asha', 'desk');
  const ctx = lab.runtime.systemCtx('user', lab.labId);
  const weak = await hashPassword(PASSWORD, { memoryKib: 1024, passes: 1, lanes: 1 });
  await ctx.transaction((tx) =>
    tx.rows(sql`update lis_user.account set password_hash = ${weak} where lab_id = ${lab.labId} and id = ${user.id}`),
  );
  const stored = () =>
    ctx.db.one<{ passwordHash: string }>(
      sql`select password_hash from lis_user.account where lab_id = ${lab.labId} and id = ${user.id}`,
    );
  assert.equal(await lab.outcome(login, { username: 'asha', password: 'wrong' }), 'user.bad_login');
  assert.equal((await stored()).passwordHash, weak);
  await lab.signIn('asha');
  const strong = (await stored()).passwordHash;
  assert.match(strong, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  await lab.signIn('asha');
  assert.equal((await stored()).passwordHash, strong);
});

test('USR-6: a refresh token works once; used again it ends the session for whoever holds it', async (t) => {
  const lab = await labWithUsers(t);
  const user = await lab.addUser('asha', 'desk');
  const first = await lab.signIn('asha');
  const second = await lab.outside(refresh, { refreshToken: first.refreshToken });
  assert.notEqual(second.refreshToken, first.refreshToken);
  await actorOf(lab, second);
  assert.equal(await lab.outcome(refresh, { refreshToken: first.refreshToken }), 'user.refresh_token_reused');
  assert.equal(await lab.outcome(refresh, { refreshToken: second.refreshToken }), 'user.bad_refresh_token');
  assert.equal(await lab.outcome(refresh, { refreshToken: first.refreshToken }), 'user.bad_refresh_token');
  await assert.rejects(actorOf(lab, second), { code: 'user.session_ended' });
  assert.deepEqual(await lab.audit('user', user.id), ['user.create_user', 'user.login', 'user.refresh_token_reused']);
  // A made-up secret of a living session tells nothing and ends nothing.
  const third = await lab.signIn('asha');
  assert.equal(
    await lab.outcome(refresh, { refreshToken: third.refreshToken.slice(0, -43) + 'A'.repeat(43) }),
    'user.bad_refresh_token',
  );
  assert.equal(await lab.outcome(refresh, { refreshToken: 'rubbish' }), 'user.bad_refresh_token');
  assert.equal(await lab.outcome(refresh, { refreshToken: third.refreshToken }), 'ok');
});

test('USR-6: of two refreshes with one token at the same moment one wins, and the session ends', async (t) => {
  const lab = await labWithUsers(t);
  await lab.addUser('asha', 'desk');
  const { refreshToken } = await lab.signIn('asha');
  const codes = await Promise.all([lab.outcome(refresh, { refreshToken }), lab.outcome(refresh, { refreshToken })]);
  assert.deepEqual(codes.sort(), ['ok', 'user.refresh_token_reused']);
});

test('USR-7: a session not refreshed for its days is over; each refresh gives it the days again', async (t) => {
  const lab = await labWithUsers(t, { REFRESH_TOKEN_DAYS: '2' });
  await lab.addUser('asha', 'desk');
  let tokens = await lab.signIn('asha');
  for (let turn = 0; turn < 3; turn += 1) {
    lab.clock.advance(2 * DAY_MS - 1);
    tokens = await lab.outside(refresh, { refreshToken: tokens.refreshToken });
  }
  lab.clock.advance(2 * DAY_MS);
  await assert.rejects(actorOf(lab, tokens), { code: 'platform.unauthenticated' });
  assert.equal(await lab.outcome(refresh, { refreshToken: tokens.refreshToken }), 'user.bad_refresh_token');
});

test('USR-8: logging out ends this session and no other', async (t) => {
  const lab = await labWithUsers(t);
  const user = await lab.addUser('asha', 'desk');
  const [here, elsewhere] = [await lab.signIn('asha'), await lab.signIn('asha')];
  const actor = await actorOf(lab, here);
  const { dispatcher, scopeOf } = lab.runtime;
  assert.deepEqual(await dispatcher.call(logout, {}, scopeOf(actor)), { ended: true });
  assert.deepEqual(await dispatcher.call(logout, {}, scopeOf(actor)), { ended: false });
  assert.deepEqual(await lab.system.call(logout, {}), { ended: false });
  assert.equal(await lab.outcome(logout, {}), 'platform.unauthenticated');
  assert.equal(await lab.outcome(refresh, { refreshToken: here.refreshToken }), 'user.bad_refresh_token');
  await assert.rejects(actorOf(lab, here), { code: 'user.session_ended' });
  await actorOf(lab, elsewhere);
  assert.deepEqual(await lab.audit('user', user.id), ['user.create_user', 'user.login', 'user.login', 'user.logout']);
});

test('lab-day 74, USR-9: an edited role and a disabled user are in force in sessions that are open', async (t) => {
  const lab = await labWithUsers(t);
  await lab.addUser('boss', 'admin');
  const user = await lab.addUser('asha', 'desk');
  const tokens = await lab.signIn('asha');
  await lab.system.call(editRole, { name: 'desk', permissions: ['patient.read'], expectedVersion: 1 });
  assert.deepEqual((await actorOf(lab, tokens)).permissions, ['patient.read']);
  const actor = await actorOf(lab, tokens);
  assert.equal(
    await lab.outcome(sessionActor, { sessionId: actor.sessionId ?? '', labId: lab.labId }, actor),
    'platform.forbidden',
  );
  await lab.system.call(disableUser, { userId: user.id, expectedVersion: 1 });
  await assert.rejects(actorOf(lab, tokens), { code: 'user.session_ended' });
  assert.equal(await lab.outcome(refresh, { refreshToken: tokens.refreshToken }), 'user.bad_refresh_token');
});

test('USR-10: neither passwords nor tokens are in the database, and old sessions are forgotten', async (t) => {
  const lab = await labWithUsers(t);
  const user = await lab.addUser('asha', 'desk');
  const tokens = await lab.signIn('asha');
  const ctx = lab.runtime.systemCtx('user', lab.labId);
  const everything = await ctx.db.rows(sql`
    select row_to_json(a)::text as t from lis_user.account as a union all select row_to_json(s)::text from lis_user.session as s
    union all select row_to_json(r)::text from lis_user.refresh_token as r union all select row_to_json(o)::text from lis_user.outbox as o
    union all select row_to_json(u)::text from lis_user.audit as u`);
  const text = JSON.stringify(everything);
  assert.ok(text.includes(user.id));
  for (const secret of [PASSWORD, tokens.refreshToken.slice(-43), tokens.accessToken])
    assert.ok(!text.includes(secret));

  lab.clock.advance(30 * DAY_MS);
  await lab.signIn('asha');
  const kept = await ctx.db.one<{ sessions: number; tokens: number }>(sql`
    select (select count(*) from lis_user.session) as sessions, (select count(*) from lis_user.refresh_token) as tokens`);
  assert.deepEqual(kept, { sessions: 1, tokens: 1 });
});

type Step =
  | { readonly do: 'login' }
  | { readonly do: 'refresh'; readonly token: number }
  | { readonly do: 'logout'; readonly session: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('login' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('refresh' as const), token: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('logout' as const), session: fc.nat(3) }) },
);

test('USR-6: no sequence of logins, refreshes, reuses and logouts leaves a used token valid', async (t) => {
  const lab = await labWithUsers(t);
  await lab.addUser('asha', 'desk');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const sessions: { actor: Actor; isOpen: boolean }[] = [];
      const tokens: { text: string; session: number; isUsed: boolean }[] = [];
      const keep = (given: Tokens, session: number) =>
        tokens.push({ text: given.refreshToken, session, isUsed: false });
      const enter = async () => {
        const given = await lab.signIn('asha');
        sessions.push({ actor: await actorOf(lab, given), isOpen: true });
        keep(given, sessions.length - 1);
      };
      const present = async (index: number) => {
        const token = tokens[index % tokens.length];
        const session = sessions[token?.session ?? -1];
        assert.ok(token && session);
        // What the story so far says must happen: the model is the expectation.
        const expected = !session.isOpen ? 'user.bad_refresh_token' : token.isUsed ? 'user.refresh_token_reused' : 'ok';
        if (expected === 'ok') {
          keep(await lab.outside(refresh, { refreshToken: token.text }), token.session);
          token.isUsed = true;
        } else {
          assert.equal(await lab.outcome(refresh, { refreshToken: token.text }), expected);
          session.isOpen = false;
        }
      };
      await enter();
      for (const each of steps) {
        if (each.do === 'login') await enter();
        if (each.do === 'refresh') await present(each.token);
        if (each.do === 'logout') {
          const session = sessions[each.session % sessions.length];
          assert.ok(session);
          const { ended } = await lab.runtime.dispatcher.call(logout, {}, lab.runtime.scopeOf(session.actor));
          assert.equal(ended, session.isOpen);
          session.isOpen = false;
        }
      }
      for (const token of tokens.filter((each) => each.isUsed)) {
        assert.notEqual(await lab.outcome(refresh, { refreshToken: token.text }), 'ok');
      }
    }),
    { numRuns: 12 },
  );
});
