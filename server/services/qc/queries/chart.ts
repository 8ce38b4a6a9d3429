// The Levey-Jennings chart of a level, and the figures of a month.
import { isUuid } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, LEAST_ID, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import { askUnits } from '../ask-units.ts';
import * as charts from '../chart-store.ts';
import type { MonthRow } from '../chart-store.ts';
import { rulesInUse } from '../commands/judge-pair.ts';
import { lotNotFound, unknownAnalyteOfControl } from '../contract.ts';
import type {
  Chart,
  getPairRules as getPairRulesCall,
  leveyJennings as leveyJenningsCall,
  monthlySummary as monthlySummaryCall,
  MonthSummary,
  PairRules,
} from '../contract.ts';
import { changesOf, linesOf } from '../domain/chart.ts';
import { monthFigures, monthOf } from '../domain/month.ts';
import { targetAt } from '../domain/targets.ts';
import * as store from '../store.ts';
import type { LotRow, PairRow, TargetRow } from '../store.ts';
import { chartPoint, pairRulesView } from '../views.ts';

export async function getPairRules(ctx: Ctx, pair: ParsedInput<typeof getPairRulesCall>): Promise<PairRules> {
  const [there] = await store.getPairs(ctx.db, ctx.labId(), [pair]);
  if (there !== undefined) return pairRulesView(there, await rulesInUse(ctx.db, ctx.labId(), there));
  const [known] = await askUnits(ctx, [pair]);
  if (known === undefined) throw unknownAnalyteOfControl({ analyteCode: pair.analyteCode });
  const usual: PairRow = { ...UNSET, ...known };
  return pairRulesView(usual, await rulesInUse(ctx.db, ctx.labId(), usual));
}

/** What a pair is judged by before anybody set it. */
const UNSET = {
  rules: null,
  limits: 'strict',
  rangeRule: 'opposite',
  afterRejection: 'leave_out',
  intervalHours: 24,
  runMinutes: 30,
  allowableErrorPercent: null,
  historyFrom: null,
  lastRunAt: null,
  lastGoodAt: null,
  lastOutcome: null,
  holdId: null,
  version: 1,
} as const;

export async function leveyJennings(ctx: Ctx, input: ParsedInput<typeof leveyJenningsCall>): Promise<Chart> {
  const { instrument, analyteCode, level, from, to, most } = input;
  const labId = ctx.labId();
  const pair = { instrument, analyteCode };
  const [there] = await store.getPairs(ctx.db, labId, [pair]);
  const newest = await charts.chartRows(ctx.db, labId, pair, { level, from, to, limit: most + 1 });
  const rows = newest.slice(0, most).toReversed();
  const lots = await store.getLots(ctx.db, labId, [...new Set(rows.map(({ lotId }) => lotId))]);
  const targets = await store.targetsOfPair(ctx.db, labId, pair);
  const used = targets.filter((target) =>
    rows.some(({ lotId, measuredAt }) => targetAt(targets, lotId, measuredAt) === target),
  );
  return {
    unit: there?.unit ?? '',
    points: rows.map(chartPoint),
    isCut: newest.length > most,
    changes: changesOf(rows, (lotId) => lots.find(({ id }) => id === lotId)?.lotNumber ?? lotId),
    targets: used.map(({ lotId, validFrom, mean, sd }) => ({ lotId, validFrom, mean, sd, lines: linesOf(mean, sd) })),
  };
}

export async function monthlySummary(
  ctx: Ctx,
  { month, instrument, first, after }: ParsedInput<typeof monthlySummaryCall>,
): Promise<Page<MonthSummary>> {
  const labId = ctx.labId();
  const [onInstrument, analyteCode, lotId] = after ? decodeCursor(after, 3) : ['', '', LEAST_ID];
  if (!isUuid(String(lotId))) throw badCursor({});
  const { from, to } = monthOf(month);
  const rows = await ctx.db.rows<MonthRow>(
    charts.monthQuery(labId, {
      month,
      from,
      to,
      instrument: instrument ?? null,
      after: [String(onInstrument), String(analyteCode), String(lotId)],
      limit: first + 1,
    }),
  );
  const lots = new Map(
    (
      await store.getLots(
        ctx.db,
        labId,
        rows.map((row) => row.lotId),
      )
    ).map((lot) => [lot.id, lot]),
  );
  const pairs = await store.getPairs(ctx.db, labId, distinctPairs(rows));
  const targets = new Map<string, readonly TargetRow[]>();
  for (const pair of pairs) targets.set(nameOf(pair), await store.targetsOfPair(ctx.db, labId, pair));
  return toPage(
    rows,
    first,
    (row) => [row.instrument, row.analyteCode, row.lotId],
    (row) => toSummary(row, to, lots, pairs, targets.get(nameOf(row)) ?? []),
  );
}

const nameOf = (pair: store.PairKey): string => `${pair.instrument}\n${pair.analyteCode}`;
const distinctPairs = (rows: readonly MonthRow[]): readonly store.PairKey[] => [
  ...new Map(rows.map((row) => [nameOf(row), row])).values(),
];

function toSummary(
  row: MonthRow,
  monthEnd: string,
  lots: ReadonlyMap<string, LotRow>,
  pairs: readonly PairRow[],
  targets: readonly TargetRow[],
): MonthSummary {
  const { lotId, instrument, analyteCode, unit, count, rejected } = row;
  const lot = lots.get(lotId);
  if (lot === undefined) throw lotNotFound({});
  const pair = pairs.find((each) => nameOf(each) === nameOf(row));
  const { material, lotNumber, level } = lot;
  const target = targetAt(targets, lotId, monthEnd);
  return {
    lotId,
    material,
    lotNumber,
    level,
    instrument,
    analyteCode,
    unit,
    count,
    rejected,
    ...monthFigures({
      analyteCode,
      ucum: pair?.ucum ?? null,
      decimals: 3,
      mean: row.mean,
      sd: row.sd,
      peer: row.peer,
      target: target ?? null,
      ownAllowablePercent: pair?.allowableErrorPercent ?? null,
    }),
  };
}
