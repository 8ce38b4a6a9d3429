// Repeats a piece of work: at once when woken, otherwise every so often; never twice at the same time; slower while
// it fails.
import { ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';

export interface Ticker {
  wake(): void;
  stop(): Promise<void>;
}

export interface TickerOptions {
  readonly name: string;
  readonly everyMs: number;
  /** How long the first run waits, unless woken; at once when absent. */
  readonly firstAfterMs?: number;
  readonly log: Log;
  /** Returns true when there may be more to do at once. */
  readonly work: () => Promise<boolean>;
}

const MAX_BACKOFF_MS = 30_000;

export function createTicker(options: TickerOptions): Ticker {
  let stopped = false;
  let failures = 0;
  let woken = options.firstAfterMs === undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    let more = true;
    while ((more || woken) && !stopped) {
      woken = false;
      try {
        more = await options.work();
        failures = 0;
      } catch (error) {
        failures += 1;
        more = false;
        const code = error instanceof ServiceError ? error.code : 'unexpected';
        options.log.warn('ticker.failed', { ticker: options.name, failures, code });
        if (code === 'unexpected') options.log.error('ticker.fault', { ticker: options.name }, error);
        return;
      }
    }
  };

  const start = (): void => {
    if (stopped || running) return;
    clearTimeout(timer);
    running = run().finally(() => {
      running = undefined;
      if (stopped) return;
      if (woken && failures === 0) {
        start();
        return;
      }
      const waitMs = failures === 0 ? options.everyMs : Math.min(options.everyMs * 2 ** failures, MAX_BACKOFF_MS);
      timer = setTimeout(start, waitMs);
    });
  };
  if (woken) start();
  else timer = setTimeout(start, options.firstAfterMs);

  return {
    wake: () => {
      woken = true;
      if (failures === 0) start();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
