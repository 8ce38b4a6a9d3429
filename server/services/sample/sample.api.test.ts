import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessionNumber, calendarDay, isAccession } from '@nidaan/values';

import { placeOrder } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import {
  collectTube,
  findTube,
  findTubes,
  listTubes,
  planTubes,
  printLabels,
  receiveTubes,
  sampleCollected,
  sampleReceived,
  tubesOfOrders,
} from './contract.ts';
import { lockTubes } from './tube-store.ts';
import { oneTube, placed, planned, told } from './tubes.testing.ts';

test('SAM-1, lab-day 21, 22: the tubes of an order are planned by its event: one a bench, timed draws apart, in order of draw', async (t) => {
  const lab = await startLab(t);
  const order = await placed(lab, ['GLU_PP', 'CBC', 'ESR', 'TSH', 'LFT', 'GLU_F', 'PT_INR']);
  await lab.settle();
  const tubes = await lab.as('technician').call(tubesOfOrders, { ids: [order.id, newId()] });
  // Containers and sections as in tests.csv; order of draw as in containers.csv: citrate 2, serum 3, EDTA 5, fluoride 6.
  assert.deepEqual(
    tubes.map((tube) => [tube.containerCode, tube.section, tube.draw, tube.volumeMl, tube.capColour]),
    [
      ['CITRATE', 'COAGULATION', null, 2.7, 'Light blue'],
      ['SST', 'BIOCHEMISTRY', null, 3.5, 'Gold'],
      ['SST', 'IMMUNOASSAY', null, 3.5, 'Gold'],
      ['EDTA', 'HAEMATOLOGY', null, 3, 'Lavender'],
      ['FLUORIDE', 'BIOCHEMISTRY', 'fasting', 2, 'Grey'],
      ['FLUORIDE', 'BIOCHEMISTRY', '2 h after food', 2, 'Grey'],
    ],
  );
  assert.deepEqual(tubes[3]?.testCodes, ['CBC', 'ESR']);
  assert.deepEqual(tubes.flatMap((tube) => tube.lineIds).sort(), order.lines.map((line) => line.id).sort());
  assert.ok(
    tubes.every((tube) => tube.status === 'planned' && tube.patientId === order.patientId && tube.version === 1),
  );
  assert.ok(tubes.every((tube) => isAccession(tube.barcode) && tube.barcode.startsWith('N')));
  assert.deepEqual(
    tubes.map((tube) => Number(tube.barcode.slice(7, 12))),
    [1, 2, 3, 4, 5, 6],
  );
  assert.deepEqual(await lab.audit('sample', order.id), ['sample.plan']);
});

test('SAM-2 the desk and the event plan at once: one plan, and asking again gives the same', async (t) => {
  const lab = await startLab(t);
  const desk = lab.as('desk');
  const order = await placed(lab, ['CBC', 'LFT']);
  const plans = await Promise.all([1, 2, 3].map(() => desk.call(planTubes, { orderId: order.id })));
  await lab.settle();
  plans.push(await desk.call(planTubes, { orderId: order.id }));
  for (const plan of plans) assert.deepEqual(plan, plans[0]);
  assert.equal(plans[0]?.length, 2);
  assert.deepEqual(await lab.audit('sample', order.id), ['sample.plan']);
  await desk.refused(planTubes, { orderId: newId() }, 'order.not_found');
});

test('SAM-3, lab-day 24: a scan at the bedside stamps collector and time once, however often it is made', async (t) => {
  const lab = await startLab(t);
  const phlebotomist = lab.as('phlebotomist');
  const tube = await oneTube(lab);
  const drawn = new Date(Date.now() - 600_000).toISOString();
  const scan = { barcode: tube.barcode, collectedAt: drawn, expectedVersion: tube.version };
  const [one, two] = await Promise.all([phlebotomist.call(collectTube, scan), phlebotomist.call(collectTube, scan)]);
  assert.deepEqual(one, two);
  assert.equal(one.status, 'collected');
  assert.equal(one.collectedBy, 'phlebotomist');
  assert.equal(Date.parse(one.collectedAt ?? ''), Date.parse(drawn));
  assert.equal(one.version, 2);
  // A keyboard in lower case, later and by someone else: still the first scan counts.
  const again = await lab.as('admin').call(collectTube, { barcode: tube.barcode.toLowerCase() });
  assert.deepEqual(again, one);
  const events = await told(lab);
  assert.deepEqual(
    events.map((event) => [event.type, event.entityId]),
    [['sample.collected', tube.orderId]],
  );
  assert.deepEqual(sampleCollected.schema.parse(events[0]?.payload), {
    tubeId: tube.id,
    orderId: tube.orderId,
    patientId: tube.patientId,
    barcode: tube.barcode,
    lineIds: tube.lineIds,
    at: drawn,
    by: 'phlebotomist',
  });
  assert.deepEqual(await lab.audit('sample', tube.orderId), ['sample.plan', 'sample.collect']);
});

test('SAM-4 a pre-printed label takes the place of ours; both find the tube; no label serves two tubes', async (t) => {
  const lab = await startLab(t);
  const phlebotomist = lab.as('phlebotomist');
  const [tube, other, third] = [await oneTube(lab), await oneTube(lab), await oneTube(lab)];
  const collected = await phlebotomist.call(collectTube, { barcode: tube.barcode, preprintedBarcode: 'ROLL-0077' });
  assert.equal(collected.barcode, 'ROLL-0077');
  assert.equal(collected.isPreprinted, true);
  for (const barcode of ['ROLL-0077', 'roll-0077', tube.barcode]) {
    assert.equal((await phlebotomist.call(findTube, { barcode })).id, tube.id);
  }
  await phlebotomist.refused(
    collectTube,
    { barcode: other.barcode, preprintedBarcode: 'roll-0077' },
    'sample.barcode_taken',
  );
  // Ours is still on the first tube's record, so it cannot be stuck on another.
  await phlebotomist.refused(
    collectTube,
    { barcode: other.barcode, preprintedBarcode: tube.barcode },
    'sample.barcode_taken',
  );
  assert.equal((await phlebotomist.call(findTube, { barcode: other.barcode })).status, 'planned');
  // The same scan again is a repeat, also by the new label; another label on a collected tube is not.
  assert.deepEqual(
    await phlebotomist.call(collectTube, { barcode: tube.barcode, preprintedBarcode: 'ROLL-0077' }),
    collected,
  );
  assert.deepEqual(await phlebotomist.call(collectTube, { barcode: 'ROLL-0077' }), collected);
  const relabelled = await phlebotomist.refused(
    collectTube,
    { barcode: tube.barcode, preprintedBarcode: 'ROLL-0078' },
    'sample.cannot_move',
  );
  assert.deepEqual(relabelled.details, {
    status: 'collected',
    move: 'relabelled',
    expected: 'planned',
    mayBy: 'sample.collect',
  });

  const race = await Promise.allSettled(
    [other, third].map(({ barcode }) => phlebotomist.call(collectTube, { barcode, preprintedBarcode: 'ROLL-0099' })),
  );
  assert.deepEqual(race.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
  const lost = race.find((outcome) => outcome.status === 'rejected');
  assert.match(String(lost?.reason), /Another tube of this lab carries that barcode/);
});

test('SAM-5 accession numbers that a pre-printed roll has used up are passed over', async (t) => {
  const lab = await startLab(t);
  const first = await oneTube(lab);
  const day = calendarDay(new Date().toISOString());
  const number = (serial: number) => accessionNumber({ branchPrefix: 'N', day, serial });
  assert.equal(first.barcode, number(1));
  await lab.as('phlebotomist').call(collectTube, { barcode: first.barcode, preprintedBarcode: number(3) });
  const tubes = await planned(lab, ['CBC', 'LFT', 'TSH']);
  assert.deepEqual(
    tubes.map((tube) => tube.barcode),
    [number(2), number(4), number(5)],
  );
});

test('SAM-6 a scan is refused for an unknown barcode, a time in the future, a stale screen', async (t) => {
  const lab = await startLab(t);
  const phlebotomist = lab.as('phlebotomist');
  const tube = await oneTube(lab);
  const unknown = await phlebotomist.refused(collectTube, { barcode: 'N000' }, 'sample.tube_not_found');
  assert.match(unknown.message, /N000/);
  await phlebotomist.refused(findTube, { barcode: 'N000' }, 'sample.tube_not_found');
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  await phlebotomist.refused(
    collectTube,
    { barcode: tube.barcode, collectedAt: inMinutes(5) },
    'sample.collected_in_future',
  );
  await phlebotomist.refused(collectTube, { barcode: tube.barcode, expectedVersion: 9 }, 'sample.stale');
  await phlebotomist.refused(collectTube, { barcode: 'a b' }, 'platform.invalid_input');
  // A phone's clock one minute ahead is not the future; the tube is not collected later than now.
  const collected = await phlebotomist.call(collectTube, { barcode: tube.barcode, collectedAt: inMinutes(1) });
  assert.ok(Date.parse(collected.collectedAt ?? '') <= Date.now());
});

test('SAM-15 a drawing time of more than a week ago or before the birth is refused, by the name of its field', async (t) => {
  const lab = await startLab(t);
  const [desk, phlebotomist] = [lab.as('desk'), lab.as('phlebotomist')];
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const tube = await oneTube(lab);
  const early = { barcode: tube.barcode, collectedAt: daysAgo(7.01) };
  const refused = await phlebotomist.refused(collectTube, early, 'sample.collected_too_early');
  assert.match(refused.message, /collectedAt/);
  assert.equal((await phlebotomist.call(findTube, { barcode: tube.barcode })).status, 'planned');
  assert.equal((await phlebotomist.call(collectTube, { ...early, collectedAt: daysAgo(6.9) })).status, 'collected');

  const bornOn = new Date(Date.now() + 5.5 * 3_600_000).toISOString().slice(0, 10);
  const baby = await desk.call(registerPatient, { name: 'Baby Raman', sex: 'male', bornOn, isKnownToDiffer: true });
  const order = await desk.call(placeOrder, { patientId: baby.id, items: ['CBC'] });
  const [own] = await desk.call(planTubes, { orderId: order.id });
  const unborn = { barcode: own?.barcode ?? '', collectedAt: daysAgo(1.01) };
  await phlebotomist.refused(collectTube, unborn, 'sample.collected_too_early');
  assert.equal((await phlebotomist.call(collectTube, { barcode: unborn.barcode })).status, 'collected');
});

test('SAM-14 many barcodes are looked up at once: each label of a tube finds it, strangers are left out', async (t) => {
  const lab = await startLab(t);
  const [one, two] = [await oneTube(lab), await oneTube(lab)];
  await lab.as('phlebotomist').call(collectTube, { barcode: two.barcode, preprintedBarcode: 'ROLL-1' });
  const barcodes = ['roll-1', 'N000', two.barcode, one.barcode.toLowerCase(), 'roll-1'];
  const found = await lab.as('technician').call(findTubes, { barcodes });
  assert.deepEqual(
    found.map(({ barcode, tube }) => [barcode, tube.id, tube.barcode, tube.status]),
    [
      ['roll-1', two.id, 'ROLL-1', 'collected'],
      [two.barcode, two.id, 'ROLL-1', 'collected'],
      [one.barcode.toLowerCase(), one.id, one.barcode, 'planned'],
      ['roll-1', two.id, 'ROLL-1', 'collected'],
    ],
  );
  assert.deepEqual(await lab.as('technician').call(findTubes, { barcodes: [] }), []);
  assert.deepEqual(await lab.as('technician', newId()).call(findTubes, { barcodes }), []);
  const tooMany = Array.from({ length: 501 }, (_, n) => `N${1000 + n}`);
  await lab.system.refused(findTubes, { barcodes: tooMany }, 'platform.invalid_input');
  await lab.as('nobody').refused(findTubes, { barcodes }, 'platform.forbidden');
});

test('SAM-7, lab-day 27: a courier bag: each tube is received or named with its reason, and scanning twice does no harm', async (t) => {
  const lab = await startLab(t);
  const [phlebotomist, technician] = [lab.as('phlebotomist'), lab.as('technician')];
  const [one, two, undrawn] = [await oneTube(lab), await oneTube(lab), await oneTube(lab)];
  await phlebotomist.call(collectTube, { barcode: one.barcode });
  await phlebotomist.call(collectTube, { barcode: two.barcode, preprintedBarcode: 'ROLL-1' });
  const bag = { barcodes: ['ROLL-1', undrawn.barcode, 'N000', one.barcode, two.barcode, one.barcode] };
  const fates = await technician.call(receiveTubes, bag);
  assert.deepEqual(
    fates.received.map((tube) => [tube.id, tube.status, tube.receivedBy, tube.version]),
    [
      [two.id, 'received', 'technician', 3],
      [one.id, 'received', 'technician', 3],
    ],
  );
  assert.deepEqual(
    fates.refused.map((fate) => [fate.barcode, fate.code]),
    [
      [undrawn.barcode, 'sample.cannot_move'],
      ['N000', 'sample.tube_not_found'],
    ],
  );
  assert.match(fates.refused[0]?.reason ?? '', /planned tube cannot be received; it must be collected first/);
  assert.deepEqual(await technician.call(receiveTubes, bag), fates);
  // The bedside's phone comes back online and sends its scan once more.
  assert.equal((await phlebotomist.call(collectTube, { barcode: one.barcode })).status, 'received');

  const receptions = (await told(lab)).filter((event) => event.type === 'sample.received');
  assert.deepEqual(
    receptions.map((event) => [event.entityId, sampleReceived.schema.parse(event.payload).barcode]),
    [
      [two.orderId, 'ROLL-1'],
      [one.orderId, one.barcode],
    ],
  );
  assert.deepEqual(await lab.audit('sample', one.orderId), ['sample.plan', 'sample.collect', 'sample.receive']);
  assert.deepEqual(await lab.audit('sample', undrawn.orderId), ['sample.plan']);
});

test('SAM-8 two counters scanning one bag in opposite sequence receive each tube once', async (t) => {
  const lab = await startLab(t);
  const barcodes: string[] = [];
  while (barcodes.length < 4) {
    const tube = await oneTube(lab);
    await lab.as('phlebotomist').call(collectTube, { barcode: tube.barcode });
    barcodes.push(tube.barcode);
  }
  const technician = lab.as('technician');
  const both = await Promise.all([
    technician.call(receiveTubes, { barcodes }),
    technician.call(receiveTubes, { barcodes: barcodes.toReversed() }),
  ]);
  for (const fates of both) assert.equal(fates.received.length, 4);
  assert.equal((await told(lab)).filter((event) => event.type === 'sample.received').length, 4);
  // What keeps the two from blocking each other: locks are taken by id, whatever the sequence of scanning.
  const locked = (scans: readonly string[]) =>
    lab.runtime.systemCtx('sample', lab.labId).transaction((tx) => lockTubes(tx, lab.labId, scans));
  const ids = both[0].received.map((tube) => tube.id).sort();
  for (const scans of [barcodes, barcodes.toReversed()]) {
    assert.deepEqual(
      (await locked(scans)).map((tube) => tube.id),
      ids,
    );
  }
});

test('SAM-9, lab-day 17, 23: labels come as ZPL or PDF with the patient, the tests and the priority; each print is counted', async (t) => {
  const lab = await startLab(t);
  const desk = lab.as('desk');
  const order = await placed(lab, ['CBC', 'GLU_F'], 'stat');
  // Straight after placing: the labels' tubes are planned by the print itself.
  const sheet = await desk.call(printLabels, { orderId: order.id, format: 'zpl' });
  assert.equal(sheet.pdf, null);
  const zpl = sheet.zpl ?? '';
  assert.equal(zpl.match(/\^XA/g)?.length, 2);
  for (const tube of sheet.tubes) assert.ok(zpl.includes(`^FD${tube.barcode}^FS`));
  for (const text of ['Lakshmi Raman', 'STAT', 'CBC', 'FBS', 'fasting']) assert.ok(zpl.includes(text), text);
  assert.match(zpl, /\d+ Y \/ F/);
  assert.deepEqual(
    sheet.tubes.map((tube) => [tube.labelsPrinted, tube.version]),
    [
      [1, 1],
      [1, 1],
    ],
  );

  const again = await lab.as('phlebotomist').call(printLabels, { orderId: order.id, format: 'pdf' });
  assert.equal(again.zpl, null);
  assert.ok(
    Buffer.from(again.pdf ?? '', 'base64')
      .subarray(0, 5)
      .equals(Buffer.from('%PDF-')),
  );
  assert.deepEqual(
    again.tubes.map((tube) => tube.labelsPrinted),
    [2, 2],
  );
  assert.deepEqual(await lab.audit('sample', order.id), ['sample.plan', 'sample.print_labels', 'sample.print_labels']);
  await desk.refused(printLabels, { orderId: newId(), format: 'zpl' }, 'order.not_found');
});

test('SAM-10 waiting tubes are listed longest waiting first, page by page', async (t) => {
  const lab = await startLab(t);
  const [phlebotomist, technician] = [lab.as('phlebotomist'), lab.as('technician')];
  const tubes = [await oneTube(lab), await oneTube(lab), await oneTube(lab)];
  const ids = async (input: Parameters<typeof technician.call<typeof listTubes>>[1]) =>
    (await technician.call(listTubes, input)).edges.map((edge) => edge.node.id);
  assert.deepEqual(
    await ids({ status: 'planned' }),
    tubes.map((tube) => tube.id),
  );
  // Drawn in the opposite sequence: the counter waits for the one drawn first.
  for (const [at, tube] of tubes.entries()) {
    const collectedAt = new Date(Date.now() - at * 3_600_000).toISOString();
    await phlebotomist.call(collectTube, { barcode: tube.barcode, collectedAt });
  }
  assert.deepEqual(await ids({ status: 'planned' }), []);
  assert.deepEqual(await ids({ status: 'collected' }), tubes.map((tube) => tube.id).toReversed());
  const page = await technician.call(listTubes, { status: 'collected', first: 2 });
  assert.equal(page.hasNextPage, true);
  assert.deepEqual(await ids({ status: 'collected', first: 2, after: page.endCursor }), [tubes[0]?.id]);
  await technician.refused(listTubes, { status: 'planned', after: 'rubbish' }, 'platform.bad_cursor');
});

test('SAM-11 another lab sees no tube, and roles are kept', async (t) => {
  const lab = await startLab(t);
  const tube = await oneTube(lab);
  const foreign = lab.as('admin', newId());
  await foreign.refused(findTube, { barcode: tube.barcode }, 'sample.tube_not_found');
  await foreign.refused(collectTube, { barcode: tube.barcode }, 'sample.tube_not_found');
  await foreign.refused(planTubes, { orderId: tube.orderId }, 'order.not_found');
  assert.deepEqual(await foreign.call(tubesOfOrders, { ids: [tube.orderId] }), []);
  assert.equal((await foreign.call(listTubes, { status: 'planned' })).edges.length, 0);
  const fates = await foreign.call(receiveTubes, { barcodes: [tube.barcode] });
  assert.deepEqual(
    fates.refused.map((fate) => fate.code),
    ['sample.tube_not_found'],
  );

  await lab.as('desk').refused(collectTube, { barcode: tube.barcode }, 'platform.forbidden');
  await lab.as('phlebotomist').refused(receiveTubes, { barcodes: [tube.barcode] }, 'platform.forbidden');
  await lab.as('pathologist').refused(printLabels, { orderId: tube.orderId, format: 'zpl' }, 'platform.forbidden');
  await lab.as('accountant').refused(findTube, { barcode: tube.barcode }, 'platform.forbidden');
});
