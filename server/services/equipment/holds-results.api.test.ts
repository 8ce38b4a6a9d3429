// An instrument and the values it sends, through both services: specs/equipment.md EQP-12.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { linkFileForUser, uploadFile } from '#contract/file.ts';
import { enterFromInstrument, enterResult, verifyResults } from '#contract/result.ts';
import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';

import { observe, startBench, stepOf } from '../result/testing.ts';
import { equipmentLog, getInstrument, logInstrument, saveInstrument } from './contract.ts';
import { XN } from './equipment.testing.ts';
import { findOverdue } from './jobs/find-overdue.ts';

test('EQP-12 lab-day 3, 43: values are held from the day a calibration is overdue, until it is calibrated', async (t) => {
  // 09:30 in India.
  const clock = createManualClock('2031-03-03T04:00:00.000Z');
  const bench = await startBench(t, {
    clock,
    services: ['organization', 'user', 'patient', 'order', 'sample', 'file', 'equipment', 'result'],
  });
  const { lab } = bench;
  const technician = lab.as('technician');
  const instrument = await lab.as('manager').call(saveInstrument, { ...XN, calibrationEveryDays: 30 });
  const calibrate = (fileIds: string[] = []) => {
    clock.advance(60_000);
    const entry = { kind: 'calibration', hasPassed: true, text: 'by the maker' } as const;
    return technician.call(logInstrument, { ...entry, instrumentId: instrument.id, fileIds });
  };
  const measure = async () => {
    const [awaiting] = await bench.awaiting(['HGB']);
    assert.ok(awaiting);
    await lab.system.call(enterFromInstrument, {
      observations: [observe(awaiting, '13.1', { instrument: XN.messageName })],
    });
    return bench.result(awaiting.orderId, 'HGB');
  };
  const now = (result: Awaited<ReturnType<typeof measure>>) => bench.result(result.orderId, 'HGB');

  assert.equal((await calibrate()).calibrationDueOn, '2031-04-02');
  await lab.settle();
  const inTime = await measure();
  assert.deepEqual(inTime.holds, []);

  clock.advance(31 * 24 * 3_600_000);
  await findOverdue(lab.runtime.systemCtx('equipment', lab.labId), { dueAt: clock.now() });
  await lab.settle();
  const blocked = await technician.call(getInstrument, { instrumentId: instrument.id });
  assert.equal(blocked.blockedReason, 'calibration was due on 2031-04-02');
  const held = await measure();
  assert.deepEqual([(await now(inTime)).holds, held.holds], [[], ['instrument_blocked']]);
  const items = [{ ...stepOf(held), holdsSeen: held.holds }];
  await technician.refused(verifyResults, { items }, 'result.locked');
  // Typed by hand it is held all the same.
  const typed = await technician.call(enterResult, { ...stepOf(held), value: '13.2' });
  assert.deepEqual([typed.readFrom, typed.holds], [XN.messageName, ['instrument_blocked']]);

  // The certificate belongs to the instrument.
  const bytes = Buffer.from('%PDF-1.7 certificate');
  const upload = async (who: 'technician' | 'desk') => {
    const stagingKey = `staging/${newId()}`;
    await lab.runtime.systemCtx('file', lab.labId).ports.files.put(stagingKey, bytes);
    const input = {
      id: newId(),
      stagingKey,
      name: 'certificate.pdf',
      contentType: 'application/pdf',
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      ownerType: 'instrument',
      ownerId: instrument.id,
      head: bytes.toString('base64'),
    } as const;
    return who === 'desk'
      ? lab.as(who).refused(uploadFile, input, 'platform.forbidden')
      : lab.as(who).call(uploadFile, input);
  };
  await upload('desk');
  const file = await upload('technician');
  assert.ok('ownerType' in file);
  assert.equal(file.ownerType, 'instrument');
  await technician.call(linkFileForUser, { fileId: file.id });
  // Who may read files in general (receipts, scanned forms) sees no instrument.
  await lab.as('accountant').refused(linkFileForUser, { fileId: file.id }, 'platform.forbidden');

  assert.equal((await calibrate([file.id])).blockedReason, null);
  await lab.settle();
  const log = await technician.call(equipmentLog, { instrumentId: instrument.id });
  assert.deepEqual(log.edges[0]?.node.fileIds, [file.id]);
  const free = await now(typed);
  assert.deepEqual([free.value, free.holds], ['13.2', []]);
  assert.equal((await bench.verify([free]))[0]?.status, 'verified');
  assert.deepEqual((await measure()).holds, []);
});
