// Keeps the database alive: a server that ends without our asking (out of memory, a mistaken kill) is started again. Clients
// find it where it was, on the same port and socket.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from './server-process.ts';

export interface SuperviseOptions {
  readonly server: ServerProcess;
  /** Starts the server again where it was. */
  readonly restart: () => Promise<ServerProcess>;
  readonly log: (event: string, facts: object) => void;
  /** Told once, after the last failure; nothing is tried any more. */
  readonly onLost: (error: Error) => void;
  /** Wait before the second try, milliseconds; doubled for each one after it. The first try comes at once. */
  readonly retryMs: number;
}

export interface Supervised {
  /** The server that runs now, or the last one that did. */
  current(): ServerProcess;
  /** Ends the watch; resolves when no restart is under way any more. */
  end(): Promise<void>;
}

const restartTries = 5;
/** A server that lived this long was well: what kills it then is a new misfortune and not the old one. */
const steadyMs = 30_000;
const lookEveryMs = 200;

export function supervise({ server, restart, log, onLost, retryMs }: SuperviseOptions): Supervised {
  let current = server;
  const ending = new AbortController();

  /** False when the watch was ended meanwhile. A sleeping watch does not keep the process from ending. */
  async function pause(ms: number): Promise<boolean> {
    await sleep(ms, undefined, { ref: false, signal: ending.signal }).catch(() => {});
    return !ending.signal.aborted;
  }

  async function watch(): Promise<void> {
    let failures = 0;
    let aliveSince = performance.now();
    for (;;) {
      while (current.isAlive()) if (!(await pause(lookEveryMs))) return;
      if (ending.signal.aborted) return;
      if (performance.now() - aliveSince >= steadyMs) failures = 0;
      log('postgres.lost', { pid: current.pid, failures });
      if (failures >= restartTries) return giveUp(undefined);
      for (;;) {
        if (failures > 0 && !(await pause(retryMs * 2 ** (failures - 1)))) return;
        try {
          current = await restart();
          log('postgres.restarted', { pid: current.pid, failures });
          aliveSince = performance.now();
          // Counted until it has proved itself, so that one that dies again and again comes to an end too.
          failures += 1;
          break;
        } catch (error) {
          failures += 1;
          log('postgres.restart_failed', { failures });
          if (failures >= restartTries) return giveUp(error);
        }
      }
    }
  }

  function giveUp(cause: unknown): void {
    const why = cause instanceof Error ? `: ${cause.message}` : ', it dies each time.';
    onLost(new Error(`The database stopped and could not be started again (${restartTries} tries)${why}`));
  }

  const watching = watch();
  return {
    current: () => current,
    end: async () => {
      ending.abort();
      await watching;
    },
  };
}
