// Pages of lists that are ordered by an instant, or a day, and an id.
import type { Page, PageInput } from '#platform/contract.ts';
import { instantKey, START_OF_TIME, toPage } from '#platform/paging.ts';
import type { InstantKey } from '#platform/paging.ts';

import type { AfterInstant } from '../tube-store.ts';

/**
 * Reads one page.
 * @param keyOf instant and id by which the list is ordered
 * @param start START_OF_TIME for lists that begin with the oldest, END_OF_TIME for those that begin with the newest
 * @throws platform.bad_cursor
 */
export async function pageByInstant<Row, Node>(
  { first, after }: PageInput,
  read: (from: AfterInstant) => Promise<readonly Row[]>,
  keyOf: (row: Row) => readonly [string, string],
  toNode: (row: Row) => Node,
  start: InstantKey = START_OF_TIME,
): Promise<Page<Node>> {
  const rows = await read({ after: after ? instantKey(after) : start, limit: first + 1 });
  return toPage(rows, first, keyOf, toNode);
}
