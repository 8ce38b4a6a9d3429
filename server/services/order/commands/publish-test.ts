import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { unknownEntry } from '../contract.ts';
import type { ChangedCatalogue, publishTest as publishTestCall } from '../contract.ts';
import { checkCatalogue, faultsAbout } from '../domain/check-catalogue.ts';
import { withStatus } from '../domain/catalogue-changes.ts';
import { rewriteCatalogue } from './rewrite-catalogue.ts';

/** A test or panel goes live only when nothing the self-test says about it, its members and its analytes is an error. */
export function publishTest(
  ctx: Ctx,
  { id, code, expectedVersion, reason }: ParsedInput<typeof publishTestCall>,
): Promise<ChangedCatalogue> {
  return rewriteCatalogue(ctx, { act: 'order.publish_test', id, expectedVersion, reason }, (before, today) => {
    const rows = withStatus(before, code, 'live');
    if (rows === undefined) throw unknownEntry({ entity: 'test or panel', code });
    // Old errors too: they do not stand in the way of other changes, but no test goes live with them.
    const old = checkCatalogue(before, today).filter(({ severity }) => severity === 'error');
    const about = faultsAbout(rows, code, checkCatalogue(rows, today));
    const keys = new Set(old.map((fault) => JSON.stringify(fault)));
    return { rows, faults: about.filter((fault) => fault.severity === 'error' && keys.has(JSON.stringify(fault))) };
  });
}
