import assert from 'node:assert/strict';
import { test } from 'node:test';

import { setPolicies } from '#contract/organization.ts';
import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import {
  aliquotTube,
  collectTube,
  custody,
  decideRejected,
  disposeTubes,
  findTube,
  getRack,
  listDisposable,
  listRacks,
  printLabels,
  rejectTube,
  retrieveTube,
  sampleReceived,
  saveRack,
  storeTube,
} from './contract.ts';
import { acts, fates, oneTube, received, told, tubeNow } from './tubes.testing.ts';

test('lab-day 30: aliquots get a suffix, reduce the parent, take their tests along, and have labels', async (t) => {
  const lab = await startLab(t);
  const technician = lab.as('technician');
  const [tube] = await received(lab, ['UREA', 'CREA', 'URIC']);
  assert.ok(tube);
  assert.equal(tube.remainingMl, 3.5);
  const before = (await told(lab)).length;
  const [urea = ''] = tube.lineIds;
  const poured = await technician.call(aliquotTube, {
    barcode: tube.barcode,
    aliquots: [{ volumeMl: 1.2, lineIds: [urea], section: 'SPECIAL' }, { volumeMl: 0.5 }],
  });
  assert.equal(poured.parent.remainingMl, 1.8);
  assert.deepEqual(poured.parent.lineIds, tube.lineIds.slice(1));
  assert.deepEqual(
    poured.aliquots.map((each) => [
      each.barcode,
      each.parentTubeId,
      each.status,
      each.remainingMl,
      each.section,
      each.lineIds,
    ]),
    [
      [`${tube.barcode}-A1`, tube.id, 'received', 1.2, 'SPECIAL', [urea]],
      [`${tube.barcode}-A2`, tube.id, 'received', 0.5, tube.section, []],
    ],
  );
  // The bench is told where the test is now, for the aliquot alone.
  const events = (await told(lab)).slice(before);
  assert.deepEqual(
    events.map((each) => each.type),
    ['sample.collected', 'sample.received'],
  );
  const fact = sampleReceived.schema.parse(events[1]?.payload);
  assert.deepEqual([fact.barcode, fact.lineIds, fact.at], [`${tube.barcode}-A1`, [urea], tube.receivedAt]);
  assert.equal((await tubeNow(lab, `${tube.barcode}-A1`)).collectedAt, tube.collectedAt);

  // The numbers go on, and volume is counted to the hundredth.
  const third = await technician.call(aliquotTube, { barcode: tube.barcode, aliquots: [{ volumeMl: 1.8 }] });
  assert.deepEqual([third.aliquots[0]?.barcode, third.parent.remainingMl], [`${tube.barcode}-A3`, 0]);
  const pour = (volumeMl: number, lineIds: readonly string[] = []) => ({
    barcode: tube.barcode,
    aliquots: [{ volumeMl, lineIds: [...lineIds] }],
  });
  const little = await technician.refused(aliquotTube, pour(0.01), 'sample.not_enough');
  assert.match(little.message, /0\.01 mL cannot be poured off: 0 mL are left/);
  await technician.refused(aliquotTube, { ...pour(0.1), barcode: `${tube.barcode}-A1` }, 'sample.not_primary');
  await technician.refused(aliquotTube, pour(0.1, [urea]), 'sample.not_on_tube');
  const undrawn = await oneTube(lab);
  await technician.refused(aliquotTube, { ...pour(0.1), barcode: undrawn.barcode }, 'sample.not_here');
  await lab.as('phlebotomist').refused(aliquotTube, pour(0.1), 'platform.forbidden');
  await lab.as('admin', newId()).refused(aliquotTube, pour(0.1), 'sample.tube_not_found');

  const barcodes = [`${tube.barcode}-A1`];
  const sheet = await technician.call(printLabels, {
    orderId: tube.orderId,
    format: 'zpl',
    symbology: 'datamatrix',
    barcodes,
  });
  assert.ok(sheet.zpl?.includes(`^BXN,4,200^FD${tube.barcode}-A1^FS`));
  assert.equal(sheet.tubes.length, 1);
  const bars = await technician.call(printLabels, { orderId: tube.orderId, format: 'zpl', barcodes });
  assert.ok(bars.zpl?.includes(`N,N,N,A^FD${tube.barcode}-A1^FS`));
  assert.deepEqual(await acts(lab, tube.barcode), ['planned', 'collected', 'received', 'poured_off', 'poured_off']);
  assert.deepEqual(await acts(lab, `${tube.barcode}-A1`), ['poured']);
});

test('two who pour off one tube never pour more than is in it', async (t) => {
  const lab = await startLab(t);
  const [tube] = await received(lab, ['UREA']);
  const pour = { barcode: tube?.barcode ?? '', aliquots: [{ volumeMl: 2 }] };
  const both = await Promise.allSettled([
    lab.as('technician').call(aliquotTube, pour),
    lab.as('technician').call(aliquotTube, pour),
  ]);
  assert.deepEqual(fates(both), [1, ['sample.not_enough']]);
  assert.equal((await tubeNow(lab, pour.barcode)).remainingMl, 1.5);
});

test('a tube is stored by rack and position, one a position, found there, and taken out again', async (t) => {
  const lab = await startLab(t);
  const technician = lab.as('technician');
  const rack = { code: 'r1', rows: 1, columns: 2, place: 'Fridge 2', temperature: 'refrigerated' } as const;
  const saved = await technician.call(saveRack, rack);
  assert.deepEqual([saved.code, saved.tubeCount], ['R1', 0]);
  const [one] = await received(lab, ['CBC']);
  const [two] = await received(lab, ['CBC']);
  const [three] = await received(lab, ['CBC']);
  assert.ok(one && two && three);
  assert.equal((await technician.call(storeTube, { barcode: one.barcode, rackCode: 'R1' })).location, 'R1/A1');
  await technician.refused(
    storeTube,
    { barcode: two.barcode, rackCode: 'R1', position: 'A1' },
    'sample.position_taken',
  );
  const wide = await technician.refused(
    storeTube,
    { barcode: two.barcode, rackCode: 'R1', position: 'a3' },
    'sample.no_such_position',
  );
  assert.match(wide.message, /no position A3; its last is A2/);
  const race = await Promise.allSettled([
    technician.call(storeTube, { barcode: two.barcode, rackCode: 'R1' }),
    technician.call(storeTube, { barcode: three.barcode, rackCode: 'r1' }),
  ]);
  assert.deepEqual(fates(race), [1, ['sample.rack_full']]);
  assert.equal((await technician.call(findTube, { barcode: one.barcode })).location, 'R1/A1');
  const content = await technician.call(getRack, { code: 'R1' });
  assert.deepEqual(
    content.tubes.map((tube) => tube.location),
    ['R1/A1', 'R1/A2'],
  );
  await technician.refused(saveRack, { ...rack, columns: 1 }, 'sample.rack_in_use');
  assert.equal((await technician.call(saveRack, { ...rack, columns: 3 })).id, saved.id);

  const out = await technician.call(retrieveTube, { barcode: one.barcode, reason: 'rerun' });
  assert.equal(out.location, null);
  await technician.refused(retrieveTube, { barcode: one.barcode }, 'sample.not_stored');
  assert.equal(
    (await technician.call(storeTube, { barcode: one.barcode, rackCode: 'R1', position: 'A3' })).location,
    'R1/A3',
  );
  // The same scan again moves nothing.
  const version = (await tubeNow(lab, one.barcode)).version;
  assert.equal((await technician.call(storeTube, { barcode: one.barcode, rackCode: 'R1' })).version, version);
  const steps = await technician.call(custody, { barcode: one.barcode });
  assert.deepEqual(
    steps.slice(3).map((step) => [step.act, step.place, step.reason]),
    [
      ['stored', 'Fridge 2, R1/A1', null],
      ['retrieved', null, 'rerun'],
      ['stored', 'Fridge 2, R1/A3', null],
    ],
  );
  const undrawn = await oneTube(lab);
  await technician.refused(storeTube, { barcode: undrawn.barcode, rackCode: 'R1' }, 'sample.not_here');
  await technician.refused(storeTube, { barcode: three.barcode, rackCode: 'R9' }, 'sample.rack_not_found');
  await lab.as('desk').refused(storeTube, { barcode: three.barcode, rackCode: 'R1' }, 'platform.forbidden');
  await lab.as('admin', newId()).refused(getRack, { code: 'R1' }, 'sample.rack_not_found');
  await technician.call(saveRack, { ...rack, code: 'R2' });
  const page = await technician.call(listRacks, { first: 1 });
  const rest = await technician.call(listRacks, { first: 1, after: page.endCursor });
  assert.deepEqual(
    [...page.edges, ...rest.edges].map((edge) => edge.node.code),
    ['R1', 'R2'],
  );
});

test('tubes are kept as long as the lab says, then listed, thrown away and recorded; before that with a reason only', async (t) => {
  const clock = createManualClock('2026-11-25T04:00:00.000Z');
  const lab = await startLab(t, { clock });
  const technician = lab.as('technician');
  await lab.system.call(setPolicies, { sampleRetentionDays: 5 });
  const [old] = await received(lab, ['CBC']);
  const [rejected] = await received(lab, ['CBC']);
  assert.ok(old && rejected);
  await technician.call(saveRack, { code: 'R1', rows: 8, columns: 12, place: 'Fridge', temperature: 'refrigerated' });
  await technician.call(storeTube, { barcode: old.barcode, rackCode: 'R1' });
  await technician.call(rejectTube, { barcode: rejected.barcode, reasonCode: 'clotted' });
  clock.advance(5 * 86_400_000 - 60_000);
  const [young] = await received(lab, ['CBC']);
  assert.deepEqual((await technician.call(listDisposable, {})).edges, []);
  const early = await technician.call(disposeTubes, { barcodes: [old.barcode] });
  assert.deepEqual([early.disposed, early.refused[0]?.code], [[], 'sample.too_early_to_dispose']);
  assert.match(early.refused[0]?.reason ?? '', /kept until 2026-11-30/);

  clock.advance(2 * 60_000);
  // Rejected and undecided, a tube may be wanted still.
  const list = await technician.call(listDisposable, {});
  assert.deepEqual(
    list.edges.map(({ node }) => [node.tube.id, node.keptUntil]),
    [[old.id, '2026-11-30T04:00:00.000Z']],
  );
  const barcodes = [old.barcode, rejected.barcode, young?.barcode ?? '', 'N000', old.barcode];
  const done = await technician.call(disposeTubes, { barcodes, place: 'Bio-waste room' });
  assert.deepEqual(
    done.disposed.map((tube) => [tube.id, tube.status, tube.location]),
    [[old.id, 'disposed', null]],
  );
  assert.deepEqual(
    done.refused.map((each) => each.code),
    ['sample.undecided', 'sample.too_early_to_dispose', 'sample.tube_not_found'],
  );
  assert.deepEqual(
    (await technician.call(disposeTubes, { barcodes: [old.barcode] })).disposed.map((tube) => tube.version),
    done.disposed.map((tube) => tube.version),
  );
  await technician.call(decideRejected, { barcode: rejected.barcode, decision: 'recollect' });
  const forced = await technician.call(disposeTubes, {
    barcodes: [rejected.barcode, young?.barcode ?? ''],
    reason: 'leaked in the rack',
  });
  assert.equal(forced.disposed.length, 2);
  const steps = await technician.call(custody, { barcode: young?.barcode ?? '' });
  assert.deepEqual([steps.at(-1)?.act, steps.at(-1)?.reason], ['disposed', 'leaked in the rack']);
  await technician.refused(rejectTube, { barcode: old.barcode, reasonCode: 'clotted' }, 'sample.cannot_move');
  await lab.as('phlebotomist').refused(collectTube, { barcode: old.barcode }, 'sample.cannot_move');
  await lab.as('phlebotomist').refused(disposeTubes, { barcodes }, 'platform.forbidden');
  assert.ok((await lab.audit('sample', old.orderId)).includes('sample.dispose'));
});
