// Cursors of lists that are in the order of an instant, then of an id.
import { Id, Instant } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor } from '#platform/paging.ts';

export type InstantKey = readonly [at: string, id: string];

export const START_OF_TIME: InstantKey = ['-infinity', '00000000-0000-0000-0000-000000000000'];
export const END_OF_TIME: InstantKey = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

/** @throws platform.bad_cursor */
export function instantKey(cursor: string): InstantKey {
  const [at, id] = decodeCursor(cursor, 2);
  const instant = Instant.safeParse(at);
  const key = Id.safeParse(id);
  if (!instant.success || !key.success) throw badCursor({});
  return [instant.data, key.data];
}
