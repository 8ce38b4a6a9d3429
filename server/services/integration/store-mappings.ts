// SQL on what instrument codes mean in a lab.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

export interface CodeMapping {
  readonly id: string;
  /** Empty: any instrument. */
  readonly instrument: string;
  readonly code: string;
  readonly analyteCode: string;
  readonly mappedAt: string;
  readonly mappedBy: string;
}

/** The lab's mappings of these codes, for any instrument. */
export function mappingsOf(db: Db, labId: string, codes: readonly string[]): Promise<readonly CodeMapping[]> {
  return db.rows<CodeMapping>(sql`
    select id, instrument, code, analyte_code, mapped_at, mapped_by
    from lis_integration.code_mapping
    where lab_id = ${labId} and code = any(${codes}::text[])`);
}

export function lockMapping(tx: Tx, labId: string, instrument: string, code: string): Promise<CodeMapping | undefined> {
  return tx.maybe<CodeMapping>(sql`
    select id, instrument, code, analyte_code, mapped_at, mapped_by
    from lis_integration.code_mapping
    where lab_id = ${labId} and instrument = ${instrument} and code = ${code}
    for update`);
}

export function saveMapping(tx: Tx, labId: string, mapping: CodeMapping): Promise<CodeMapping> {
  return tx.one<CodeMapping>(sql`
    insert into lis_integration.code_mapping (id, lab_id, instrument, code, analyte_code, mapped_at, mapped_by)
    values (${mapping.id}, ${labId}, ${mapping.instrument}, ${mapping.code}, ${mapping.analyteCode}, ${mapping.mappedAt}, ${mapping.mappedBy})
    on conflict (lab_id, instrument, code) do update
    set analyte_code = excluded.analyte_code, mapped_at = excluded.mapped_at, mapped_by = excluded.mapped_by
    returning id, instrument, code, analyte_code, mapped_at, mapped_by`);
}

/** By instrument, then code; `after` is the last of the page before. */
export function listMappings(
  db: Db,
  labId: string,
  page: { readonly after: readonly [instrument: string, code: string] | null; readonly limit: number },
): Promise<readonly CodeMapping[]> {
  const [instrument, code] = page.after ?? ['', ''];
  return db.rows<CodeMapping>(sql`
    select id, instrument, code, analyte_code, mapped_at, mapped_by
    from lis_integration.code_mapping
    where lab_id = ${labId} and (instrument, code) > (${instrument}, ${code})
    order by instrument, code
    limit ${page.limit}`);
}
