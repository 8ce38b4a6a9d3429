// What the two listeners share: their life, how a port that cannot be had is told, and the keeping of broken transmissions.
import type { Log } from '#platform/log.ts';

import type { MessageView } from '../contract.ts';
import { NoLab } from './archive.ts';
import type { Archive } from './archive.ts';

export interface Listener {
  readonly port: number;
  /** Takes nothing new, lets replies in flight leave, closes. */
  close(): Promise<void>;
}

export function peerName(peer: { readonly address: string; readonly port: number }): string {
  return `${peer.address.replace(/^::ffff:/, '')}:${peer.port}`;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return error.code;
  return error.cause === undefined ? 'unknown' : codeOf(error.cause);
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it',
  EACCES: 'the system does not allow it',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** The one line the person who starts the server needs. */
export function cannotListen(protocol: 'HL7' | 'ASTM', host: string, port: number, error: unknown): Error {
  const code = codeOf(error);
  const reason = reasons[code] ?? code;
  return new Error(
    `${protocol}_PORT: port ${port} on ${host} cannot be opened, ${reason}; set ${protocol}_PORT to a free port.`,
    { cause: error },
  );
}

/** First bytes of a transmission that never became a message. */
const KEPT_BYTES = 65_536;
/** A peer that speaks something else would fill the archive: at most so many rows a minute; all are in the log. */
const MAX_KEPT_A_MINUTE = 60;

export interface FaultKeeper {
  keep(protocol: MessageView['protocol'], peer: string, problem: string, bytes: Uint8Array | undefined): void;
  drained(): Promise<void>;
}

export function createFaultKeeper(log: Log, archive: Archive): FaultKeeper {
  const underWay = new Set<Promise<void>>();
  let minute = 0;
  let kept = 0;
  return {
    keep: (protocol, peer, problem, bytes) => {
      const now = Math.floor(performance.now() / 60_000);
      if (now !== minute) [minute, kept] = [now, 0];
      kept += 1;
      if (kept > MAX_KEPT_A_MINUTE) return;
      const raw = (bytes ?? new Uint8Array(0)).slice(0, KEPT_BYTES);
      const storing = archive
        .store([
          {
            protocol,
            peer,
            instrument: '',
            messageType: '',
            controlId: '',
            raw,
            content: null,
            ackCode: null,
            status: 'refused',
            problem,
          },
        ])
        .catch((error: unknown) =>
          log.error('instruments.fault_not_kept', { peer }, error instanceof NoLab ? undefined : error),
        )
        .finally(() => underWay.delete(storing));
      underWay.add(storing);
    },
    drained: async () => {
      await Promise.all(underWay);
    },
  };
}
