// Structured logs. Facts are ids, codes, counts and durations; never a name, a value or a message body (P7).
import { pino } from 'pino';

export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Log {
  debug(event: string, facts?: LogFacts): void;
  info(event: string, facts?: LogFacts): void;
  warn(event: string, facts?: LogFacts): void;
  error(event: string, facts?: LogFacts, error?: unknown): void;
  child(facts: LogFacts): Log;
}

export interface LogOptions {
  readonly level: string;
  /** Path of the log file, or `-` for standard output. */
  readonly destination: string;
}

/** Where an error happened, without its message: a driver's message may quote the row it failed on. */
function stackOnly(error: unknown): { readonly type: string; readonly stack: string } {
  if (!(error instanceof Error)) return { type: typeof error, stack: '' };
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return { type: error.name, stack: frames.slice(0, 12).join('\n') };
}

export function createLog(options: LogOptions): Log & { flush(): Promise<void> } {
  const destination = pino.destination({
    dest: options.destination === '-' ? 1 : options.destination,
    mkdir: true,
    sync: false,
  });
  const root = pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);

  const wrap = (logger: typeof root): Log => ({
    debug: (event, facts) => logger.debug(facts ?? {}, event),
    info: (event, facts) => logger.info(facts ?? {}, event),
    warn: (event, facts) => logger.warn(facts ?? {}, event),
    error: (event, facts, error) =>
      logger.error(error === undefined ? (facts ?? {}) : { ...facts, error: stackOnly(error) }, event),
    child: (facts) => wrap(logger.child(facts)),
  });

  return {
    ...wrap(root),
    flush: () =>
      new Promise((resolve) => {
        root.flush(() => resolve());
      }),
  };
}

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
