import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { adoptFile } from '#contract/file.ts';
import { changeCatalogue, getCatalogueState, getTests } from '#contract/order.ts';
import { savePartner } from '#contract/organization.ts';
import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import {
  aliquotTube,
  getManifest,
  listManifests,
  listOverdue,
  listToSend,
  makeManifest,
  outlabReport,
  printManifest,
  rejectTube,
  routeTube,
  saveRack,
  sendManifest,
  storeTube,
} from './contract.ts';
import { acts, fates, planned, received, tubeNow } from './tubes.testing.ts';

async function referralLab(lab: TestLab, kind: 'referral_lab' | 'client' = 'referral_lab'): Promise<string> {
  const code = `P${Math.floor(Math.random() * 1e9)}`;
  const partner = await lab.as('manager').call(savePartner, { kind, code, name: 'Metro Reference Laboratory' });
  return partner.id;
}

async function fileOf(lab: TestLab, orderId: string): Promise<string> {
  const bytes = Buffer.from('%PDF-1.4 their report');
  const stagingKey = `staging/${newId()}`;
  await lab.runtime.systemCtx('file', lab.labId).ports.files.put(stagingKey, bytes);
  const file = await lab.system.call(adoptFile, {
    id: newId(),
    stagingKey,
    name: 'outlab.pdf',
    contentType: 'application/pdf',
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ownerType: 'order',
    ownerId: orderId,
  });
  return file.id;
}

test('lab-day 31: a test that is sent out gets its own tube, which is listed for its referral lab when received', async (t) => {
  const lab = await startLab(t);
  const technician = lab.as('technician');
  const labId = await referralLab(lab);
  const [t3] = await lab.system.call(getTests, { codes: ['T3'] });
  assert.ok(t3);
  const { container, analytes, ...rest } = t3;
  const analyteCodes = analytes.map((each) => each.code);
  const { version } = await lab.as('manager').call(getCatalogueState, {});
  await lab.as('manager').call(changeCatalogue, {
    tests: [{ ...rest, containerCode: container.code, analyteCodes, referralLabId: labId }],
    expectedVersion: version,
    reason: 'sent out from today',
  });
  const plan = await planned(lab, ['T3', 'TSH']);
  assert.deepEqual(
    plan.map((tube) => [tube.testCodes, tube.referralLabId]),
    [
      [['TSH'], null],
      [['T3'], labId],
    ],
  );
  const [, sent] = await received(lab, ['T3', 'TSH']);
  const list = await technician.call(listToSend, { referralLabId: labId });
  assert.deepEqual(
    list.edges.map((edge) => edge.node.id),
    [sent?.id],
  );
});

test('lab-day 31: manifest with a number and an expected date, sent, their report attached, overdue until then', async (t) => {
  const clock = createManualClock('2026-11-25T04:00:00.000Z');
  const lab = await startLab(t, { clock });
  const technician = lab.as('technician');
  const referralLabId = await referralLab(lab);
  const [one] = await received(lab, ['TSH']);
  const [two] = await received(lab, ['CBC']);
  assert.ok(one && two);
  const barcodes = [one.barcode, two.barcode];
  await technician.refused(makeManifest, { referralLabId, barcodes }, 'sample.cannot_list');
  for (const barcode of barcodes) {
    assert.equal((await technician.call(routeTube, { barcode, referralLabId })).referralLabId, referralLabId);
  }
  await technician.call(saveRack, { code: 'R1', rows: 8, columns: 12, place: 'Fridge', temperature: 'refrigerated' });
  await technician.call(storeTube, { barcode: one.barcode, rackCode: 'R1' });
  const tests = await lab.system.call(getTests, { codes: ['TSH', 'CBC'] });
  const slowest = Math.max(...tests.map((each) => each.turnaroundMinutes));
  const input = { id: newId(), referralLabId, barcodes };
  const made = await technician.call(makeManifest, input);
  assert.match(made.number, /^MAN-\d{12}$/);
  // 04:00 UTC is 09:30 in India; the slowest test's turnaround after it.
  const expectedOn = new Date(Date.parse(clock.now()) + 330 * 60_000 + slowest * 60_000).toISOString().slice(0, 10);
  assert.deepEqual(
    [made.status, made.expectedOn, made.referralLabName, made.tubes.length],
    ['made', expectedOn, 'Metro Reference Laboratory', 2],
  );
  assert.deepEqual(await technician.call(makeManifest, input), made);
  await technician.refused(makeManifest, { referralLabId, barcodes }, 'sample.cannot_list');
  await technician.refused(routeTube, { barcode: one.barcode, referralLabId: null }, 'sample.cannot_list');
  assert.deepEqual((await technician.call(listToSend, { referralLabId })).edges, []);

  const [fileOne, fileTwo] = [await fileOf(lab, one.orderId), await fileOf(lab, two.orderId)];
  const reportOne = { manifestId: made.id, orderId: one.orderId, fileId: fileOne };
  const early = await technician.refused(outlabReport, reportOne, 'sample.cannot_move_manifest');
  assert.match(early.message, /is made cannot be reported on; it must be sent first.*sample\.outsource/);
  const sent = await technician.call(sendManifest, { manifestId: made.id, courier: 'Blue van' });
  assert.deepEqual(
    [sent.status, sent.sentBy, sent.tubes.map((tube) => tube.location)],
    ['sent', 'technician', [null, null]],
  );
  assert.deepEqual(await technician.call(sendManifest, { manifestId: made.id }), sent);

  assert.deepEqual((await technician.call(listOverdue, {})).edges, []);
  clock.advance(2 * 86_400_000 + slowest * 60_000);
  const overdue = await technician.call(listOverdue, {});
  assert.deepEqual(
    overdue.edges.map((edge) => [edge.node.id, [...edge.node.openOrderIds].sort()]),
    [[made.id, [one.orderId, two.orderId].sort()]],
  );

  await technician.refused(outlabReport, { ...reportOne, fileId: fileTwo }, 'sample.wrong_file');
  const strange = newId();
  const strangeFile = await fileOf(lab, strange);
  await technician.refused(
    outlabReport,
    { manifestId: made.id, orderId: strange, fileId: strangeFile },
    'sample.not_on_manifest',
  );
  const half = await technician.call(outlabReport, reportOne);
  assert.deepEqual([half.status, half.openOrderIds], ['sent', [two.orderId]]);
  assert.deepEqual(await technician.call(outlabReport, reportOne), half);
  const whole = await technician.call(outlabReport, { manifestId: made.id, orderId: two.orderId, fileId: fileTwo });
  assert.deepEqual([whole.status, whole.openOrderIds, whole.reports.length], ['reported', [], 2]);
  assert.deepEqual((await technician.call(listOverdue, {})).edges, []);
  assert.equal((await technician.call(listManifests, { status: 'reported' })).edges.length, 1);
  assert.ok((await lab.audit('sample', one.orderId)).includes('sample.outlab_report'));
  assert.deepEqual((await acts(lab, one.barcode)).slice(3), ['routed', 'stored', 'listed', 'sent_out']);

  const { pdf } = await technician.call(printManifest, { manifestId: made.id });
  assert.equal(Buffer.from(pdf, 'base64').subarray(0, 5).toString(), '%PDF-');
  await lab.as('phlebotomist').refused(getManifest, { manifestId: made.id }, 'platform.forbidden');
  const foreign = lab.as('admin', newId());
  await foreign.refused(getManifest, { manifestId: made.id }, 'sample.manifest_not_found');
  assert.deepEqual((await foreign.call(listManifests, { status: 'reported' })).edges, []);
});

test('lab-day 31: two who list one tube: one wins; a rejected tube waits for no report; only referral labs are sent to', async (t) => {
  const lab = await startLab(t);
  const technician = lab.as('technician');
  const [referralLabId, client] = [await referralLab(lab), await referralLab(lab, 'client')];
  const [tube] = await received(lab, ['TSH']);
  const barcode = tube?.barcode ?? '';
  await technician.refused(routeTube, { barcode, referralLabId: client }, 'sample.not_referral_lab');
  await technician.refused(routeTube, { barcode, referralLabId: newId() }, 'sample.not_referral_lab');
  // Poured off for them: the aliquot goes, with its test.
  const poured = await technician.call(aliquotTube, {
    barcode,
    aliquots: [{ volumeMl: 1, lineIds: tube?.lineIds ?? [], referralLabId }],
  });
  const aliquot = poured.aliquots[0]?.barcode ?? '';
  assert.deepEqual(
    [poured.aliquots[0]?.referralLabId, (await tubeNow(lab, barcode)).referralLabId],
    [referralLabId, null],
  );
  const race = await Promise.allSettled([
    technician.call(makeManifest, { referralLabId, barcodes: [aliquot] }),
    technician.call(makeManifest, { referralLabId, barcodes: [aliquot] }),
  ]);
  assert.deepEqual(fates(race), [1, ['sample.cannot_list']]);
  const [made] = (await technician.call(listManifests, { status: 'made' })).edges;
  assert.deepEqual(made?.node.openOrderIds, [tube?.orderId]);
  await technician.call(rejectTube, { barcode: aliquot, reasonCode: 'leaking' });
  assert.deepEqual((await technician.call(getManifest, { manifestId: made?.node.id ?? '' })).openOrderIds, []);
});
