// SQL of second factors and their recovery codes.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

export interface FactorRow {
  readonly sealedSecret: string;
  readonly confirmedAt: string | null;
}

export function findFactor(db: Db, labId: string, userId: string): Promise<FactorRow | undefined> {
  return db.maybe<FactorRow>(sql`
    select sealed_secret, confirmed_at from lis_user.second_factor where lab_id = ${labId} and user_id = ${userId}`);
}

export function lockFactor(tx: Tx, labId: string, userId: string): Promise<FactorRow | undefined> {
  return tx.maybe<FactorRow>(sql`
    select sealed_secret, confirmed_at from lis_user.second_factor
    where lab_id = ${labId} and user_id = ${userId} for update`);
}

/** Begins, or begins anew, to set one up; false when one is in use. */
export async function beginFactor(tx: Tx, labId: string, userId: string, sealedSecret: string): Promise<boolean> {
  const begun = await tx.maybe(sql`
    insert into lis_user.second_factor as f (lab_id, user_id, sealed_secret) values (${labId}, ${userId}, ${sealedSecret})
    on conflict (lab_id, user_id) do update set sealed_secret = excluded.sealed_secret where f.confirmed_at is null
    returning user_id`);
  return begun !== undefined;
}

export async function confirmFactor(
  tx: Tx,
  labId: string,
  userId: string,
  at: string,
  step: number,
  codeHmacs: readonly string[],
): Promise<void> {
  await tx.rows(sql`
    update lis_user.second_factor set confirmed_at = ${at}, last_step = ${step}
    where lab_id = ${labId} and user_id = ${userId}`);
  await tx.rows(sql`
    insert into lis_user.recovery_code (lab_id, user_id, code_hmac)
    select ${labId}::uuid, ${userId}::uuid, c.hmac from unnest(${codeHmacs}::text[]) as c (hmac)`);
}

/** Returns whether there was one. */
export async function dropFactor(tx: Tx, labId: string, userId: string): Promise<boolean> {
  const dropped = await tx.maybe(
    sql`delete from lis_user.second_factor where lab_id = ${labId} and user_id = ${userId} returning user_id`,
  );
  return dropped !== undefined;
}

/** Uses the code of a step up; false when it, or a later one, was used before. */
export async function useStep(tx: Tx, labId: string, userId: string, step: number): Promise<boolean> {
  const used = await tx.maybe(sql`
    update lis_user.second_factor set last_step = ${step}
    where lab_id = ${labId} and user_id = ${userId} and last_step < ${step}
    returning user_id`);
  return used !== undefined;
}

/** Tells whether this is a recovery code that was not used yet. */
export async function hasRecoveryCode(db: Db, labId: string, userId: string, codeHmac: string): Promise<boolean> {
  const found = await db.maybe(sql`
    select code_hmac from lis_user.recovery_code
    where lab_id = ${labId} and user_id = ${userId} and code_hmac = ${codeHmac} and used_at is null`);
  return found !== undefined;
}

/** Uses a recovery code up; false when it was used before. */
export async function useRecoveryCode(
  tx: Tx,
  labId: string,
  userId: string,
  codeHmac: string,
  at: string,
): Promise<boolean> {
  const used = await tx.maybe(sql`
    update lis_user.recovery_code set used_at = ${at}
    where lab_id = ${labId} and user_id = ${userId} and code_hmac = ${codeHmac} and used_at is null
    returning code_hmac`);
  return used !== undefined;
}
