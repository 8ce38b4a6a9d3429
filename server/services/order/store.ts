// Every SQL statement of the order service: the catalogue's tables, then orders.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { AnalyteView, ContainerView, OrderItem, OrderLine, OrderView, RangeBand } from './contract.ts';
import type { CatalogueRows, Panel, TestRow } from './domain/catalogue.ts';

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

export async function addContainers(tx: Tx, labId: string, rows: readonly ContainerView[]): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.container (lab_id, code, name, cap_colour, additive, volume_ml, order_of_draw)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.code)}::text[], ${rows.map((row) => row.name)}::text[], ${rows.map((row) => row.capColour)}::text[],
      ${rows.map((row) => row.additive)}::text[], ${rows.map((row) => row.volumeMl)}::numeric[],
      ${rows.map((row) => row.orderOfDraw)}::int[])`);
}

export async function addAnalytes(tx: Tx, labId: string, rows: readonly AnalyteView[]): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.analyte (lab_id, position, code, name, loinc, ucum, unit_display, kind, decimals, choices, aliases)
    select ${labId}::uuid, n, code, name, loinc, ucum, unit_display, kind, decimals,
      array(select jsonb_array_elements_text(choices)), array(select jsonb_array_elements_text(aliases))
    from unnest(
      ${rows.map((row) => row.code)}::text[], ${rows.map((row) => row.name)}::text[], ${rows.map((row) => row.loinc)}::text[],
      ${rows.map((row) => row.ucum)}::text[], ${rows.map((row) => row.unitDisplay)}::text[], ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.decimals)}::int[], ${lists(rows.map((row) => row.choices))}::jsonb[],
      ${lists(rows.map((row) => row.aliases))}::jsonb[]
    ) with ordinality as a (code, name, loinc, ucum, unit_display, kind, decimals, choices, aliases, n)`);
}

export async function addTests(tx: Tx, labId: string, rows: readonly TestRow[]): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.test (lab_id, position, code, name, short_name, synonyms, section, specimen, container_code, method,
      loinc, turnaround_minutes, urgent_turnaround_minutes, price_paise, is_fasting_needed)
    select ${labId}::uuid, n, code, name, short_name, array(select jsonb_array_elements_text(synonyms)), section, specimen,
      container_code, method, loinc, turnaround_minutes, urgent_turnaround_minutes, price_paise, is_fasting_needed
    from unnest(
      ${rows.map((row) => row.code)}::text[], ${rows.map((row) => row.name)}::text[], ${rows.map((row) => row.shortName)}::text[],
      ${lists(rows.map((row) => row.synonyms))}::jsonb[], ${rows.map((row) => row.section)}::text[],
      ${rows.map((row) => row.specimen)}::text[], ${rows.map((row) => row.containerCode)}::text[],
      ${rows.map((row) => row.method)}::text[], ${rows.map((row) => row.loinc)}::text[],
      ${rows.map((row) => row.turnaroundMinutes)}::int[], ${rows.map((row) => row.urgentTurnaroundMinutes)}::int[],
      ${rows.map((row) => row.pricePaise)}::bigint[], ${rows.map((row) => row.isFastingNeeded)}::boolean[]
    ) with ordinality as t (code, name, short_name, synonyms, section, specimen, container_code, method, loinc,
      turnaround_minutes, urgent_turnaround_minutes, price_paise, is_fasting_needed, n)`);
}

export async function addTestAnalytes(tx: Tx, labId: string, rows: CatalogueRows['testAnalytes']): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.test_analyte (lab_id, test_code, analyte_code, position)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.testCode)}::text[], ${rows.map((row) => row.analyteCode)}::text[]
    ) with ordinality`);
}

export interface NewPanel extends Panel {
  readonly loinc: string | null;
}

export async function addPanels(tx: Tx, labId: string, rows: readonly NewPanel[]): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.panel (lab_id, position, code, name, synonyms, loinc, price_paise)
    select ${labId}::uuid, n, code, name, array(select jsonb_array_elements_text(synonyms)), loinc, price_paise
    from unnest(
      ${rows.map((row) => row.code)}::text[], ${rows.map((row) => row.name)}::text[],
      ${lists(rows.map((row) => row.synonyms))}::jsonb[], ${rows.map((row) => row.loinc)}::text[],
      ${rows.map((row) => row.pricePaise)}::bigint[]
    ) with ordinality as p (code, name, synonyms, loinc, price_paise, n)`);
}

export async function addPanelMembers(tx: Tx, labId: string, rows: CatalogueRows['panelMembers']): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.panel_member (lab_id, panel_code, member_code, position)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.panelCode)}::text[], ${rows.map((row) => row.memberCode)}::text[]
    ) with ordinality`);
}

export interface NewBand extends RangeBand {
  readonly criticalSource: string | null;
  readonly note: string | null;
}

export async function addBands(tx: Tx, labId: string, rows: readonly NewBand[]): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.range_band (lab_id, analyte_code, sex, age_from_days, age_to_days, low, high, text, kind, critical_low,
      critical_high, absurd_low, absurd_high, unit, source, critical_source, note, position)
    select ${labId}::uuid, * from unnest(
      ${rows.map((row) => row.analyteCode)}::text[], ${rows.map((row) => row.sex)}::text[],
      ${rows.map((row) => row.ageFromDays)}::int[], ${rows.map((row) => row.ageToDays)}::int[],
      ${rows.map((row) => row.low)}::numeric[], ${rows.map((row) => row.high)}::numeric[], ${rows.map((row) => row.text)}::text[],
      ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.criticalLow)}::numeric[],
      ${rows.map((row) => row.criticalHigh)}::numeric[], ${rows.map((row) => row.absurdLow)}::numeric[],
      ${rows.map((row) => row.absurdHigh)}::numeric[], ${rows.map((row) => row.unit)}::text[],
      ${rows.map((row) => row.source)}::text[], ${rows.map((row) => row.criticalSource)}::text[],
      ${rows.map((row) => row.note)}::text[]
    ) with ordinality`);
}

/** The whole catalogue of a lab: seven reads, made once a version and process. */
export async function readCatalogue(db: Db, labId: string): Promise<CatalogueRows> {
  return {
    containers: await db.rows<ContainerView>(sql`
      select code, name, cap_colour, additive, volume_ml::float8, order_of_draw
      from lis_order.container where lab_id = ${labId} order by order_of_draw, code`),
    analytes: await db.rows<AnalyteView>(sql`
      select code, name, loinc, ucum, unit_display, kind, decimals, choices, aliases
      from lis_order.analyte where lab_id = ${labId} order by position`),
    tests: await db.rows<TestRow>(sql`
      select code, name, short_name, synonyms, section, specimen, container_code, method, loinc, turnaround_minutes,
        urgent_turnaround_minutes, price_paise, is_fasting_needed
      from lis_order.test where lab_id = ${labId} order by position`),
    testAnalytes: await db.rows<CatalogueRows['testAnalytes'][number]>(sql`
      select test_code, analyte_code from lis_order.test_analyte where lab_id = ${labId} order by position`),
    panels: await db.rows<Panel>(sql`
      select code, name, synonyms, price_paise from lis_order.panel where lab_id = ${labId} order by position`),
    panelMembers: await db.rows<CatalogueRows['panelMembers'][number]>(sql`
      select panel_code, member_code from lis_order.panel_member where lab_id = ${labId} order by position`),
    bands: await db.rows<RangeBand>(sql`
      select analyte_code, sex, age_from_days, age_to_days, low, high, text, kind, critical_low, critical_high, absurd_low,
        absurd_high, unit, source
      from lis_order.range_band where lab_id = ${labId} order by position`),
  };
}

/** Lets one placing of an order id run at a time, so that a repeat sees what the first one wrote. */
export async function lockOrderId(tx: Tx, orderId: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`order ${orderId}`}, 0))`);
}

/** The next running number of the lab's day; held until the commit, so numbers have no gap. */
export async function nextSerial(tx: Tx, labId: string, day: string): Promise<number> {
  const row = await tx.one<{ last: number }>(sql`
    insert into lis_order.order_counter as c (lab_id, day, last) values (${labId}, ${day}::date, 1)
    on conflict (lab_id, day) do update set last = c.last + 1
    returning last`);
  return row.last;
}

/** Writes order, items and lines in one statement. */
export async function addOrder(tx: Tx, labId: string, order: OrderView): Promise<void> {
  const { items, lines } = order;
  await tx.rows(sql`
    with placed as (
      insert into lis_order.placed_order
        (id, lab_id, number, patient_id, priority, referred_by, clinical_notes, is_fasting, placed_at, placed_by, version)
      values (${order.id}, ${labId}, ${order.number}, ${order.patientId}, ${order.priority}, ${order.referredBy},
        ${order.clinicalNotes}, ${order.isFasting}, ${order.placedAt}::timestamptz, ${order.placedBy}, ${order.version})
      returning id
    ), item as (
      insert into lis_order.order_item (lab_id, order_id, code, name, kind, price_paise, position)
      select ${labId}::uuid, placed.id, i.code, i.name, i.kind, i.price_paise, i.n
      from placed, unnest(
        ${items.map((item) => item.code)}::text[], ${items.map((item) => item.name)}::text[],
        ${items.map((item) => item.kind)}::text[], ${items.map((item) => item.pricePaise)}::bigint[]
      ) with ordinality as i (code, name, kind, price_paise, n)
    )
    insert into lis_order.order_line
      (lab_id, order_id, id, test_code, test_name, section, specimen, container_code, panel_code, promised_at, position)
    select ${labId}::uuid, placed.id, l.id, l.test_code, l.test_name, l.section, l.specimen, l.container_code, l.panel_code,
      l.promised_at, l.n
    from placed, unnest(
      ${lines.map((line) => line.id)}::uuid[], ${lines.map((line) => line.testCode)}::text[],
      ${lines.map((line) => line.testName)}::text[], ${lines.map((line) => line.section)}::text[],
      ${lines.map((line) => line.specimen)}::text[], ${lines.map((line) => line.containerCode)}::text[],
      ${lines.map((line) => line.panelCode)}::text[], ${lines.map((line) => line.promisedAt)}::timestamptz[]
    ) with ordinality as l (id, test_code, test_name, section, specimen, container_code, panel_code, promised_at, n)`);
}

type OrderRow = Omit<OrderView, 'items' | 'lines' | 'totalPaise'>;

interface WholeRow extends OrderRow {
  readonly items: OrderItem[];
  /** Instants as PostgreSQL writes them in JSON, with an offset. */
  readonly lines: readonly OrderLine[];
}

/**
 * Orders by id, each whole, in one statement: the read behind every screen. Meas: two statements fewer are a third of the
 * time of a GraphQL order on this stack (bench/order-reads.ts). Those of other labs and unknown ones are left out.
 */
export async function getOrders(db: Db, labId: string, ids: readonly string[]): Promise<readonly OrderView[]> {
  const rows = await db.rows<WholeRow>(sql`
    select o.id, o.number, o.patient_id, o.priority, o.referred_by, o.clinical_notes, o.is_fasting, o.placed_at, o.placed_by,
      o.version, item.list as items, line.list as lines
    from lis_order.placed_order as o
    cross join lateral (
      select coalesce(json_agg(json_build_object('code', i.code, 'name', i.name, 'kind', i.kind, 'pricePaise', i.price_paise)
        order by i.position), '[]') as list
      from lis_order.order_item as i
      where i.lab_id = ${labId} and i.order_id = o.id
    ) as item
    cross join lateral (
      select coalesce(json_agg(json_build_object('id', l.id, 'testCode', l.test_code, 'testName', l.test_name,
        'section', l.section, 'specimen', l.specimen, 'containerCode', l.container_code, 'panelCode', l.panel_code,
        'promisedAt', l.promised_at) order by l.position), '[]') as list
      from lis_order.order_line as l
      where l.lab_id = ${labId} and l.order_id = o.id
    ) as line
    where o.lab_id = ${labId} and o.id = any(${ids}::uuid[])`);
  return rows.map((row) => ({
    ...row,
    lines: row.lines.map((line) => ({ ...line, promisedAt: new Date(line.promisedAt).toISOString() })),
    totalPaise: totalOf(row.items),
  }));
}

function totalOf(items: readonly OrderItem[]): number {
  return items.reduce((sum, item) => sum + item.pricePaise, 0);
}

async function withParts(db: Db, labId: string, orders: readonly OrderRow[]): Promise<readonly OrderView[]> {
  if (orders.length === 0) return [];
  const ids = orders.map((order) => order.id);
  const items = await db.rows<OrderItem & { readonly orderId: string }>(sql`
    select order_id, code, name, kind, price_paise
    from lis_order.order_item where lab_id = ${labId} and order_id = any(${ids}::uuid[]) order by order_id, position`);
  const lines = await db.rows<OrderLine & { readonly orderId: string }>(sql`
    select order_id, id, test_code, test_name, section, specimen, container_code, panel_code, promised_at
    from lis_order.order_line where lab_id = ${labId} and order_id = any(${ids}::uuid[]) order by order_id, position`);
  const itemsOf = Map.groupBy(items, (item) => item.orderId);
  const linesOf = Map.groupBy(lines, (line) => line.orderId);
  return orders.map((order) => {
    const own = (itemsOf.get(order.id) ?? []).map(({ orderId: _, ...item }) => item);
    return {
      ...order,
      items: own,
      lines: (linesOf.get(order.id) ?? []).map(({ orderId: _, ...line }) => line),
      totalPaise: totalOf(own),
    };
  });
}

export interface OrderSearch {
  /** Placed at and id of the last order of the page before; the first page starts at the end of time. */
  readonly before: readonly [placedAt: string, id: string];
  readonly limit: number;
}

/** Newest first. */
export async function listNewest(db: Db, labId: string, { before, limit }: OrderSearch): Promise<readonly OrderView[]> {
  const rows = await db.rows<OrderRow>(sql`
    select id, number, patient_id, priority, referred_by, clinical_notes, is_fasting, placed_at, placed_by, version
    from lis_order.placed_order
    where lab_id = ${labId} and (placed_at, id) < (${before[0]}::timestamptz, ${before[1]}::uuid)
    order by placed_at desc, id desc
    limit ${limit}`);
  return withParts(db, labId, rows);
}

/** Newest first, of one patient. */
export async function listOfPatient(
  db: Db,
  labId: string,
  patientId: string,
  { before, limit }: OrderSearch,
): Promise<readonly OrderView[]> {
  const rows = await db.rows<OrderRow>(sql`
    select id, number, patient_id, priority, referred_by, clinical_notes, is_fasting, placed_at, placed_by, version
    from lis_order.placed_order
    where lab_id = ${labId} and patient_id = ${patientId} and (placed_at, id) < (${before[0]}::timestamptz, ${before[1]}::uuid)
    order by placed_at desc, id desc
    limit ${limit}`);
  return withParts(db, labId, rows);
}

/**
 * Newest first, of one patient or of all, whose number has one of the beginnings.
 * Trap: `like` with a parameter uses no index in a prepared statement; a range over bytes does. `~` follows every
 * character a number has.
 */
export async function listByNumber(
  db: Db,
  labId: string,
  patientId: string | null,
  beginnings: readonly string[],
  { before, limit }: OrderSearch,
): Promise<readonly OrderView[]> {
  const rows = await db.rows<OrderRow>(sql`
    select o.id, o.number, o.patient_id, o.priority, o.referred_by, o.clinical_notes, o.is_fasting, o.placed_at, o.placed_by, o.version
    from lis_order.placed_order as o
    where o.lab_id = ${labId}
      and o.id in (
        select m.id
        from unnest(${beginnings}::text[]) as b (beginning)
        join lis_order.placed_order as m
          on m.lab_id = ${labId} and m.number >= b.beginning collate "C" and m.number < (b.beginning || '~') collate "C"
      )
      and (${patientId}::uuid is null or o.patient_id = ${patientId}::uuid)
      and (o.placed_at, o.id) < (${before[0]}::timestamptz, ${before[1]}::uuid)
    order by o.placed_at desc, o.id desc
    limit ${limit}`);
  return withParts(db, labId, rows);
}
