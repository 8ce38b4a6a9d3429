// Controls by hand: recorded, judged at entry, put aside; specs/qc.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newId } from '#platform/ids.ts';

import {
  controlsOfRuns,
  getPairRules,
  getQcStates,
  leveyJennings,
  listHolds,
  recordControls,
  setPairRules,
  voidControl,
} from './contract.ts';
import type { ControlRunView } from './contract.ts';
import { COBAS, startQcLab } from './qc.testing.ts';

const GLU = { instrument: COBAS, analyteCode: 'GLU' };
const short = ({ level, z, rules, outcome }: ControlRunView) => [level, z, rules.join(' '), outcome];

test('QC-1 two levels of one run are judged together, at entry; a run sent twice is recorded once', async (t) => {
  const lab = await startQcLab(t);
  const [low, high] = [await lab.lot(1), await lab.lot(2)];
  await lab.assign(low);
  await lab.assign(high, { mean: '250', sd: '10' });
  const runId = newId();
  const values = [
    { lotId: low.id, analyteCode: 'GLU', value: '111' },
    { lotId: high.id, analyteCode: 'GLU', value: '229.0' },
  ];
  lab.later(1);
  const technician = lab.as('technician');
  const first = await technician.call(recordControls, { runId, instrument: COBAS, values });
  // 11/5 = 2.2 and -21/10 = -2.1: opposite sides within one run.
  assert.deepEqual(first.map(short), [
    [1, '2.20', '1_2s R_4s', 'rejected'],
    [2, '-2.10', '1_2s R_4s', 'rejected'],
  ]);
  assert.equal(first[0]?.unit, 'mg/dL');
  assert.deepEqual(await technician.call(recordControls, { runId, instrument: COBAS, values }), first);
  const other = values.map((each) => ({ ...each, value: '100' }));
  await technician.refused(recordControls, { runId, instrument: COBAS, values: other }, 'qc.run_differs');
  assert.deepEqual(await technician.call(controlsOfRuns, { ids: [runId] }), first);
  assert.deepEqual(await lab.changes('qc', low.id), ['qc.save_lot', 'qc.set_target', 'qc.record']);
});

test('QC-2 without a target nothing is judged, and such a run is no good control', async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  const [control] = await lab.run([[low, '100']]);
  assert.deepEqual([control?.z, control?.outcome], [null, 'not_judged']);
  const [state] = await lab.as('technician').call(getQcStates, { pairs: [GLU] });
  assert.deepEqual([state?.state, state?.lastGoodAt], ['none', null]);
});

test('QC-3 rules across runs see the runs before; two runs at the same moment see each other', async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  await lab.assign(low);
  await lab.run([[low, '100']]);
  lab.later(1);
  const values = [{ lotId: low.id, analyteCode: 'GLU', value: '111' }];
  const both = await Promise.all([
    lab.as('technician').call(recordControls, { instrument: COBAS, values }),
    lab.as('technician').call(recordControls, { instrument: COBAS, values }),
  ]);
  const ids = both.flatMap(([control]) => (control === undefined ? [] : [control.runId]));
  const outcomes = (await lab.as('technician').call(controlsOfRuns, { ids })).map(
    ({ rules, outcome }) => `${outcome}: ${rules.join(' ')}`,
  );
  assert.deepEqual(outcomes.toSorted(), ['rejected: 1_2s 2_2s', 'warning: 1_2s']);
  const holds = await lab.as('technician').call(listHolds, {});
  assert.equal(holds.edges.length, 1);
});

test('QC-4 a mistyped value is put aside with its reason, and what came after is judged without it', async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  await lab.assign(low);
  const [wrong] = await lab.run([[low, '111']]);
  const [second] = await lab.run([[low, '110.5']]);
  assert.deepEqual(second?.rules, ['1_2s', '2_2s']);
  const technician = lab.as('technician');
  assert.ok(wrong);
  await lab.as('desk').refused(voidControl, { controlId: wrong.id, reason: 'mistyped' }, 'platform.forbidden');
  const aside = await technician.call(voidControl, { controlId: wrong.id, reason: 'mistyped: 101' });
  assert.deepEqual([aside.outcome, aside.note, aside.value], ['void', 'mistyped: 101', '111']);
  assert.deepEqual(await technician.call(voidControl, { controlId: wrong.id, reason: 'mistyped: 101' }), aside);
  await technician.refused(voidControl, { controlId: wrong.id, reason: 'other' }, 'qc.is_void');
  await technician.refused(voidControl, { controlId: newId(), reason: 'other' }, 'qc.control_not_found');
  const [again] = await technician.call(controlsOfRuns, { ids: [second?.runId ?? ''] });
  assert.deepEqual([again?.rules.join(' '), again?.outcome], ['1_2s', 'warning']);
  // The hold that the typing error made is lifted by its own act alone.
  assert.equal((await technician.call(listHolds, {})).edges.length, 1);
});

test('QC-5 each refusal names what is wrong', async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  const old = await lab.lot(2, { expiresOn: '2096-10-31' });
  const shut = await lab.lot(3, { isActive: false });
  const technician = lab.as('technician');
  const refused = (value: object, code: string, more: object = {}) =>
    technician.refused(
      recordControls,
      { instrument: COBAS, values: [{ lotId: low.id, analyteCode: 'GLU', value: '100', ...value }], ...more },
      code,
    );
  await refused({ lotId: newId() }, 'qc.lot_not_found');
  await refused({ lotId: old.id }, 'qc.lot_not_usable');
  await refused({ lotId: shut.id }, 'qc.lot_not_usable');
  await refused({ analyteCode: 'NOPE' }, 'qc.unknown_analyte');
  await refused({ value: '<5' }, 'qc.not_a_number');
  await refused({ value: '1,5' }, 'qc.not_a_number');
  await refused({}, 'qc.measured_in_future', { measuredAt: '2096-11-02T04:00:00Z' });
  const one = { lotId: low.id, analyteCode: 'GLU', value: '100' };
  await technician.refused(
    recordControls,
    { instrument: COBAS, values: [one, { ...one, value: '101' }] },
    'qc.value_twice',
  );
  await lab.as('pathologist').refused(recordControls, { instrument: COBAS, values: [one] }, 'platform.forbidden');
  const stranger = lab.as('technician', newId());
  await stranger.refused(getPairRules, GLU, 'qc.unknown_analyte');
});

test("QC-6 rules are the lab's to set, from then on; a stale screen overwrites nothing", async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  await lab.assign(low);
  const manager = lab.as('manager');
  const usual = await manager.call(getPairRules, GLU);
  assert.deepEqual(
    usual.rules.filter(({ action }) => action === 'reject').map(({ rule }) => rule),
    ['1_3s', '2_2s', 'R_4s', '4_1s', '10_x'],
  );
  await lab.run([[low, '110']]);
  const own = await manager.call(setPairRules, {
    ...GLU,
    expectedVersion: usual.version,
    rules: [{ rule: '1_2s', action: 'reject' }],
    limits: 'inclusive',
    reason: 'sigma below 3',
  });
  assert.equal(own.isOwnSet, true);
  await manager.refused(setPairRules, { ...GLU, expectedVersion: usual.version, reason: 'late' }, 'qc.stale');
  await lab.as('technician').refused(setPairRules, { ...GLU, reason: 'x' }, 'platform.forbidden');
  const [control] = await lab.run([[low, '110']]);
  assert.deepEqual([control?.z, control?.outcome], ['2.00', 'rejected']);
  const chart = await manager.call(leveyJennings, {
    ...GLU,
    level: 1,
    from: '2096-11-01T00:00:00Z',
    to: '2096-11-03T00:00:00Z',
  });
  assert.deepEqual(
    chart.points.map(({ outcome }) => outcome),
    ['in_control', 'rejected'],
    'what was judged before stays as it was',
  );
});
