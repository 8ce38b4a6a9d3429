// Calls the services of a split installation from a process that holds none of them.
import { createMetrics } from '#platform/metrics.ts';
import { silentLog } from '#platform/log.ts';
import { createRpcClient } from '#platform/rpc/client.ts';
import { createInternalIdentity } from '#platform/rpc/identity.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { createDispatcher } from '#platform/runtime/dispatch.ts';

import type { Config } from '../config.ts';
import { readPlaces } from './places.ts';
import { loadServices } from './services.ts';

export async function createRemoteDispatcher(config: Config): Promise<Dispatcher> {
  const places = readPlaces(config, await loadServices());
  const identity = createInternalIdentity(config.internalSecret);
  return createDispatcher({
    bindings: new Map(),
    isLocal: () => false,
    ctxFor: (service) => {
      throw new Error(`${service} does not live here`);
    },
    remote: createRpcClient({ identity, urlOf: places.urlOf, timeoutMs: config.callTimeoutMs }),
    metrics: createMetrics(),
    log: silentLog,
  });
}
