// SQL of sessions, their refresh tokens, and the login guard.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { Guard } from './domain/login-guard.ts';
import type { RefreshToken } from './domain/refresh-token.ts';

export type EndReason = 'logout' | 'reuse' | 'disabled' | 'password';

export interface SessionRow {
  readonly id: string;
  readonly userId: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
}

/** The session and what its user may do now: the permissions of all their roles, unsorted and repeated as they come. */
export interface LivingSession {
  readonly userId: string;
  readonly username: string;
  readonly permissions: readonly string[];
}

export function findLivingSession(
  db: Db,
  labId: string,
  sessionId: string,
  now: string,
): Promise<LivingSession | undefined> {
  return db.maybe<LivingSession>(sql`
    select a.id as user_id, a.username,
      array(
        select unnest(r.permissions) from lis_user.role as r where r.lab_id = ${labId} and r.name = any(a.roles)
      ) as permissions
    from lis_user.session as s
    join lis_user.account as a on a.lab_id = s.lab_id and a.id = s.user_id
    where s.lab_id = ${labId} and s.id = ${sessionId}
      and s.ended_at is null and s.expires_at > ${now}::timestamptz and a.is_active`);
}

export function lockSession(tx: Tx, labId: string, sessionId: string): Promise<SessionRow | undefined> {
  return tx.maybe<SessionRow>(sql`
    select id, user_id, expires_at, ended_at from lis_user.session where lab_id = ${labId} and id = ${sessionId} for update`);
}

export async function addSession(
  tx: Tx,
  labId: string,
  session: { readonly id: string; readonly userId: string; readonly startedAt: string; readonly expiresAt: string },
): Promise<void> {
  await tx.rows(sql`
    insert into lis_user.session (lab_id, id, user_id, started_at, expires_at)
    values (${labId}, ${session.id}, ${session.userId}, ${session.startedAt}, ${session.expiresAt})`);
}

export async function prolongSession(tx: Tx, labId: string, sessionId: string, expiresAt: string): Promise<void> {
  await tx.rows(
    sql`update lis_user.session set expires_at = ${expiresAt} where lab_id = ${labId} and id = ${sessionId}`,
  );
}

/** Returns whether it was still open. */
export async function endSession(
  tx: Tx,
  labId: string,
  sessionId: string,
  at: string,
  reason: EndReason,
): Promise<boolean> {
  const ended = await tx.maybe(sql`
    update lis_user.session set ended_at = ${at}, end_reason = ${reason}
    where lab_id = ${labId} and id = ${sessionId} and ended_at is null
    returning id`);
  return ended !== undefined;
}

/**
 * Returns how many were open.
 * @param exceptSessionId one that goes on
 */
export async function endSessionsOf(
  tx: Tx,
  labId: string,
  userId: string,
  at: string,
  reason: EndReason,
  exceptSessionId: string | null = null,
): Promise<number> {
  const ended = await tx.rows(sql`
    update lis_user.session set ended_at = ${at}, end_reason = ${reason}
    where lab_id = ${labId} and user_id = ${userId} and ended_at is null
      and id is distinct from ${exceptSessionId}::uuid
    returning id`);
  return ended.length;
}

/** Sessions of a user that were over before `before`, with their tokens; the audit trail keeps the facts. */
export async function forgetSessionsOf(tx: Tx, labId: string, userId: string, before: string): Promise<void> {
  await tx.rows(sql`
    delete from lis_user.session
    where lab_id = ${labId} and user_id = ${userId} and least(expires_at, ended_at) < ${before}::timestamptz`);
}

export async function addToken(tx: Tx, token: RefreshToken): Promise<void> {
  await tx.rows(sql`
    insert into lis_user.refresh_token (lab_id, session_id, secret_sha256)
    values (${token.labId}, ${token.sessionId}, ${token.secretSha256})`);
}

export function findToken(tx: Tx, token: RefreshToken): Promise<{ readonly usedAt: string | null } | undefined> {
  return tx.maybe<{ readonly usedAt: string | null }>(sql`
    select used_at from lis_user.refresh_token
    where lab_id = ${token.labId} and session_id = ${token.sessionId} and secret_sha256 = ${token.secretSha256}`);
}

export async function useToken(tx: Tx, token: RefreshToken, at: string): Promise<void> {
  await tx.rows(sql`
    update lis_user.refresh_token set used_at = ${at}
    where lab_id = ${token.labId} and session_id = ${token.sessionId} and secret_sha256 = ${token.secretSha256}`);
}

export function findGuard(db: Db, labId: string, loginSha256: string): Promise<Guard | undefined> {
  return db.maybe<Guard>(sql`
    select failures, locked_until, last_failed_at from lis_user.login_guard
    where lab_id = ${labId} and login_sha256 = ${loginSha256}`);
}

export function lockGuardIfAny(tx: Tx, labId: string, loginSha256: string): Promise<Guard | undefined> {
  return tx.maybe<Guard>(sql`
    select failures, locked_until, last_failed_at from lis_user.login_guard
    where lab_id = ${labId} and login_sha256 = ${loginSha256} for update`);
}

/** The guard of a login name, made when missing, locked until the transaction is over. */
export function lockGuard(tx: Tx, labId: string, loginSha256: string, now: string): Promise<Guard> {
  return tx.one<Guard>(sql`
    insert into lis_user.login_guard as g (lab_id, login_sha256, failures, last_failed_at)
    values (${labId}, ${loginSha256}, 0, ${now})
    on conflict (lab_id, login_sha256) do update set failures = g.failures
    returning failures, locked_until, last_failed_at`);
}

export async function saveGuard(tx: Tx, labId: string, loginSha256: string, guard: Guard): Promise<void> {
  await tx.rows(sql`
    update lis_user.login_guard set failures = ${guard.failures}, locked_until = ${guard.lockedUntil},
      last_failed_at = ${guard.lastFailedAt}
    where lab_id = ${labId} and login_sha256 = ${loginSha256}`);
}

export async function dropGuard(tx: Tx, labId: string, loginSha256: string): Promise<void> {
  await tx.rows(sql`delete from lis_user.login_guard where lab_id = ${labId} and login_sha256 = ${loginSha256}`);
}

/** Drops some guards that were last touched before `before`, oldest first, skipping those in use. */
export async function forgetGuards(tx: Tx, labId: string, before: string): Promise<void> {
  await tx.rows(sql`
    delete from lis_user.login_guard
    where lab_id = ${labId} and login_sha256 in (
      select login_sha256 from lis_user.login_guard
      where lab_id = ${labId} and last_failed_at < ${before}::timestamptz
      order by last_failed_at
      limit 20
      for update skip locked
    )`);
}
