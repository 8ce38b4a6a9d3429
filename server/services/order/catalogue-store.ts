// The SQL statements of the catalogue's own tables; its rules are in rule-store.ts, orders in store.ts.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { AnalyteRow, BandRow, CatalogueRows, ContainerRow, Panel, TestRow } from './domain/catalogue.ts';
import * as rules from './rule-store.ts';

/** Null when the lab has no catalogue. Runs before nearly every read of one, so it is a single row by its key. */
export async function catalogueVersion(db: Db, labId: string): Promise<string | null> {
  const row = await db.maybe<{ version: string }>(sql`select version from lis_order.catalogue where lab_id = ${labId}`);
  return row?.version ?? null;
}

/** False when the lab has a catalogue already. Waits for another who is giving it one at this moment. */
export async function claimCatalogue(tx: Tx, labId: string, version: string, now: string): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into lis_order.catalogue (lab_id, version, loaded_at) values (${labId}, ${version}, ${now}::timestamptz)
    on conflict (lab_id) do nothing
    returning lab_id`);
  return rows.length > 0;
}

export interface CatalogueCounts {
  readonly tests: number;
  readonly panels: number;
  readonly analytes: number;
}

export function countCatalogue(db: Db, labId: string): Promise<CatalogueCounts> {
  return db.one<CatalogueCounts>(sql`
    select
      (select count(*) from lis_order.test where lab_id = ${labId}) as tests,
      (select count(*) from lis_order.panel where lab_id = ${labId}) as panels,
      (select count(*) from lis_order.analyte where lab_id = ${labId}) as analytes`);
}

// Lists inside a row travel as JSON: unnest flattens arrays of arrays, and PostgreSQL's have to be rectangular.
const lists = (rows: readonly (readonly string[])[]): readonly string[] => rows.map((row) => JSON.stringify(row));

// Rows that are there already are brought to what is given: seeding and a later change write the same way. `positions` are
// the places in the catalogue's order, 1 first.

export interface Placed<Row> {
  readonly row: Row;
  readonly position: number;
}

export const placed = <Row>(rows: readonly Row[]): readonly Placed<Row>[] =>
  rows.map((row, at) => ({ row, position: at + 1 }));

export async function putContainers(tx: Tx, labId: string, rows: readonly ContainerRow[]): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.container (lab_id, code, name, cap_colour, additive, volume_ml, order_of_draw, is_retired)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.code)}::text[], ${rows.map((row) => row.name)}::text[], ${rows.map((row) => row.capColour)}::text[],
      ${rows.map((row) => row.additive)}::text[], ${rows.map((row) => row.volumeMl)}::numeric[],
      ${rows.map((row) => row.orderOfDraw)}::int[], ${rows.map((row) => row.isRetired)}::boolean[])
    on conflict (lab_id, code) do update set name = excluded.name, cap_colour = excluded.cap_colour,
      additive = excluded.additive, volume_ml = excluded.volume_ml, order_of_draw = excluded.order_of_draw,
      is_retired = excluded.is_retired`);
}

export async function putAnalytes(tx: Tx, labId: string, rows: readonly Placed<AnalyteRow>[]): Promise<void> {
  const each = rows.map(({ row }) => row);
  await tx.rows(sql`
    insert into lis_order.analyte (lab_id, code, name, loinc, ucum, unit_display, kind, decimals, choices, aliases, formula,
      measured_as, molar_mass, reportable_low, reportable_high, is_retired, position)
    select ${labId}::uuid, code, name, loinc, ucum, unit_display, kind, decimals,
      array(select jsonb_array_elements_text(choices)), array(select jsonb_array_elements_text(aliases)), formula, measured_as,
      molar_mass, reportable_low, reportable_high, is_retired, position
    from unnest(
      ${each.map((row) => row.code)}::text[], ${each.map((row) => row.name)}::text[], ${each.map((row) => row.loinc)}::text[],
      ${each.map((row) => row.ucum)}::text[], ${each.map((row) => row.unitDisplay)}::text[], ${each.map((row) => row.kind)}::text[],
      ${each.map((row) => row.decimals)}::int[], ${lists(each.map((row) => row.choices))}::jsonb[],
      ${lists(each.map((row) => row.aliases))}::jsonb[], ${each.map((row) => row.formula)}::text[],
      ${each.map((row) => row.measuredAs)}::text[], ${each.map((row) => row.molarMass)}::numeric[],
      ${each.map((row) => row.reportableLow)}::numeric[], ${each.map((row) => row.reportableHigh)}::numeric[],
      ${each.map((row) => row.isRetired)}::boolean[], ${rows.map((row) => row.position)}::int[]
    ) as a (code, name, loinc, ucum, unit_display, kind, decimals, choices, aliases, formula, measured_as, molar_mass,
      reportable_low, reportable_high, is_retired, position)
    on conflict (lab_id, code) do update set name = excluded.name, loinc = excluded.loinc, ucum = excluded.ucum,
      unit_display = excluded.unit_display, kind = excluded.kind, decimals = excluded.decimals, choices = excluded.choices,
      aliases = excluded.aliases, formula = excluded.formula, measured_as = excluded.measured_as,
      molar_mass = excluded.molar_mass, reportable_low = excluded.reportable_low, reportable_high = excluded.reportable_high,
      is_retired = excluded.is_retired`);
}

export async function putTests(tx: Tx, labId: string, rows: readonly Placed<TestRow>[]): Promise<void> {
  const each = rows.map(({ row }) => row);
  await tx.rows(sql`
    insert into lis_order.test (lab_id, code, name, short_name, report_name, synonyms, section, specimen, container_code, method,
      loinc, turnaround_minutes, urgent_turnaround_minutes, price_paise, is_fasting_needed, min_volume_ml, stability,
      timed_draw, is_in_scope, referral_lab_id, needs_consent, status, position)
    select ${labId}::uuid, code, name, short_name, report_name, array(select jsonb_array_elements_text(synonyms)), section,
      specimen, container_code, method, loinc, turnaround_minutes, urgent_turnaround_minutes, price_paise, is_fasting_needed,
      min_volume_ml, stability, timed_draw, is_in_scope, referral_lab_id, needs_consent, status, position
    from unnest(
      ${each.map((row) => row.code)}::text[], ${each.map((row) => row.name)}::text[], ${each.map((row) => row.shortName)}::text[],
      ${each.map((row) => row.reportName)}::text[], ${lists(each.map((row) => row.synonyms))}::jsonb[],
      ${each.map((row) => row.section)}::text[], ${each.map((row) => row.specimen)}::text[],
      ${each.map((row) => row.containerCode)}::text[], ${each.map((row) => row.method)}::text[],
      ${each.map((row) => row.loinc)}::text[], ${each.map((row) => row.turnaroundMinutes)}::int[],
      ${each.map((row) => row.urgentTurnaroundMinutes)}::int[], ${each.map((row) => row.pricePaise)}::bigint[],
      ${each.map((row) => row.isFastingNeeded)}::boolean[], ${each.map((row) => row.minVolumeMl)}::numeric[],
      ${each.map((row) => JSON.stringify(row.stability))}::jsonb[],
      ${each.map((row) => (row.timedDraw === null ? null : JSON.stringify(row.timedDraw)))}::jsonb[],
      ${each.map((row) => row.isInScope)}::boolean[], ${each.map((row) => row.referralLabId)}::uuid[],
      ${each.map((row) => row.needsConsent)}::boolean[], ${each.map((row) => row.status)}::text[],
      ${rows.map((row) => row.position)}::int[]
    ) as t (code, name, short_name, report_name, synonyms, section, specimen, container_code, method, loinc,
      turnaround_minutes, urgent_turnaround_minutes, price_paise, is_fasting_needed, min_volume_ml, stability, timed_draw,
      is_in_scope, referral_lab_id, needs_consent, status, position)
    on conflict (lab_id, code) do update set name = excluded.name, short_name = excluded.short_name,
      report_name = excluded.report_name, synonyms = excluded.synonyms, section = excluded.section,
      specimen = excluded.specimen, container_code = excluded.container_code, method = excluded.method,
      loinc = excluded.loinc, turnaround_minutes = excluded.turnaround_minutes,
      urgent_turnaround_minutes = excluded.urgent_turnaround_minutes, price_paise = excluded.price_paise,
      is_fasting_needed = excluded.is_fasting_needed, min_volume_ml = excluded.min_volume_ml,
      stability = excluded.stability, timed_draw = excluded.timed_draw, is_in_scope = excluded.is_in_scope,
      referral_lab_id = excluded.referral_lab_id, needs_consent = excluded.needs_consent, status = excluded.status`);
}

/** Replaces the analytes of the tests named. */
export async function putTestAnalytes(
  tx: Tx,
  labId: string,
  testCodes: readonly string[],
  rows: CatalogueRows['testAnalytes'],
): Promise<void> {
  await tx.rows(
    sql`delete from lis_order.test_analyte where lab_id = ${labId} and test_code = any(${testCodes}::text[])`,
  );
  await tx.rows(sql`
    insert into lis_order.test_analyte (lab_id, test_code, analyte_code, position)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.testCode)}::text[], ${rows.map((row) => row.analyteCode)}::text[]
    ) with ordinality`);
}

export async function putPanels(tx: Tx, labId: string, rows: readonly Placed<Panel>[]): Promise<void> {
  const each = rows.map(({ row }) => row);
  await tx.rows(sql`
    insert into lis_order.panel (lab_id, code, name, synonyms, loinc, price_paise, status, position)
    select ${labId}::uuid, code, name, array(select jsonb_array_elements_text(synonyms)), loinc, price_paise, status, position
    from unnest(
      ${each.map((row) => row.code)}::text[], ${each.map((row) => row.name)}::text[],
      ${lists(each.map((row) => row.synonyms))}::jsonb[], ${each.map((row) => row.loinc)}::text[],
      ${each.map((row) => row.pricePaise)}::bigint[], ${each.map((row) => row.status)}::text[],
      ${rows.map((row) => row.position)}::int[]
    ) as p (code, name, synonyms, loinc, price_paise, status, position)
    on conflict (lab_id, code) do update set name = excluded.name, synonyms = excluded.synonyms, loinc = excluded.loinc,
      price_paise = excluded.price_paise, status = excluded.status`);
}

/** Replaces the members of the panels named. */
export async function putPanelMembers(
  tx: Tx,
  labId: string,
  panelCodes: readonly string[],
  rows: CatalogueRows['panelMembers'],
): Promise<void> {
  await tx.rows(
    sql`delete from lis_order.panel_member where lab_id = ${labId} and panel_code = any(${panelCodes}::text[])`,
  );
  await tx.rows(sql`
    insert into lis_order.panel_member (lab_id, panel_code, member_code, position)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.panelCode)}::text[], ${rows.map((row) => row.memberCode)}::text[]
    ) with ordinality`);
}

/** Replaces the bands of the analytes named; what is to stay readable of them is among the rows, closed. */
export async function putBands(
  tx: Tx,
  labId: string,
  analyteCodes: readonly string[],
  rows: readonly BandRow[],
): Promise<void> {
  await tx.rows(sql`
    delete from lis_order.range_band where lab_id = ${labId} and analyte_code = any(${analyteCodes}::text[])`);
  await tx.rows(sql`
    insert into lis_order.range_band (lab_id, analyte_code, sex, age_from_days, age_to_days, low, high, text, kind, critical_low,
      critical_high, absurd_low, absurd_high, critical_texts, unit, source, critical_source, note, method, gestation_from_weeks,
      gestation_to_weeks, valid_from, valid_to, position)
    select ${labId}::uuid, analyte_code, sex, age_from_days, age_to_days, low, high, text, kind, critical_low, critical_high,
      absurd_low, absurd_high, array(select jsonb_array_elements_text(critical_texts)), unit, source, critical_source, note, method,
      gestation_from_weeks, gestation_to_weeks, valid_from, valid_to, position
    from unnest(
      ${rows.map((row) => row.analyteCode)}::text[], ${rows.map((row) => row.sex)}::text[],
      ${rows.map((row) => row.ageFromDays)}::int[], ${rows.map((row) => row.ageToDays)}::int[],
      ${rows.map((row) => row.low)}::numeric[], ${rows.map((row) => row.high)}::numeric[], ${rows.map((row) => row.text)}::text[],
      ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.criticalLow)}::numeric[],
      ${rows.map((row) => row.criticalHigh)}::numeric[], ${rows.map((row) => row.absurdLow)}::numeric[],
      ${rows.map((row) => row.absurdHigh)}::numeric[], ${lists(rows.map((row) => row.criticalTexts))}::jsonb[],
      ${rows.map((row) => row.unit)}::text[],
      ${rows.map((row) => row.source)}::text[], ${rows.map((row) => row.criticalSource)}::text[],
      ${rows.map((row) => row.note)}::text[], ${rows.map((row) => row.method)}::text[],
      ${rows.map((row) => row.gestationFromWeeks)}::int[], ${rows.map((row) => row.gestationToWeeks)}::int[],
      ${rows.map((row) => row.validFrom)}::date[], ${rows.map((row) => row.validTo)}::date[]
    ) with ordinality as b (analyte_code, sex, age_from_days, age_to_days, low, high, text, kind, critical_low, critical_high,
      absurd_low, absurd_high, critical_texts, unit, source, critical_source, note, method, gestation_from_weeks,
      gestation_to_weeks, valid_from, valid_to, position)`);
}

/** Writes a whole catalogue, containers before the tests that need them. */
export async function putAll(tx: Tx, labId: string, rows: CatalogueRows): Promise<void> {
  await putContainers(tx, labId, rows.containers);
  await putAnalytes(tx, labId, placed(rows.analytes));
  await putTests(tx, labId, placed(rows.tests));
  await putTestAnalytes(tx, labId, [], rows.testAnalytes);
  await putPanels(tx, labId, placed(rows.panels));
  await putPanelMembers(tx, labId, [], rows.panelMembers);
  await putBands(tx, labId, [], rows.bands);
  await rules.putDeltas(tx, labId, [], rows.deltas);
  await rules.putIndexRules(tx, labId, [], rows.indexRules);
  await rules.putInterpretations(tx, labId, [], rows.interpretations);
  await rules.putConsistency(tx, labId, [], placed(rows.consistency));
  await rules.putReflex(tx, labId, [], placed(rows.reflex));
}

/** The whole catalogue of a lab: twelve reads, made once a version and process. */
export async function readCatalogue(db: Db, labId: string): Promise<CatalogueRows> {
  return {
    containers: await db.rows<ContainerRow>(sql`
      select code, name, cap_colour, additive, volume_ml::float8, order_of_draw, is_retired
      from lis_order.container where lab_id = ${labId} order by order_of_draw, code`),
    analytes: await db.rows<AnalyteRow>(sql`
      select code, name, loinc, ucum, unit_display, kind, decimals, choices, aliases, formula, measured_as, molar_mass,
        reportable_low, reportable_high, is_retired
      from lis_order.analyte where lab_id = ${labId} order by position`),
    tests: await db.rows<TestRow>(sql`
      select code, name, short_name, report_name, synonyms, section, specimen, container_code, method, loinc,
        turnaround_minutes, urgent_turnaround_minutes, price_paise, is_fasting_needed, min_volume_ml::float8, stability,
        timed_draw, is_in_scope, referral_lab_id, needs_consent, status
      from lis_order.test where lab_id = ${labId} order by position`),
    testAnalytes: await db.rows<CatalogueRows['testAnalytes'][number]>(sql`
      select test_code, analyte_code from lis_order.test_analyte where lab_id = ${labId} order by position`),
    panels: await db.rows<Panel>(sql`
      select code, name, synonyms, loinc, price_paise, status from lis_order.panel where lab_id = ${labId} order by position`),
    panelMembers: await db.rows<CatalogueRows['panelMembers'][number]>(sql`
      select panel_code, member_code from lis_order.panel_member where lab_id = ${labId} order by position`),
    bands: await db.rows<BandRow>(sql`
      select analyte_code, sex, age_from_days, age_to_days, low, high, text, kind, critical_low, critical_high, absurd_low,
        absurd_high, critical_texts, unit, source, critical_source, note, method, gestation_from_weeks, gestation_to_weeks, valid_from,
        valid_to
      from lis_order.range_band where lab_id = ${labId} order by position`),
    ...(await rules.readRules(db, labId)),
  };
}
