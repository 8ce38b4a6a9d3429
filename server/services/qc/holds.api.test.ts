// What a rejected control holds, and how it is lifted; specs/qc.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newId } from '#platform/ids.ts';

import {
  getQcStates,
  liftHold,
  listHolds,
  listQcStates,
  recordCorrection,
  setPairRules,
  takeControls,
  voidControl,
} from './contract.ts';
import type { QcHoldView } from './contract.ts';
import { COBAS, startQcLab } from './qc.testing.ts';
import type { QcLab } from './qc.testing.ts';

const GLU = { instrument: COBAS, analyteCode: 'GLU' };
const words = {
  cause: 'Old lamp',
  action: 'Lamp changed, calibrated',
  lookBackNote: 'Four patients run again, all agree',
};

async function openHold(lab: QcLab): Promise<QcHoldView> {
  const { edges } = await lab.as('technician').call(listHolds, {});
  const hold = edges[0]?.node;
  assert.ok(hold);
  return hold;
}

test('lab-day 43: a rejected control holds its analyzer and analyte since the last good one, and says so once', async (t) => {
  const lab = await startQcLab(t);
  const [low, high] = [await lab.lot(1), await lab.lot(2)];
  await lab.assign(low);
  await lab.assign(high, { mean: '250', sd: '10' });
  await lab.run([
    [low, '101'],
    [high, '251'],
  ]);
  const goodAt = lab.now();
  // A warning is no good control: what was measured after it is suspect with the rest.
  await lab.run([
    [low, '110.5'],
    [high, '249'],
  ]);
  await lab.run([
    [low, '116'],
    [high, '250'],
  ]);
  const hold = await openHold(lab);
  assert.deepEqual(
    [hold.instrument, hold.analyteCode, hold.rules, hold.lastGoodAt, hold.since, hold.status],
    [COBAS, 'GLU', ['1_3s', '2_2s'], goodAt, lab.now(), 'open'],
  );
  // The other analyte of the same analyzer is not held.
  const states = await lab.as('technician').call(getQcStates, {
    pairs: [GLU, { instrument: COBAS, analyteCode: 'CREA' }],
  });
  assert.deepEqual(
    states.map(({ state, holdId }) => [state, holdId]),
    [
      ['failed', hold.id],
      ['none', null],
    ],
  );
  await lab.run([[low, '118']]);
  const again = await openHold(lab);
  assert.deepEqual([again.id, again.version, again.lastGoodAt], [hold.id, hold.version + 1, goodAt]);
  assert.deepEqual(await lab.changes('qc', hold.id), ['qc.fail', 'qc.fail_again']);
});

test('QC-8 a hold is lifted by cause, action and look-back, and only after a good control of each level that failed', async (t) => {
  const lab = await startQcLab(t);
  const [low, high] = [await lab.lot(1), await lab.lot(2)];
  await lab.assign(low);
  await lab.assign(high, { mean: '250', sd: '10' });
  await lab.run([
    [low, '120'],
    [high, '252'],
  ]);
  const technician = lab.as('technician');
  const hold = await openHold(lab);
  assert.equal(hold.lastGoodAt, null, 'no control was ever good');
  const lift = { holdId: hold.id, expectedVersion: hold.version, ...words };
  await technician.refused(liftHold, lift, 'qc.no_good_control');
  await lab.run([[high, '250']]);
  await technician.refused(liftHold, lift, 'qc.no_good_control');
  await lab.run([[low, '111']]);
  await technician.refused(liftHold, lift, 'qc.no_good_control');
  await lab.run([[low, '102']]);
  await lab.as('manager').refused(liftHold, lift, 'platform.forbidden');
  await technician.refused(liftHold, { ...lift, cause: ' ' }, 'platform.invalid_input');
  await technician.refused(liftHold, { ...lift, holdId: newId() }, 'qc.hold_not_found');
  await technician.refused(liftHold, { ...lift, expectedVersion: hold.version + 5 }, 'qc.stale');
  await lab.as('technician', newId()).refused(liftHold, lift, 'qc.hold_not_found');
  const both = await Promise.allSettled([
    technician.call(liftHold, lift),
    technician.call(liftHold, { ...lift, cause: 'Another cause' }),
  ]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const { edges } = await technician.call(listHolds, { status: 'lifted' });
  const lifted = edges[0]?.node;
  assert.ok(lifted);
  assert.deepEqual([lifted.status, lifted.liftedBy, lifted.liftedAt], ['lifted', 'technician', lab.now()]);
  const { cause, action, lookBackNote } = lifted;
  const same = {
    holdId: hold.id,
    expectedVersion: hold.version,
    cause: cause ?? '',
    action: action ?? '',
    lookBackNote: lookBackNote ?? '',
  };
  assert.deepEqual(await technician.call(liftHold, same), lifted, 'the same again is no error');
  const [state] = await technician.call(getQcStates, { pairs: [GLU] });
  assert.deepEqual([state?.state, state?.holdId], ['in_control', null]);
  // The next failure is a hold of its own.
  await lab.run([[low, '130']]);
  assert.notEqual((await openHold(lab)).id, hold.id);
});

test('QC-9 after a recorded correction the controls begin a series of their own', async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  await lab.assign(low);
  for (let n = 0; n < 10; n += 1) await lab.run([[low, '102']]);
  const hold = await openHold(lab);
  assert.deepEqual(hold.rules, ['10_x']);
  const [before] = await lab.run([[low, '101']]);
  assert.equal(before?.outcome, 'rejected', 'the nine before still count');
  lab.later(1);
  const technician = lab.as('technician');
  const fresh = await openHold(lab);
  const correct = { holdId: hold.id, expectedVersion: fresh.version, action: 'Calibrated' };
  await lab.as('manager').refused(recordCorrection, correct, 'platform.forbidden');
  await technician.refused(recordCorrection, { ...correct, expectedVersion: 1 }, 'qc.stale');
  const corrected = await technician.call(recordCorrection, correct);
  assert.deepEqual(await technician.call(recordCorrection, correct), corrected);
  assert.equal(corrected.correctedAt, lab.now());
  const [after] = await lab.run([[low, '101']]);
  assert.deepEqual([after?.outcome, after?.rules], ['in_control', []]);
  const lifted = await technician.call(liftHold, { holdId: hold.id, expectedVersion: corrected.version, ...words });
  assert.equal(lifted.status, 'lifted');
  await technician.refused(recordCorrection, { ...correct, expectedVersion: lifted.version }, 'qc.is_lifted');
});

test('QC-9 a recorded correction ends the run that is going on: the control of another level after it is a run of its own', async (t) => {
  const lab = await startQcLab(t);
  await lab.assign(await lab.lot(1));
  await lab.assign(await lab.lot(2), { mean: '250', sd: '10' });
  const measure = async (level: number, value: string): Promise<void> => {
    lab.later(2);
    const observation = {
      key: newId(),
      messageId: newId(),
      instrument: COBAS,
      sampleId: `QC-4711-${level}`,
      analyteCode: 'GLU',
      value,
      unit: 'mg/dL',
      reagentLot: null,
      measuredAt: lab.now(),
    };
    const taken = await lab.system.call(takeControls, { observations: [observation] });
    assert.deepEqual(
      taken.map(({ outcome }) => outcome),
      ['recorded'],
    );
  };
  const technician = lab.as('technician');
  await measure(1, '101');
  await measure(2, '251');
  const goodAt = new Date(Date.parse(lab.now()) - 2 * 60_000).toISOString();
  lab.later(120);
  await measure(2, '290');
  const hold = await openHold(lab);
  assert.deepEqual([hold.rules, hold.lastGoodAt], [['1_3s'], goodAt]);
  lab.later(1);
  const { version } = await technician.call(recordCorrection, {
    holdId: hold.id,
    expectedVersion: hold.version,
    action: 'Calibrated',
  });
  await measure(1, '102');
  const [state] = await technician.call(getQcStates, { pairs: [GLU] });
  assert.equal(state?.lastGoodAt, lab.now(), 'not rejected with the run that failed');
  const lift = { holdId: hold.id, expectedVersion: version, ...words };
  await technician.refused(liftHold, lift, 'qc.no_good_control');
  await measure(2, '249');
  assert.equal((await technician.call(liftHold, lift)).status, 'lifted');
});

test('QC-10 a mistyped failure: put aside, run again, lifted with its cause', async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  await lab.assign(low);
  const [typed] = await lab.run([[low, '1010']]);
  assert.ok(typed);
  const technician = lab.as('technician');
  await technician.call(voidControl, { controlId: typed.id, reason: 'mistyped' });
  const hold = await openHold(lab);
  const lift = { holdId: hold.id, expectedVersion: hold.version, ...words, cause: 'Mistyped: 101.0' };
  await technician.refused(liftHold, lift, 'qc.no_good_control');
  await lab.run([[low, '101.0']]);
  assert.equal((await technician.call(liftHold, lift)).status, 'lifted');
});

test('lab-day 3: the board shows each analyzer and analyte, worst first; a control not run in time is due', async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  for (const analyteCode of ['GLU', 'CREA', 'UREA', 'NA', 'K']) await lab.assign(low, { analyteCode });
  const manager = lab.as('manager');
  await manager.call(setPairRules, {
    instrument: COBAS,
    analyteCode: 'UREA',
    expectedVersion: 1,
    intervalHours: 4,
    reason: 'unstable',
  });
  await lab.run([[low, '100']], 'GLU');
  await lab.run([[low, '101']], 'UREA');
  await lab.run([[low, '112']], 'CREA');
  await lab.run([[low, '130']], 'NA');
  const board = async (input: object = {}) =>
    (await lab.as('technician').call(listQcStates, input)).edges.map(({ node }) => [node.analyteCode, node.state]);
  assert.deepEqual(await board(), [
    ['NA', 'failed'],
    ['K', 'none'],
    ['CREA', 'warning'],
    ['GLU', 'in_control'],
    ['UREA', 'in_control'],
  ]);
  lab.later(5 * 60);
  assert.deepEqual(await board({ state: 'due' }), [['UREA', 'due']]);
  lab.later(20 * 60);
  assert.deepEqual(await board(), [
    ['NA', 'failed'],
    ['CREA', 'due'],
    ['GLU', 'due'],
    ['UREA', 'due'],
    ['K', 'none'],
  ]);
  const first = await lab.as('technician').call(listQcStates, { first: 2 });
  const second = await lab.as('technician').call(listQcStates, { first: 10, after: first.endCursor });
  assert.deepEqual(
    [...first.edges, ...second.edges].map(({ node }) => node.analyteCode),
    ['NA', 'CREA', 'GLU', 'UREA', 'K'],
  );
  assert.deepEqual(await board({ instrument: 'another' }), []);
  assert.deepEqual((await lab.as('technician', newId()).call(listQcStates, {})).edges, []);
});
