// Cursor pages over an index (P11): a cursor is the sort key of the last row given, opaque to the client.
import { Id, Instant } from './contract.ts';
import type { Page } from './contract.ts';
import { badCursor } from './errors.ts';

export type CursorKey = readonly (string | number)[];

export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws platform.bad_cursor when the text is not one of ours or has another number of parts */
export function decodeCursor(cursor: string, parts: number): CursorKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(key) &&
      key.length === parts &&
      key.every((part) => typeof part === 'string' || typeof part === 'number')
    ) {
      return key;
    }
  } catch {
    // Falls through: any unreadable cursor gets the same answer.
  }
  throw badCursor({});
}

/** No row has it: a list in the order of an id begins after it, and ends before the other. */
export const LEAST_ID = '00000000-0000-0000-0000-000000000000';
const GREATEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Place in a list that is in the order of an instant, then of an id. */
export type InstantKey = readonly [at: string, id: string];
export const START_OF_TIME: InstantKey = ['-infinity', LEAST_ID];
export const END_OF_TIME: InstantKey = ['infinity', GREATEST_ID];

/** Two parts of a cursor as such a place. @throws platform.bad_cursor */
export function instantKeyOf(at: unknown, id: unknown): InstantKey {
  const instant = Instant.safeParse(at);
  const key = Id.safeParse(id);
  // Year 0000 is an instant to the schema and none to the database.
  if (!instant.success || !key.success || instant.data < '0001') throw badCursor({});
  return [instant.data, key.data];
}

/** @throws platform.bad_cursor */
export function instantKey(cursor: string): InstantKey {
  const [at, id] = decodeCursor(cursor, 2);
  return instantKeyOf(at, id);
}

/**
 * Makes a page from `first + 1` rows read in order.
 * @param rows as read with `limit first + 1`
 * @param keyOf the sort key of a row, the same columns the query is ordered by
 */
export function toPage<Row, Node>(
  rows: readonly Row[],
  first: number,
  keyOf: (row: Row) => CursorKey,
  toNode: (row: Row) => Node,
): Page<Node> {
  const edges = rows.slice(0, first).map((row) => ({ cursor: encodeCursor(keyOf(row)), node: toNode(row) }));
  return { edges, endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: rows.length > first };
}
