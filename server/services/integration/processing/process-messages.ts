// From stored bytes to results: reads messages, enters what fits, opens inbox items for the rest, and writes the fate of each in
// the same transaction. Whoever calls this holds the rows locked.
import { ServiceError } from '#platform/errors.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { benchBehind, instrumentResult } from '../contract.ts';
import { itemsOf, nextTryMs, problemOf } from '../domain/fate.ts';
import { heldPlace } from '../domain/reading.ts';
import type { ReadMessage } from '../domain/reading.ts';
import { safeText } from '../domain/safe-text.ts';
import { readMessage } from '../reading/read-message.ts';
import * as store from '../store.ts';
import type { MessageInHand } from '../store.ts';
import { codeBookFor } from './code-books.ts';
import type { ReadCatalogue } from './code-books.ts';
import { enterMessages } from './enter-observations.ts';
import type { Entered } from './enter-observations.ts';

/** Texts of an inbox item, characters; the raw message has them in full. */
const MAX_SHOWN = 200;
const MAX_VALUE_SHOWN = 4000;

/** Why a message is processed: it came, it came again, or a person asked. */
export type Act = 'integration.process' | 'integration.replay';

export interface Failure {
  readonly message: MessageInHand;
  readonly error: unknown;
}

/** Enters and writes. What fails is returned, untouched. @throws when no message could fare better, such as with a service away */
export async function processMessages(
  ctx: Ctx,
  tx: Tx,
  act: Act,
  messages: readonly MessageInHand[],
  catalogueOf: ReadCatalogue,
): Promise<readonly Failure[]> {
  const read: ReadMessage[] = [];
  const failures: Failure[] = [];
  for (const message of messages) {
    try {
      read.push({
        id: message.id,
        receivedAt: message.receivedAt,
        instrument: message.instrument,
        reading: readMessage(message.protocol, message.bytes),
      });
    } catch (error) {
      failures.push({ message, error });
    }
  }
  const entered = new Map<string, Entered>();
  const book = await codeBookFor(ctx, tx, read, catalogueOf);
  try {
    for (const [id, outcome] of await enterMessages(ctx, book, read)) entered.set(id, outcome);
  } catch (error) {
    if (isOutage(error)) throw error;
    // One message may be what the result service cannot take: each alone, so that it holds up no other.
    for (const each of read) {
      try {
        for (const [id, outcome] of await enterMessages(ctx, book, [each])) entered.set(id, outcome);
      } catch (alone) {
        if (isOutage(alone)) throw alone;
        const message = messages.find(({ id }) => id === each.id);
        if (message) failures.push({ message, error: alone });
      }
    }
  }
  for (const message of messages) {
    if (!entered.get(message.id)?.isEarly) continue;
    // What the message has entered so far stays entered; the rest follows when the bench has heard of the tube.
    failures.push({ message, error: benchBehind({}) });
    entered.delete(message.id);
  }
  await writeFates(ctx, tx, act, messages, read, entered);
  return failures;
}

/** Says nothing about the messages: another service or the database is away. */
export function isOutage(error: unknown): boolean {
  return error instanceof ServiceError && error.code.startsWith('platform.') && error.retry !== 'permanent';
}

async function writeFates(
  ctx: Ctx,
  tx: Tx,
  act: Act,
  messages: readonly MessageInHand[],
  read: readonly ReadMessage[],
  entered: ReadonlyMap<string, Entered>,
): Promise<void> {
  const at = ctx.now();
  const labId = ctx.labId();
  const done = messages.flatMap((message) => {
    const outcome = entered.get(message.id);
    return outcome === undefined ? [] : [{ message, outcome }];
  });
  const items = done.flatMap(({ message, outcome }) =>
    itemsOf(outcome.held).map((place) => ({
      reason: place.reason,
      location: place.location,
      // What is held has not passed the clamp of what is entered: a NUL here would fail the whole batch.
      barcode: safeText(place.barcode, MAX_SHOWN),
      code: safeText(place.code, MAX_SHOWN),
      codeText: safeText(place.codeText, MAX_SHOWN),
      value: safeText(place.value, MAX_VALUE_SHOWN),
      unit: safeText(place.unit, MAX_SHOWN),
      id: ctx.newId(),
      messageId: message.id,
      instrument: message.instrument,
      arrivedAt: message.receivedAt,
    })),
  );
  const opened = (await store.openItems(tx, labId, items)).filter((item) => item.status === 'open');
  const again = done.filter(({ message }) => message.processedAt !== null).map(({ message }) => message.id);
  const resolved =
    again.length === 0
      ? []
      : await store.resolveOthers(tx, labId, {
          messageIds: again,
          stillOpen: items,
          at,
          by: ctx.actor.name,
          resolution: act === 'integration.replay' ? 'Resolved by replay' : 'It fits now',
        });
  const openOf = Map.groupBy(opened, (item) => item.messageId);
  await store.settleMessages(
    tx,
    labId,
    at,
    done.map(({ message }) => {
      const open = openOf.get(message.id) ?? [];
      return { id: message.id, status: open.length === 0 ? 'processed' : 'held', problem: problemOf(open) };
    }),
  );
  for (const { message, outcome } of done) {
    const held = openOf.get(message.id)?.length ?? 0;
    const skipped = read.find(({ id }) => id === message.id)?.reading.skipped ?? 0;
    const closed = resolved.filter(({ messageId }) => messageId === message.id).length;
    const facts = { entered: outcome.entered, held, skipped, ...(closed > 0 ? { resolved: closed } : {}) };
    // One row an order, so that the trail of each leads to the message its values came by (P4).
    const cases = outcome.orderIds.length === 0 ? [undefined] : outcome.orderIds;
    for (const caseId of cases) tx.audit(act, message.id, facts, caseId);
    tx.emit(instrumentResult, message.id, {
      messageId: message.id,
      instrument: message.instrument,
      entered: outcome.entered,
      held,
      at,
    });
  }
}

/** Puts off a message that failed, or after its last try gives it to a person. */
export async function noteFailure(ctx: Ctx, tx: Tx, { message, error }: Failure): Promise<void> {
  const attempts = message.attempts + 1;
  const code = error instanceof ServiceError ? error.code : 'unexpected';
  const waitMs = nextTryMs(attempts, error instanceof ServiceError && error.retry === 'transient');
  ctx.log.error(
    'instruments.message_failed',
    { messageId: message.id, attempts, code },
    error instanceof ServiceError ? undefined : error,
  );
  if (waitMs !== undefined) {
    await store.postpone(tx, ctx.labId(), message.id, new Date(Date.parse(ctx.now()) + waitMs).toISOString());
    return;
  }
  await leaveToPerson(ctx, tx, message, `Processing failed ${attempts} times (${code}).`, { failed: code, attempts });
}

/** Parks a message in the inbox as one fault; its bytes stay, and a person may replay it. */
export async function leaveToPerson(
  ctx: Ctx,
  tx: Tx,
  message: MessageInHand,
  codeText: string,
  facts: Readonly<Record<string, string | number>>,
): Promise<void> {
  const place = heldPlace('message', 'fault', { codeText });
  await store.openItems(tx, ctx.labId(), [
    { ...place, id: ctx.newId(), messageId: message.id, instrument: message.instrument, arrivedAt: message.receivedAt },
  ]);
  await store.settleMessages(tx, ctx.labId(), ctx.now(), [
    { id: message.id, status: 'held', problem: problemOf([place]) },
  ]);
  tx.audit('integration.process', message.id, facts);
  tx.emit(instrumentResult, message.id, {
    messageId: message.id,
    instrument: message.instrument,
    entered: 0,
    held: 1,
    at: ctx.now(),
  });
}
