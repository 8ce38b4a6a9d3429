import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { askUnits } from '../ask-units.ts';
import { staleQc, unknownAnalyteOfControl } from '../contract.ts';
import type { PairRules, setPairRules as setPairRulesCall } from '../contract.ts';
import * as store from '../store.ts';
import { pairRulesView } from '../views.ts';
import { rulesInUse } from './judge-pair.ts';

/** From now on; what was judged stays as it was judged. */
export async function setPairRules(ctx: Ctx, input: ParsedInput<typeof setPairRulesCall>): Promise<PairRules> {
  const { instrument, analyteCode, expectedVersion, reason, ...wanted } = input;
  const labId = ctx.labId();
  const [known] = await askUnits(ctx, [{ instrument, analyteCode }]);
  if (known === undefined) throw unknownAnalyteOfControl({ analyteCode });
  return ctx.transaction(async (tx) => {
    const [there] = await store.getPairs(tx, labId, [{ instrument, analyteCode }]);
    const [before] = await store.lockPairs(tx, labId, [known]);
    if (before === undefined) throw unknownAnalyteOfControl({ analyteCode });
    const isNew = there === undefined && before.version === 1;
    if (!(isNew && (expectedVersion ?? null) === null) && before.version !== expectedVersion)
      throw staleQc({ version: before.version });
    const pair = await store.savePairRules(tx, labId, {
      ...wanted,
      instrument,
      analyteCode,
      rules: wanted.rules ?? null,
      allowableErrorPercent: wanted.allowableErrorPercent ?? null,
    });
    const facts = { instrument, analyteCode, reason, before: before.rules, after: pair.rules, limits: pair.limits };
    tx.audit('qc.set_rules', ctx.newId(), { ...facts, rangeRule: pair.rangeRule, afterRejection: pair.afterRejection });
    return pairRulesView(pair, await rulesInUse(tx, labId, pair));
  });
}
