// Glucose before, 1 hour and 2 hours after 75 g: three tubes of one analyte; each value lands in the slot of its own tube.
import { collectTube } from '#contract/sample.ts';

import type { Scene } from '../day-table.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitReport, awaitResults, receive, verifyAndSign } from '../steps.ts';

/** By the analyte of the slot: minutes ago the tube was drawn, what the analyzer reads. */
const DRAWS: Readonly<Record<string, readonly [minutesAgo: number, glucose: string]>> = {
  GLU_F: [125, '94'],
  GLU_1H: [65, '171'],
  GLU_2H: [5, '132'],
};

export async function toleranceTest(day: LabDay): Promise<Scene> {
  const { staff, analyzers, table } = day;
  const visit = await admit(day, {
    name: 'Revathi Menon',
    sex: 'female',
    age: { years: 33 },
    mobile: '9820011004',
    referredBy: 'Dr. Rekha Pillai',
    items: ['OGTT'],
    priority: 'routine',
  });
  const drawOf = (codes: readonly string[]) => codes.flatMap((code) => [DRAWS[code] ?? []].flat())[0];
  const inOrder = visit.tubes.toSorted((a, b) => Number(drawOf(b.testCodes) ?? 0) - Number(drawOf(a.testCodes) ?? 0));
  for (const { barcode, testCodes } of inOrder) {
    const minutes = Number(drawOf(testCodes) ?? 0);
    const collectedAt = new Date(Date.now() - minutes * 60_000).toISOString();
    await staff.phlebotomist.call(collectTube, { barcode, collectedAt });
  }
  await receive(day, [visit]);
  await awaitResults(day, 'three drawn tubes', visit.orderId, (results) =>
    results.every(({ status }) => status === 'awaiting'),
  );
  // The other way round than they were drawn: the tube says which slot it is, not the order of arrival.
  for (const { barcode, testCodes } of inOrder.toReversed()) {
    const [code] = testCodes;
    const glucose = code === undefined ? undefined : DRAWS[code]?.[1];
    await analyzers.chemistry.run({ barcode, sex: 'female', tests: ['GLUC'], values: { GLUC: glucose ?? '' } });
    table.messages += 1;
  }
  const values = await awaitResults(day, 'three glucose values', visit.orderId, (results) =>
    results.every(({ status }) => status === 'entered'),
  );
  await verifyAndSign(day, visit.orderId);
  await awaitReport(day, visit.orderId, 1);
  const slots = Object.fromEntries(values.map(({ analyteCode, value }) => [analyteCode, value]));
  return {
    name: 'tolerance test',
    what: `Glucose tolerance test: three tubes, sent in reverse, each value in its own slot (${values.map(({ draw, value }) => `${draw ?? ''} ${value ?? ''}`).join(', ')})`,
    where: `order ${visit.orderNumber}: tubes { barcode draw } results { analyteCode draw value }`,
    facts: { tubes: visit.tubes.length, slots, barcodes: new Set(values.map(({ barcode }) => barcode)).size },
  };
}
