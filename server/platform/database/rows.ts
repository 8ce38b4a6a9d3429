// How rows leave PostgreSQL: camelCase names, instants as ISO text, days and numerics as text so that nothing is
// rounded on the way.
import { createHash } from 'node:crypto';

import pg from 'pg';
import type { Sql } from 'sql-template-tag';

/** The driver's own parsers. Its type names only the numbers it knows; the server may send any. */
const types: { getTypeParser(oid: number, format: 'text' | 'binary'): (value: string) => unknown } = pg.types;
const TIMESTAMPTZ = 1184;
const INT8 = 20;
/** Left as text: date 1082, numeric 1700, xid8 5069. */
const AS_TEXT = new Set([1082, 1700, 5069]);

/**
 * `2026-11-25 17:40:00.1+00` → `2026-11-25T17:40:00.100Z`; sessions run in UTC. PostgreSQL leaves trailing zeros out; put
 * back to milliseconds, instants written by `ctx.now()` compare as text.
 */
export function toIsoInstant(text: string): string {
  const [seconds, fraction = ''] = text.replace(/\+00$/, '').split('.');
  return `${seconds?.replace(' ', 'T')}.${fraction.padEnd(3, '0')}Z`;
}

const asText = (text: string) => text;

export const rowTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) => {
    if (format === 'binary') return types.getTypeParser(oid, 'binary');
    if (oid === TIMESTAMPTZ) return toIsoInstant;
    // Counts and sequences here stay far below 2^53.
    if (oid === INT8) return Number;
    if (AS_TEXT.has(oid)) return asText;
    return types.getTypeParser(oid, 'text');
  },
};

const camelNames = new Map<string, string>();
function toCamel(column: string): string {
  let name = camelNames.get(column);
  if (name === undefined) {
    name = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    camelNames.set(column, name);
  }
  return name;
}

// The statement's own text names it, so each connection plans it once. Bounded: the texts are those of our stores.
const statementNames = new Map<string, string>();
function statementName(text: string): string {
  let name = statementNames.get(text);
  if (name === undefined) {
    name = createHash('sha1').update(text).digest('base64url');
    statementNames.set(text, name);
  }
  return name;
}

/** Runs one statement, prepared once a connection, and gives its rows as objects. */
export async function runQuery<Row extends object>(
  client: pg.ClientBase | pg.Pool,
  query: Sql,
): Promise<readonly Row[]> {
  const text = query.text;
  const result = await client.query<unknown[]>({
    name: statementName(text),
    text,
    values: query.values,
    rowMode: 'array',
    types: rowTypes,
  });
  const names = result.fields.map((field) => toCamel(field.name));
  return result.rows.map((values) => {
    const row: Record<string, unknown> = {};
    for (const [index, name] of names.entries()) row[name] = values[index];
    return row as Row;
  });
}
