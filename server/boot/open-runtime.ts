// The services of this process on their databases, not yet started: calls are answered, nothing listens and nothing runs by
// itself. What a start and the work of the command line have in common.
import { join } from 'node:path';

import { createMemoryCache } from '#platform/cache/memory.ts';
import { systemClock } from '#platform/clock.ts';
import { createFolderStore } from '#platform/files/folder.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { createPdfRenderer } from '#platform/pdf/renderer.ts';
import { createRpcClient } from '#platform/rpc/client.ts';
import { createInternalIdentity } from '#platform/rpc/identity.ts';
import { createRuntime } from '#platform/runtime/runtime.ts';
import type { Runtime } from '#platform/runtime/runtime.ts';
import type { Ports, ServiceDefinition } from '#platform/service.ts';

import type { Config } from '../config.ts';
import type { Databases } from './databases.ts';
import { openDatabases } from './databases.ts';
import { readPlaces } from './places.ts';
import type { Places } from './places.ts';
import type { Undo } from './undo.ts';

export interface OpenRuntimeOptions {
  readonly config: Config;
  /** Services that live in this process. */
  readonly local: readonly ServiceDefinition[];
  readonly everyService: readonly ServiceDefinition[];
  readonly log: Log;
  readonly metrics: Metrics;
  /** Learns how to undo each step, also when a later one fails. */
  readonly undo: Undo;
  readonly signal?: AbortSignal;
  readonly onDatabaseLost?: (error: Error) => void;
}

export interface OpenRuntime {
  readonly runtime: Runtime;
  readonly ports: Ports;
  readonly places: Places;
  /** Absent when no service lives here. */
  readonly databases: Databases | undefined;
}

export async function openRuntime(options: OpenRuntimeOptions): Promise<OpenRuntime> {
  const { config, local, everyService, log, metrics, undo, signal, onDatabaseLost } = options;
  const databases = local.length === 0 ? undefined : await openDatabases(config, local, log, onDatabaseLost);
  if (databases) undo.add(() => databases.stop());
  signal?.throwIfAborted();

  const places = readPlaces(config, everyService);
  const identity = createInternalIdentity(config.internalSecret);
  const pdf = createPdfRenderer({ workers: 1 });
  undo.add(() => pdf.close());
  const ports = {
    cache: createMemoryCache(systemClock),
    files: createFolderStore(join(config.dataDir, 'files')),
    pdf,
  };
  const runtime = createRuntime({
    config,
    services: local,
    everyService,
    urlsOf: (service) => {
      if (!databases) throw new Error(`No database was opened for ${service}`);
      return databases.urlsOf(service);
    },
    remote: createRpcClient({ identity, urlOf: places.urlOf, timeoutMs: config.callTimeoutMs }),
    ports,
    clock: systemClock,
    log,
    metrics,
  });
  undo.add(() => runtime.stop());
  return { runtime, ports, places, databases };
}
