// How a person or a supervisor ends the program: SIGINT (Ctrl-C) or SIGTERM, at any moment from the first line of the start.
import process from 'node:process';

/**
 * Why: under `npm start` one Ctrl-C comes twice, once from the terminal to everybody in the foreground and once passed on by
 * npm. A second signal that soon is the same wish; a later one is impatience.
 */
const SAME_WISH_MS = 500;

export interface StopSignals {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly asked: Promise<void>;
}

/**
 * From now on the first signal asks for a stop in order, and a later one ends the process at once.
 * @param isChild true for a process of a split lab: Ctrl-C reaches it too, but the process that started it says when its turn
 *   has come (SIGTERM)
 */
export function listenForStop(isChild = false): StopSignals {
  const controller = new AbortController();
  let askedAt: number | undefined;
  const onSignal = () => {
    if (askedAt !== undefined && performance.now() - askedAt > SAME_WISH_MS) process.exit(1);
    askedAt ??= performance.now();
    controller.abort();
  };
  process.on('SIGINT', isChild ? () => {} : onSignal);
  process.on('SIGTERM', onSignal);
  const { signal } = controller;
  return {
    signal,
    asked: new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  };
}
