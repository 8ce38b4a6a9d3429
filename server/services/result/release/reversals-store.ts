// Approvals that were taken back: who had approved what, who took it back, when and why (the "reversed approvals" list).
import sql, { empty } from 'sql-template-tag';

import type { Ctx, Db, Tx } from '#platform/service.ts';

import type { ReversalKind, ReversalView } from '../contract.ts';
import type { ResultRow } from '../store.ts';

export interface Reversed {
  readonly kind: ReversalKind;
  readonly reason: string;
}

/** @param rows as they stood before the approval was taken back; those nobody had approved are left out */
export async function noteReversals(
  ctx: Ctx,
  tx: Tx,
  { kind, reason }: Reversed,
  rows: readonly ResultRow[],
): Promise<void> {
  const approved = rows.flatMap((row) => {
    const [by, at] = [row.authorisedBy ?? row.verifiedBy, row.authorisedAt ?? row.verifiedAt];
    return by === null || at === null || row.value === null ? [] : [{ ...row, by, at, value: row.value }];
  });
  if (approved.length === 0) return;
  const column = <T>(pick: (row: (typeof approved)[number]) => T) => approved.map(pick);
  await tx.rows(sql`
    insert into lis_result.reversal
      (id, lab_id, kind, result_id, order_id, patient_id, test_name, analyte_code, analyte_name, section, value, unit, approved_by,
       approved_at, reason, at, by)
    select n.id, ${ctx.labId()}::uuid, ${kind}, n.result_id, n.order_id, n.patient_id, n.test_name, n.analyte_code, n.analyte_name,
      n.section, n.value, n.unit, n.approved_by, n.approved_at, ${reason}, ${ctx.now()}::timestamptz, ${ctx.actor.name}
    from unnest(
      ${column(() => ctx.newId())}::uuid[], ${column((r) => r.id)}::uuid[], ${column((r) => r.orderId)}::uuid[],
      ${column((r) => r.patientId)}::uuid[], ${column((r) => r.testName)}::text[], ${column((r) => r.analyteCode)}::text[],
      ${column((r) => r.analyteName)}::text[], ${column((r) => r.section)}::text[], ${column((r) => r.value)}::text[],
      ${column((r) => r.unit)}::text[], ${column((r) => r.by)}::text[], ${column((r) => r.at)}::timestamptz[]
    ) as n (id, result_id, order_id, patient_id, test_name, analyte_code, analyte_name, section, value, unit, approved_by, approved_at)`);
}

export interface ReversalSearch {
  readonly after: { readonly at: string; readonly id: string } | null;
  readonly limit: number;
}

/** Newest first. */
export function reversalsQuery(labId: string, { after, limit }: ReversalSearch) {
  const beyond = after === null ? empty : sql`and (v.at, v.id) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  return sql`
    select v.* from lis_result.reversal as v
    where v.lab_id = ${labId} ${beyond}
    order by v.at desc, v.id desc
    limit ${limit}`;
}

export function listReversals(db: Db, labId: string, search: ReversalSearch): Promise<readonly ReversalView[]> {
  return db.rows<ReversalView>(reversalsQuery(labId, search));
}
