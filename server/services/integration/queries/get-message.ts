import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { messageNotFound } from '../contract.ts';
import type { getMessage as getMessageCall } from '../contract.ts';
import { printableText } from '../domain/safe-text.ts';
import * as store from '../store.ts';

/** What a screen can show; the bytes in full are in the base64. */
const MAX_SHOWN = 200_000;

export async function getMessage(
  ctx: Ctx,
  { messageId }: ParsedInput<typeof getMessageCall>,
): Promise<CallOutput<typeof getMessageCall>> {
  const message = await store.getMessageBytes(ctx.db, ctx.labId(), messageId);
  if (!message) throw messageNotFound({});
  // The bytes name patients: that someone looked is a fact of its own.
  ctx.auditView('integration.view_message', messageId);
  const { raw, ...view } = message;
  return { ...view, rawBase64: raw.toString('base64'), rawText: printableText(raw, MAX_SHOWN) };
}
