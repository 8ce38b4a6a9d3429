// Structured logs. Facts are ids, codes, counts and durations; never a name, a value or a message body (P7).
import { openSync } from 'node:fs';
import { dirname } from 'node:path';

import { pino } from 'pino';

import { makeFolder } from './postgres/account.ts';

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
  const { message, stack = '' } = error;
  // A message of several lines may hold one that looks like a place, so it is cut off whole.
  const places = message === '' ? stack : stack.slice(stack.lastIndexOf(message) + message.length);
  const frames = places.split('\n').filter((line) => line.trimStart().startsWith('at '));
  return { type: error.name, stack: frames.slice(0, 12).join('\n') };
}

/**
 * Opened here and at once: pino opens a path later, and a process that ends before that fails in its exit hook.
 * @throws Error with a sentence for the person at the terminal
 */
function openFile(path: string): number {
  try {
    makeFolder(dirname(path));
    return openSync(path, 'a', 0o640);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(
      `The log file ${path} cannot be written (${code}); set LOG_FILE to a path that can, or to - for standard output.`,
      { cause: error },
    );
  }
}

export function createLog(options: LogOptions): Log & { flush(): Promise<void> } {
  const destination = pino.destination({
    dest: options.destination === '-' ? 1 : openFile(options.destination),
    sync: false,
    minLength: 1,
  });
  // With a least length of 0 its `flush` would not wait. A full disk costs lines of the log, not the laboratory.
  destination.on('error', () => {});
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
