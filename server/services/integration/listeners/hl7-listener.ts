// The MLLP port. A block is on disk before its acknowledgement leaves (P1); what cannot be stored is never acknowledged as taken.
import { createMllpServer, mllpErrorCode } from '@nidaan/mllp';
import type { MllpError, MllpPeer } from '@nidaan/mllp';

import { ServiceError } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import { answerHl7, refuseUnread } from './answer-hl7.ts';
import type { AnswerOptions, Hl7Answer } from './answer-hl7.ts';
import { NoLab, StoreLate } from './archive.ts';
import type { Archive } from './archive.ts';
import type { Listener } from './listener.ts';
import { cannotListen, createFaultKeeper, peerName } from './listener.ts';

const TRY_AGAIN = 'The message could not be stored just now: send it again.';

/** What of a broken block is worth keeping as a row; the rest concerns the connection and is only logged. */
const KEPT_PROBLEMS: ReadonlySet<string> = new Set([
  mllpErrorCode.tooLong,
  mllpErrorCode.blockTimeout,
  mllpErrorCode.abandoned,
  mllpErrorCode.junk,
]);

/** @throws Error with one sentence naming setting and port when the port cannot be had */
export async function startHl7Listener(ctx: Ctx, archive: Archive): Promise<Listener> {
  const { config, log } = ctx;
  const keeper = createFaultKeeper(log, archive);

  function answerSafely(payload: Uint8Array, options: AnswerOptions): Hl7Answer {
    try {
      return answerHl7(payload, options);
    } catch (error) {
      log.error('hl7.fault', { peer: options.peer, sizeBytes: payload.length }, error);
      return refuseUnread(payload, options);
    }
  }

  async function onMessage(payload: Uint8Array, peer: MllpPeer): Promise<Uint8Array | undefined> {
    const answer = answerSafely(payload, {
      now: new Date(ctx.now()),
      newControlId: () => ctx.newId().replaceAll('-', '').slice(0, 20).toUpperCase(),
      maxBytes: config.hl7MaxBytes,
      peer: peerName(peer),
    });
    try {
      await archive.store(answer.arrivals);
      return answer.reply;
    } catch (error) {
      const code = error instanceof ServiceError ? error.code : error instanceof Error ? error.name : 'unexpected';
      log.error(
        'hl7.not_stored',
        { peer: peerName(peer), code },
        error instanceof NoLab || error instanceof StoreLate ? undefined : error,
      );
      return answer.sorry(error instanceof NoLab ? error.message : TRY_AGAIN);
    }
  }

  function onProblem(problem: MllpError, peer: MllpPeer, bytes?: Uint8Array): void {
    log.warn('hl7.problem', { peer: peerName(peer), code: problem.code, sizeBytes: bytes?.length ?? 0 });
    if (KEPT_PROBLEMS.has(problem.code)) keeper.keep('hl7', peerName(peer), problem.message, bytes);
  }

  const server = await createMllpServer({
    host: config.hl7Host,
    port: config.hl7Port,
    maxBlockBytes: config.hl7MaxBytes,
    onMessage,
    onProblem,
  }).catch((error: unknown) => {
    throw cannotListen('HL7', config.hl7Host, config.hl7Port, error);
  });
  log.info('hl7.listening', { port: server.port });
  return {
    port: server.port,
    close: async () => {
      await server.close();
      await keeper.drained();
    },
  };
}
