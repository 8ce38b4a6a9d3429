// Every SQL statement of the integration service on messages and the inbox; code mappings are in store-mappings.ts.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { InboxItem, MessageView } from './contract.ts';

/** A message as a listener gives it, before it has a place in the archive. */
export interface NewMessage {
  readonly id: string;
  readonly protocol: MessageView['protocol'];
  readonly receivedAt: string;
  readonly peer: string;
  readonly instrument: string;
  readonly messageType: string;
  readonly controlId: string;
  readonly sha256: Buffer;
  readonly raw: Uint8Array;
  /** This message alone, when `raw` holds neighbours too. */
  readonly content: Uint8Array | null;
  readonly ackCode: string | null;
  readonly status: MessageView['status'];
  readonly problem: string | null;
}

/**
 * Stores messages in one statement, each `repeat_of` the first that had the same bytes and was taken. Repeats within the list are
 * found too. Resolves after the commit: the statement is its own transaction, for two more round trips on the way to the
 * acknowledgement would buy nothing.
 */
export function storeMessages(
  db: Db,
  labId: string,
  messages: readonly NewMessage[],
): Promise<readonly { id: string }[]> {
  const column = <T>(pick: (message: NewMessage) => T) => messages.map(pick);
  const firstOf = new Map<string, string>();
  const repeatsInList = messages.map((message) => {
    if (message.status === 'refused') return null;
    const key = message.sha256.toString('hex');
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, message.id);
    return first ?? null;
  });
  return db.rows<{ id: string }>(sql`
    insert into lis_integration.message
      (id, lab_id, protocol, received_at, peer, instrument, message_type, control_id, size_bytes, sha256, raw, content,
       ack_code, status, problem, due_at, repeat_of)
    select i.id, ${labId}::uuid, i.protocol, i.received_at, i.peer, i.instrument, i.message_type, i.control_id,
      octet_length(i.raw), i.sha256, i.raw, i.content, i.ack_code, i.status, i.problem, i.received_at,
      case when i.status = 'refused' then null else coalesce(
        (select m.id from lis_integration.message as m
         where m.lab_id = ${labId} and m.sha256 = i.sha256 and m.status <> 'refused' and m.repeat_of is null
         order by m.seq limit 1),
        i.repeat_in_list) end
    from unnest(
      ${column((m) => m.id)}::uuid[], ${column((m) => m.protocol)}::text[], ${column((m) => m.receivedAt)}::timestamptz[],
      ${column((m) => m.peer)}::text[], ${column((m) => m.instrument)}::text[], ${column((m) => m.messageType)}::text[],
      ${column((m) => m.controlId)}::text[], ${column((m) => m.sha256)}::bytea[],
      ${column((m) => Buffer.from(m.raw.buffer, m.raw.byteOffset, m.raw.byteLength))}::bytea[],
      ${column((m) => (m.content === null ? null : Buffer.from(m.content)))}::bytea[],
      ${column((m) => m.ackCode)}::text[], ${column((m) => m.status)}::text[], ${column((m) => m.problem)}::text[],
      ${repeatsInList}::uuid[]
    ) with ordinality as i (id, protocol, received_at, peer, instrument, message_type, control_id, sha256, raw, content,
      ack_code, status, problem, repeat_in_list, n)
    order by i.n
    returning id`);
}

export interface WaitingMessage {
  readonly id: string;
  readonly sizeBytes: number;
}

/** Locks what waits, oldest first; what another process has in hand is passed over. */
export function lockWaiting(tx: Tx, labId: string, now: string, limit: number): Promise<readonly WaitingMessage[]> {
  return tx.rows<WaitingMessage>(sql`
    select id, size_bytes
    from lis_integration.message
    where lab_id = ${labId} and status = 'stored' and due_at <= ${now}::timestamptz
    order by seq
    limit ${limit}
    for update skip locked`);
}

export interface MessageInHand {
  readonly id: string;
  readonly protocol: MessageView['protocol'];
  readonly receivedAt: string;
  readonly instrument: string;
  readonly status: MessageView['status'];
  readonly bytes: Buffer;
  readonly repeatOf: string | null;
  readonly attempts: number;
  readonly processedAt: string | null;
}

/** The messages with the bytes to process, in order of arrival. Lock them first. */
export function loadMessages(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly MessageInHand[]> {
  return tx.rows<MessageInHand>(sql`
    select id, protocol, received_at, instrument, status, coalesce(content, raw) as bytes, repeat_of, attempts, processed_at
    from lis_integration.message
    where lab_id = ${labId} and id = any(${ids}::uuid[])
    order by seq`);
}

export interface LockedMessage {
  readonly id: string;
  readonly status: MessageView['status'];
  readonly repeatOf: string | null;
}

export function lockMessage(tx: Tx, labId: string, id: string): Promise<LockedMessage | undefined> {
  return tx.maybe(sql`
    select id, status, repeat_of from lis_integration.message where lab_id = ${labId} and id = ${id} for update`);
}

/** Those of the messages that wait in the inbox, locked: a repeat of one of them is a wish to try it again. */
export function lockHeld(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly WaitingMessage[]> {
  return tx.rows<WaitingMessage>(sql`
    select id, size_bytes
    from lis_integration.message
    where lab_id = ${labId} and id = any(${ids}::uuid[]) and status = 'held'
    order by id
    for update skip locked`);
}

export interface MessageFate {
  readonly id: string;
  readonly status: 'processed' | 'held';
  readonly problem: string | null;
}

export async function settleMessages(tx: Tx, labId: string, at: string, fates: readonly MessageFate[]): Promise<void> {
  if (fates.length === 0) return;
  await tx.rows(sql`
    update lis_integration.message as m
    set status = f.status, problem = f.problem, processed_at = ${at}::timestamptz
    from unnest(${fates.map((f) => f.id)}::uuid[], ${fates.map((f) => f.status)}::text[], ${fates.map((f) => f.problem)}::text[])
      as f (id, status, problem)
    where m.lab_id = ${labId} and m.id = f.id`);
}

/** Leaves a message waiting for another try. */
export async function postpone(tx: Tx, labId: string, id: string, dueAt: string): Promise<void> {
  await tx.rows(sql`
    update lis_integration.message set attempts = attempts + 1, due_at = ${dueAt}::timestamptz, status = 'stored'
    where lab_id = ${labId} and id = ${id}`);
}

/** Puts messages that were held for want of this tube back among those that wait; returns their ids. */
export async function wakeHeld(tx: Tx, labId: string, barcode: string, now: string): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    update lis_integration.message
    set status = 'stored', attempts = 0, due_at = ${now}::timestamptz
    where lab_id = ${labId} and status = 'held' and id in (
      select message_id from lis_integration.inbox_item
      where lab_id = ${labId} and barcode = ${barcode} and status = 'open' and reason in ('not_collected', 'unknown_barcode'))
    returning id`);
  return rows.map((row) => row.id);
}

export type NewInboxItem = Pick<
  InboxItem,
  | 'id'
  | 'messageId'
  | 'reason'
  | 'instrument'
  | 'barcode'
  | 'code'
  | 'codeText'
  | 'value'
  | 'unit'
  | 'location'
  | 'arrivedAt'
>;

/** Opens items; one that stands at the same place already takes the new reason. What a person discarded stays discarded. */
export async function openItems(
  tx: Tx,
  labId: string,
  items: readonly NewInboxItem[],
): Promise<readonly Pick<InboxItem, 'messageId' | 'status' | 'reason'>[]> {
  if (items.length === 0) return [];
  const column = <T>(pick: (item: NewInboxItem) => T) => items.map(pick);
  return tx.rows(sql`
    insert into lis_integration.inbox_item
      (id, lab_id, message_id, reason, instrument, barcode, code, code_text, value, unit, location, arrived_at)
    select i.id, ${labId}::uuid, i.message_id, i.reason, i.instrument, i.barcode, i.code, i.code_text, i.value, i.unit,
      i.location, i.arrived_at
    from unnest(
      ${column((i) => i.id)}::uuid[], ${column((i) => i.messageId)}::uuid[], ${column((i) => i.reason)}::text[],
      ${column((i) => i.instrument)}::text[], ${column((i) => i.barcode)}::text[], ${column((i) => i.code)}::text[],
      ${column((i) => i.codeText)}::text[], ${column((i) => i.value)}::text[], ${column((i) => i.unit)}::text[],
      ${column((i) => i.location)}::text[], ${column((i) => i.arrivedAt)}::timestamptz[]
    ) with ordinality as i (id, message_id, reason, instrument, barcode, code, code_text, value, unit, location, arrived_at, n)
    order by i.n
    on conflict (message_id, location) do update
    set reason = excluded.reason, barcode = excluded.barcode,
      status = case when inbox_item.status = 'discarded' then 'discarded' else 'open' end,
      resolved_at = case when inbox_item.status = 'discarded' then inbox_item.resolved_at end,
      resolved_by = case when inbox_item.status = 'discarded' then inbox_item.resolved_by end,
      resolution = case when inbox_item.status = 'discarded' then inbox_item.resolution end
    returning message_id, status, reason`);
}

/** Closes the open items of these messages, save those at the places given: they fit now. */
export function resolveOthers(
  tx: Tx,
  labId: string,
  closing: {
    readonly messageIds: readonly string[];
    readonly stillOpen: readonly { readonly messageId: string; readonly location: string }[];
    readonly at: string;
    readonly by: string;
    readonly resolution: string;
  },
): Promise<readonly { messageId: string }[]> {
  return tx.rows<{ messageId: string }>(sql`
    update lis_integration.inbox_item
    set status = 'resolved', resolved_at = ${closing.at}::timestamptz, resolved_by = ${closing.by}, resolution = ${closing.resolution}
    where lab_id = ${labId} and message_id = any(${closing.messageIds}::uuid[]) and status = 'open'
      and (message_id, location) not in (
        select * from unnest(${closing.stillOpen.map((i) => i.messageId)}::uuid[], ${closing.stillOpen.map((i) => i.location)}::text[]))
    returning message_id`);
}

/** The columns of a MessageView. */
const viewColumns = sql`
  id, protocol, received_at, peer, instrument, message_type, control_id, size_bytes, ack_code, status, problem,
  repeat_of is not null as is_repeat, processed_at`;

type Sequenced<T> = T & { readonly seq: number };

/** Newest first, from below `before`. */
export function listMessages(
  db: Db,
  labId: string,
  page: { readonly status: MessageView['status'] | null; readonly before: number; readonly limit: number },
): Promise<readonly Sequenced<MessageView>[]> {
  if (page.status === null) {
    return db.rows<Sequenced<MessageView>>(sql`
      select ${viewColumns}, seq from lis_integration.message
      where lab_id = ${labId} and seq < ${page.before}::bigint
      order by seq desc
      limit ${page.limit}`);
  }
  return db.rows<Sequenced<MessageView>>(sql`
    select ${viewColumns}, seq from lis_integration.message
    where lab_id = ${labId} and status = ${page.status} and seq < ${page.before}::bigint
    order by seq desc
    limit ${page.limit}`);
}

export function getMessage(db: Db, labId: string, id: string): Promise<MessageView | undefined> {
  return db.maybe<MessageView>(
    sql`select ${viewColumns} from lis_integration.message where lab_id = ${labId} and id = ${id}`,
  );
}

export function getMessageBytes(
  db: Db,
  labId: string,
  id: string,
): Promise<(MessageView & { readonly raw: Buffer }) | undefined> {
  return db.maybe(sql`select ${viewColumns}, raw from lis_integration.message where lab_id = ${labId} and id = ${id}`);
}

const itemColumns = sql`
  id, message_id, reason, instrument, barcode, code, code_text, value, unit, location, arrived_at, status, resolved_at, resolved_by, resolution`;

/** Oldest first, from above `after`. */
export function listItems(
  db: Db,
  labId: string,
  page: { readonly status: InboxItem['status']; readonly after: number; readonly limit: number },
): Promise<readonly Sequenced<InboxItem>[]> {
  return db.rows<Sequenced<InboxItem>>(sql`
    select ${itemColumns}, seq from lis_integration.inbox_item
    where lab_id = ${labId} and status = ${page.status} and seq > ${page.after}::bigint
    order by seq
    limit ${page.limit}`);
}

/** The message an item belongs to; messages are locked before their items. */
export function messageOfItem(
  tx: Tx,
  labId: string,
  itemId: string,
): Promise<{ readonly messageId: string } | undefined> {
  return tx.maybe(sql`select message_id from lis_integration.inbox_item where lab_id = ${labId} and id = ${itemId}`);
}

export function lockItem(tx: Tx, labId: string, itemId: string): Promise<InboxItem> {
  return tx.one<InboxItem>(sql`
    select ${itemColumns} from lis_integration.inbox_item where lab_id = ${labId} and id = ${itemId} for update`);
}

export function discardItem(
  tx: Tx,
  labId: string,
  discarding: { readonly id: string; readonly at: string; readonly by: string; readonly reason: string },
): Promise<InboxItem> {
  return tx.one<InboxItem>(sql`
    update lis_integration.inbox_item
    set status = 'discarded', resolved_at = ${discarding.at}::timestamptz, resolved_by = ${discarding.by}, resolution = ${discarding.reason}
    where lab_id = ${labId} and id = ${discarding.id}
    returning ${itemColumns}`);
}

/** A held message none of whose items is open any more is done. */
export async function settleIfEmpty(tx: Tx, labId: string, messageId: string): Promise<void> {
  await tx.rows(sql`
    update lis_integration.message as m
    set status = 'processed', problem = null
    where m.lab_id = ${labId} and m.id = ${messageId} and m.status = 'held'
      and not exists (select 1 from lis_integration.inbox_item as i where i.message_id = m.id and i.status = 'open')`);
}
