// Racks, and which tube stands where.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { RackView, Temperature } from './contract.ts';
import { columns } from './tube-store.ts';
import type { Tube } from './tube-store.ts';

const rack = sql`
  r.id, r.code, r.rows, r.columns, r.place, r.temperature,
  (select count(*)::int from lis_sample.tube as t where t.lab_id = r.lab_id and t.rack_code = r.code) as tube_count`;

export interface NewRack {
  readonly id: string;
  readonly code: string;
  readonly rows: number;
  readonly columns: number;
  readonly place: string;
  readonly temperature: Temperature;
}

/** Adds the rack or changes the one of that code, which stays locked until the commit. */
export async function saveRack(
  tx: Tx,
  labId: string,
  { id, code, rows, columns: across, place, temperature }: NewRack,
): Promise<void> {
  await tx.rows(sql`
    insert into lis_sample.rack (id, lab_id, code, rows, columns, place, temperature)
    values (${id}, ${labId}, upper(${code}), ${rows}, ${across}, ${place}, ${temperature})
    on conflict (lab_id, code) do update
    set rows = excluded.rows, columns = excluded.columns, place = excluded.place, temperature = excluded.temperature`);
}

export function findRack(db: Db, labId: string, code: string): Promise<RackView | undefined> {
  return db.maybe<RackView>(sql`
    select ${rack} from lis_sample.rack as r where r.lab_id = ${labId} and r.code = upper(${code})`);
}

/** Whoever puts a tube into a rack holds it: two never choose the same free position. */
export function lockRack(tx: Tx, labId: string, code: string): Promise<RackView | undefined> {
  return tx.maybe<RackView>(sql`
    select ${rack} from lis_sample.rack as r where r.lab_id = ${labId} and r.code = upper(${code}) for update of r`);
}

export function listRacks(db: Db, labId: string, after: string, limit: number): Promise<readonly RackView[]> {
  return db.rows<RackView>(sql`
    select ${rack} from lis_sample.rack as r where r.lab_id = ${labId} and r.code > ${after} order by r.code limit ${limit}`);
}

/** A rack has at most 26 x 99 positions, and so at most as many tubes. */
export function tubesInRack(db: Db, labId: string, code: string): Promise<readonly Tube[]> {
  return db.rows<Tube>(sql`
    select ${columns} from lis_sample.tube where lab_id = ${labId} and rack_code = ${code}
    order by left(rack_position, 1), substr(rack_position, 2)::int
    limit 2574`);
}

export async function temperaturesOf(
  db: Db,
  labId: string,
  codes: readonly string[],
): Promise<ReadonlyMap<string, Temperature>> {
  if (codes.length === 0) return new Map();
  const rows = await db.rows<{ code: string; temperature: Temperature }>(sql`
    select code, temperature from lis_sample.rack where lab_id = ${labId} and code = any(${codes}::text[])`);
  return new Map(rows.map((row) => [row.code, row.temperature]));
}

/** Puts the tube there, or takes it out when there is nowhere. @throws sample.position_taken */
export function setPosition(
  tx: Tx,
  labId: string,
  tubeId: string,
  at: { readonly rackCode: string; readonly position: string } | null,
): Promise<Tube> {
  return tx.one<Tube>(sql`
    update lis_sample.tube
    set rack_code = ${at?.rackCode ?? null}::text, rack_position = ${at?.position ?? null}::text, version = version + 1
    where lab_id = ${labId} and id = ${tubeId}
    returning ${columns}`);
}
