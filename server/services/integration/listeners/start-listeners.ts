// The service's life beside its calls: the two ports and the processing of what they store.
import { setTimeout as sleep } from 'node:timers/promises';

import { createTicker } from '#platform/bus/ticker.ts';
import type { Ticker } from '#platform/bus/ticker.ts';
import type { Ctx, Running } from '#platform/service.ts';

import { createCatalogueReader } from '../processing/code-books.ts';
import { BATCH, processWaiting } from '../processing/process-waiting.ts';
import { createArchive } from './archive.ts';
import { startAstmListener } from './astm-listener.ts';
import { startHl7Listener } from './hl7-listener.ts';

/** Finds what another process stored and left, and what waits for another try. */
const LOOK_EVERY_MS = 500;
/**
 * Rest after a batch that was not full, so that the next one gathers: a turn costs about the same for one message as for
 * fifty, and the analyzers' acknowledgements share this thread. The first message after a pause waits for nobody.
 */
const GATHER_MS = 60;

export async function startListeners(ctx: Ctx): Promise<Running> {
  // A message may come before the ticker is there; its first turn finds it.
  let ticker: Ticker | undefined;
  const archive = createArchive(ctx, () => ticker?.wake());
  const catalogueOf = createCatalogueReader();
  const hl7 = await startHl7Listener(ctx, archive);
  const astm = await startAstmListener(ctx, archive).catch(async (error: unknown) => {
    await hl7.close();
    throw error;
  });
  ticker = createTicker({
    name: 'instrument messages',
    everyMs: LOOK_EVERY_MS,
    log: ctx.log,
    work: async () => {
      const lab = await archive.labCtx();
      const taken = lab === undefined ? 0 : await processWaiting(lab, catalogueOf);
      if (taken > 0 && taken < BATCH) await sleep(GATHER_MS);
      return taken > 0;
    },
  });
  return {
    get facts() {
      return { hl7: hl7.port, astm: astm.port, instrumentLab: archive.labFact };
    },
    stop: async () => {
      await Promise.all([hl7.close(), astm.close()]);
      await archive.drained();
      await ticker?.stop();
    },
  };
}
