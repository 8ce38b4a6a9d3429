import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { decideReflex as decideReflexCall, ReflexProposal } from '../contract.ts';
import { proposalDecided, proposalNotFound } from '../contract.ts';
import { currentCatalogue } from '../queries/catalogue-shelf.ts';
import * as lineStore from '../line-store.ts';
import { addLines, lockWhole, presentCodes } from './change-lines.ts';
import { calendarOf } from './order-terms.ts';

/**
 * The desk's word on a reflex test: confirmed it is added and billed, declined nothing changes. The same word again is no
 * error, another one is. A test the order got meanwhile is not added twice.
 */
export async function decideReflex(ctx: Ctx, input: ParsedInput<typeof decideReflexCall>): Promise<ReflexProposal> {
  const labId = ctx.labId();
  const status = input.isConfirmed ? 'confirmed' : 'declined';
  const catalogue = await currentCatalogue(ctx);
  const calendar = await calendarOf(ctx);
  return ctx.transaction(async (tx) => {
    const proposal = await lineStore.lockProposal(tx, labId, input.proposalId);
    if (proposal === undefined) throw proposalNotFound({});
    if (proposal.status !== 'open') {
      if (proposal.status === status) return proposal;
      throw proposalDecided({ status: proposal.status, by: proposal.decidedBy ?? '' });
    }
    const decided = { status, at: ctx.now(), by: ctx.actor.name } as const;
    await lineStore.decideProposal(tx, labId, proposal.id, decided);
    const { orderId, testCode, ruleCode } = proposal;
    tx.audit('order.decide_reflex', proposal.id, { ruleCode, testCode, status }, orderId);
    if (input.isConfirmed) {
      const order = await lockWhole(tx, labId, orderId);
      const added = { codes: [testCode], origin: 'reflex', isBilled: true, reason: `reflex ${ruleCode}` } as const;
      if (presentCodes(order, [testCode], catalogue).length === 0) {
        await addLines(ctx, tx, order, added, catalogue, calendar);
      }
    }
    return { ...proposal, status, decidedAt: decided.at, decidedBy: decided.by };
  });
}
