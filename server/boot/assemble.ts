// Puts one process together as the configuration says: which services, which database, which listeners. The same code
// makes the whole lab in one process and a single service behind the gateway.
import process from 'node:process';

import type { FastifyInstance } from 'fastify';

import { systemClock } from '#platform/clock.ts';
import { createServiceHost } from '#platform/http/service-host.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createInternalIdentity } from '#platform/rpc/identity.ts';
import type { Runtime } from '#platform/runtime/runtime.ts';
import { startTracing } from '#platform/trace.ts';
import type { Tracing } from '#platform/trace.ts';

import type { Config } from '../config.ts';
import { createAuthenticate } from '../gateway/authenticate.ts';
import { createGateway } from '../gateway/gateway.ts';
import { hasAnyLab } from './labs.ts';
import { openRuntime } from './open-runtime.ts';
import { openFolders } from './private-folders.ts';
import { loadSecrets } from './secrets.ts';
import { seedDemoInstallation } from './seed-demo-bench.ts';
import { DEMO_PASSWORD, demoUsers } from './seed-demo.ts';
import { loadServices, serviceNames } from './services.ts';
import type { ServiceName } from './services.ts';
import { StartError } from './start-error.ts';
import { createUndo } from './undo.ts';

export interface Assembled {
  readonly config: Config;
  readonly runtime: Runtime;
  /** Port of the gateway; undefined when it does not live here. */
  readonly httpPort: number | undefined;
  /** Ports and other facts the services' own listeners report. */
  readonly facts: ReturnType<Runtime['facts']>;
  readonly isAdopted: boolean;
  readonly isDemoNew: boolean;
  /** False when all of the installation runs here and nobody can sign in yet, for want of a lab. */
  readonly hasLab: boolean;
  /** Resolves, with the sentence to end on, when the embedded database died and cannot be started again. */
  readonly databaseLost: Promise<StartError>;
  stop(): Promise<void>;
}

const CLOSE_LIMIT_MS = 5000;

export interface AssembleOptions {
  readonly config: Config;
  /** Services to run here; all when absent. */
  readonly services?: readonly ServiceName[];
  /** False: no HTTP edge in this process. */
  readonly hasGateway: boolean;
  /** Ends the start between two of its steps: what was started is stopped, and the reason thrown. */
  readonly signal?: AbortSignal;
}

/** Lets requests in hand finish, but not for ever: a client that never reads its download must not hold up a stop. */
async function closeInTime(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_LIMIT_MS);
  await app.close().finally(() => clearTimeout(cut));
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
  const signal = options.signal ?? new AbortController().signal;
  const undo = createUndo();
  let stopping: Promise<void> | undefined;
  const databaseLost = Promise.withResolvers<StartError>();
  const onDatabaseLost = (error: Error) => databaseLost.resolve(new StartError(error.message));
  const { installation } = loadSecrets(config.dataDir);
  const log = createLog({ level: config.logLevel, destination: config.logFile });
  undo.add(() => log.flush());
  const metrics = createMetrics();

  for (const folder of openFolders(config)) log.warn('folder.readable_by_others', { folder });

  try {
    const tracing: Tracing | undefined =
      config.otelEndpoint === undefined
        ? undefined
        : await startTracing({ endpoint: config.otelEndpoint, ratio: config.otelRatio, serviceName: 'nidaan' });
    if (tracing) undo.add(() => tracing.stop());

    const everyService = await loadServices();
    const local = everyService.filter((service) => names.some((name) => name === service.name));
    const opened = await openRuntime({ config, local, everyService, log, metrics, undo, signal, onDatabaseLost });
    const { runtime, places, databases } = opened;

    const isDemoNew = isWhole && config.demo ? (await seedDemoInstallation(runtime.dispatcher, signal)).isNew : false;
    const hasLab = !isWhole || isDemoNew || (await hasAnyLab(runtime.dispatcher));
    signal.throwIfAborted();
    await runtime.start();
    signal.throwIfAborted();

    if (!isWhole) {
      const identity = createInternalIdentity(config.internalSecret);
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
        undo.add(() => closeInTime(host));
        await listen(host, config.splitHost, places.portOf(service.name), 'PORT_OFFSET');
      }
    }

    let httpPort: number | undefined;
    if (hasGateway) {
      const gateway = await createGateway({
        config,
        dispatcher: runtime.dispatcher,
        everyService,
        cache: opened.ports.cache,
        files: opened.ports.files,
        clock: systemClock,
        log,
        metrics,
        ready: runtime.ready,
        facts: () => ({ installation, services: names.length, ...runtime.facts() }),
        startPageFacts: () => ({
          publicUrl: config.publicUrl,
          hl7Port: runtime.facts()['integration']?.['hl7'] ?? config.hl7Port,
          astmPort: runtime.facts()['integration']?.['astm'] ?? config.astmPort,
          demoLogins: config.demo
            ? demoUsers.map(({ username, roles }) => ({ username, roles, password: DEMO_PASSWORD }))
            : [],
        }),
      });
      undo.add(() => closeInTime(gateway));
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
      hasLab,
      databaseLost: databaseLost.promise,
      stop: () => (stopping ??= undo.run()),
    };
  } catch (error) {
    if (error === signal.reason) log.info('start.stopped');
    else log.error('start.failed', {}, error);
    await undo.run();
    throw error;
  }
}
