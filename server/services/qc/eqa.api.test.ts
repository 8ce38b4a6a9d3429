// EQA rounds; specs/qc.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newId } from '#platform/ids.ts';

import { addEqaRound, enterEqaResult, eqaRegister, evaluateEqaSample, listEqaRounds } from './contract.ts';
import { COBAS, startQcLab } from './qc.testing.ts';

test('lab-day 72: an EQA round: our results, the assigned values, z-scores, the register', async (t) => {
  const lab = await startQcLab(t);
  const [manager, technician] = [lab.as('manager'), lab.as('technician')];
  const sample = (sampleCode: string) => ({ sampleCode, analyteCode: 'GLU', instrument: COBAS });
  const input = {
    id: newId(),
    scheme: 'CMC Vellore, clinical chemistry',
    round: '2096-11',
    closesOn: '2096-11-20',
    samples: [sample('A'), sample('B'), sample('C')],
  };
  const round = await manager.call(addEqaRound, input);
  assert.deepEqual(await manager.call(addEqaRound, input), round, 'sent twice');
  await manager.refused(addEqaRound, { ...input, id: newId() }, 'qc.eqa_round_taken');
  await technician.refused(addEqaRound, { ...input, id: newId(), round: '2' }, 'platform.forbidden');
  assert.deepEqual(
    round.samples.map(({ sampleCode, version }) => [sampleCode, version]),
    [
      ['A', 1],
      ['B', 1],
      ['C', 1],
    ],
  );
  const assigned = { assignedValue: '100', sdpa: '5' };
  const verdicts: unknown[] = [];
  for (const [at, value] of ['110', '89', '116'].entries()) {
    const { id = '' } = round.samples[at] ?? {};
    await manager.refused(evaluateEqaSample, { sampleId: id, expectedVersion: 1, ...assigned }, 'qc.eqa_no_result');
    const entered = await technician.call(enterEqaResult, { sampleId: id, expectedVersion: 1, value });
    assert.deepEqual(await technician.call(enterEqaResult, { sampleId: id, expectedVersion: 1, value }), entered);
    await technician.refused(enterEqaResult, { sampleId: id, expectedVersion: 1, value: '1' }, 'qc.stale');
    const evaluated = await manager.call(evaluateEqaSample, { sampleId: id, expectedVersion: 2, ...assigned });
    verdicts.push([evaluated.z, evaluated.verdict]);
    await technician.refused(enterEqaResult, { sampleId: id, expectedVersion: 3, value: '100' }, 'qc.eqa_evaluated');
    lab.later(1);
  }
  // 10/5, -11/5, 16/5.
  assert.deepEqual(verdicts, [
    ['2.00', 'acceptable'],
    ['-2.20', 'warning'],
    ['3.20', 'unacceptable'],
  ]);
  await manager.refused(
    evaluateEqaSample,
    { sampleId: newId(), expectedVersion: 1, ...assigned },
    'qc.eqa_sample_not_found',
  );
  const { id = '' } = round.samples[0] ?? {};
  await manager.refused(
    evaluateEqaSample,
    { sampleId: id, expectedVersion: 3, assignedValue: '1', sdpa: '0' },
    'qc.target_not_usable',
  );
  const register = await technician.call(eqaRegister, { first: 2 });
  const more = await technician.call(eqaRegister, { first: 2, after: register.endCursor });
  assert.deepEqual(
    [...register.edges, ...more.edges].map(({ node }) => node.sampleCode),
    ['C', 'B', 'A'],
  );
  const bad = await technician.call(eqaRegister, { verdict: 'unacceptable' });
  assert.deepEqual(
    bad.edges.map(({ node }) => [node.scheme, node.round, node.sampleCode]),
    [[input.scheme, '2096-11', 'C']],
  );
  const rounds = await technician.call(listEqaRounds, {});
  assert.deepEqual(
    rounds.edges.map(({ node }) => [node.round, node.samples.length]),
    [['2096-11', 3]],
  );
  const stranger = lab.as('technician', newId());
  assert.deepEqual((await stranger.call(listEqaRounds, {})).edges, []);
  await stranger.refused(enterEqaResult, { sampleId: id, expectedVersion: 3, value: '1' }, 'qc.eqa_sample_not_found');
});
