// The SQL statement of the delta check: what a person's values were before.
import sql from 'sql-template-tag';

import type { Db } from '#platform/service.ts';

import type { Earlier } from './domain/delta.ts';

/** One value whose predecessor is asked for, under one of the ids of its person. */
export interface Asked {
  readonly resultId: string;
  readonly patientId: string;
  readonly analyteCode: string;
  readonly specimen: string;
  readonly unit: string;
  readonly collectedAt: string;
}

export interface EarlierRow extends Earlier {
  /** The result whose predecessor it is. */
  readonly ofId: string;
}

/**
 * For each the latest value that was collected before it, verified or signed, of the same analyte, specimen and unit.
 * An order collected later is never looked at, whenever its value came (lab-medicine 3).
 */
export function earlierQuery(labId: string, asked: readonly Asked[]) {
  const column = (pick: (one: Asked) => string) => asked.map(pick);
  return sql`
    select q.of_id, p.id as result_id, p.value, p.collected_at
    from unnest(
      ${column((a) => a.resultId)}::uuid[], ${column((a) => a.patientId)}::uuid[], ${column((a) => a.analyteCode)}::text[],
      ${column((a) => a.specimen)}::text[], ${column((a) => a.unit)}::text[], ${column((a) => a.collectedAt)}::timestamptz[]
    ) as q (of_id, patient_id, analyte_code, specimen, unit, collected_at)
    cross join lateral (
      select r.id, r.value, r.collected_at
      from lis_result.result as r
      where r.lab_id = ${labId} and r.patient_id = q.patient_id and r.analyte_code = q.analyte_code
        and r.status in ('verified', 'authorised') and r.collected_at < q.collected_at
        and r.specimen = q.specimen and r.unit = q.unit
      order by r.collected_at desc
      limit 1
    ) as p`;
}

export function listEarlier(db: Db, labId: string, asked: readonly Asked[]): Promise<readonly EarlierRow[]> {
  return db.rows<EarlierRow>(earlierQuery(labId, asked));
}
