// Earlier values of a person: what was signed, and nothing else. While a signed value is being amended, its signed copy
// stands for it.
import sql from 'sql-template-tag';

import type { Db } from '#platform/service.ts';

import type { ResultRow } from '../store.ts';
import { whole } from '../store.ts';

export interface PreviousSearch {
  /** Every id of the person. */
  readonly patientIds: readonly string[];
  readonly analyteCode: string;
}

export interface PreviousOf extends ResultRow {
  /** Place of the search it answers. */
  readonly search: number;
}

/** For each search the last signed values, newest first. @param limit a search */
export function previousSignedQuery(labId: string, searches: readonly PreviousSearch[], limit: number) {
  const asked = searches.flatMap(({ patientIds, analyteCode }, search) =>
    patientIds.map((patientId) => ({ search, patientId, analyteCode })),
  );
  return sql`
    select ${whole}, a.search
    from (
      select search, patient_id, analyte_code
      from unnest(
        ${asked.map((a) => a.search)}::int[], ${asked.map((a) => a.patientId)}::uuid[], ${asked.map((a) => a.analyteCode)}::text[]
      ) as u (search, patient_id, analyte_code)
    ) as a
    cross join lateral (
      (select r.* from lis_result.result as r
       where r.lab_id = ${labId} and r.patient_id = a.patient_id and r.analyte_code = a.analyte_code and r.status = 'authorised'
       order by r.authorised_at desc, r.id desc
       limit ${limit})
      union all
      (select s.* from lis_result.result as o
       join lis_result.signed_version as v
         on v.lab_id = o.lab_id and v.result_id = o.id and v.number = (o.amendment ->> 'number')::int
       cross join lateral jsonb_populate_record(null::lis_result.result, v.signed) as s
       where o.lab_id = ${labId} and o.patient_id = a.patient_id and o.analyte_code = a.analyte_code and o.amendment is not null
         and o.status in ('expected', 'awaiting', 'entered', 'verified')
       order by s.authorised_at desc, s.id desc
       limit ${limit})
    ) as r
    order by a.search, r.authorised_at desc, r.id desc`;
}

/** For each search, in its place, the last `limit` signed values, newest first. */
export async function listPreviousSigned(
  db: Db,
  labId: string,
  searches: readonly PreviousSearch[],
  limit: number,
): Promise<readonly (readonly ResultRow[])[]> {
  if (searches.length === 0) return [];
  const rows = await db.rows<PreviousOf>(previousSignedQuery(labId, searches, limit));
  const bySearch = Map.groupBy(rows, ({ search }) => search);
  return searches.map((_, search) => (bySearch.get(search) ?? []).slice(0, limit));
}
