// Every list goes by its index, under row-level security too (P11); and the fields are served over GraphQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql as execute } from 'graphql';
import sql from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import { startAutoLab } from './autoverify.testing.ts';
import * as decisions from './decision-store.ts';
import { graphql } from './graphql.ts';
import * as store from './store.ts';

test('AUT-13 the lists of thousands of decisions go by their indexes, and what is decided cannot be changed', async (t) => {
  const lab = await startAutoLab(t);
  const { labId } = lab;
  const ctx = lab.runtime.systemCtx('autoverify', labId);
  await ctx.transaction(async (tx) => {
    await tx.rows(sql`
      insert into lis_autoverify.decision
        (lab_id, id, result_id, order_id, test_code, analyte_code, result_version, value, rule_set, setting_revision, mode, outcome,
         rules, failed, facts, at)
      select ${labId}::uuid, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'T' || n % 200, 'A', 1, '1', 'rules-1 r1', 1, 'on',
        case when n % 50 = 0 then 'passed' when n % 9 = 0 then 'held' else 'verified' end, '[]',
        case when n % 50 <> 0 and n % 9 = 0 then '{qc}'::text[] else '{}' end, '{}', now() - n * interval '1 minute'
      from generate_series(1, 10000) as n`);
    await tx.rows(sql`
      insert into lis_autoverify.setting_change
        (lab_id, revision, test_code, mode, rules, limits, allows_manual, qc_warning_passes, reason, changed_at, changed_by)
      select ${labId}::uuid, n, 'T' || n % 200, 'on', '{}', '[]', false, false, 'x', now(), 'x' from generate_series(1, 3000) as n`);
    await tx.rows(sql`
      insert into lis_autoverify.setting
        (lab_id, test_code, mode, rules, limits, allows_manual, qc_warning_passes, revision, changed_at, changed_by)
      select ${labId}::uuid, 'T' || n, 'on', '{complete,valid,not_critical,no_open_hold,whole_test}', '[]', false, false, n, now(), 'x'
      from generate_series(1, 3000) as n`);
    await tx.rows(sql`
      insert into lis_autoverify.waiting (lab_id, order_id, since, next_at)
      select ${labId}::uuid, gen_random_uuid(), now(), now() + n * interval '1 minute' from generate_series(1, 3000) as n`);
  });
  const owner = lab.runtime.databaseOf('autoverify');
  const explain = (query: Sql): Promise<string> =>
    ctx.transaction(async (tx) => {
      await tx.rows(sql`set local enable_seqscan = off`);
      const plan = await tx.rows<Record<string, string>>(sql`explain ${query}`);
      return plan.flatMap((row) => Object.values(row)).join('\n');
    });
  const at = new Date().toISOString();
  const place = { testCode: null, outcome: null, after: [at, newId()] as const, limit: 21 };
  const period = { fromAt: '2099-01-01T00:00:00.000Z', toAt: '2099-01-02T00:00:00.000Z', testCode: null };
  const cases: readonly [Sql, RegExp][] = [
    [decisions.decisionsQuery(labId, place), /decision_list/],
    [decisions.decisionsQuery(labId, { ...place, testCode: 'T1' }), /decision_of_test/],
    [decisions.decisionsQuery(labId, { ...place, outcome: 'held' }), /decision_of_outcome/],
    [decisions.decisionsQuery(labId, { ...place, testCode: 'T1', outcome: 'held' }), /decision_of_test_outcome/],
    [decisions.ofResultsQuery(labId, [newId(), newId()]), /decision_of_result/],
    [decisions.countsQuery(labId, period), /decision_list/],
    [decisions.countsQuery(labId, { ...period, testCode: 'T1' }), /decision_of_test/],
    [decisions.heldByQuery(labId, { ...period, testCode: 'T1' }), /decision_of_test/],
    [store.settingsQuery(labId, { after: 'T1', limit: 21 }), /setting_key/],
    [store.changesQuery(labId, { testCode: 'T1', before: 900, limit: 21 }), /setting_change_of_test/],
    [store.waitingQuery(labId, at, 300), /waiting_due/],
    [store.waitingQuery(labId, null, 300), /waiting_due/],
  ];
  for (const [query, index] of cases) {
    const plan = await explain(query);
    assert.match(plan, index, plan);
    assert.ok(!plan.includes('Seq Scan'), plan);
  }
  for (const change of [
    sql`update lis_autoverify.decision set value = '2' where lab_id = ${labId}`,
    sql`update lis_autoverify.decision set facts = '{}' where lab_id = ${labId}`,
    sql`delete from lis_autoverify.decision where lab_id = ${labId}`,
    sql`update lis_autoverify.setting_change set reason = 'y' where lab_id = ${labId}`,
    sql`delete from lis_autoverify.setting where lab_id = ${labId}`,
  ])
    await assert.rejects(
      owner.transaction(labId, {}, (db) => db.rows(change)),
      /permission denied/,
    );
});

test('AUT-14 all of it over GraphQL', async (t) => {
  const lab = await startAutoLab(t);
  const schema = buildSchema([graphql]);
  const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(lab.as('pathologist').actor));
  const ask = async (source: string, variableValues: Record<string, unknown> = {}) => {
    const { data, errors } = await execute({ schema, source, variableValues, contextValue });
    assert.deepEqual(errors, undefined);
    return JSON.parse(JSON.stringify(data));
  };
  const set =
    await ask(`mutation { setTestAutoVerification(input: { testCode: "HGB", mode: on, allowsManual: true, reason: "Validated",
    limits: [{ analyteCode: "HGB", low: "7.5" }] }) { testCode mode limits { analyteCode low high } allowsManual changedBy } }`);
  assert.deepEqual(set.setTestAutoVerification, {
    testCode: 'HGB',
    mode: 'on',
    limits: [{ analyteCode: 'HGB', low: '7.5', high: null }],
    allowsManual: true,
    changedBy: 'pathologist',
  });
  const [awaited] = await lab.awaiting(['HGB']);
  assert.ok(awaited);
  const result = await lab.enter(awaited, '13.1');
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Kolkata' }).format(new Date());
  const lists = await ask(
    `query ($id: ID!, $day: Date!) {
      autoVerificationSwitch { isStopped stoppedBy }
      autoVerificationTests { nodes { testCode qcWarningPasses } }
      autoVerificationHistory(testCode: "HGB") { nodes { revision reason setting { mode } } }
      autoDecisions(testCode: "HGB", outcome: verified, first: 5) { nodes { resultId ruleSet mode } pageInfo { hasNextPage } }
      autoDecisionsOfResults(resultIds: [$id]) { outcome resultVersion rules { rule hasPassed why } }
      autoVerificationSummary(from: $day, to: $day) { testCode results passed held passPercent heldBy { rule results } passedThen { unchanged changed sentBack } }
    }`,
    { id: result.id, day: today },
  );
  const [decision] = lists.autoDecisionsOfResults;
  assert.deepEqual([decision.outcome, decision.resultVersion], ['verified', result.version - 1]);
  assert.deepEqual(
    decision.rules.find((each: { readonly rule: string }) => each.rule === 'qc'),
    { rule: 'qc', hasPassed: true, why: 'Typed by hand, as this test allows' },
  );
  assert.deepEqual(
    { ...lists, autoDecisionsOfResults: undefined },
    {
      autoVerificationSwitch: { isStopped: false, stoppedBy: null },
      autoVerificationTests: { nodes: [{ testCode: 'HGB', qcWarningPasses: false }] },
      autoVerificationHistory: { nodes: [{ revision: 1, reason: 'Validated', setting: { mode: 'on' } }] },
      autoDecisions: {
        nodes: [{ resultId: result.id, ruleSet: 'rules-1 r1', mode: 'on' }],
        pageInfo: { hasNextPage: false },
      },
      autoDecisionsOfResults: undefined,
      autoVerificationSummary: [
        {
          testCode: 'HGB',
          results: 1,
          passed: 1,
          held: 0,
          passPercent: '100.0',
          heldBy: [],
          passedThen: { unchanged: 0, changed: 0, sentBack: 0 },
        },
      ],
    },
  );
  const stopped = await ask(
    `mutation { stopAutoVerification(input: { isStopped: true, reason: "Stop" }) { isStopped stoppedBy reason stoppedAt } }`,
  );
  assert.deepEqual(
    [
      stopped.stopAutoVerification.isStopped,
      stopped.stopAutoVerification.stoppedBy,
      stopped.stopAutoVerification.reason,
    ],
    [true, 'pathologist', 'Stop'],
  );
});
