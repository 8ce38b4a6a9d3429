// What is pending, late or will be; why each line is not ready; breaches with their reasons.
import { calendarDay } from '@nidaan/values';

import { criticalsOfOrders, resultsOfOrders } from '#contract/result.ts';
import { tubesOfOrders } from '#contract/sample.ts';
import type { Page, ParsedInput } from '#platform/contract.ts';
import { instantKey, START_OF_TIME, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type {
  AtRiskLine,
  BreachView,
  listAtRisk as listAtRiskCall,
  listBreaches as listBreachesCall,
  listPending as listPendingCall,
  listReflexProposals as listReflexProposalsCall,
  PendingLine,
  pendingOfOrders as pendingOfOrdersCall,
  ReflexProposal,
  WhyPending,
  whyPending as whyPendingCall,
} from '../contract.ts';
import { consentOfLine, consentOfTest, consentWords } from '../domain/consents.ts';
import { pendingStage } from '../domain/pending-stage.ts';
import { riskWords } from '../domain/risk-words.ts';
import * as lineStore from '../line-store.ts';
import * as riskStore from '../risk-store.ts';
import * as store from '../store.ts';
import { consentsOf } from './read-warnings.ts';

/** Midnight of a day in India. */
export const midnight = (day: string): string => `${day}T00:00:00+05:30`;

export async function listPending(
  ctx: Ctx,
  { kind, section, first, after }: ParsedInput<typeof listPendingCall>,
): Promise<Page<PendingLine>> {
  const now = ctx.now();
  const until = { before_today: midnight(calendarDay(now)), overdue: now, all: 'infinity' }[kind];
  const search: riskStore.OpenSearch = {
    section: section ?? null,
    after: after ? instantKey(after) : START_OF_TIME,
    until,
    limit: first + 1,
  };
  const byPromise = kind === 'overdue';
  return toPage(
    await riskStore.listOpen(ctx.db, ctx.labId(), byPromise ? 'promise' : 'age', search),
    first,
    (line) => [byPromise ? line.promisedAt : line.placedAt, line.lineId],
    (line) => ({ ...line, isOverdue: line.promisedAt < now }),
  );
}

export async function listAtRisk(
  ctx: Ctx,
  { section, first, after }: ParsedInput<typeof listAtRiskCall>,
): Promise<Page<AtRiskLine>> {
  const now = ctx.now();
  const rows = await riskStore.listAtRisk(ctx.db, ctx.labId(), now, {
    section: section ?? null,
    after: after ? instantKey(after) : START_OF_TIME,
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (line) => [line.promisedAt, line.lineId],
    ({ paceMinutes, paceLines, ...line }) => {
      const isOverdue = line.promisedAt < now;
      return {
        ...line,
        isOverdue,
        risk: isOverdue ? 'overdue' : 'predicted',
        basis: paceLines === null ? 'catalogue' : 'history',
        reason: riskWords({ ...line, paceMinutes, paceLines }, now),
      };
    },
  );
}

export function pendingOfOrders(
  ctx: Ctx,
  { ids }: ParsedInput<typeof pendingOfOrdersCall>,
): Promise<readonly WhyPending[]> {
  return whyPending(ctx, { orderIds: ids });
}

/** Six reads however many orders. As the system: whoever may see the order may know where its tests stand. */
export async function whyPending(
  ctx: Ctx,
  { orderIds }: ParsedInput<typeof whyPendingCall>,
): Promise<readonly WhyPending[]> {
  const labId = ctx.labId();
  const now = ctx.now();
  const orders = await store.getOrders(ctx.db, labId, orderIds);
  const ids = orders.map((order) => order.id);
  if (ids.length === 0) return [];
  const [tubes, results, criticals, cancellations, given] = await Promise.all([
    ctx.callAsSystem(tubesOfOrders, { ids }),
    ctx.callAsSystem(resultsOfOrders, { ids }),
    ctx.callAsSystem(criticalsOfOrders, { ids }),
    lineStore.cancellationsOf(ctx.db, labId, ids),
    consentsOf(ctx, orders),
  ]);
  const resultsOf = Map.groupBy(results, (result) => result.lineId);
  const tubesOf = Map.groupBy(
    tubes.flatMap((tube) => tube.lineIds.map((lineId) => ({ lineId, tube }))),
    ({ lineId }) => lineId,
  );
  const cancelledOf = new Map(
    cancellations.map((each) => [each.lineId, { reason: each.reason, at: each.cancelledAt }]),
  );
  return orders.flatMap((order) =>
    order.lines.map((line): WhyPending => {
      const found = pendingStage({
        line,
        placedAt: order.placedAt,
        tubes: (tubesOf.get(line.id) ?? []).map(({ tube }) => tube),
        results: resultsOf.get(line.id) ?? [],
        criticals,
        cancelled: cancelledOf.get(line.id) ?? null,
      });
      const isOpen = found.stage !== 'authorised' && found.stage !== 'cancelled';
      const consent = consentOfLine(line, given(order.patientId));
      const isAsked = isOpen && consent === 'missing';
      return {
        ...found,
        words: isAsked ? `${found.words} ${consentWords(consentOfTest(line))}` : found.words,
        consent,
        holds: [...found.holds],
        orderId: order.id,
        lineId: line.id,
        testCode: line.testCode,
        promisedAt: line.promisedAt,
        isOverdue: isOpen && line.promisedAt < now,
      };
    }),
  );
}

export async function listBreaches(
  ctx: Ctx,
  { fromDay, toDay, section, first, after }: ParsedInput<typeof listBreachesCall>,
): Promise<Page<BreachView>> {
  const end = new Date(Date.parse(midnight(toDay)) + 86_400_000).toISOString();
  const rows = await riskStore.listBreaches(ctx.db, ctx.labId(), {
    from: midnight(fromDay),
    section: section ?? null,
    // A cursor of another, later period begins no later than this one ends.
    before: after ? earlier(instantKey(after), end) : [end, START_OF_TIME[1]],
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (breach) => [breach.promisedAt, breach.lineId],
    (breach) => breach,
  );
}

function earlier(key: readonly [string, string], end: string): readonly [string, string] {
  return key[0] < end ? key : [end, START_OF_TIME[1]];
}

export async function listReflexProposals(
  ctx: Ctx,
  { status, first, after }: ParsedInput<typeof listReflexProposalsCall>,
): Promise<Page<ReflexProposal>> {
  const from = after ? instantKey(after) : START_OF_TIME;
  return toPage(
    await lineStore.listProposals(ctx.db, ctx.labId(), status, from, first + 1),
    first,
    (proposal) => [proposal.proposedAt, proposal.id],
    (proposal) => proposal,
  );
}
