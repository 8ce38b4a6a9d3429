// The SQL statements of release: verified, authorised, sent back.
import sql from 'sql-template-tag';

import type { Tx } from '#platform/service.ts';

import type { ResultRow } from '../store.ts';
import { whole } from '../store.ts';

export interface By {
  readonly at: string;
  readonly name: string;
  readonly userId: string | null;
}

export function setVerified(tx: Tx, labId: string, ids: readonly string[], by: By): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = 'verified', verified_at = ${by.at}::timestamptz, verified_by = ${by.name}, verified_by_id = ${by.userId}::uuid,
      auto_rules = '{}', sent_back_reason = null, version = r.version + 1
    where r.lab_id = ${labId} and r.id = any(${ids}::uuid[])
    returning ${whole}`);
}

/** Who verifies when rules do. */
export const AUTO = 'auto';

export interface AutoVerified {
  readonly id: string;
  readonly rules: readonly string[];
}

export function setAutoVerified(
  tx: Tx,
  labId: string,
  at: string,
  verified: readonly AutoVerified[],
): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = 'verified', verified_at = ${at}::timestamptz, verified_by = ${AUTO}, verified_by_id = null,
      auto_rules = array(select jsonb_array_elements_text(a.rules)), sent_back_reason = null, version = r.version + 1
    from unnest(${verified.map(({ id }) => id)}::uuid[], ${verified.map(({ rules }) => JSON.stringify(rules))}::jsonb[]) as a (id, rules)
    where r.lab_id = ${labId} and r.id = a.id
    returning ${whole}`);
}

export function setAuthorised(tx: Tx, labId: string, ids: readonly string[], by: By): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = 'authorised', authorised_at = ${by.at}::timestamptz, authorised_by = ${by.name},
      authorised_by_id = ${by.userId}::uuid, version = r.version + 1
    where r.lab_id = ${labId} and r.id = any(${ids}::uuid[])
    returning ${whole}`);
}

export function setSentBack(
  tx: Tx,
  labId: string,
  ids: readonly string[],
  reason: string,
): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = 'entered', verified_at = null, verified_by = null, verified_by_id = null, auto_rules = '{}',
      sent_back_reason = ${reason}, version = r.version + 1
    where r.lab_id = ${labId} and r.id = any(${ids}::uuid[])
    returning ${whole}`);
}

/** The rules that had not asked for their test in this order before. */
export function addReflexes(
  tx: Tx,
  labId: string,
  at: string,
  asked: readonly { readonly orderId: string; readonly ruleCode: string }[],
): Promise<readonly { readonly orderId: string; readonly ruleCode: string }[]> {
  return tx.rows(sql`
    insert into lis_result.reflex (lab_id, order_id, rule_code, at)
    select ${labId}::uuid, a.order_id, a.rule_code, ${at}::timestamptz
    from unnest(${asked.map((a) => a.orderId)}::uuid[], ${asked.map((a) => a.ruleCode)}::text[]) as a (order_id, rule_code)
    on conflict on constraint reflex_key do nothing
    returning order_id, rule_code`);
}
