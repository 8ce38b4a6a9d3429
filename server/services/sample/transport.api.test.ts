import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import {
  collectTube,
  custody,
  getBag,
  listBags,
  listMissing,
  packBag,
  printBagLabel,
  receiveBag,
  receiveTubes,
  sendBag,
} from './contract.ts';
import type { TubeView } from './contract.ts';
import { acts, fates, oneTube, told, tubeNow } from './tubes.testing.ts';

async function drawn(lab: TestLab, count: number): Promise<readonly TubeView[]> {
  const tubes: TubeView[] = [];
  while (tubes.length < count) {
    const tube = await oneTube(lab);
    tubes.push(await lab.as('phlebotomist').call(collectTube, { barcode: tube.barcode }));
  }
  return tubes;
}
const codes = (tubes: readonly TubeView[]) => tubes.map((tube) => tube.barcode);
const ids = (tubes: readonly { readonly id: string }[]) => tubes.map((tube) => tube.id).toSorted();

test('lab-day 27: a bag opened at the counter tells what came, what is missing, and what nobody packed', async (t) => {
  const lab = await startLab(t);
  const [phlebotomist, technician] = [lab.as('phlebotomist'), lab.as('technician')];
  const tubes = await drawn(lab, 4);
  const [one, two, three, loose] = tubes;
  assert.ok(one && two && three && loose);
  const id = newId();
  const input = { id, barcodes: codes([one, two, three]), toPlace: 'Main lab', fromPlace: 'Kothrud centre' };
  const packed = await phlebotomist.call(packBag, input);
  assert.match(packed.code, /^BAG-\d{12}$/);
  assert.deepEqual([packed.status, packed.tubeCount, packed.missingCount], ['packed', 3, 0]);
  assert.deepEqual(await phlebotomist.call(packBag, input), packed);
  const label = await phlebotomist.call(printBagLabel, { code: packed.code, format: 'zpl' });
  for (const text of [`^FD${packed.code}^FS`, 'Main lab', '3 tubes', 'From Kothrud centre']) {
    assert.ok(label.zpl?.includes(text), text);
  }
  const page = await phlebotomist.call(printBagLabel, { code: packed.code.toLowerCase(), format: 'pdf' });
  assert.equal(
    Buffer.from(page.pdf ?? '', 'base64')
      .subarray(0, 5)
      .toString(),
    '%PDF-',
  );
  const sent = await phlebotomist.call(sendBag, { code: packed.code, courier: 'Ravi' });
  assert.deepEqual([sent.status, sent.courier, sent.sentBy], ['sent', 'Ravi', 'phlebotomist']);
  assert.deepEqual(await phlebotomist.call(sendBag, { code: packed.code }), sent);
  assert.deepEqual(
    (await technician.call(listBags, { status: 'sent' })).edges.map((edge) => edge.node.id),
    [id],
  );

  const scans = { code: packed.code, barcodes: [one.barcode, loose.barcode, 'N000', one.barcode], place: 'Counter 1' };
  const opened = await technician.call(receiveBag, scans);
  assert.deepEqual(ids(opened.received), ids([one]));
  assert.deepEqual(ids(opened.unexpected), ids([loose]));
  assert.deepEqual(ids(opened.missing), ids([two, three]));
  assert.deepEqual(
    opened.refused.map((each) => [each.barcode, each.code]),
    [['N000', 'sample.tube_not_found']],
  );
  assert.deepEqual([opened.bag.status, opened.bag.missingCount], ['received', 2]);
  assert.equal((await tubeNow(lab, loose.barcode)).status, 'received');
  const lost = await technician.call(listMissing, {});
  assert.deepEqual(
    lost.edges.map(({ node }) => [node.bagCode, node.tube.status]),
    [
      [packed.code, 'collected'],
      [packed.code, 'collected'],
    ],
  );

  // One lay between the layers; the other comes by itself two hours later, at another counter.
  const again = await technician.call(receiveBag, { code: packed.code, barcodes: [two.barcode] });
  assert.deepEqual([ids(again.received), ids(again.missing)], [ids([two]), ids([three])]);
  await technician.call(receiveTubes, { barcodes: [three.barcode] });
  assert.deepEqual((await technician.call(listMissing, {})).edges, []);
  assert.deepEqual(await acts(lab, three.barcode), [
    'planned',
    'collected',
    'packed',
    'sent',
    'missing',
    'received',
    'found',
  ]);
  const [, , pack] = await technician.call(custody, { barcode: three.barcode });
  assert.deepEqual([pack?.place, pack?.facts], ['Kothrud centre', { bag: packed.code, toPlace: 'Main lab' }]);
  assert.equal((await told(lab)).filter((event) => event.type === 'sample.received').length, 4);
  const content = await technician.call(getBag, { code: packed.code });
  assert.deepEqual([ids(content.tubes), content.missing], [ids([one, two, three]), []]);
  await phlebotomist.refused(sendBag, { code: packed.code }, 'sample.cannot_move_bag');
});

test('lab-day 27: only collected tubes are packed, and each in one bag', async (t) => {
  const lab = await startLab(t);
  const phlebotomist = lab.as('phlebotomist');
  const [one, two] = await drawn(lab, 2);
  const undrawn = await oneTube(lab);
  assert.ok(one && two);
  const pack = (...barcodes: string[]) => ({ barcodes, toPlace: 'Main lab' });
  await phlebotomist.refused(packBag, pack(one.barcode, undrawn.barcode), 'sample.cannot_pack');
  await phlebotomist.refused(packBag, pack(one.barcode, 'N000'), 'sample.tube_not_found');
  const race = await Promise.allSettled([
    phlebotomist.call(packBag, pack(one.barcode, two.barcode)),
    phlebotomist.call(packBag, pack(two.barcode)),
  ]);
  assert.deepEqual(fates(race), [1, ['sample.already_packed']]);
  await lab.as('accountant').refused(packBag, pack(one.barcode), 'platform.forbidden');
  const [bag] = (await phlebotomist.call(listBags, { status: 'packed' })).edges;
  // Who carries a bag may not receive what is in it.
  await phlebotomist.refused(receiveBag, { code: bag?.node.code ?? '', barcodes: [] }, 'platform.forbidden');
  await lab.as('technician').refused(receiveBag, { code: 'BAG-0', barcodes: [] }, 'sample.bag_not_found');
  const foreign = lab.as('admin', newId());
  await foreign.refused(getBag, { code: bag?.node.code ?? '' }, 'sample.bag_not_found');
  assert.deepEqual((await foreign.call(listBags, { status: 'packed' })).edges, []);
  assert.deepEqual((await foreign.call(listMissing, {})).edges, []);
});

test('a tube left at the centre is packed again, and is missing no more; a bag nobody sent is received all the same', async (t) => {
  const lab = await startLab(t);
  const [phlebotomist, technician] = [lab.as('phlebotomist'), lab.as('technician')];
  const [tube] = await drawn(lab, 1);
  const barcodes = [tube?.barcode ?? ''];
  const first = await phlebotomist.call(packBag, { barcodes, toPlace: 'Main lab' });
  const opened = await technician.call(receiveBag, { code: first.code, barcodes: [] });
  assert.equal(opened.missing.length, 1);
  const second = await phlebotomist.call(packBag, { barcodes, toPlace: 'Main lab' });
  assert.notEqual(second.code, first.code);
  assert.deepEqual((await technician.call(listMissing, {})).edges, []);
  const again = await technician.call(receiveBag, { code: second.code, barcodes });
  assert.deepEqual([again.received.length, again.missing.length], [1, 0]);
  assert.equal((await technician.call(getBag, { code: first.code })).bag.missingCount, 0);
});

test('lab-day 27: many tubes are received in one scan list, in the sequence of scanning, at most two hundred', async (t) => {
  const lab = await startLab(t);
  const tubes: TubeView[] = [];
  while (tubes.length < 40) tubes.push(...(await drawn(lab, 1)));
  const barcodes = codes(tubes);
  const fate = await lab.as('technician').call(receiveTubes, { barcodes });
  assert.deepEqual(
    fate.received.map((tube) => tube.barcode),
    barcodes,
  );
  const tooMany = Array.from({ length: 201 }, (_, n) => `N${1000 + n}`);
  await lab.as('technician').refused(receiveTubes, { barcodes: tooMany }, 'platform.invalid_input');
});
