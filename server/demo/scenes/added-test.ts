// The doctor rings: one more test. It goes on the tube that is stored, nobody is pricked again (lab-day 32).
import { addTests } from '#contract/order.ts';
import { saveRack, storeTube, tubesOfOrders } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import type { Scene } from '../day-table.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitResults, draw, measure, receive, verifyAndSign } from '../steps.ts';

export async function addedTest(day: LabDay): Promise<Scene> {
  const { staff, analyzers, table } = day;
  const visit = await admit(day, {
    name: 'Tenzin Dolma',
    sex: 'female',
    age: { years: 41 },
    mobile: '9820011007',
    referredBy: 'Dr. A. Mehta',
    items: ['ALB'],
    priority: 'routine',
  });
  await draw(day, visit);
  await receive(day, [visit]);
  await measure(day, visit, false);
  const [tube] = visit.tubes;
  if (!tube) throw new Error('The order has no tube');
  await awaitResults(day, 'the first value', visit.orderId, (results) =>
    results.every(({ status }) => status === 'entered'),
  );
  const stored = await store(day, tube.barcode);
  const order = await staff.desk.call(addTests, {
    orderId: visit.orderId,
    requestId: newId(),
    items: ['TP'],
    reason: 'The doctor asked by telephone',
  });
  await awaitResults(day, 'the added test', visit.orderId, (results) =>
    results.some(({ testCode, status }) => testCode === 'TP' && status === 'awaiting'),
  );
  await analyzers.chemistry.run({ barcode: tube.barcode, sex: 'female', tests: ['TP'] });
  table.messages += 1;
  await awaitResults(day, 'the value of the added test', visit.orderId, (results) =>
    results.every(({ status }) => status === 'entered'),
  );
  await verifyAndSign(day, visit.orderId);
  day.signed.push(visit);
  const tubes = await staff.technician.call(tubesOfOrders, { ids: [visit.orderId] });
  return {
    name: 'added test',
    what: `Total protein added to albumin by telephone: measured from the same tube ${tube.barcode}, stored at ${stored}`,
    where: `order ${visit.orderNumber}: items { code origin } tubes { barcode testCodes location }`,
    facts: {
      tubes: tubes.length,
      testsOfTube: tubes[0]?.testCodes.toSorted() ?? [],
      origins: order.items.map(({ code, origin }) => `${code} ${origin}`),
      location: stored,
    },
  };
}

/** The tube goes into the rack of the day's serum, into the first free place. */
async function store({ staff }: LabDay, barcode: string): Promise<string> {
  const rack = { code: 'SERUM-1', rows: 8, columns: 12, place: 'Cold room', temperature: 'refrigerated' } as const;
  await staff.technician.call(saveRack, rack);
  return (await staff.technician.call(storeTube, { barcode, rackCode: rack.code })).location ?? '';
}
