import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { listCodeMappings as listCodeMappingsCall } from '../contract.ts';
import { listMappings } from '../store-mappings.ts';

export async function listCodeMappings(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listCodeMappingsCall>,
): Promise<CallOutput<typeof listCodeMappingsCall>> {
  const [instrument, code] = after ? decodeCursor(after, 2) : ['', ''];
  const rows = await listMappings(ctx.db, ctx.labId(), { after: [String(instrument), String(code)], limit: first + 1 });
  const page = toPage(
    rows,
    first,
    (row) => [row.instrument, row.code],
    (row) => row,
  );
  return { ...page, edges: [...page.edges] };
}
