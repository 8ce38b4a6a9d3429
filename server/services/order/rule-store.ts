// The SQL statements of the rules values are judged by; part of the catalogue, written and read with it.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { ConsistencyRule, DeltaRule, IndexRule, InterpretationRule, ReflexRule } from './contract.ts';
import type { CatalogueRows } from './domain/catalogue.ts';

type RuleRows = Pick<CatalogueRows, 'deltas' | 'indexRules' | 'interpretations' | 'consistency' | 'reflex'>;

const lists = (rows: readonly (readonly string[])[]): readonly string[] => rows.map((row) => JSON.stringify(row));

/** Replaces the delta rules of the analytes named. */
export async function putDeltas(
  tx: Tx,
  labId: string,
  analyteCodes: readonly string[],
  rows: readonly DeltaRule[],
): Promise<void> {
  await tx.rows(sql`
    delete from lis_order.delta_rule where lab_id = ${labId} and analyte_code = any(${analyteCodes}::text[])`);
  await tx.rows(sql`
    insert into lis_order.delta_rule (lab_id, analyte_code, mode, max_change, direction, look_back_days, is_mix_up_marker, source,
      position)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.analyteCode)}::text[], ${rows.map((row) => row.mode)}::text[],
      ${rows.map((row) => row.limit)}::numeric[], ${rows.map((row) => row.direction)}::text[],
      ${rows.map((row) => row.lookBackDays)}::int[], ${rows.map((row) => row.isMixUpMarker)}::boolean[],
      ${rows.map((row) => row.source)}::text[]
    ) with ordinality`);
}

/** Replaces the index rules of the analytes named. */
export async function putIndexRules(
  tx: Tx,
  labId: string,
  analyteCodes: readonly string[],
  rows: readonly IndexRule[],
): Promise<void> {
  await tx.rows(sql`
    delete from lis_order.index_rule where lab_id = ${labId} and analyte_code = any(${analyteCodes}::text[])`);
  await tx.rows(sql`
    insert into lis_order.index_rule (lab_id, analyte_code, index, max_index, effect, action, comment, position)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.analyteCode)}::text[], ${rows.map((row) => row.index)}::text[],
      ${rows.map((row) => row.limit)}::numeric[], ${rows.map((row) => row.effect)}::text[],
      ${rows.map((row) => row.action)}::text[], ${rows.map((row) => row.comment)}::text[]
    ) with ordinality`);
}

/** Replaces the interpretations of the analytes named. */
export async function putInterpretations(
  tx: Tx,
  labId: string,
  analyteCodes: readonly string[],
  rows: readonly InterpretationRule[],
): Promise<void> {
  await tx.rows(sql`
    delete from lis_order.interpretation where lab_id = ${labId} and analyte_code = any(${analyteCodes}::text[])`);
  await tx.rows(sql`
    insert into lis_order.interpretation (lab_id, analyte_code, position, condition, text)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.analyteCode)}::text[], ${rows.map((row) => row.position)}::int[],
      ${rows.map((row) => row.when)}::text[], ${rows.map((row) => row.text)}::text[])`);
}

/** Replaces the consistency rules named by those given, which keep the order of the list they stand in. */
export async function putConsistency(
  tx: Tx,
  labId: string,
  codes: readonly string[],
  rows: readonly { readonly row: ConsistencyRule; readonly position: number }[],
): Promise<void> {
  const each = rows.map(({ row }) => row);
  await tx.rows(sql`delete from lis_order.consistency_rule where lab_id = ${labId} and code = any(${codes}::text[])`);
  await tx.rows(sql`
    insert into lis_order.consistency_rule (lab_id, code, message, contradiction, inputs, holds, position)
    select ${labId}::uuid, code, message, contradiction, array(select jsonb_array_elements_text(inputs)),
      array(select jsonb_array_elements_text(holds)), position
    from unnest(
      ${each.map((row) => row.code)}::text[], ${each.map((row) => row.message)}::text[],
      ${each.map((row) => row.contradiction)}::text[], ${lists(each.map((row) => row.inputs))}::jsonb[],
      ${lists(each.map((row) => row.holds))}::jsonb[], ${rows.map((row) => row.position)}::int[]
    ) as c (code, message, contradiction, inputs, holds, position)`);
}

/** Replaces the reflex rules named by those given, which keep the order of the list they stand in. */
export async function putReflex(
  tx: Tx,
  labId: string,
  codes: readonly string[],
  rows: readonly { readonly row: ReflexRule; readonly position: number }[],
): Promise<void> {
  const each = rows.map(({ row }) => row);
  await tx.rows(sql`delete from lis_order.reflex_rule where lab_id = ${labId} and code = any(${codes}::text[])`);
  await tx.rows(sql`
    insert into lis_order.reflex_rule (lab_id, code, name, condition, inputs, add_test_code, billing, position)
    select ${labId}::uuid, code, name, condition, array(select jsonb_array_elements_text(inputs)), add_test_code, billing,
      position
    from unnest(
      ${each.map((row) => row.code)}::text[], ${each.map((row) => row.name)}::text[], ${each.map((row) => row.when)}::text[],
      ${lists(each.map((row) => row.inputs))}::jsonb[], ${each.map((row) => row.addTestCode)}::text[],
      ${each.map((row) => row.billing)}::text[], ${rows.map((row) => row.position)}::int[]
    ) as r (code, name, condition, inputs, add_test_code, billing, position)`);
}

export async function readRules(db: Db, labId: string): Promise<RuleRows> {
  return {
    deltas: await db.rows<DeltaRule>(sql`
      select analyte_code, mode, max_change as limit, direction, look_back_days, is_mix_up_marker, source
      from lis_order.delta_rule where lab_id = ${labId} order by analyte_code, position`),
    indexRules: await db.rows<IndexRule>(sql`
      select analyte_code, index, max_index as limit, effect, action, comment
      from lis_order.index_rule where lab_id = ${labId} order by analyte_code, position`),
    interpretations: await db.rows<InterpretationRule>(sql`
      select analyte_code, position, condition as when, text
      from lis_order.interpretation where lab_id = ${labId} order by analyte_code, position`),
    consistency: await db.rows<ConsistencyRule>(sql`
      select code, message, contradiction, inputs, holds
      from lis_order.consistency_rule where lab_id = ${labId} order by position, code`),
    reflex: await db.rows<ReflexRule>(sql`
      select code, name, condition as when, inputs, add_test_code, billing
      from lis_order.reflex_rule where lab_id = ${labId} order by position, code`),
  };
}
