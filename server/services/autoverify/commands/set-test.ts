import { getTests } from '#contract/order.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { setTestAuto as setTestAutoCall } from '../contract.ts';
import { AutoRule, unknownAutoTest } from '../contract.ts';
import { mustFit, mustHaveNeeded } from '../domain/settings.ts';
import * as store from '../store.ts';

/**
 * Off, shadow or on, with rules and limits. It waits for what is being verified, as the switch does. The same again changes nothing
 * and is not kept twice.
 */
export async function setTest(ctx: Ctx, input: ParsedInput<typeof setTestAutoCall>): Promise<store.SettingRow> {
  const labId = ctx.labId();
  const { testCode, mode, reason } = input;
  const [test] = await ctx.callAsSystem(getTests, { codes: [testCode] });
  if (test === undefined) throw unknownAutoTest({ testCode });
  const numeric = new Set(test.analytes.filter(({ kind }) => kind === 'numeric').map(({ code }) => code));
  return ctx.transaction(async (tx) => {
    await store.lockSwitch(tx, labId);
    const [before] = await store.settingsOf(tx, labId, [testCode]);
    const wanted = {
      testCode,
      mode,
      rules: [...mustHaveNeeded(input.rules ?? before?.rules ?? AutoRule.options)],
      limits: input.limits ?? before?.limits ?? [],
      allowsManual: input.allowsManual ?? before?.allowsManual ?? false,
      qcWarningPasses: input.qcWarningPasses ?? before?.qcWarningPasses ?? false,
    };
    mustFit(wanted.limits, numeric);
    if (before !== undefined && stateOf(before) === stateOf(wanted)) return before;
    const saved = await store.saveSetting(tx, labId, { ...wanted, reason, at: ctx.now(), by: ctx.actor.name });
    tx.audit(
      'autoverify.set_test',
      labId,
      {
        testCode,
        from: before?.mode ?? 'off',
        to: mode,
        revision: saved.revision,
        reason,
        before: before ?? null,
        now: wanted,
      },
      labId,
    );
    return saved;
  });
}

type State = Pick<store.SettingRow, 'mode' | 'rules' | 'limits' | 'allowsManual' | 'qcWarningPasses'>;

/** In one order of parts: the database gives those of a limit back in its own. */
function stateOf({ mode, rules, limits, allowsManual, qcWarningPasses }: State): string {
  const bounds = limits.map(({ analyteCode, low, high }) => [analyteCode, low, high]);
  return JSON.stringify([mode, rules, bounds, allowsManual, qcWarningPasses]);
}
