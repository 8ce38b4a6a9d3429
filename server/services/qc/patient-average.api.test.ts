// Patient-based QC with real results; specs/qc.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { placeOrder } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';
import { enterFromInstrument, resultsOfOrders } from '#contract/result.ts';
import { collectTube, planTubes } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import {
  getQcStates,
  liftHold,
  listHolds,
  listMonitors,
  listPatientAlarms,
  monitorSeries,
  saveMonitor,
  setMonitorLimits,
} from './contract.ts';
import { COBAS, startQcLab } from './qc.testing.ts';
import type { QcLab } from './qc.testing.ts';

const SERVICES = ['organization', 'user', 'patient', 'order', 'sample', 'result', 'qc'] as const;
const GLU = { instrument: COBAS, analyteCode: 'GLU' };
const asked = { ...GLU, method: 'mean', block: 5 } as const;

/** Glucose of one patient after another, as an analyzer sends it; a minute between them. */
async function patients(lab: QcLab, values: readonly string[], instrument = COBAS): Promise<readonly string[]> {
  const orders: string[] = [];
  const desk = lab.as('desk');
  const person = { name: 'Test Person', sex: 'female', bornOn: '1990-01-01', isKnownToDiffer: true } as const;
  const patient = await desk.call(registerPatient, person);
  for (const value of values) {
    lab.later(1);
    const order = await desk.call(placeOrder, { patientId: patient.id, items: ['GLU'] });
    await lab.settle();
    const [tube] = await lab.system.call(planTubes, { orderId: order.id });
    assert.ok(tube);
    await lab.as('phlebotomist').call(collectTube, { barcode: tube.barcode });
    await lab.settle();
    const observation = {
      key: newId(),
      messageId: newId(),
      instrument,
      barcode: tube.barcode,
      analyteCode: 'GLU',
      value,
      unit: 'mg/dL',
      doubts: [],
      isPreliminary: false,
      note: null,
    };
    const [entered] = await lab.system.call(enterFromInstrument, { observations: [observation] });
    assert.equal(entered?.outcome, 'entered');
    orders.push(order.id);
  }
  await lab.settle();
  return orders;
}

test('QC-15 the average of the patients follows what the analyzer gives, and tells once when it goes out', async (t) => {
  const lab = await startQcLab(t, SERVICES);
  const manager = lab.as('manager');
  const input = { ...asked, id: newId(), truncateLow: '40', truncateHigh: '400', low: '80', high: '120' };
  const monitor = await manager.call(saveMonitor, input);
  assert.deepEqual([monitor.limitsFrom, monitor.onAlarm], ['hand', 'warn']);
  assert.deepEqual(await manager.call(saveMonitor, input), monitor, 'sent twice');
  await patients(lab, ['100', '100', '999', '100', '100']);
  await patients(lab, ['100'], 'another analyzer');
  await patients(lab, ['100', '200', '200', '200']);
  const { edges } = await lab.as('technician').call(monitorSeries, { monitorId: monitor.id });
  // Newest first. 999 is truncated; the block is full with the fifth; two of five at 200 make 140.
  assert.deepEqual(
    edges.map(({ node }) => [node.figure, node.isAlarm]),
    [
      ['160.0000', true],
      ['140.0000', true],
      ['120.0000', false],
      ['100.0000', false],
      [null, false],
      [null, false],
      [null, false],
      [null, false],
    ],
  );
  const alarms = await lab.as('technician').call(listPatientAlarms, {});
  assert.deepEqual(
    alarms.edges.map(({ node }) => [node.analyteCode, node.figure, node.low, node.high, node.holdId]),
    [['GLU', '140.0000', '80', '120', null]],
  );
  assert.deepEqual((await lab.as('technician').call(listHolds, {})).edges, []);
  assert.deepEqual(await lab.changes('qc', monitor.id), ['qc.save_monitor', 'qc.patient_alarm']);
});

test('QC-16 where the lab wants it, the average holds like a control, and a good control lifts it', async (t) => {
  const lab = await startQcLab(t, SERVICES);
  const low = await lab.lot(1);
  await lab.assign(low);
  await lab.run([[low, '100']]);
  const goodAt = lab.now();
  await lab.as('manager').call(saveMonitor, { ...asked, low: '80', high: '120', onAlarm: 'hold' });
  const orders = await patients(lab, ['130', '130', '130', '130', '130']);
  const [hold] = (await lab.as('technician').call(listHolds, {})).edges.map(({ node }) => node);
  assert.ok(hold);
  assert.deepEqual([hold.rules, hold.lastGoodAt], [[], goodAt]);
  const results = await lab.as('technician').call(resultsOfOrders, { ids: [...orders] });
  assert.ok(results.every(({ holds }) => holds.includes('qc_failed')));
  const lift = { holdId: hold.id, expectedVersion: hold.version, cause: 'c', action: 'a', lookBackNote: 'n' };
  await lab.as('technician').refused(liftHold, lift, 'qc.no_good_control');
  await lab.run([[low, '101']]);
  await lab.as('technician').call(liftHold, lift);
  const [state] = await lab.as('technician').call(getQcStates, { pairs: [GLU] });
  assert.equal(state?.state, 'in_control');
});

test("QC-17 limits come from the lab's own days in control, twenty at least", async (t) => {
  const lab = await startQcLab(t, SERVICES);
  const manager = lab.as('manager');
  const monitor = await manager.call(saveMonitor, asked);
  const limits = { monitorId: monitor.id, expectedVersion: monitor.version, falseAlarmShare: 0 };
  await patients(lab, ['100', '100', '100', '100']);
  // From the fifth value on one figure a day: 100, then 90 and 110 by turns.
  for (let day = 0; day < 21; day += 1) {
    if (day === 10) {
      const error = await manager.refused(setMonitorLimits, limits, 'qc.too_few_days');
      assert.equal(error.details['needed'], 20);
    }
    await patients(lab, [day < 1 ? '100' : day % 2 === 0 ? '90' : '110']);
    lab.later(24 * 60);
  }
  const drawn = await manager.call(setMonitorLimits, limits);
  // Of five in a row three are 110, or three are 90; while hundreds are among them, the mean stays nearer to 100.
  assert.deepEqual([drawn.limitsFrom, drawn.low, drawn.high], ['own_days', '98.0000', '102.0000']);
  await manager.refused(setMonitorLimits, limits, 'qc.stale');
  const other = await manager.call(saveMonitor, {
    ...asked,
    id: monitor.id,
    expectedVersion: drawn.version,
    block: 10,
  });
  assert.deepEqual([other.limitsFrom, other.low], ['none', null], 'another figure, no limits');
});

test('QC-18 what a patient average refuses', async (t) => {
  const lab = await startQcLab(t);
  const manager = lab.as('manager');
  await manager.refused(saveMonitor, { ...asked, low: '120', high: '80' }, 'qc.limits_crossed');
  await manager.refused(saveMonitor, { ...asked, low: '80' }, 'qc.limits_crossed');
  await manager.refused(saveMonitor, { ...asked, truncateLow: '9', truncateHigh: '8.9' }, 'qc.limits_crossed');
  await manager.refused(saveMonitor, { ...asked, analyteCode: 'NOPE' }, 'qc.unknown_analyte');
  await manager.refused(saveMonitor, { ...asked, block: 2 }, 'platform.invalid_input');
  await lab.as('technician').refused(saveMonitor, asked, 'platform.forbidden');
  const monitor = await manager.call(saveMonitor, asked);
  await manager.refused(saveMonitor, asked, 'qc.monitor_taken');
  await manager.refused(saveMonitor, { ...asked, id: monitor.id, expectedVersion: 9, block: 6 }, 'qc.stale');
  await manager.refused(saveMonitor, { ...asked, id: newId(), expectedVersion: 1 }, 'qc.monitor_not_found');
  await manager.refused(monitorSeries, { monitorId: newId() }, 'qc.monitor_not_found');
  await manager.refused(setMonitorLimits, { monitorId: newId(), expectedVersion: 1 }, 'qc.monitor_not_found');
  const { edges } = await manager.call(listMonitors, {});
  assert.deepEqual(
    edges.map(({ node }) => node.id),
    [monitor.id],
  );
  assert.deepEqual((await lab.as('manager', newId()).call(listMonitors, {})).edges, []);
});
