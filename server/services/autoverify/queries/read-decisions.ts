import type { Page, ParsedInput } from '#platform/contract.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type {
  autoSummary as autoSummaryCall,
  decisionsOfResults as decisionsOfResultsCall,
  DecisionView,
  listDecisions as listDecisionsCall,
  TestSummary,
} from '../contract.ts';
import { periodTooLong } from '../contract.ts';
import * as store from '../decision-store.ts';
import { daysOf, MAX_DAYS } from '../domain/settings.ts';

export async function decisionsOfResults(
  ctx: Ctx,
  { ids }: ParsedInput<typeof decisionsOfResultsCall>,
): Promise<readonly DecisionView[]> {
  return ids.length === 0 ? [] : ctx.db.rows<store.DecisionRow>(store.ofResultsQuery(ctx.labId(), ids));
}

export async function listDecisions(
  ctx: Ctx,
  { first, after, testCode, outcome }: ParsedInput<typeof listDecisionsCall>,
): Promise<Page<DecisionView>> {
  const place = after ? decodeCursor(after, 2).map(String) : null;
  const rows = await ctx.db.rows<store.DecisionRow>(
    store.decisionsQuery(ctx.labId(), {
      testCode: testCode ?? null,
      outcome: outcome ?? null,
      after: place === null ? null : [place[0] ?? '', place[1] ?? ''],
      limit: first + 1,
    }),
  );
  return toPage(
    rows,
    first,
    ({ at, id }) => [at, id],
    (row) => row,
  );
}

export async function autoSummary(
  ctx: Ctx,
  { from, to, testCode }: ParsedInput<typeof autoSummaryCall>,
): Promise<readonly TestSummary[]> {
  const days = daysOf(from, to);
  if (days < 1 || days > MAX_DAYS) throw periodTooLong({ days: MAX_DAYS });
  const period = { fromAt: startOf(from, 0), toAt: startOf(to, 1), testCode: testCode ?? null };
  const [counts, heldBy] = await Promise.all([
    ctx.db.rows<store.CountRow>(store.countsQuery(ctx.labId(), period)),
    ctx.db.rows<store.HeldByRow>(store.heldByQuery(ctx.labId(), period)),
  ]);
  const byTest = Map.groupBy(heldBy, (row) => row.testCode);
  return counts.map((row) => ({
    testCode: row.testCode,
    results: row.results,
    passed: row.passed,
    held: row.results - row.passed,
    passPercent: row.results === 0 ? '0.0' : ((100 * row.passed) / row.results).toFixed(1),
    heldBy: (byTest.get(row.testCode) ?? []).map(({ rule, results }) => ({ rule, results })),
    passedThen: { unchanged: row.passedUnchanged, changed: row.passedChanged, sentBack: row.passedSentBack },
    heldThen: { unchanged: row.heldUnchanged, changed: row.heldChanged, sentBack: row.heldSentBack },
  }));
}

/** When a day of the lab begins; India keeps one offset all year. */
function startOf(day: string, daysLater: number): string {
  return new Date(Date.parse(`${day}T00:00:00+05:30`) + daysLater * 86_400_000).toISOString();
}
