// The fields of this service, through its own schema: specs/result.md RES-21.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ExecutionResult } from 'graphql';
import { graphql as run } from 'graphql';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';

import { enterFromInstrument } from './contract.ts';
import { graphql } from './graphql.ts';
import { observe, startBench } from './testing.ts';

const FIELDS = `id orderId analyteCode unit status value rawValue flags holds source version sentBackReason verifiedBy authorisedBy
  range { low high kind criticalLow criticalHigh sex ageFromDays ageToDays ageDays source }
  otherValues { value unit source messageId at }
  isCalculated blankReason isOutsourced priority draw holdNotes { hold text } dilution reagentLot interpretation
  delta { previousResultId previousValue previousCollectedAt change percent broken { mode limit direction } }
  indices { haemolysis icterus lipaemia } sentAs { value unit }`;

interface Shown {
  readonly id: string;
  readonly analyteCode: string;
  readonly status: string;
  readonly value: string | null;
  readonly flags: readonly string[];
  readonly holds: readonly string[];
  readonly version: number;
  readonly sentBackReason: string | null;
  readonly range: { readonly low: string } | null;
  readonly otherValues: readonly { readonly value: string }[];
}

test('RES-21 a bench works through GraphQL alone', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const schema = buildSchema([graphql]);
  const as =
    (role: string) =>
    async (source: string, variableValues: Record<string, unknown> = {}) => {
      const scope = lab.runtime.scopeOf(lab.as(role).actor);
      return run({ schema, source, variableValues, contextValue: createGraphqlContext(lab.runtime.dispatcher, scope) });
    };
  const technician = as('technician');
  const pathologist = as('pathologist');
  const [awaited] = await bench.awaiting(['HGB']);
  assert.ok(awaited);

  const list = await technician(
    `query ($section: String) { worklist(section: $section, status: awaiting, first: 5) {
    nodes { ${FIELDS} } edges { cursor } pageInfo { hasNextPage endCursor } } }`,
    { section: awaited.section },
  );
  assert.equal(list.errors, undefined);
  const [node] = fieldOf<{ readonly nodes: readonly Shown[] }>(list, 'worklist').nodes;
  assert.deepEqual([node?.id, node?.status, node?.value, node?.range], [awaited.id, 'awaiting', null, null]);

  const entered = await technician(
    `mutation ($input: EnterResultInput!) { enterResult(input: $input) { ${FIELDS} } }`,
    {
      input: { resultId: awaited.id, value: '11.95', unit: 'g/dL', expectedVersion: awaited.version },
    },
  );
  assert.equal(entered.errors, undefined);
  const value = fieldOf<Shown>(entered, 'enterResult');
  assert.deepEqual([value.value, value.flags, value.range?.low], ['12.0', [], '12']);

  await lab.system.call(enterFromInstrument, { observations: [observe(awaited, '9.1')] });
  const held = await bench.result(awaited.orderId, 'HGB');
  const VERIFY = `mutation ($input: VerifyResultsInput!) { verifyResults(input: $input) { ${FIELDS} } }`;
  const step = { resultId: held.id, expectedVersion: held.version };
  const unseen = await technician(VERIFY, { input: { items: [step] } });
  assert.equal(
    unseen.errors?.[0]?.originalError && Reflect.get(unseen.errors[0].originalError, 'code'),
    'result.holds_unseen',
  );
  const verified = await technician(VERIFY, { input: { items: [{ ...step, holdsSeen: ['rerun_differs'] }] } });
  assert.equal(verified.errors, undefined);
  const [shown] = fieldOf<readonly Shown[]>(verified, 'verifyResults');
  assert.deepEqual(
    [shown?.status, shown?.holds, shown?.otherValues.map((other) => other.value)],
    ['verified', ['rerun_differs'], ['9.1']],
  );

  const back = await pathologist(
    `mutation ($input: SendBackResultsInput!) { sendBackResults(input: $input) { ${FIELDS} } }`,
    {
      input: { items: [{ ...step, expectedVersion: held.version + 1 }], reason: 'which of the two?' },
    },
  );
  assert.equal(fieldOf<readonly Shown[]>(back, 'sendBackResults')[0]?.sentBackReason, 'which of the two?');
  await technician(VERIFY, {
    input: { items: [{ ...step, expectedVersion: held.version + 2, holdsSeen: ['rerun_differs'] }] },
  });
  const signed = await pathologist(
    `mutation ($input: AuthoriseResultsInput!) { authoriseResults(input: $input) { ${FIELDS} } }`,
    {
      input: { items: [{ ...step, expectedVersion: held.version + 3 }] },
    },
  );
  assert.equal(signed.errors, undefined);
  assert.equal(fieldOf<readonly Shown[]>(signed, 'authoriseResults')[0]?.status, 'authorised');

  const previous = await pathologist(
    `query ($patientId: ID!) { previousResults(patientId: $patientId, analyteCode: "HGB") { ${FIELDS} } }`,
    {
      patientId: awaited.patientId,
    },
  );
  assert.deepEqual(
    fieldOf<readonly Shown[]>(previous, 'previousResults').map((result) => result.value),
    ['12.0'],
  );
  const badStatus = await technician('{ worklist(status: finished) { nodes { id } } }');
  assert.match(badStatus.errors?.[0]?.message ?? '', /finished/);
});

/** The answer of one field; its shape is what the query of the test asked for. */
function fieldOf<T>({ data, errors }: ExecutionResult, name: string): T {
  assert.equal(errors, undefined);
  const field: unknown = data?.[name];
  assert.ok(field);
  return field as T;
}

test('RES-21 a grid and the choice between values through GraphQL', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const schema = buildSchema([graphql]);
  const technician = async (source: string, variableValues: Record<string, unknown>) => {
    const scope = lab.runtime.scopeOf(lab.as('technician').actor);
    return run({ schema, source, variableValues, contextValue: createGraphqlContext(lab.runtime.dispatcher, scope) });
  };
  const [chol, hdl] = await bench.awaiting(['CHOL', 'HDL', 'NONHDL']);
  assert.ok(chol && hdl);
  const grid = await technician(
    `mutation ($input: EnterResultsInput!) { enterResults(input: $input) {
      items { resultId code message result { ${FIELDS} } } others { analyteCode value isCalculated } } }`,
    {
      input: {
        items: [
          { resultId: chol.id, expectedVersion: chol.version, value: '200' },
          { resultId: hdl.id, expectedVersion: hdl.version, value: '1.29', unit: 'mmol/L' },
          { resultId: chol.id, expectedVersion: chol.version, value: '210' },
        ],
      },
    },
  );
  assert.equal(grid.errors, undefined);
  const { items, others } = fieldOf<{
    readonly items: readonly { readonly code: string | null; readonly result: (Shown & { sentAs: unknown }) | null }[];
    readonly others: readonly unknown[];
  }>(grid, 'enterResults');
  // 1.29 mmol/L of cholesterol is 49.88 mg/dL by the molar mass of 386.65.
  assert.deepEqual(
    items.map(({ code, result }) => code ?? result?.value),
    ['200', '50', 'result.stale'],
  );
  assert.deepEqual(plain(items[1]?.result?.sentAs), { value: '1.29', unit: 'mmol/L' });
  assert.deepEqual(plain(others), [{ analyteCode: 'NONHDL', value: '150', isCalculated: true }]);

  await lab.system.call(enterFromInstrument, { observations: [observe(chol, '190')] });
  const held = await bench.result(chol.orderId, 'CHOL');
  const chosen = await technician(
    `mutation ($input: ChooseValueInput!) { chooseValue(input: $input) { value otherValues { value } } }`,
    { input: { resultId: held.id, expectedVersion: held.version, otherIndex: 0, reason: 'repeated' } },
  );
  assert.deepEqual(plain(fieldOf(chosen, 'chooseValue')), { value: '190', otherValues: [{ value: '200' }] });
});

/** GraphQL answers with objects of no prototype. */
function plain(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer));
}
