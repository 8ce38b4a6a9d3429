// Test support: two sessions, a clock that only counts, and a line between them that damages what the test tells it to.
// The line keeps the order of what it carries; each transmission is one `send` command.
import { recordBytes } from './build.ts';
import { createSession } from './session.ts';
import type { AstmCommand, AstmSession, SessionOptions, TimerName } from './session-types.ts';

export type Side = 'instrument' | 'host';

/** What the owner of a side does when asked to store for the n-th time: store after so many ms, fail, or never answer. */
export type Storing = (ask: number) => { readonly after: number; readonly isStored: boolean } | 'never';

export type Plan = {
  /** Records of each message by the side that sends it. All are queued at 0 ms. */
  readonly messages: Readonly<Record<Side, readonly (readonly string[])[]>>;
  /** What of a transmission arrives, in the pieces it arrives in. `index` counts transmissions of both sides. */
  readonly carry: (bytes: Uint8Array, index: number, from: Side) => readonly Uint8Array[];
  readonly storing?: Storing;
  readonly options?: Omit<SessionOptions, 'onCommand' | 'role'>;
  readonly latencyMs?: number;
};

export type Outcome = {
  /** By side and number of the message: `sent`, or the reason of failure. */
  readonly told: ReadonlyMap<string, string>;
  /** Records of what the other side has stored, in order. */
  readonly stored: Readonly<Record<Side, readonly string[]>>;
  readonly transmissions: number;
  readonly endedAtMs: number;
  readonly isAtRest: boolean;
};

const LIMIT_MS = 4 * 3600_000;

type Happening = { readonly at: number; readonly order: number; readonly run: () => void };

class Clock {
  now = 0;
  #order = 0;
  #due: Happening[] = [];

  after(ms: number, run: () => void): Happening {
    const happening = { at: this.now + ms, order: this.#order, run };
    this.#order += 1;
    this.#due.push(happening);
    return happening;
  }

  cancel(happening: Happening | undefined): void {
    this.#due = this.#due.filter((each) => each !== happening);
  }

  runAll(): void {
    while (this.#due.length > 0 && this.now < LIMIT_MS) {
      const next = this.#due.reduce((one, other) =>
        other.at < one.at || (other.at === one.at && other.order < one.order) ? other : one,
      );
      this.cancel(next);
      this.now = next.at;
      next.run();
    }
  }
}

const other = (side: Side): Side => (side === 'host' ? 'instrument' : 'host');

/** Runs until nothing more would happen, or for four hours of the counted clock. */
export function simulate(plan: Plan): Outcome {
  const clock = new Clock();
  const told = new Map<string, string>();
  const stored: Record<Side, string[]> = { instrument: [], host: [] };
  let transmissions = 0;
  let asks = 0;
  const sessions: Partial<Record<Side, AstmSession>> = {};

  const start = (side: Side): AstmSession => {
    const timers = new Map<TimerName, Happening>();
    const session = createSession({
      ...plan.options,
      role: side,
      onCommand: (command: AstmCommand) => {
        switch (command.do) {
          case 'send': {
            const pieces = plan.carry(Uint8Array.from(command.bytes), transmissions, side);
            transmissions += 1;
            for (const [index, piece] of pieces.entries()) {
              clock.after((plan.latencyMs ?? 5) + index, () => sessions[other(side)]?.receive(piece));
            }
            return;
          }
          case 'start_timer':
            clock.cancel(timers.get(command.name));
            timers.set(
              command.name,
              clock.after(command.ms, () => session.timer(command.name)),
            );
            return;
          case 'stop_timer':
            clock.cancel(timers.get(command.name));
            return;
          case 'store': {
            const answer = plan.storing?.(asks) ?? { after: 0, isStored: true };
            asks += 1;
            if (answer === 'never') return;
            const { id, records } = command;
            clock.after(answer.after, () => {
              if (answer.isStored) stored[side].push(Buffer.from(records).toString('latin1'));
              if (answer.isStored) session.stored(id);
              else session.storeFailed(id);
            });
            return;
          }
          case 'sent':
            told.set(`${side} ${command.id}`, 'sent');
            return;
          case 'failed':
            told.set(`${side} ${command.id}`, command.reason);
            return;
          case 'partial':
          case 'fault':
            return;
          default:
            command satisfies never;
        }
      },
    });
    return session;
  };
  const both = { instrument: start('instrument'), host: start('host') };
  Object.assign(sessions, both);
  for (const side of ['instrument', 'host'] as const) {
    for (const [number, records] of plan.messages[side].entries())
      both[side].send(String(number), recordBytes(records));
  }
  clock.runAll();
  const isAtRest = both.instrument.isAtRest() && both.host.isAtRest();
  return { told, stored, transmissions, endedAtMs: clock.now, isAtRest };
}

/** xorshift32: the same numbers everywhere; below 2^32. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed === 0 ? 0x9e3779b9 : seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
