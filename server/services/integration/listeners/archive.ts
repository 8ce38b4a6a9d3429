// The archive of arrivals: stores messages for the lab whose instruments connect here, and remembers which lab that is.
import { createHash } from 'node:crypto';

import { findLab } from '#contract/organization.ts';
import { ServiceError } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import { safeText } from '../domain/safe-text.ts';
import type { NewMessage } from '../store.ts';
import * as store from '../store.ts';
import { createGroupCommit } from './group-commit.ts';

const MAX_GROUP = 200;
const MAX_GROUP_BYTES = 33_554_432;
/** An analyzer waits 10 s and goes on without us (Mindray BC-5300); a late store is found to be a repeat when it comes again. */
const STORE_DEADLINE_MS = 8000;
/** Without INSTRUMENT_LAB a second lab may appear, and then nobody may be guessed. */
const ASK_AGAIN_MS = 30_000;

export type Arrival = Omit<NewMessage, 'id' | 'receivedAt' | 'peer' | 'sha256'> & { readonly peer: string };

/** There is no lab to store for; the sentence is for the person at the analyzer. */
export class NoLab extends Error {}
export class StoreLate extends Error {}

export interface Archive {
  /** The context of the lab; undefined while there is none, or several and none is named. */
  labCtx(): Promise<Ctx | undefined>;
  /** For the start banner: the lab's code, or why there is none. */
  readonly labFact: string;
  /** Resolves when all are on disk. @throws NoLab, StoreLate, or what the database said */
  store(arrivals: readonly Arrival[]): Promise<void>;
  drained(): Promise<void>;
}

interface Batch {
  readonly ctx: Ctx;
  readonly messages: readonly NewMessage[];
}

function sizeOf(batch: Batch): number {
  return batch.messages.reduce((bytes, message) => bytes + message.raw.length + (message.content?.length ?? 0), 0);
}

const isOutage = (error: unknown): boolean => error instanceof ServiceError && error.retry === 'transient';

async function writeGroup(batches: readonly Batch[]): Promise<void> {
  for (const [labId, group] of Map.groupBy(batches, ({ ctx }) => ctx.labId())) {
    const [first] = group;
    if (!first) continue;
    const messages = group.flatMap((batch) => batch.messages);
    await store.storeMessages(first.ctx.db, labId, messages);
    for (const { protocol, status } of messages) first.ctx.metrics.count('instrument_messages', { protocol, status });
  }
}

function withDeadline(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreLate('The message was not stored in time.')), STORE_DEADLINE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** @param onStored called after something to process was stored */
export function createArchive(ctx: Ctx, onStored: () => void): Archive {
  let lab: { readonly ctx: Ctx; readonly askedAtMs: number } | undefined;
  let asking: Promise<Ctx | undefined> | undefined;
  let labFact = 'not there yet';
  const group = createGroupCommit<Batch>({
    write: writeGroup,
    sizeOf,
    maxItems: MAX_GROUP,
    maxBytes: MAX_GROUP_BYTES,
    isOutage,
  });

  async function ask(): Promise<Ctx | undefined> {
    try {
      const found = await ctx.callAsSystem(findLab, { code: ctx.config.instrumentLab ?? null });
      if (labFact !== found.code) ctx.log.info('instruments.lab', { labId: found.id });
      labFact = found.code;
      lab = { ctx: ctx.asLab(found.id, 'instruments'), askedAtMs: performance.now() };
      return lab.ctx;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const isMany = error.code === 'organization.lab_code_needed';
      if (!isMany && error.code !== 'organization.lab_not_found') throw error;
      const fact = isMany ? 'several labs: set INSTRUMENT_LAB' : 'not there yet';
      if (labFact !== fact || lab !== undefined)
        ctx.log.warn('instruments.no_lab', { code: error.code, setting: 'INSTRUMENT_LAB' });
      labFact = fact;
      lab = undefined;
      return undefined;
    }
  }

  const labCtx = async (): Promise<Ctx | undefined> => {
    const isFresh =
      lab !== undefined && (ctx.config.instrumentLab !== undefined || performance.now() - lab.askedAtMs < ASK_AGAIN_MS);
    if (isFresh) return lab?.ctx;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };

  return {
    labCtx,
    get labFact() {
      return labFact;
    },
    drained: () => group.drained(),
    store: async (arrivals) => {
      if (arrivals.length === 0) return;
      const at = await labCtx();
      if (!at) throw new NoLab('No laboratory is set up here to take messages of instruments.');
      const messages = arrivals.map((arrival): NewMessage => ({
        ...arrival,
        id: at.newId(),
        receivedAt: at.now(),
        instrument: safeText(arrival.instrument, 100),
        messageType: safeText(arrival.messageType, 60),
        controlId: safeText(arrival.controlId, 250),
        sha256: createHash('sha256')
          .update(arrival.content ?? arrival.raw)
          .digest(),
      }));
      await withDeadline(group.add({ ctx: at, messages }));
      if (messages.some((message) => message.status === 'stored')) onStored();
    },
  };
}
