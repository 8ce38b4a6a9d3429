import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { InboxItem, MessageView } from './contract.ts';
import {
  discardInboxItem,
  getMessage,
  InboxReason,
  listCodeMappings,
  listInbox,
  listMessages,
  mapInstrumentCode,
  replayMessage,
} from './contract.ts';

/** Bytes come with a single message only. */
type MessageNode = MessageView & { readonly rawBase64?: string; readonly rawText?: string };
interface Mapping {
  readonly instrument: string;
  readonly code: string;
  readonly analyteCode: string;
  readonly mappedAt?: string;
  readonly mappedBy?: string;
}

export function graphql(b: Builder): void {
  const MessageStatus = b.enumType('InstrumentMessageStatus', {
    values: ['stored', 'processed', 'held', 'refused'] as const,
  });
  const Reason = b.enumType('InboxReason', { values: InboxReason.options });
  const ItemStatus = b.enumType('InboxItemStatus', { values: ['open', 'resolved', 'discarded'] as const });

  const InstrumentMessage = typeRef<MessageNode>(b, 'InstrumentMessage');
  InstrumentMessage.implement({
    description: 'One message of an instrument, kept byte for byte.',
    fields: (t) => ({
      id: t.exposeID('id'),
      protocol: t.exposeString('protocol', { description: 'hl7 or astm' }),
      receivedAt: t.field({ type: 'DateTime', resolve: (message) => message.receivedAt }),
      peer: t.exposeString('peer', { description: 'Address it came from.' }),
      instrument: t.exposeString('instrument', { description: 'As it names itself; empty when it does not.' }),
      messageType: t.exposeString('messageType'),
      controlId: t.exposeString('controlId'),
      sizeBytes: t.exposeInt('sizeBytes'),
      ackCode: t.exposeString('ackCode', {
        nullable: true,
        description: 'What was answered; null when no answer was due.',
      }),
      status: t.field({ type: MessageStatus, resolve: (message) => message.status }),
      problem: t.exposeString('problem', { nullable: true, description: 'Why it was refused or is held.' }),
      isRepeat: t.exposeBoolean('isRepeat', { description: 'The same bytes came before.' }),
      processedAt: t.field({ type: 'DateTime', nullable: true, resolve: (message) => message.processedAt }),
      rawBase64: t.string({
        nullable: true,
        description: 'The bytes; only from instrumentMessage(id).',
        resolve: (message) => message.rawBase64 ?? null,
      }),
      rawText: t.string({
        nullable: true,
        description: 'The bytes for a person, control characters as symbols; only from instrumentMessage(id).',
        resolve: (message) => message.rawText ?? null,
      }),
    }),
  });

  const Item = typeRef<InboxItem>(b, 'InboxItem');
  Item.implement({
    description: 'Something an instrument sent that fits nothing, or must not reach a patient without a person.',
    fields: (t) => ({
      id: t.exposeID('id'),
      messageId: t.exposeID('messageId'),
      reason: t.field({ type: Reason, resolve: (item) => item.reason }),
      instrument: t.exposeString('instrument'),
      barcode: t.exposeString('barcode'),
      code: t.exposeString('code'),
      codeText: t.exposeString('codeText'),
      value: t.exposeString('value'),
      unit: t.exposeString('unit'),
      location: t.exposeString('location', {
        description: 'Where in the message, for example OBX[3]; a whole tube is OBR[1] or O[1].',
      }),
      arrivedAt: t.field({ type: 'DateTime', resolve: (item) => item.arrivedAt }),
      status: t.field({ type: ItemStatus, resolve: (item) => item.status }),
      resolvedAt: t.field({ type: 'DateTime', nullable: true, resolve: (item) => item.resolvedAt }),
      resolvedBy: t.exposeString('resolvedBy', { nullable: true }),
      resolution: t.exposeString('resolution', { nullable: true }),
    }),
  });

  const CodeMapping = typeRef<Mapping>(b, 'CodeMapping');
  CodeMapping.implement({
    description: 'Which analyte a code of an instrument means.',
    fields: (t) => ({
      instrument: t.exposeString('instrument', { description: 'Empty: any instrument.' }),
      code: t.exposeString('code'),
      analyteCode: t.exposeString('analyteCode'),
      mappedAt: t.field({ type: 'DateTime', nullable: true, resolve: (mapping) => mapping.mappedAt ?? null }),
      mappedBy: t.string({ nullable: true, resolve: (mapping) => mapping.mappedBy ?? null }),
    }),
  });

  const MapCodeInput = b.inputType('MapInstrumentCodeInput', {
    fields: (t) => ({
      instrument: t.string({ required: true, description: 'As the instrument names itself; empty: any instrument.' }),
      code: t.string({ required: true }),
      analyteCode: t.string({ required: true }),
    }),
  });
  const DiscardInput = b.inputType('DiscardInboxItemInput', {
    fields: (t) => ({ itemId: t.id({ required: true }), reason: t.string({ required: true }) }),
  });

  b.queryFields((t) => ({
    instrumentMessages: t.field({
      type: connection(b, InstrumentMessage),
      description: 'Newest first.',
      args: { status: t.arg({ type: MessageStatus }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listMessages, given(args)),
    }),
    instrumentMessage: t.field({
      type: InstrumentMessage,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getMessage, { messageId: id }),
    }),
    inbox: t.field({
      type: connection(b, Item),
      description: 'What waits for a person, oldest first.',
      args: { status: t.arg({ type: ItemStatus }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listInbox, given(args)),
    }),
    codeMappings: t.field({
      type: connection(b, CodeMapping),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listCodeMappings, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    replayMessage: t.field({
      type: InstrumentMessage,
      description: 'Processes a stored message again; what was entered is not entered twice.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(replayMessage, { messageId: id }),
    }),
    discardInboxItem: t.field({
      type: Item,
      args: { input: t.arg({ type: DiscardInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(discardInboxItem, input),
    }),
    mapInstrumentCode: t.field({
      type: CodeMapping,
      args: { input: t.arg({ type: MapCodeInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(mapInstrumentCode, input),
    }),
  }));
}
