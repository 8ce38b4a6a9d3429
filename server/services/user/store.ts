// SQL of accounts and roles; sessions and the login guard are in session-store.ts.
import sql, { raw } from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { RoleView, UserView } from './contract.ts';

/** Every list names its columns: the password hash leaves by one statement only. */
const VIEW = raw('id, username, name, roles, qualification, registration_number, is_active, version');
/** More roles than any lab has; the list has no pages. */
const MOST_ROLES = 500;

export interface AccountToSignIn {
  readonly id: string;
  readonly isActive: boolean;
  readonly username: string;
  readonly passwordHash: string;
  readonly passwordChanges: number;
  /** An administrator set the password: it opens nothing until its owner has made another. */
  readonly mustChangePassword: boolean;
  /** The shared secret of a second factor in use; null when there is none. */
  readonly sealedSecret: string | null;
}

const TO_SIGN_IN = raw(`
  a.id, a.username, a.is_active, a.password_hash, a.password_changes, a.must_change_password, f.sealed_secret
  from lis_user.account as a
  left join lis_user.second_factor as f on f.lab_id = a.lab_id and f.user_id = a.id and f.confirmed_at is not null`);

export function findAccountToSignIn(db: Db, labId: string, username: string): Promise<AccountToSignIn | undefined> {
  return db.maybe<AccountToSignIn>(sql`select ${TO_SIGN_IN} where a.lab_id = ${labId} and a.username = ${username}`);
}

/** The same of somebody who is signed in. */
export function findAccountToConfirm(db: Db, labId: string, userId: string): Promise<AccountToSignIn | undefined> {
  return db.maybe<AccountToSignIn>(sql`select ${TO_SIGN_IN} where a.lab_id = ${labId} and a.id = ${userId}`);
}

export function getAccount(db: Db, labId: string, userId: string): Promise<UserView | undefined> {
  return db.maybe<UserView>(sql`select ${VIEW} from lis_user.account where lab_id = ${labId} and id = ${userId}`);
}

export function getAccounts(db: Db, labId: string, ids: readonly string[]): Promise<readonly UserView[]> {
  return db.rows<UserView>(sql`
    select ${VIEW} from lis_user.account where lab_id = ${labId} and id = any(${ids}::uuid[]) limit ${ids.length}`);
}

export function getAccountsByUsername(
  db: Db,
  labId: string,
  usernames: readonly string[],
): Promise<readonly UserView[]> {
  return db.rows<UserView>(sql`
    select ${VIEW} from lis_user.account
    where lab_id = ${labId} and username = any(${usernames}::text[]) limit ${usernames.length}`);
}

export type AccountRow = UserView & { readonly nameKey: string };

/** By name, then id; `after` is the last key of the page before. */
export function listAccounts(
  db: Db,
  labId: string,
  page: { readonly after: readonly [nameKey: string, id: string]; readonly limit: number },
): Promise<readonly AccountRow[]> {
  return db.rows<AccountRow>(sql`
    select ${VIEW}, name_key from lis_user.account
    where lab_id = ${labId} and (name_key, id) > (${page.after[0]}, ${page.after[1]}::uuid)
    order by name_key, id
    limit ${page.limit}`);
}

export function lockAccount(tx: Tx, labId: string, userId: string): Promise<UserView | undefined> {
  return tx.maybe<UserView>(
    sql`select ${VIEW} from lis_user.account where lab_id = ${labId} and id = ${userId} for update`,
  );
}

/**
 * Tells whether the account is active and its password the one that was checked, and holds it so.
 * @param forWriting when the account is changed in this transaction: a shared hold raised later meets another's and deadlocks
 */
export async function holdProven(
  tx: Tx,
  labId: string,
  proven: AccountToSignIn,
  { forWriting }: { readonly forWriting: boolean },
): Promise<boolean> {
  const held = await tx.maybe(sql`
    select id from lis_user.account
    where lab_id = ${labId} and id = ${proven.id} and is_active and password_changes = ${proven.passwordChanges}
    for ${raw(forWriting ? 'update' : 'share')}`);
  return held !== undefined;
}

export type NewAccount = Omit<UserView, 'isActive' | 'version'> & { readonly passwordHash: string };

/** Undefined when the id or the login name is in use. */
export function addAccount(tx: Tx, labId: string, account: NewAccount): Promise<UserView | undefined> {
  return tx.maybe<UserView>(sql`
    insert into lis_user.account (lab_id, id, username, name, roles, qualification, registration_number, password_hash)
    values (${labId}, ${account.id}, ${account.username}, ${account.name}, ${account.roles}::text[], ${account.qualification},
      ${account.registrationNumber}, ${account.passwordHash})
    on conflict do nothing
    returning ${VIEW}`);
}

export function deactivateAccount(tx: Tx, labId: string, userId: string): Promise<UserView> {
  return tx.one<UserView>(sql`
    update lis_user.account set is_active = false, version = version + 1
    where lab_id = ${labId} and id = ${userId}
    returning ${VIEW}`);
}

/** @param mustChange the owner has to make another at the next login */
export function setPassword(
  tx: Tx,
  labId: string,
  userId: string,
  passwordHash: string,
  { mustChange }: { readonly mustChange: boolean },
): Promise<UserView> {
  return tx.one<UserView>(sql`
    update lis_user.account set password_hash = ${passwordHash}, must_change_password = ${mustChange},
      password_changes = password_changes + 1
    where lab_id = ${labId} and id = ${userId}
    returning ${VIEW}`);
}

/** The same password in a newer hash; unless the password was changed meanwhile. */
export async function replaceHash(tx: Tx, labId: string, userId: string, from: string, to: string): Promise<void> {
  await tx.rows(sql`
    update lis_user.account set password_hash = ${to} where lab_id = ${labId} and id = ${userId} and password_hash = ${from}`);
}

/** Tells whether an active user other than `exceptUserId` holds one of the roles. */
export async function hasActiveHolder(
  tx: Tx,
  labId: string,
  roles: readonly string[],
  exceptUserId: string | null,
): Promise<boolean> {
  const { found } = await tx.one<{ found: boolean }>(sql`
    select exists (
      select 1 from lis_user.account
      where lab_id = ${labId} and is_active and roles && ${roles}::text[] and id is distinct from ${exceptUserId}::uuid
    ) as found`);
  return found;
}

export function listRoles(db: Db, labId: string): Promise<readonly RoleView[]> {
  return db.rows<RoleView>(sql`
    select name, permissions, version from lis_user.role where lab_id = ${labId} order by name limit ${MOST_ROLES}`);
}

/**
 * All roles of the lab, locked. Whatever could leave the lab without a manager of users takes these locks first, so
 * that two such changes are judged one after the other.
 */
export function lockRoles(tx: Tx, labId: string): Promise<readonly RoleView[]> {
  return tx.rows<RoleView>(sql`
    select name, permissions, version from lis_user.role where lab_id = ${labId} order by name for update`);
}

/** Adds the roles that are not there yet; the others stay as they are. Returns those added. */
export function addRoles(
  tx: Tx,
  labId: string,
  roles: readonly { readonly name: string; readonly permissions: readonly string[] }[],
): Promise<readonly RoleView[]> {
  // One row a role and permission list; a list of lists is no rectangle, so each list travels as JSON.
  return tx.rows<RoleView>(sql`
    insert into lis_user.role (lab_id, name, permissions)
    select ${labId}::uuid, r.name, array(select jsonb_array_elements_text(r.permissions))
    from unnest(${roles.map((role) => role.name)}::text[], ${roles.map((role) => JSON.stringify(role.permissions))}::jsonb[]) as r (name, permissions)
    on conflict (lab_id, name) do nothing
    returning name, permissions, version`);
}

export function saveRole(tx: Tx, labId: string, name: string, permissions: readonly string[]): Promise<RoleView> {
  return tx.one<RoleView>(sql`
    update lis_user.role set permissions = ${permissions}::text[], version = version + 1
    where lab_id = ${labId} and name = ${name}
    returning name, permissions, version`);
}
