import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { changeCatalogue as changeCatalogueCall, ChangedCatalogue } from '../contract.ts';
import { applyChanges } from '../domain/catalogue-changes.ts';
import { rewriteCatalogue } from './rewrite-catalogue.ts';

export function changeCatalogue(
  ctx: Ctx,
  { id, expectedVersion, reason, ...changes }: ParsedInput<typeof changeCatalogueCall>,
): Promise<ChangedCatalogue> {
  return rewriteCatalogue(ctx, { act: 'order.change_catalogue', id, expectedVersion, reason }, (rows, today) =>
    applyChanges(rows, changes, today),
  );
}
