// A batch call takes so many keys at the most; whoever has more asks several times.

/** The items in their order, `size` at a time; the last batch may be smaller. */
export function* batchesOf<T>(items: Iterable<T>, size: number): Generator<T[]> {
  const all = [...items];
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

/** All answers in the order of the items. One batch after the other, so that a long list does not crowd out everyone else. */
export async function inBatches<T, R>(
  items: Iterable<T>,
  size: number,
  ask: (some: T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const found: R[] = [];
  for (const some of batchesOf(items, size)) found.push(...(await ask(some)));
  return found;
}
