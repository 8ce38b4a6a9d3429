// specs/equipment.md
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { setPolicies } from '#contract/organization.ts';
import { newId } from '#platform/ids.ts';

import {
  blockedOf,
  downtimeOf,
  equipmentLog,
  getInstrument,
  listDue,
  listInstruments,
  logInstrument,
  reinstateInstrument,
  retireInstrument,
  saveInstrument,
} from './contract.ts';
import { startEquipmentLab, XN } from './equipment.testing.ts';
import { findOverdue } from './jobs/find-overdue.ts';

const DAY = 24 * 60;

test('EQP-1: an instrument is added once, changed by who may, and a stale screen overwrites nothing', async (t) => {
  const lab = await startEquipmentLab(t);
  const manager = lab.as('manager');
  const input = { ...XN, id: newId(), installedOn: '2030-01-15', maintenanceEveryDays: 30 };
  const added = await manager.call(saveInstrument, input);
  assert.deepEqual(added, {
    ...input,
    status: 'in_service',
    downSince: null,
    calibrationEveryDays: null,
    calibrationDueOn: null,
    maintenanceDueOn: '2031-03-03',
    blockedReason: null,
    version: 1,
  });
  assert.deepEqual(await manager.call(saveInstrument, input), added, 'sent twice, added once');
  await manager.refused(saveInstrument, XN, 'equipment.message_name_taken');
  await manager.refused(saveInstrument, { ...input, name: 'Other' }, 'equipment.stale');
  await manager.refused(saveInstrument, { ...XN, id: newId(), expectedVersion: 1 }, 'equipment.not_found');
  await lab.as('technician').refused(saveInstrument, input, 'platform.forbidden');
  await lab.as('desk').refused(getInstrument, { instrumentId: added.id }, 'platform.forbidden');
  const changes = ['First', 'Second'].map((name) =>
    manager.call(saveInstrument, { ...input, name, expectedVersion: 1 }),
  );
  const both = await Promise.allSettled(changes);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const now = await manager.call(getInstrument, { instrumentId: added.id });
  assert.equal(now.version, 2);
  assert.deepEqual(await lab.changes('equipment', added.id), ['equipment.add', 'equipment.save']);
});

test('EQP-2: another lab sees no instrument and can have one of the same name', async (t) => {
  const lab = await startEquipmentLab(t);
  const instrument = await lab.add();
  const otherId = newId();
  const [manager, technician] = [lab.as('manager', otherId), lab.as('technician', otherId)];
  await manager.refused(getInstrument, { instrumentId: instrument.id }, 'equipment.not_found');
  const entry = { instrumentId: instrument.id, kind: 'note', text: 'x' } as const;
  await technician.refused(logInstrument, entry, 'equipment.not_found');
  assert.deepEqual((await manager.call(listInstruments, {})).edges, []);
  assert.deepEqual((await manager.call(equipmentLog, { instrumentId: instrument.id })).edges, []);
  assert.deepEqual(
    await manager.call(downtimeOf, { instrumentIds: [instrument.id], from: '2031-03-01', to: '2031-03-03' }),
    [],
  );
  await manager.call(saveInstrument, XN);
  // The same name in one lab, at once: one wins, the other is told.
  const both = await Promise.allSettled([1, 2].map(() => lab.add({ messageName: 'twice' })));
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
});

test('EQP-3: a breakdown blocks and a repair frees, told once each; a move that does not fit is refused with state, move and who may', async (t) => {
  const lab = await startEquipmentLab(t);
  const instrument = await lab.add();
  const technician = lab.as('technician');
  const base = { instrumentId: instrument.id, text: 'Laser error 21' } as const;
  const refused = await technician.refused(logInstrument, { ...base, kind: 'repair' }, 'equipment.cannot_move');
  assert.deepEqual(refused.details, { status: 'in_service', move: 'repair', who: 'equipment.log' });
  const down = await lab.log(instrument, { kind: 'breakdown' });
  assert.deepEqual([down.status, down.downSince, down.blockedReason], ['down', lab.now(), 'out of order']);
  await technician.refused(logInstrument, { ...base, kind: 'breakdown' }, 'equipment.cannot_move');
  await lab.as('pathologist').refused(logInstrument, { ...base, kind: 'repair' }, 'platform.forbidden');
  lab.later(30);
  const future = new Date(Date.parse(lab.now()) + 60_000).toISOString();
  await technician.refused(logInstrument, { ...base, kind: 'repair', at: future }, 'equipment.wrong_time');
  const before = '2031-03-03T03:59:00.000Z';
  await technician.refused(logInstrument, { ...base, kind: 'repair', at: before }, 'equipment.wrong_time');
  const both = await Promise.allSettled([1, 2].map(() => lab.log(instrument, { kind: 'repair' })));
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'], 'two at once: one wins');
  const now = await technician.call(getInstrument, { instrumentId: instrument.id });
  assert.deepEqual([now.status, now.downSince, now.blockedReason], ['in_service', null, null]);
  assert.deepEqual(await lab.told(instrument.id), ['equipment.blocked', 'equipment.unblocked']);
});

test('EQP-6: a calibration with its certificate, sent twice, is one entry; the log is never changed', async (t) => {
  const lab = await startEquipmentLab(t);
  const instrument = await lab.add({ calibrationEveryDays: 180 });
  assert.equal(instrument.calibrationDueOn, '2031-03-03', 'none on record: due today');
  const technician = lab.as('technician');
  const fileId = await lab.certificate();
  const input = {
    id: newId(),
    instrumentId: instrument.id,
    kind: 'calibration' as const,
    hasPassed: true,
    text: 'Calibrator lot 55',
    fileIds: [fileId],
  };
  await technician.refused(logInstrument, { ...input, fileIds: [newId()] }, 'file.not_found');
  await technician.refused(logInstrument, { ...input, hasPassed: null }, 'equipment.verdict_needed');
  await technician.refused(logInstrument, { ...input, kind: 'maintenance' as const }, 'equipment.verdict_needed');
  await technician.refused(logInstrument, { ...input, nextDueOn: '2031-03-03' }, 'equipment.due_day_not_fitting');
  const failed = { ...input, hasPassed: false, nextDueOn: '2031-04-01' };
  await technician.refused(logInstrument, failed, 'equipment.due_day_not_fitting');
  const calibrated = await technician.call(logInstrument, input);
  // 180 days after 3 March 2031.
  assert.equal(calibrated.calibrationDueOn, '2031-08-30');
  assert.deepEqual(await technician.call(logInstrument, input), calibrated);
  await technician.refused(logInstrument, { ...input, text: 'other' }, 'equipment.log_entry_taken');
  const { edges } = await technician.call(equipmentLog, { instrumentId: instrument.id });
  assert.deepEqual(
    edges.map(({ node }) => node),
    [{ ...input, at: lab.now(), by: 'technician', nextDueOn: null }],
  );
  // Written down late: an older one moves nothing.
  const late = await lab.log(instrument, { kind: 'calibration', hasPassed: false, at: '2031-02-01T05:00:00Z' });
  assert.deepEqual([late.calibrationDueOn, late.blockedReason], ['2031-08-30', null]);
  // The certificate names another day, and that day stands until the interval changes.
  lab.later(1);
  const named = await lab.log(instrument, { kind: 'calibration', hasPassed: true, nextDueOn: '2031-06-01' });
  assert.equal(named.calibrationDueOn, '2031-06-01');
  const { version } = named;
  const renamed = await lab.as('manager').call(saveInstrument, {
    ...XN,
    id: instrument.id,
    name: 'Renamed',
    calibrationEveryDays: 180,
    expectedVersion: version,
  });
  assert.equal(renamed.calibrationDueOn, '2031-06-01');
});

test('EQP-5: a failed calibration blocks until one passes; while blocked the message name stays', async (t) => {
  const lab = await startEquipmentLab(t);
  const instrument = await lab.add();
  const failed = await lab.log(instrument, { kind: 'calibration', hasPassed: false });
  assert.equal(failed.blockedReason, 'the last calibration failed');
  const since = lab.now();
  const blocked = () => lab.as('technician').call(blockedOf, { instruments: [XN.messageName, 'nobody'] });
  assert.deepEqual(await blocked(), [{ instrument: XN.messageName, reason: 'the last calibration failed', since }]);
  const rename = { ...XN, id: instrument.id, messageName: 'XN', expectedVersion: failed.version };
  await lab.as('manager').refused(saveInstrument, rename, 'equipment.rename_while_blocked');
  lab.later(1);
  await lab.log(instrument, { kind: 'breakdown' });
  assert.deepEqual(await blocked(), [{ instrument: XN.messageName, reason: 'out of order', since }], 'since the first');
  lab.later(1);
  const repaired = await lab.log(instrument, { kind: 'repair' });
  assert.equal(repaired.blockedReason, 'the last calibration failed', 'the repair does not calibrate it');
  lab.later(1);
  const passed = await lab.log(instrument, { kind: 'calibration', hasPassed: true });
  assert.equal(passed.blockedReason, null);
  assert.deepEqual(await blocked(), []);
  assert.deepEqual(await lab.told(instrument.id), ['equipment.blocked', 'equipment.unblocked'], 'once each');
});

test('EQP-7: overdue by the clock: told once by the job of the next day, cured by a calibration or by the policy', async (t) => {
  const lab = await startEquipmentLab(t);
  const instrument = await lab.add({ calibrationEveryDays: 2 });
  await lab.log(instrument, { kind: 'calibration', hasPassed: true });
  const ctx = lab.runtime.systemCtx('equipment', lab.labId);
  const early = { dueAt: '2031-03-03T18:30:00.000Z' };
  await assert.rejects(findOverdue(ctx, early), { code: 'equipment.check_not_due' });
  const reason = async () => (await lab.system.call(getInstrument, { instrumentId: instrument.id })).blockedReason;
  lab.later(2 * DAY);
  await lab.newDay();
  assert.equal(await reason(), null, 'in time on the due day, 5 March');
  lab.later(DAY);
  await lab.newDay();
  await lab.newDay();
  assert.equal(await reason(), 'calibration was due on 2031-03-05');
  assert.deepEqual(await lab.told(instrument.id), ['equipment.blocked']);
  await lab.system.call(setPolicies, { overdueCalibrationHolds: false });
  await lab.settle();
  assert.equal(await reason(), null, 'the lab does not hold for it any more');
  await lab.system.call(setPolicies, { overdueCalibrationHolds: true });
  await lab.settle();
  assert.equal(await reason(), 'calibration was due on 2031-03-05');
  await lab.log(instrument, { kind: 'calibration', hasPassed: true });
  assert.equal(await reason(), null);
  const told = ['equipment.blocked', 'equipment.unblocked', 'equipment.blocked', 'equipment.unblocked'];
  assert.deepEqual(await lab.told(instrument.id), told);
});

test('EQP-8: what is due by a day, longest overdue first, in pages; a retired one is not due', async (t) => {
  const lab = await startEquipmentLab(t);
  const first = await lab.add({ messageName: 'A', name: 'A', calibrationEveryDays: 10, maintenanceEveryDays: 5 });
  await lab.add({ messageName: 'B', name: 'B', maintenanceEveryDays: 30 });
  const gone = await lab.add({ messageName: 'C', name: 'C', calibrationEveryDays: 1 });
  await lab.log(first, { kind: 'calibration', hasPassed: true, at: '2031-02-15T05:00:00Z' });
  await lab.log(first, { kind: 'maintenance' });
  const manager = lab.as('manager');
  const retire = { instrumentId: gone.id, expectedVersion: gone.version, reason: 'Sold' };
  await lab.as('technician').refused(retireInstrument, retire, 'platform.forbidden');
  const retired = await manager.call(retireInstrument, retire);
  assert.deepEqual([retired.status, retired.blockedReason], ['retired', 'taken out of use']);
  assert.deepEqual(await manager.call(retireInstrument, retire), retired);
  await manager.refused(reinstateInstrument, retire, 'equipment.stale');
  const log = { instrumentId: gone.id, kind: 'maintenance', text: 'x' } as const;
  await lab.as('technician').refused(logInstrument, log, 'equipment.cannot_move');
  const rows = async (until: string, size = 20) => {
    const found: unknown[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof ask>> = await ask(until, size, after);
      found.push(...page.edges.map(({ node }) => [node.instrument.name, node.kind, node.dueOn, node.isOverdue]));
      after = page.hasNextPage ? page.endCursor : null;
    } while (after !== null);
    return found;
  };
  const ask = (until: string, size: number, after: string | null) =>
    lab.as('technician').call(listDue, { until, first: size, after });
  const expected = [
    ['A', 'calibration', '2031-02-25', true],
    ['B', 'maintenance', '2031-03-03', false],
    ['A', 'maintenance', '2031-03-08', false],
  ];
  assert.deepEqual(await rows('2031-03-08'), expected);
  assert.deepEqual(await rows('2031-03-08', 1), expected, 'the same page by page');
  assert.deepEqual(await rows('2031-03-07'), expected.slice(0, 2));
  await manager.refused(listDue, { until: '2031-03-07', after: 'x' }, 'platform.bad_cursor');
  const back = { ...retire, expectedVersion: retired.version };
  assert.equal((await manager.call(reinstateInstrument, back)).status, 'in_service');
});

test('EQP-9: downtime of an instrument and period adds up from its log', async (t) => {
  const lab = await startEquipmentLab(t);
  const instrument = await lab.add();
  // 09:30 in India: out of order for 45 minutes; then again at 11:00 and still.
  await lab.log(instrument, { kind: 'breakdown' });
  lab.later(45);
  await lab.log(instrument, { kind: 'repair' });
  lab.later(45);
  await lab.log(instrument, { kind: 'breakdown' });
  lab.later(60);
  const input = { instrumentIds: [instrument.id], from: '2031-03-03', to: '2031-03-03' };
  const technician = lab.as('technician');
  // Midnight to noon: 720 minutes, 105 of them down: 615 / 720 = 85.4166 %.
  const half = { breakdowns: 2, downMinutes: 105, periodMinutes: 720, availabilityPercent: '85.42' };
  assert.deepEqual(await technician.call(downtimeOf, input), [{ instrumentId: instrument.id, ...half }]);
  const manager = lab.as('manager');
  const retire = { instrumentId: instrument.id, expectedVersion: 4, reason: 'Beyond repair' };
  await manager.call(retireInstrument, retire);
  lab.later(720);
  // The day is over; out of order ended when it was taken out of use: 1335 / 1440 = 92.708 %.
  const whole = { breakdowns: 2, downMinutes: 105, periodMinutes: 1440, availabilityPercent: '92.71' };
  assert.deepEqual(await technician.call(downtimeOf, input), [{ instrumentId: instrument.id, ...whole }]);
  await technician.refused(downtimeOf, { ...input, to: '2031-03-02' }, 'equipment.bad_period');
});
