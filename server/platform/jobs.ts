// Background jobs: rows in the same PostgreSQL, scheduled in the command's transaction, run by graphile-worker with
// back-off. A job may run twice; it must be harmless.
import { Logger, run } from 'graphile-worker';
import pg from 'pg';

import type { JobEnvelope } from './bus/outbox.ts';
import type { Log } from './log.ts';
import type { JobBinding } from './service.ts';

export interface JobRunner {
  stop(): Promise<void>;
}

export interface JobRunnerOptions {
  readonly ownerUrl: string;
  readonly log: Log;
  readonly jobs: readonly JobBinding[];
  readonly handle: (job: JobBinding, envelope: JobEnvelope) => Promise<void>;
}

function isEnvelope(value: unknown): value is JobEnvelope {
  return typeof value === 'object' && value !== null && 'labId' in value && 'payload' in value && 'requestId' in value;
}

export async function startJobs(options: JobRunnerOptions): Promise<JobRunner> {
  if (options.jobs.length === 0) return { stop: async () => {} };
  const taskList = Object.fromEntries(
    options.jobs.map((job) => [
      job.job.name,
      async (payload: unknown) => {
        if (!isEnvelope(payload)) throw new Error(`A ${job.job.name} job without an envelope`);
        await options.handle(job, payload);
      },
    ]),
  );
  // A pool of ours: the worker takes its listeners off its own before the connections are closed, and a database that
  // stops in that moment would end the process.
  const pool = new pg.Pool({ connectionString: options.ownerUrl, max: 3, connectionTimeoutMillis: 10_000 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const runner = await run({
    pgPool: pool,
    concurrency: 2,
    pollInterval: 1000,
    noHandleSignals: true,
    taskList,
    // Its messages may quote a job's error text; ours says which job and which code, in `handle`.
    logger: new Logger(() => (level, message) => {
      if (level === 'error') options.log.warn('jobs.error', { chars: message.length });
    }),
  }).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  return {
    stop: async () => {
      await runner.stop();
      await pool.end();
    },
  };
}
