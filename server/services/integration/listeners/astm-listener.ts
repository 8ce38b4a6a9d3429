// The ASTM port. The frame that ends a message is acknowledged after the message is on disk (P1); a store that fails is NAK, and
// the instrument repeats.
import { createAstmServer, parseAstm, readAstmResults } from '@nidaan/astm';
import type { AstmProblem, Received } from '@nidaan/astm';

import { ServiceError } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { Archive, Arrival } from './archive.ts';
import type { Listener } from './listener.ts';
import { cannotListen, createFaultKeeper, peerName } from './listener.ts';

/** Results, a question, an order, or none of them: what the record types of a message make it. */
function typeOf(received: Received): string {
  const types = new Set(received.message.records.map((record) => record.type));
  if (types.has('R')) return 'results';
  if (types.has('Q')) return 'query';
  return types.has('O') ? 'orders' : 'other';
}

function toArrival(received: Received): Arrival {
  const reading = readAstmResults(received.message);
  // Frames may hold neighbours of this message; then its own records are kept beside them.
  const isAlone = parseAstm(received.raw).messages.length === 1;
  return {
    protocol: 'astm',
    peer: peerName(received.peer),
    instrument: reading.senderParts[0] ?? '',
    messageType: typeOf(received),
    controlId: reading.controlId,
    raw: received.raw,
    content: isAlone ? null : received.records,
    ackCode: 'ACK',
    status: 'stored',
    problem: null,
  };
}

/** @throws Error with one sentence naming setting and port when the port cannot be had */
export async function startAstmListener(ctx: Ctx, archive: Archive): Promise<Listener> {
  const { config, log } = ctx;
  const keeper = createFaultKeeper(log, archive);

  function onProblem(problem: AstmProblem): void {
    switch (problem.kind) {
      case 'partial':
        log.warn('astm.partial', {
          peer: peerName(problem.peer),
          reason: problem.reason,
          sizeBytes: problem.raw.length,
        });
        keeper.keep('astm', peerName(problem.peer), `The message was not complete (${problem.reason}).`, problem.raw);
        return;
      case 'not_stored': {
        const code =
          problem.error instanceof ServiceError
            ? problem.error.code
            : problem.error instanceof Error
              ? problem.error.name
              : 'unexpected';
        log.error('astm.not_stored', { peer: peerName(problem.peer), code });
        return;
      }
      case 'fault':
        log.debug('astm.fault', { peer: peerName(problem.peer), code: problem.fault.code, at: problem.fault.at });
        return;
      case 'socket':
      case 'too_many_connections':
        log.warn('astm.problem', { peer: peerName(problem.peer), kind: problem.kind });
        return;
      case 'server':
        log.error('astm.problem', { kind: problem.kind }, problem.error);
        return;
      default:
        problem satisfies never;
    }
  }

  const server = createAstmServer({
    host: config.astmHost,
    port: config.astmPort,
    maxMessageBytes: config.hl7MaxBytes,
    onMessage: (received) => archive.store([toArrival(received)]),
    onProblem,
  });
  const port = await server.listen().catch((error: unknown) => {
    throw cannotListen('ASTM', config.astmHost, config.astmPort, error);
  });
  log.info('astm.listening', { port });
  return {
    port,
    close: async () => {
      await server.close();
      await keeper.drained();
    },
  };
}
