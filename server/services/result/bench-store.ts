// The SQL statements of the rack and of the grid to type into: which tubes, or lines, come next.
import type { Sql } from 'sql-template-tag';
import sql, { empty } from 'sql-template-tag';

import type { Db } from '#platform/service.ts';

import type { ResultRow } from './store.ts';
import { whole } from './store.ts';

/** A tube of the rack; also the place after which the next rack begins. */
export interface RackTube {
  readonly priorityRank: number;
  readonly cameAt: string;
  readonly orderId: string;
  readonly barcode: string;
}

export interface RackSearch {
  readonly section: string;
  readonly testCode: string | null;
  readonly after: RackTube | null;
  readonly limit: number;
}

const toMeasure = sql`r.status = 'awaiting' and not r.is_calculated`;

/**
 * Tubes of a section that await a value, in the order of the worklist. A tube whose tests came at different times stands at
 * the first of them alone.
 */
export function rackQuery(labId: string, { section, testCode, after, limit }: RackSearch): Sql {
  const ofTest = (row: Sql) => (testCode === null ? empty : sql`and ${row}.test_code = ${testCode}`);
  const beyond =
    after === null
      ? empty
      : sql`and (r.priority_rank, r.came_at, r.order_id) >= (${after.priorityRank}::smallint, ${after.cameAt}::timestamptz, ${after.orderId}::uuid)
        and (r.priority_rank, r.came_at, r.order_id, r.barcode)
          > (${after.priorityRank}::smallint, ${after.cameAt}::timestamptz, ${after.orderId}::uuid, ${after.barcode}::text)`;
  return sql`
    select distinct r.priority_rank, r.came_at, r.order_id, r.barcode from lis_result.result as r
    where r.lab_id = ${labId} and r.section = ${section} and ${toMeasure} ${ofTest(sql`r`)} ${beyond}
      and not exists (
        select from lis_result.result as e
        where e.lab_id = r.lab_id and e.barcode = r.barcode and e.section = r.section and e.status = 'awaiting'
          and not e.is_calculated ${ofTest(sql`e`)} and e.came_at < r.came_at)
    order by r.priority_rank, r.came_at, r.order_id, r.barcode
    limit ${limit}`;
}

export function listRack(db: Db, labId: string, search: RackSearch): Promise<readonly RackTube[]> {
  return db.rows<RackTube>(rackQuery(labId, search));
}

/** What these tubes are measured for in the section, in catalogue order. */
export function ofTubesQuery(labId: string, barcodes: readonly string[], section: string): Sql {
  return sql`
    select ${whole} from lis_result.result as r
    where r.lab_id = ${labId} and r.barcode = any(${barcodes}::text[]) and r.section = ${section} and ${toMeasure}
    order by r.order_id, r.position
    limit 20000`;
}

export function listOfTubes(
  db: Db,
  labId: string,
  barcodes: readonly string[],
  section: string,
): Promise<readonly ResultRow[]> {
  return db.rows<ResultRow>(ofTubesQuery(labId, barcodes, section));
}

/** A line of the grid; also the place after which the next page begins. */
export interface GridLine {
  readonly priorityRank: number;
  readonly cameAt: string;
  readonly orderId: string;
  readonly lineId: string;
}

export interface GridSearch {
  readonly section: string | null;
  readonly testCode: string | null;
  readonly orderIds: readonly string[] | null;
  readonly after: GridLine | null;
  readonly limit: number;
}

/** Lines with something to type, in the order of the worklist. The results of one line came at one time. */
export function gridQuery(labId: string, { section, testCode, orderIds, after, limit }: GridSearch): Sql {
  const beyond =
    after === null
      ? empty
      : sql`and (r.priority_rank, r.came_at, r.order_id) >= (${after.priorityRank}::smallint, ${after.cameAt}::timestamptz, ${after.orderId}::uuid)
        and (r.priority_rank, r.came_at, r.order_id, r.line_id)
          > (${after.priorityRank}::smallint, ${after.cameAt}::timestamptz, ${after.orderId}::uuid, ${after.lineId}::uuid)`;
  return sql`
    select distinct r.priority_rank, r.came_at, r.order_id, r.line_id from lis_result.result as r
    where r.lab_id = ${labId} and ${toMeasure}
      ${section === null ? empty : sql`and r.section = ${section}`}
      ${testCode === null ? empty : sql`and r.test_code = ${testCode}`}
      ${orderIds === null ? empty : sql`and r.order_id = any(${orderIds}::uuid[])`} ${beyond}
    order by r.priority_rank, r.came_at, r.order_id, r.line_id
    limit ${limit}`;
}

export function listGrid(db: Db, labId: string, search: GridSearch): Promise<readonly GridLine[]> {
  return db.rows<GridLine>(gridQuery(labId, search));
}
