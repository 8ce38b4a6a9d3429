import { holds } from '#platform/actor.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { cancelLines as cancelLinesCall, OrderView } from '../contract.ts';
import { cannotMoveLine, lineNotFound, neededForCalculation } from '../contract.ts';
import { strandedBy } from '../domain/calculation-lines.ts';
import { mayCancel } from '../domain/line-stages.ts';
import * as lineStore from '../line-store.ts';
import { currentCatalogue } from '../queries/catalogue-shelf.ts';
import { cancelStates, lockWhole } from './change-lines.ts';

/**
 * Takes tests back: all of those named, or none.
 * @throws order.needed_for_calculation when another test would be left without what it is calculated from
 */
export async function cancelLines(ctx: Ctx, input: ParsedInput<typeof cancelLinesCall>): Promise<OrderView> {
  const labId = ctx.labId();
  const catalogue = await currentCatalogue(ctx);
  return ctx.transaction(async (tx) => {
    const order = await lockWhole(tx, labId, input.orderId, input.expectedVersion);
    const states = new Map((await lineStore.lockLines(tx, labId, input.orderId)).map((state) => [state.lineId, state]));
    const chosen = [...new Set(input.lineIds)].map((id) => {
      const state = states.get(id);
      if (state === undefined) throw lineNotFound({});
      checkMayCancel(ctx, state);
      return state;
    });
    const neededBy = strandedBy(order.lines, new Set(chosen.map((state) => state.lineId)), catalogue);
    if (neededBy.length > 0) throw neededForCalculation({ codes: chosen.map((state) => state.testCode), neededBy });
    return cancelStates(ctx, tx, order, chosen, input.reason, catalogue);
  });
}

/** @throws order.cannot_move naming the stage and who may */
function checkMayCancel(ctx: Ctx, { stage, testCode }: lineStore.LineState): void {
  const permission = mayCancel(stage);
  const refuse = (whoMay: string) => cannotMoveLine({ testCode, stage, move: 'cancel', whoMay });
  if (permission === null) {
    throw refuse(stage === 'authorised' ? 'nobody; a pathologist may amend the result' : 'nobody');
  }
  if (!holds(ctx.actor, permission)) throw refuse(`a role with the permission ${permission}`);
}
