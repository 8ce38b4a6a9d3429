// One row's value judged with the facts that were gathered: what the pure rules of domain/ need, picked from row and facts.
import type { SerumIndices } from './contract.ts';
import type { Standing } from './domain/instrument-entry.ts';
import type { Circumstances, Judgement, Sent } from './domain/judge.ts';
import { judge } from './domain/judge.ts';
import type { Member, SampleRules } from './domain/sample-rules.ts';
import type { Facts } from './gather-facts.ts';
import { personOf } from './gather-facts.ts';
import type { ResultRow } from './store.ts';

type Judged = Pick<
  ResultRow,
  | 'id'
  | 'patientId'
  | 'collectedAt'
  | 'analyteCode'
  | 'kind'
  | 'decimals'
  | 'choices'
  | 'ucum'
  | 'unit'
  | 'loinc'
  | 'method'
  | 'gestationWeeks'
>;

export function circumstancesOf(row: Judged, facts: Facts, indices: SerumIndices | null): Circumstances {
  const rules = facts.rulesOf(row.analyteCode);
  const { collectedAt, method, gestationWeeks } = row;
  return {
    when: { collectedOn: collectedAt === null ? null : facts.dayOf(collectedAt), method, gestationWeeks },
    collectedAt,
    deltas: rules?.deltas ?? [],
    earlier: facts.earlierOf(row.id),
    indexRules: rules?.indexRules ?? [],
    indices,
    reportableLow: rules?.reportableLow ?? null,
    reportableHigh: rules?.reportableHigh ?? null,
  };
}

export function judgeRow(row: Judged, sent: Sent, facts: Facts, indices: SerumIndices | null): Judgement {
  return judge(row, sent, personOf(row, facts), facts.bandsOf(row.analyteCode), circumstancesOf(row, facts, indices));
}

/** The rules of one sample. @param of any row of it: patient and order are the same for all */
export function sampleRulesOf(of: ResultRow, rows: ReadonlyMap<string, ResultRow>, facts: Facts): SampleRules {
  return {
    bearer: facts.bearerOf(of),
    consistency: facts.consistency,
    rulesOf: facts.rulesOf,
    parse: facts.parse,
    judge: ({ id }, { indices }: Standing, rawValue) => {
      const row = rows.get(id);
      if (row === undefined) throw new Error('A member of a sample is one of its rows');
      return judgeRow(
        row,
        { value: rawValue, lacksUnit: false, isDoubted: false, isPreliminary: false },
        facts,
        indices,
      );
    },
  };
}

/** Results that share order and draw: timed slots of one order are samples of their own. */
export function samplesOf<M extends Pick<Member, never> & { readonly before: ResultRow }>(
  touched: Iterable<M>,
): readonly (readonly M[])[] {
  return [...Map.groupBy(touched, ({ before }) => `${before.orderId} ${before.draw ?? ''}`).values()];
}
