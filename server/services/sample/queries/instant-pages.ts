// Pages of lists that are ordered by an instant, or a day, and an id.
import type { Page, PageInput } from '#platform/contract.ts';
import { Id, Instant } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';

import type { AfterInstant } from '../tube-store.ts';

const NIL_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
export const BEGINNING = ['-infinity', NIL_ID] as const;
export const END = ['infinity', LAST_ID] as const;

/**
 * Reads one page.
 * @param keyOf instant and id by which the list is ordered
 * @param start BEGINNING for lists that begin with the oldest, END for those that begin with the newest
 * @throws platform.bad_cursor
 */
export async function pageByInstant<Row, Node>(
  { first, after }: PageInput,
  read: (from: AfterInstant) => Promise<readonly Row[]>,
  keyOf: (row: Row) => readonly [string, string],
  toNode: (row: Row) => Node,
  start: readonly [string, string] = BEGINNING,
): Promise<Page<Node>> {
  const rows = await read({ after: after ? keyIn(after) : start, limit: first + 1 });
  return toPage(rows, first, keyOf, toNode);
}

function keyIn(cursor: string): readonly [string, string] {
  const [text, id] = decodeCursor(cursor, 2);
  const at = Instant.safeParse(text);
  const rowId = Id.safeParse(id);
  if (!at.success || !rowId.success) throw badCursor({});
  return [at.data, rowId.data];
}
