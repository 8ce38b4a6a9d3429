// COPY ... FROM STDIN over the driver's own connection: the quick way in for rows by the million. For the owner of the tables
// alone: PostgreSQL refuses COPY to a role that row-level security binds.
import { once } from 'node:events';

import type pg from 'pg';

/** Lists are written as arrays; an object has to be JSON text by then. */
export type Cell = string | number | boolean | null | readonly string[];

const SPECIAL = /[\\\t\n\r]/;
const QUOTED = /[",{}\\\s]|^$|^null$/i;

function escape(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function arrayText(items: readonly string[]): string {
  return `{${items.map((item) => (QUOTED.test(item) ? `"${item.replaceAll(/["\\]/g, '\\$&')}"` : item)).join(',')}}`;
}

function toText(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell === 'string') return escape(cell);
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'boolean') return cell ? 't' : 'f';
  return escape(arrayText(cell));
}

/** Cells next to each other, without the end of the line: a part that many rows share is made once. Src: PostgreSQL manual, COPY, text format. */
export function cellsText(cells: readonly Cell[]): string {
  // Joined at once: a text grown cell by cell is kept as a tree of its pieces, and collecting those took longer than the rest.
  return cells.map(toText).join('\t');
}

/** What the driver lends to a statement of its own kind; its types name only a part. */
interface CopyConnection {
  readonly stream: NodeJS.WritableStream & { readonly writableNeedDrain?: boolean };
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

function isCopyConnection(connection: object): connection is CopyConnection {
  return 'sendCopyFromChunk' in connection && 'endCopyFrom' in connection && 'sendCopyFail' in connection;
}

const CHUNK_LINES = 500;

async function send(connection: CopyConnection, lines: readonly string[]): Promise<void> {
  for (let from = 0; from < lines.length; from += CHUNK_LINES) {
    connection.sendCopyFromChunk(Buffer.from(`${lines.slice(from, from + CHUNK_LINES).join('\n')}\n`));
    // The driver queues without end; the kernel's buffer is the measure.
    if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
  }
  connection.endCopyFrom();
}

/**
 * Adds the lines to the table, in the transaction the client is in.
 * @param table qualified name, written as it is into the statement, like the columns
 * @param lines one a row: `cellsText` of its columns
 */
export async function copyIn(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  const done = Promise.withResolvers<void>();
  let fault: Error | undefined;
  client.query({
    submit: (connection: object) => {
      if (!isCopyConnection(connection)) throw new Error('This version of the driver cannot copy');
      connection.query(`copy ${table} (${columns.join(', ')}) from stdin`);
    },
    handleCopyInResponse: (connection: CopyConnection) => {
      void send(connection, lines).catch((error: unknown) => connection.sendCopyFail(String(error)));
    },
    handleError: (error: Error) => {
      fault = error;
      done.reject(error);
    },
    handleCommandComplete: () => {},
    handleReadyForQuery: () => {
      if (!fault) done.resolve();
    },
  });
  await done.promise;
}
