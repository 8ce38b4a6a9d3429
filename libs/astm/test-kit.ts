// Test support: a session with its commands recorded, corpus files, and a shorthand for control bytes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { encodeFrame } from './build.ts';
import { Control } from './control.ts';
import { createSession } from './session.ts';
import type { AstmCommand, AstmSession, SessionOptions } from './session-types.ts';

export const ENQ = Uint8Array.of(Control.ENQ);
export const ACK = Uint8Array.of(Control.ACK);
export const NAK = Uint8Array.of(Control.NAK);
export const EOT = Uint8Array.of(Control.EOT);

const names: Readonly<Record<number, string>> = {
  [Control.ENQ]: 'ENQ',
  [Control.ACK]: 'ACK',
  [Control.NAK]: 'NAK',
  [Control.EOT]: 'EOT',
};

export const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
export const frame = (number: number, text: string, end: 'etb' | 'etx' = 'etx'): Uint8Array =>
  encodeFrame(number, bytes(text), end);
export const message = (id: string): string => `H|\\^&|||X\rP|1\rO|1|${id}||^^^NA\rR|1|^^^NA|140|mmol/L\rL|1|N\r`;
export const bad = (good: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(good);
  copy[3] = (copy[3] ?? 0) ^ 1;
  return copy;
};

export type Bench = {
  readonly session: AstmSession;
  readonly commands: AstmCommand[];
  /** Feeds bytes or a Latin-1 text and gives what was sent since: ENQ ACK NAK EOT, or `frame n`. */
  feed(input: Uint8Array | string): string[];
  fire(name: Parameters<AstmSession['timer']>[0]): string[];
  /** What was sent since the last look. */
  sent(): string[];
  /** Record texts of the messages stored (asked for), in order. */
  stored(): string[];
  faults(): string[];
  partials(): string[];
  running(): Map<string, number>;
};

/** @param answer what the owner does with a message: store at once, refuse at once, or nothing */
export function startBench(
  options: Omit<SessionOptions, 'onCommand'> = {},
  answer: 'store' | 'refuse' | 'wait' = 'store',
): Bench {
  const commands: AstmCommand[] = [];
  const timers = new Map<string, number>();
  let looked = 0;
  const session: AstmSession = createSession({
    ...options,
    onCommand: (command) => {
      commands.push(command);
      if (command.do === 'start_timer') timers.set(command.name, command.ms);
      if (command.do === 'stop_timer') timers.delete(command.name);
      if (command.do !== 'store' || answer === 'wait') return;
      if (answer === 'store') session.stored(command.id);
      else session.storeFailed(command.id);
    },
  });
  const sent = (): string[] => {
    const fresh = commands.slice(looked);
    looked = commands.length;
    return fresh.flatMap((command) => {
      if (command.do !== 'send') return [];
      const [first = 0, second = 0] = command.bytes;
      return [first === Control.STX ? `frame ${String.fromCharCode(second)}` : (names[first] ?? '?')];
    });
  };
  const text = (records: Uint8Array): string => Buffer.from(records).toString('latin1');
  return {
    session,
    commands,
    sent,
    feed: (input) => {
      session.receive(typeof input === 'string' ? Buffer.from(input, 'latin1') : input);
      return sent();
    },
    fire: (name) => {
      timers.delete(name);
      session.timer(name);
      return sent();
    },
    stored: () => commands.flatMap((command) => (command.do === 'store' ? [text(command.records)] : [])),
    faults: () => commands.flatMap((command) => (command.do === 'fault' ? [command.fault.code] : [])),
    partials: () => commands.flatMap((command) => (command.do === 'partial' ? [command.reason] : [])),
    running: () => timers,
  };
}

export type CorpusFile = { readonly name: string; readonly content: Uint8Array };

/** Files of the ASTM corpus beside the checkout, or undefined when it is not there. */
export function corpusFiles(): CorpusFile[] | undefined {
  let root = import.meta.dirname;
  while (!existsSync(join(root, 'package-lock.json')) && dirname(root) !== root) root = dirname(root);
  const folder = join(root, '..', 'shared', 'corpus', 'astm');
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(folder, path), content: new Uint8Array(readFileSync(path)) }));
}
