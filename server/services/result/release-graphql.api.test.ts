// Release through the service's own schema: specs/result.md RES-66.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ExecutionResult } from 'graphql';
import { graphql as run } from 'graphql';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';

import { signAs } from '../../testing/sign-as.ts';
import type { TestActor } from '../../testing/start-lab.ts';
import { graphql } from './graphql.ts';
import { startBench } from './testing.ts';

test('RES-66 criticals, the queue, amendments and reversed approvals through GraphQL alone', async (t) => {
  const bench = await startBench(t, { policies: {} });
  const { lab } = bench;
  const schema = buildSchema([graphql]);
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  const ask = async <T>(who: TestActor, source: string, input: object = {}): Promise<T> => {
    const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(who.actor));
    const { data, errors }: ExecutionResult = await run({ schema, source, variableValues: { input }, contextValue });
    assert.equal(errors, undefined);
    const [answer] = Object.values(data ?? {});
    return answer as T;
  };
  interface Shown {
    readonly id: string;
    readonly status: string;
    readonly version: number;
    readonly amendment: { readonly number: number; readonly reason: string; readonly previousValue: string } | null;
    readonly autoRules: readonly string[];
  }
  const FIELDS = 'id status version autoRules amendment { number reason at by previousValue }';
  const stepOf = ({ id, version }: Pick<Shown, 'id' | 'version'>) => ({ resultId: id, expectedVersion: version });

  const [verified] = await bench.verified({ HGB: '5.1' });
  assert.ok(verified);
  interface Case {
    readonly orderId: string;
    readonly uncalledResultIds: readonly string[];
    readonly results: readonly Shown[];
  }
  const queue = () =>
    ask<{ readonly nodes: readonly Case[] }>(
      pathologist,
      `{ signingQueue(first: 5) { pageInfo { hasNextPage } nodes { orderId patientId priority uncalledResultIds lockedResultIds
        results { ${FIELDS} } others { id } earlier { resultId values { value unit flags change percent collectedAt authorisedAt } } } } }`,
    );
  const [waiting] = (await queue()).nodes;
  assert.deepEqual([waiting?.orderId, waiting?.uncalledResultIds], [verified.orderId, [verified.id]]);

  interface Critical {
    readonly id: string;
    readonly status: string;
    readonly limit: string;
    readonly calls: readonly { readonly to: string; readonly wasReadBack: boolean }[];
  }
  const CRITICAL = `id resultId orderId patientId analyteCode analyteName value unit flags limit isCorrection status foundAt dueAt
    escalations calls { at by to phone wasReached wasReadBack note }`;
  const { nodes } = await ask<{ readonly nodes: readonly Critical[] }>(
    technician,
    `{ criticals { nodes { ${CRITICAL} } } }`,
  );
  const [critical] = nodes;
  assert.ok(critical);
  assert.equal(critical.limit, 'below the critical limit 6.6');
  const [told] = await ask<readonly Critical[]>(
    technician,
    `mutation ($input: RecordCriticalCallInput!) { recordCriticalCall(input: $input) { ${CRITICAL} } }`,
    { criticalIds: [critical.id], to: 'Dr. Rao', wasReached: true, wasReadBack: true },
  );
  assert.deepEqual([told?.status, told?.calls.map(({ to }) => to)], ['told', ['Dr. Rao']]);

  const AUTHORISE = `mutation ($input: AuthoriseResultsInput!) { authoriseResults(input: $input) { ${FIELDS} } }`;
  const signingToken = await signAs(lab, pathologist);
  const [signed] = await ask<readonly Shown[]>(pathologist, AUTHORISE, { items: [stepOf(verified)], signingToken });
  assert.ok(signed);
  assert.deepEqual((await queue()).nodes, []);

  const [open] = await ask<readonly Shown[]>(
    pathologist,
    `mutation ($input: AmendResultsInput!) { amendResults(input: $input) { ${FIELDS} } }`,
    { items: [stepOf(signed)], reason: 'clot seen', signingToken },
  );
  assert.ok(open);
  assert.deepEqual(
    [open.status, open.amendment?.reason, open.amendment?.previousValue],
    ['entered', 'clot seen', '5.1'],
  );
  const [back] = await ask<readonly Shown[]>(
    pathologist,
    `mutation ($input: SendBackResultsInput!) { withdrawAmendments(input: $input) { ${FIELDS} } }`,
    { items: [stepOf(open)], reason: 'no clot' },
  );
  assert.deepEqual([back?.status, back?.amendment], ['authorised', null]);
  const versions = await ask<readonly { readonly number: number; readonly signed: { readonly value: string } }[]>(
    technician,
    `{ signedVersions(resultId: "${verified.id}") { number signed { value } amendedBy { reason } } }`,
  );
  assert.deepEqual(
    versions.map(({ number, signed: version }) => [number, version.value]),
    [[1, '5.1']],
  );
  const reversed = await ask<{ readonly nodes: readonly { readonly kind: string; readonly reason: string }[] }>(
    technician,
    `{ reversedApprovals { nodes { id kind resultId orderId patientId testName analyteName section value unit approvedBy approvedAt
      reason at by } } }`,
  );
  assert.deepEqual(
    reversed.nodes.map(({ kind, reason }) => [kind, reason]),
    [['amended', 'clot seen']],
    'an amendment given up before it was verified reverses nothing more',
  );
});
