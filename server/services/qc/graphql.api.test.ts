// The fields of this service, through its own schema: specs/qc.md QC-21.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql as execute } from 'graphql';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';

import { graphql } from './graphql.ts';
import { COBAS, startQcLab } from './qc.testing.ts';

const SERVICES = ['organization', 'user', 'patient', 'order', 'sample', 'result', 'qc'] as const;

test('QC-21 lots, controls, board, chart, hold, look-back, lifting, averages and EQA through GraphQL', async (t) => {
  const lab = await startQcLab(t, SERVICES);
  const schema = buildSchema([graphql]);
  const as =
    (role: string) =>
    async (source: string, variableValues: Record<string, unknown> = {}): Promise<unknown> => {
      const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(lab.as(role).actor));
      const { data, errors } = await execute({ schema, source, variableValues, contextValue });
      assert.deepEqual(errors, undefined);
      return JSON.parse(JSON.stringify(data));
    };
  const [manager, technician] = [as('manager'), as('technician')];
  const pick = (data: unknown, ...path: readonly (string | number)[]): string => {
    let found: unknown = data;
    for (const key of path) found = Reflect.get(Object(found), key);
    return String(found);
  };

  const lot = await manager(
    `mutation ($input: SaveControlLotInput!) { saveControlLot(input: $input) { id version isActive sampleIds } }`,
    { input: { material: 'Precinorm', lotNumber: '1', level: 1, expiresOn: '2099-01-01', sampleIds: ['qc-1'] } },
  );
  const lotId = pick(lot, 'saveControlLot', 'id');
  assert.deepEqual(lot, { saveControlLot: { id: lotId, version: 1, isActive: true, sampleIds: ['QC-1'] } });
  const pair = { instrument: COBAS, analyteCode: 'GLU' };
  await manager(`mutation ($input: SetQcTargetInput!) { setQcTarget(input: $input) { mean sd kind validFrom } }`, {
    input: { ...pair, lotId, kind: 'assigned', mean: '100', sd: '5' },
  });
  const rules = await manager(
    `mutation ($input: SetQcRulesInput!) { setQcRules(input: $input) { isOwnSet limits rules { rule action } version } }`,
    { input: { ...pair, expectedVersion: 1, rules: [{ rule: '1_3s', action: 'reject' }], reason: 'six sigma' } },
  );
  assert.deepEqual(rules, {
    setQcRules: { isOwnSet: true, limits: 'strict', rules: [{ rule: '1_3s', action: 'reject' }], version: 2 },
  });
  const record = async (value: string): Promise<unknown> => {
    lab.later(1);
    return technician(
      `mutation ($input: RecordControlsInput!) { recordControls(input: $input) { id z rules outcome unit by level } }`,
      { input: { instrument: COBAS, values: [{ lotId, analyteCode: 'GLU', value }] } },
    );
  };
  await record('101');
  const failed = await record('116');
  assert.deepEqual(
    [pick(failed, 'recordControls', 0, 'z'), pick(failed, 'recordControls', 0, 'outcome')],
    ['3.20', 'rejected'],
  );
  const board = await technician(`{ qcBoard(state: failed) { nodes { instrument analyteCode state holdId } } }`);
  const holdId = pick(board, 'qcBoard', 'nodes', 0, 'holdId');
  assert.deepEqual(board, { qcBoard: { nodes: [{ ...pair, state: 'failed', holdId }] } });
  const read = await technician(
    `query ($holdId: ID!, $from: DateTime!, $to: DateTime!, $lotId: ID!) {
      qcHolds { nodes { id rules lastGoodAt since status version } }
      qcLookBack(holdId: $holdId) { nodes { resultId value status } pageInfo { hasNextPage } }
      leveyJennings(instrument: "${COBAS}", analyteCode: "GLU", level: 1, from: $from, to: $to) {
        unit isCut points { z outcome rules } targets { mean lines } changes { kind to }
      }
      qcRules(instrument: "${COBAS}", analyteCode: "GLU") { intervalHours runMinutes }
      qcTargets(lotId: $lotId) { nodes { mean } }
      controlLots(isActive: true) { nodes { material lotNumber expiresOn } }
      qcMonth(month: "${lab.now().slice(0, 7)}") { nodes { level count rejected mean sigma suggestedRules } }
    }`,
    { holdId, lotId, from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' },
  );
  assert.equal(pick(read, 'qcHolds', 'nodes', 0, 'id'), holdId);
  assert.deepEqual(Reflect.get(Object(read), 'qcLookBack'), { nodes: [], pageInfo: { hasNextPage: false } });
  assert.deepEqual(Reflect.get(Object(read), 'leveyJennings'), {
    unit: 'mg/dL',
    isCut: false,
    points: [
      { z: '0.20', outcome: 'in_control', rules: [] },
      { z: '3.20', outcome: 'rejected', rules: ['1_3s'] },
    ],
    targets: [{ mean: '100', lines: ['85', '90', '95', '100', '105', '110', '115'] }],
    changes: [],
  });
  assert.equal(pick(read, 'qcMonth', 'nodes', 0, 'rejected'), '1');
  const corrected = await technician(
    `mutation ($holdId: ID!, $version: Int!) { recordQcCorrection(holdId: $holdId, expectedVersion: $version, action: "Lamp") { version } }`,
    { holdId, version: 1 },
  );
  const bad = await record('90');
  await technician(`mutation ($id: ID!) { voidControl(controlId: $id, reason: "mistyped") { outcome note } }`, {
    id: pick(bad, 'recordControls', 0, 'id'),
  });
  await record('100');
  const lifted = await technician(
    `mutation ($input: LiftQcHoldInput!) { liftQcHold(input: $input) { status cause liftedBy } }`,
    {
      input: {
        holdId,
        expectedVersion: Number(pick(corrected, 'recordQcCorrection', 'version')),
        cause: 'Lamp',
        action: 'Changed',
        lookBackNote: 'No patient since',
      },
    },
  );
  assert.deepEqual(lifted, { liftQcHold: { status: 'lifted', cause: 'Lamp', liftedBy: 'technician' } });

  const average = await manager(
    `mutation ($input: SavePatientAverageInput!) { savePatientAverage(input: $input) { id method limitsFrom } }`,
    { input: { ...pair, method: 'median', block: 20, low: '80', high: '120' } },
  );
  const averages = await technician(
    `query ($id: ID!) { patientAverages { nodes { id onAlarm } } patientAverageSeries(monitorId: $id) { nodes { figure } }
      patientAverageAlarms { nodes { figure } } }`,
    { id: pick(average, 'savePatientAverage', 'id') },
  );
  assert.equal(pick(averages, 'patientAverages', 'nodes', 0, 'onAlarm'), 'warn');
  const round = await manager(
    `mutation ($input: AddEqaRoundInput!) { addEqaRound(input: $input) { id samples { id version } } }`,
    { input: { scheme: 'S', round: '1', closesOn: '2099-01-01', samples: [{ sampleCode: 'A', ...pair }] } },
  );
  const sampleId = pick(round, 'addEqaRound', 'samples', 0, 'id');
  await technician(
    `mutation ($id: ID!) { enterEqaResult(sampleId: $id, expectedVersion: 1, value: "116") { result version } }`,
    { id: sampleId },
  );
  await manager(`mutation ($input: EvaluateEqaInput!) { evaluateEqaSample(input: $input) { z verdict } }`, {
    input: { sampleId, expectedVersion: 2, assignedValue: '100', sdpa: '5' },
  });
  const register = await technician(
    `{ eqaRegister(verdict: unacceptable) { nodes { z verdict scheme } } eqaRounds { nodes { round samples { sampleCode } } } }`,
  );
  assert.deepEqual(Reflect.get(Object(register), 'eqaRegister'), {
    nodes: [{ z: '3.20', verdict: 'unacceptable', scheme: 'S' }],
  });
});
