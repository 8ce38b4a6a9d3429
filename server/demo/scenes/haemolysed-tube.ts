// A haemolysed tube: refused at the counter, drawn again under a new label, measured from the second tube (lab-day 28, 29).
import { collectTube, decideRejected, printLabels, rejectTube } from '#contract/sample.ts';

import type { Scene } from '../day-table.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitResults, draw, receive, verifyAndSign } from '../steps.ts';

export async function haemolysedTube(day: LabDay): Promise<Scene> {
  const { staff, analyzers, table } = day;
  const visit = await admit(day, {
    name: 'Shabnam Qureshi',
    sex: 'female',
    age: { years: 29 },
    mobile: '9820011003',
    referredBy: 'Dr. A. Mehta',
    items: ['SGOT', 'SGPT'],
    priority: 'routine',
  });
  await draw(day, visit);
  await receive(day, [visit]);
  const [first] = visit.tubes;
  if (!first) throw new Error('The order has no tube');
  await staff.technician.call(rejectTube, {
    barcode: first.barcode,
    reasonCode: 'haemolysed',
    note: 'Cherry red serum',
  });
  const { newTube } = await staff.technician.call(decideRejected, { barcode: first.barcode, decision: 'recollect' });
  if (!newTube) throw new Error('No second tube was planned');
  const { tubes: labelled } = await staff.desk.call(printLabels, {
    orderId: visit.orderId,
    format: 'zpl',
    barcodes: [newTube.barcode],
  });
  await staff.phlebotomist.call(collectTube, { barcode: newTube.barcode });
  await receive(day, [{ tubes: [newTube] }]);
  // The bench has to know the second tube: an analyzer is not asked to wait in the inbox.
  await awaitResults(day, 'the second tube', visit.orderId, (results) =>
    results.every(({ barcode, status }) => barcode === newTube.barcode && status === 'awaiting'),
  );
  await analyzers.chemistry.run({ barcode: newTube.barcode, sex: 'female', tests: ['SGOT', 'SGPT'] });
  table.messages += 1;
  const values = await awaitResults(day, 'the values of the second tube', visit.orderId, (results) =>
    results.every(({ status }) => status === 'entered'),
  );
  await verifyAndSign(day, visit.orderId);
  day.signed.push(visit);
  return {
    name: 'haemolysed tube',
    what: `Tube ${first.barcode} refused as haemolysed, drawn again as ${newTube.barcode}; the values are those of the second tube`,
    where: `order ${visit.orderNumber}; tech: query { custody(barcode: "${first.barcode}") { act at by reason } }`,
    facts: {
      first: first.barcode,
      second: newTube.barcode,
      replaces: newTube.replacesTubeId === first.id,
      labels: labelled.map(({ barcode }) => barcode),
      valuesFrom: [...new Set(values.map(({ barcode }) => barcode))],
    },
  };
}
