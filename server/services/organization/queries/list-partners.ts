import { isUuid } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, LEAST_ID, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { listPartners as listPartnersCall, PartnerView } from '../contract.ts';
import * as partners from '../partner-store.ts';
import { nameKey } from '../store.ts';

export async function listPartners(
  ctx: Ctx,
  { kind, text, first, after }: ParsedInput<typeof listPartnersCall>,
): Promise<Page<PartnerView>> {
  const [name, id] = after ? decodeCursor(after, 2) : ['', LEAST_ID];
  if (!isUuid(String(id)) || String(name).includes('\0')) throw badCursor({});
  const rows = await partners.listPartners(ctx.db, ctx.labId(), {
    kind: kind ?? null,
    text,
    after: [String(name), String(id)],
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (row) => [nameKey(row.name), row.id],
    (row) => row,
  );
}
