import type { reflexDue } from '#contract/result.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { addLines, lockWhole, presentCodes } from '../commands/change-lines.ts';
import { calendarOf } from '../commands/order-terms.ts';
import type { OrderView } from '../contract.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import * as lineStore from '../line-store.ts';
import { currentCatalogue } from '../queries/catalogue-shelf.ts';

type Due = EventPayload<typeof reflexDue>;

/**
 * Adds the test that a verified value calls for, or asks the desk when somebody has to pay for it (lab-day 42). A test the
 * order has, or had and gave back, is left alone: a rule does not undo what a person decided.
 */
export async function onReflexDue(ctx: Ctx, due: Due): Promise<void> {
  const labId = ctx.labId();
  const catalogue = await currentCatalogue(ctx);
  const calendar = await calendarOf(ctx);
  await ctx.transaction(async (tx) => {
    const order = await lockWhole(tx, labId, due.orderId);
    const skipped = whyNot(order, due.addTestCode, catalogue);
    if (skipped !== null) {
      skip(tx, due, skipped);
      return;
    }
    if (due.billing === 'ask') {
      const { orderId, patientId, ruleCode, addTestCode: testCode, resultIds, at: proposedAt } = due;
      const id = ctx.newId();
      const proposal = { id, orderId, patientId, ruleCode, testCode, resultIds, proposedAt };
      if (!(await lineStore.addProposal(tx, labId, proposal))) skip(tx, due, 'proposed already');
      else tx.audit('order.propose_reflex', id, { ruleCode, testCode, resultIds }, orderId);
      return;
    }
    const isBilled = due.billing === 'billed';
    const added = { codes: [due.addTestCode], origin: 'reflex', isBilled, reason: `reflex ${due.ruleCode}` } as const;
    await addLines(ctx, tx, order, added, catalogue, calendar);
  });
}

function whyNot(order: OrderView, testCode: string, catalogue: Catalogue): string | null {
  if (!catalogue.items.has(testCode)) return 'not in the catalogue';
  if (order.lines.some((line) => line.testCode === testCode)) return 'ordered already';
  return presentCodes(order, [testCode], catalogue).length > 0 ? 'ordered already' : null;
}

function skip(tx: Tx, { orderId, ruleCode, addTestCode }: Due, why: string): void {
  tx.audit('order.skip_reflex', orderId, { ruleCode, testCode: addTestCode, why }, orderId);
}
