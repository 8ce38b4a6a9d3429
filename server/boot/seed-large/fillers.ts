// One connection a service, as the owner of its tables. Rows of a piece and the note that it is there are one transaction. While
// PostgreSQL takes one piece in, the next is made.
import pg from 'pg';

import type { BulkRows } from '#platform/database/bulk-rows.ts';
import { copyIn } from '#platform/database/copy.ts';
import { putBack, setAside } from '#platform/database/set-aside.ts';

import { bulkRows as integration } from '../../services/integration/bulk-rows.ts';
import { bulkRows as order } from '../../services/order/bulk-rows.ts';
import { bulkRows as patient } from '../../services/patient/bulk-rows.ts';
import { bulkRows as qc } from '../../services/qc/bulk-rows.ts';
import { bulkRows as result } from '../../services/result/bulk-rows.ts';
import { bulkRows as sample } from '../../services/sample/bulk-rows.ts';
import type { Piece } from './pieces.ts';

const bulkRows: { readonly [S in keyof Piece]: BulkRows<Piece[S]> } = {
  patient,
  order,
  sample,
  result,
  integration,
  qc,
};
export const services = ['patient', 'order', 'sample', 'result', 'integration', 'qc'] as const;
type Service = (typeof services)[number];

/** The numbers a large lab is made of, kept with it. */
export interface Begun {
  readonly orders: number;
  readonly seed: number;
  /** Labs beside the large one. */
  readonly labs: number;
  readonly lastDay: string;
  /** Instant nothing happened after. */
  readonly until: string;
}

export interface Table {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

const LEDGER = `
  create table if not exists nidaan.filling (service text not null, piece int not null, facts jsonb,
    constraint filling_key primary key (service, piece))`;
/** Piece numbers of the notes about the whole. */
const BEGUN = -1;
const FINISHED = -2;

interface Filler {
  readonly client: pg.Client;
  readonly done: Set<number>;
  /** What is on its way. */
  pending: Promise<void>;
}

export async function createFillers(ownerUrlOf: (service: string) => string) {
  const fillers = new Map<Service, Filler>();
  for (const service of services) {
    // A power cut in the middle is mended by the next run.
    const client = new pg.Client({
      connectionString: ownerUrlOf(service),
      options: '-c timezone=UTC -c synchronous_commit=off',
    });
    await client.connect();
    await client.query(LEDGER);
    const done = await client.query<{ piece: number }>('select piece from nidaan.filling where service = $1', [
      service,
    ]);
    fillers.set(service, { client, done: new Set(done.rows.map((row) => row.piece)), pending: Promise.resolve() });
  }
  const of = (service: Service): Filler => {
    const filler = fillers.get(service);
    if (!filler) throw new Error(`No connection was opened for ${service}`);
    return filler;
  };
  const tableNames = (service: Service) => bulkRows[service].tables.map((table) => table.name);
  const notes = of('order');
  const note = (piece: number, facts: object | null) =>
    notes.client.query(`insert into nidaan.filling values ('order', $1, $2)`, [piece, facts && JSON.stringify(facts)]);

  async function add<S extends Service>(service: S, index: number, batch: Piece[S]): Promise<void> {
    const filler = of(service);
    if (filler.done.has(index)) return;
    const lines = linesOf(bulkRows[service], batch);
    await filler.pending;
    filler.pending = copyPiece(filler.client, bulkRows[service].tables, lines, service, index);
    // Told when the next piece waits for it; without this a failure before then would end the process.
    filler.pending.catch(() => {});
  }

  return {
    add,
    begun: async (): Promise<Begun | undefined> => {
      const found = await notes.client.query<{ facts: Begun }>(
        `select facts from nidaan.filling where service = 'order' and piece = ${BEGUN}`,
      );
      return found.rows[0]?.facts;
    },
    begin: async (facts: Begun) => void (await note(BEGUN, facts)),
    finish: async () => void (await note(FINISHED, null)),
    isFinished: async () => notes.done.has(FINISHED),
    settle: async () => void (await Promise.all([...fillers.values()].map(({ pending }) => pending))),
    setAside: async (indexes: 'rebuild' | 'keep') => {
      for (const service of services) await setAside(of(service).client, tableNames(service), indexes === 'keep');
    },
    putBack: async (told: (table: string) => void) => {
      // What several services set aside in one database is put back by the first.
      for (const service of services) await putBack(of(service).client, told);
    },
    analyze: async () => {
      for (const service of services)
        await of(service).client.query(`vacuum (analyze) ${tableNames(service).join(', ')}`);
    },
    tables: async (): Promise<readonly Table[]> => {
      const found: Table[] = [];
      for (const service of services) {
        const sizes = await of(service).client.query<{ name: string; rows: string; bytes: string }>(
          `select oid::regclass::text as name, reltuples::bigint as rows, pg_total_relation_size(oid) as bytes
           from pg_class where oid = any($1::regclass[]) order by 3 desc`,
          [tableNames(service)],
        );
        found.push(...sizes.rows.map(({ name, rows, bytes }) => ({ name, rows: Number(rows), bytes: Number(bytes) })));
      }
      return found;
    },
    close: async () => {
      for (const { client, pending } of fillers.values()) {
        await pending.catch(() => {});
        await client.end();
      }
    },
  };
}

function linesOf<B>(rows: BulkRows<B>, batch: B): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>(rows.tables.map(({ name }) => [name, []]));
  rows.write(batch, (table, line) => {
    const own = lines.get(table);
    if (!own) throw new Error(`${table} is none of its tables`);
    own.push(line);
  });
  return lines;
}

async function copyPiece(
  client: pg.Client,
  tables: readonly { readonly name: string; readonly columns: readonly string[] }[],
  lines: ReadonlyMap<string, readonly string[]>,
  service: string,
  index: number,
): Promise<void> {
  await client.query('begin');
  try {
    for (const { name, columns } of tables) await copyIn(client, name, columns, lines.get(name) ?? []);
    await client.query('insert into nidaan.filling (service, piece) values ($1, $2)', [service, index]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}
