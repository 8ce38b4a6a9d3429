// What a resolver works with: calls made as the person who asked, and batches over one request (no N+1).
import DataLoader from 'dataloader';

import type { Call } from '../contract.ts';
import type { Dispatcher } from '../runtime/dispatch.ts';
import type { Scope } from '../scope.ts';
import type { GraphqlContext } from './module.ts';

/** Batch calls take at most this many keys. */
const MAX_BATCH = 200;

interface Row {
  readonly id: string;
}

export function createGraphqlContext(dispatcher: Dispatcher, scope: Scope): GraphqlContext {
  const loaders = new Map<string, DataLoader<string, unknown>>();

  const loader = (
    name: string,
    batch: (ids: readonly string[]) => Promise<readonly unknown[]>,
  ): DataLoader<string, unknown> => {
    let found = loaders.get(name);
    if (!found) {
      found = new DataLoader(async (ids) => [...(await batch(ids))], { maxBatchSize: MAX_BATCH });
      loaders.set(name, found);
    }
    return found;
  };
  const rowsOf = async (call: Call, ids: readonly string[]): Promise<readonly never[]> =>
    (await dispatcher.call(call, { ids: [...ids] }, scope)) as readonly never[];

  return {
    scope,
    call: (call, input) => dispatcher.call(call, input, scope),
    byId: async (call, id) =>
      (await loader(call.name, async (ids) => {
        const rows = await rowsOf(call, ids);
        const byId = new Map(rows.map((row: Row) => [row.id, row]));
        return ids.map((key) => byId.get(key) ?? null);
      }).load(id)) as never,
    listOf: async (call, ownerId, ownerOf) =>
      (await loader(`${call.name} by owner`, async (ids) => {
        const groups = Map.groupBy(await rowsOf(call, ids), ownerOf);
        return ids.map((key) => groups.get(key) ?? []);
      }).load(ownerId)) as never,
  };
}
