// Links to bytes: made for those who may read, opened by whoever holds one while it lives.
import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { linkFile as linkFileCall, openLink as openLinkCall } from '../contract.ts';
import { linkExpired, linkInvalid } from '../contract.ts';
import { makeLinkToken, readLinkToken } from '../domain/link-token.ts';
import { permissionToLink } from '../domain/who-may-link.ts';
import type * as store from '../store.ts';
import { find } from '../store.ts';
import { getFile } from './get-file.ts';

type Link = CallOutput<typeof linkFileCall>;

function linkTo(ctx: Ctx, file: store.FileRow): Link {
  const expiresAtSeconds = Math.floor(Date.parse(ctx.now()) / 1000) + ctx.config.fileLinkSeconds;
  const token = makeLinkToken({ labId: ctx.labId(), fileId: file.id, expiresAtSeconds }, ctx.config.linkSecret);
  ctx.auditView('file.link', file.id, file.caseId ?? undefined);
  return { url: `${ctx.config.publicUrl}/files/${token}`, expiresAt: new Date(expiresAtSeconds * 1000).toISOString() };
}

/** For other services, which have checked who asks. */
export async function linkFile(ctx: Ctx, input: ParsedInput<typeof linkFileCall>): Promise<Link> {
  return linkTo(ctx, await getFile(ctx, input));
}

export async function linkFileForUser(ctx: Ctx, input: ParsedInput<typeof linkFileCall>): Promise<Link> {
  const file = await getFile(ctx, input);
  ctx.require(permissionToLink(file.ownerType));
  return linkTo(ctx, file);
}

/** The signature is the permission; nobody is signed in here, so the lab is the one the token was signed for. */
export async function openLink(
  ctx: Ctx,
  { token }: ParsedInput<typeof openLinkCall>,
): Promise<CallOutput<typeof openLinkCall>> {
  const claim = readLinkToken(token, ctx.config.linkSecret);
  if (!claim) throw linkInvalid({});
  if (Date.parse(ctx.now()) > claim.expiresAtSeconds * 1000) throw linkExpired({});
  const lab = ctx.asLab(claim.labId, 'signed link');
  const file = await find(lab.db, claim.labId, claim.fileId);
  if (!file) throw linkInvalid({});
  lab.auditView('file.open', file.id, file.caseId ?? undefined);
  return file;
}
