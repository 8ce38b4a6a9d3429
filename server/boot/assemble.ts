// Puts one process together as the configuration says: which services, which database, which listeners. The same code
// makes the whole lab in one process and a single service behind the gateway.
import { join } from 'node:path';
import process from 'node:process';

import type { FastifyInstance } from 'fastify';

import { createMemoryCache } from '#platform/cache/memory.ts';
import { systemClock } from '#platform/clock.ts';
import { createFolderStore } from '#platform/files/folder.ts';
import { createServiceHost } from '#platform/http/service-host.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createPdfRenderer } from '#platform/pdf/renderer.ts';
import { createRpcClient } from '#platform/rpc/client.ts';
import { createInternalIdentity } from '#platform/rpc/identity.ts';
import { createRuntime } from '#platform/runtime/runtime.ts';
import type { Runtime } from '#platform/runtime/runtime.ts';
import { startTracing } from '#platform/trace.ts';
import type { Tracing } from '#platform/trace.ts';

import type { Config } from '../config.ts';
import { createAuthenticate } from '../gateway/authenticate.ts';
import { createGateway } from '../gateway/gateway.ts';
import type { Databases } from './databases.ts';
import { openDatabases } from './databases.ts';
import { readPlaces } from './places.ts';
import { DEMO_PASSWORD, demoUsers, seedDemo } from './seed-demo.ts';
import { loadServices, serviceNames } from './services.ts';
import type { ServiceName } from './services.ts';
import { StartError } from './start-error.ts';

export interface Assembled {
  readonly config: Config;
  readonly runtime: Runtime;
  /** Port of the gateway; undefined when it does not live here. */
  readonly httpPort: number | undefined;
  /** Ports and other facts the services' own listeners report. */
  readonly facts: ReturnType<Runtime['facts']>;
  readonly isAdopted: boolean;
  readonly isDemoNew: boolean;
  stop(): Promise<void>;
}

export interface AssembleOptions {
  readonly config: Config;
  /** Services to run here; all when absent. */
  readonly services?: readonly ServiceName[];
  /** False: no HTTP edge in this process. */
  readonly hasGateway: boolean;
}

/** Undoes in reverse what was started, each step tried whatever the others do. */
function createUndo() {
  const steps: (() => Promise<unknown>)[] = [];
  return {
    add: (step: () => Promise<unknown>) => steps.push(step),
    run: async () => {
      for (let step = steps.pop(); step; step = steps.pop()) await step().catch(() => {});
    },
  };
}

async function listen(app: FastifyInstance, host: string, port: number, setting: string): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new StartError(`Port ${port} is in use by another program; set ${setting} to a free one.`);
    if (code === 'EACCES')
      throw new StartError(`Port ${port} may not be opened by this user; set ${setting} to one above 1023.`);
    throw error;
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

export async function assemble(options: AssembleOptions): Promise<Assembled> {
  const { config, hasGateway } = options;
  const names = options.services ?? serviceNames;
  const isWhole = hasGateway && names.length === serviceNames.length;
  const undo = createUndo();
  const log = createLog({ level: config.logLevel, destination: config.logFile });
  undo.add(() => log.flush());
  const metrics = createMetrics();

  try {
    const tracing: Tracing | undefined =
      config.otelEndpoint === undefined
        ? undefined
        : await startTracing({ endpoint: config.otelEndpoint, ratio: config.otelRatio, serviceName: 'nidaan' });
    if (tracing) undo.add(() => tracing.stop());

    const everyService = await loadServices();
    const local = everyService.filter((service) => names.some((name) => name === service.name));
    const databases: Databases | undefined = local.length === 0 ? undefined : await openDatabases(config, local, log);
    if (databases) undo.add(() => databases.stop());

    const places = readPlaces(config, everyService);
    const identity = createInternalIdentity(config.internalSecret);
    const remote = createRpcClient({ identity, urlOf: places.urlOf, timeoutMs: config.callTimeoutMs });
    const cache = createMemoryCache(systemClock);
    const files = createFolderStore(join(config.dataDir, 'files'));
    const pdf = createPdfRenderer({ workers: 1 });
    undo.add(() => pdf.close());
    const runtime = createRuntime({
      config,
      services: local,
      everyService,
      urlsOf: (service) => {
        if (!databases) throw new Error(`No database was opened for ${service}`);
        return databases.urlsOf(service);
      },
      remote,
      ports: { cache, files, pdf },
      clock: systemClock,
      log,
      metrics,
    });
    undo.add(() => runtime.stop());

    const isDemoNew = isWhole && config.demo ? (await seedDemo(runtime.dispatcher)).isNew : false;
    await runtime.start();

    if (!isWhole) {
      const authenticate = createAuthenticate(config.authSecret, runtime.dispatcher, systemClock);
      for (const service of local) {
        const host = await createServiceHost({
          service,
          dispatcher: runtime.dispatcher,
          receive: runtime.receive,
          identity,
          authenticate,
          ready: runtime.ready,
          facts: () => ({ service: service.name, ...runtime.facts()[service.name] }),
          log,
          metrics,
        });
        undo.add(() => host.close());
        await listen(host, config.splitHost, places.portOf(service.name), 'PORT_OFFSET');
      }
    }

    let httpPort: number | undefined;
    if (hasGateway) {
      const gateway = await createGateway({
        config,
        dispatcher: runtime.dispatcher,
        everyService,
        cache,
        files,
        clock: systemClock,
        log,
        metrics,
        ready: runtime.ready,
        facts: () => ({ services: names.length, ...runtime.facts() }),
        startPageFacts: () => ({
          publicUrl: config.publicUrl,
          hl7Port: runtime.facts()['integration']?.['hl7'] ?? config.hl7Port,
          astmPort: runtime.facts()['integration']?.['astm'] ?? config.astmPort,
          demoLogins: config.demo
            ? demoUsers.map(({ username, roles }) => ({ username, roles, password: DEMO_PASSWORD }))
            : [],
        }),
      });
      undo.add(() => gateway.close());
      httpPort = await listen(gateway, config.httpHost, config.httpPort, 'HTTP_PORT');
    }

    log.info('started', { services: names.length, gateway: hasGateway, pid: process.pid });
    return {
      config,
      runtime,
      httpPort,
      facts: runtime.facts(),
      isAdopted: databases?.isAdopted ?? false,
      isDemoNew,
      stop: undo.run,
    };
  } catch (error) {
    log.error('start.failed', {}, error);
    await undo.run();
    throw error;
  }
}
