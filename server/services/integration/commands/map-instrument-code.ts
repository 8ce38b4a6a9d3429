import { listAnalytes } from '#contract/order.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { unknownAnalyte } from '../contract.ts';
import type { mapInstrumentCode as mapInstrumentCodeCall } from '../contract.ts';
import { isIndexCode } from '../domain/index-codes.ts';
import { lockMapping, saveMapping } from '../store-mappings.ts';

type Mapping = ParsedInput<typeof mapInstrumentCodeCall>;

/** Says what a code means from now on. Messages that wait for it are replayed by whoever knows that they should be. */
export async function mapInstrumentCode(ctx: Ctx, { instrument, code, analyteCode }: Mapping): Promise<Mapping> {
  const analytes = isIndexCode(analyteCode) ? [] : await ctx.callAsSystem(listAnalytes, {});
  const isKnown = isIndexCode(analyteCode) || analytes.some((analyte) => analyte.code === analyteCode);
  if (!isKnown) throw unknownAnalyte({ analyteCode });
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const before = await lockMapping(tx, labId, instrument, code);
    if (before?.analyteCode === analyteCode) return { instrument, code, analyteCode };
    const saved = await saveMapping(tx, labId, {
      id: before?.id ?? ctx.newId(),
      instrument,
      code,
      analyteCode,
      mappedAt: ctx.now(),
      mappedBy: ctx.actor.name,
    });
    tx.audit('integration.map_code', saved.id, {
      instrument,
      code,
      from: before?.analyteCode ?? null,
      to: analyteCode,
    });
    return { instrument, code, analyteCode };
  });
}
