// The SQL statements about decisions.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { AutoRule, DecisionView } from './contract.ts';
import type { Facts } from './domain/facts.ts';
import type { Decided, Fate } from './domain/fates.ts';

export interface DecisionRow extends DecisionView {
  readonly value: string | null;
  readonly settingRevision: number;
  readonly failed: readonly AutoRule[];
  readonly facts: Facts;
}

const columns = sql`id, result_id, order_id, test_code, analyte_code, result_version, value, rule_set, setting_revision, mode, outcome, rules,
  failed, facts, at`;

export interface LastDecision {
  readonly id: string;
  readonly resultId: string;
  readonly resultVersion: number;
  readonly settingRevision: number;
  readonly mode: string;
  readonly outcome: DecisionView['outcome'];
  readonly failed: readonly string[];
}

/** The standing decision about each result. */
export function lastOf(db: Db, labId: string, resultIds: readonly string[]): Promise<readonly LastDecision[]> {
  return db.rows<LastDecision>(sql`
    select id, result_id, result_version, setting_revision, mode, outcome, failed
    from lis_autoverify.decision
    where lab_id = ${labId} and result_id = any(${resultIds}::uuid[]) and is_last`);
}

/** Passed with the mode on, and not known to be verified: the process may have ended in between. */
export function openOf(db: Db, labId: string, orderId: string): Promise<readonly LastDecision[]> {
  return db.rows<LastDecision>(sql`
    select id, result_id, result_version, setting_revision, mode, outcome, failed
    from lis_autoverify.decision
    where lab_id = ${labId} and order_id = ${orderId} and is_last and outcome = 'passed'
    limit 1000`);
}

export type NewDecision = Omit<DecisionRow, 'at'>;

/** Adds decisions, each the standing one about its result from now on. */
export async function addDecisions(tx: Tx, labId: string, at: string, rows: readonly NewDecision[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ resultId }) => resultId);
  await tx.rows(sql`
    update lis_autoverify.decision set is_last = false
    where lab_id = ${labId} and result_id = any(${ids}::uuid[]) and is_last`);
  await tx.rows(sql`
    insert into lis_autoverify.decision
      (lab_id, id, result_id, order_id, test_code, analyte_code, result_version, value, rule_set, setting_revision, mode, outcome, rules,
       failed, facts, at)
    select ${labId}::uuid, n.id, n.result_id, n.order_id, n.test_code, n.analyte_code, n.result_version, n.value, n.rule_set,
      n.setting_revision, n.mode, n.outcome, n.rules, array(select jsonb_array_elements_text(n.failed)), n.facts, ${at}::timestamptz
    from unnest(
      ${rows.map((row) => row.id)}::uuid[], ${ids}::uuid[], ${rows.map((row) => row.orderId)}::uuid[],
      ${rows.map((row) => row.testCode)}::text[], ${rows.map((row) => row.analyteCode)}::text[],
      ${rows.map((row) => row.resultVersion)}::int[], ${rows.map((row) => row.value)}::text[],
      ${rows.map((row) => row.ruleSet)}::text[], ${rows.map((row) => row.settingRevision)}::int[],
      ${rows.map((row) => row.mode)}::text[], ${rows.map((row) => row.outcome)}::text[],
      ${rows.map((row) => JSON.stringify(row.rules))}::jsonb[], ${rows.map((row) => JSON.stringify(row.failed))}::jsonb[],
      ${rows.map((row) => JSON.stringify(row.facts))}::jsonb[]
    ) as n (id, result_id, order_id, test_code, analyte_code, result_version, value, rule_set, setting_revision, mode, outcome, rules,
      failed, facts)`);
}

/** @returns the result ids of those that were not known to be verified before */
export async function setVerified(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.rows<{ readonly resultId: string }>(sql`
    update lis_autoverify.decision set outcome = 'verified'
    where lab_id = ${labId} and id = any(${ids}::uuid[]) and outcome = 'passed'
    returning result_id`);
  return rows.map(({ resultId }) => resultId);
}

/** All about some results, oldest first; a result is decided about a handful of times. */
export function decidedOf(
  db: Db,
  labId: string,
  resultIds: readonly string[],
): Promise<readonly (Decided & { readonly at: string })[]> {
  return db.rows<Decided & { readonly at: string }>(sql`
    select id, result_id, value, result_version, at
    from lis_autoverify.decision
    where lab_id = ${labId} and result_id = any(${resultIds}::uuid[])
    order by result_id, at, id
    limit 20000`);
}

export async function setFates(
  tx: Tx,
  labId: string,
  fates: readonly { readonly id: string; readonly fate: Fate | null }[],
): Promise<void> {
  await tx.rows(sql`
    update lis_autoverify.decision as d set fate = f.fate
    from unnest(${fates.map(({ id }) => id)}::uuid[], ${fates.map(({ fate }) => fate)}::text[]) as f (id, fate)
    where d.lab_id = ${labId} and d.id = f.id and d.fate is distinct from f.fate`);
}

/** Newest first. */
export function ofResultsQuery(labId: string, resultIds: readonly string[]) {
  return sql`
    select ${columns} from lis_autoverify.decision
    where lab_id = ${labId} and result_id = any(${resultIds}::uuid[])
    order by at desc, id desc
    limit 2000`;
}

export interface DecisionPlace {
  readonly testCode: string | null;
  readonly outcome: DecisionView['outcome'] | null;
  readonly after: readonly [at: string, id: string] | null;
  readonly limit: number;
}

export function decisionsQuery(labId: string, { testCode, outcome, after, limit }: DecisionPlace) {
  const ofTest = testCode === null ? sql`` : sql`and test_code = ${testCode}`;
  const ofOutcome = outcome === null ? sql`` : sql`and outcome = ${outcome}`;
  const older = after === null ? sql`` : sql`and (at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`;
  return sql`
    select ${columns} from lis_autoverify.decision
    where lab_id = ${labId} ${ofTest} ${ofOutcome} ${older}
    order by at desc, id desc
    limit ${limit}`;
}

export interface Period {
  /** Instants, half-open. */
  readonly fromAt: string;
  readonly toAt: string;
  readonly testCode: string | null;
}

export interface CountRow {
  readonly testCode: string;
  readonly results: number;
  readonly passed: number;
  readonly passedUnchanged: number;
  readonly passedChanged: number;
  readonly passedSentBack: number;
  readonly heldUnchanged: number;
  readonly heldChanged: number;
  readonly heldSentBack: number;
}

export function countsQuery(labId: string, period: Period) {
  return sql`
    select test_code,
      count(*) filter (where is_last) as results,
      count(*) filter (where is_last and outcome <> 'held') as passed,
      count(*) filter (where outcome <> 'held' and fate = 'unchanged') as passed_unchanged,
      count(*) filter (where outcome <> 'held' and fate = 'changed') as passed_changed,
      count(*) filter (where outcome <> 'held' and fate = 'sent_back') as passed_sent_back,
      count(*) filter (where outcome = 'held' and fate = 'unchanged') as held_unchanged,
      count(*) filter (where outcome = 'held' and fate = 'changed') as held_changed,
      count(*) filter (where outcome = 'held' and fate = 'sent_back') as held_sent_back
    from lis_autoverify.decision
    where ${within(labId, period)}
    group by test_code
    order by test_code
    limit 2000`;
}

export interface HeldByRow {
  readonly testCode: string;
  readonly rule: AutoRule;
  readonly results: number;
}

export function heldByQuery(labId: string, period: Period) {
  return sql`
    select test_code, rule, count(*) as results
    from lis_autoverify.decision cross join lateral unnest(failed) as rule
    where ${within(labId, period)} and is_last
    group by test_code, rule
    order by test_code, results desc, rule
    limit 40000`;
}

function within(labId: string, { fromAt, toAt, testCode }: Period) {
  const ofTest = testCode === null ? sql`` : sql`and test_code = ${testCode}`;
  return sql`lab_id = ${labId} and at >= ${fromAt}::timestamptz and at < ${toAt}::timestamptz ${ofTest}`;
}
