// INT-25: glucose of an analyzer that does not know when the tube was drawn.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { collectTube, planTubes } from '#contract/sample.ts';
import { ackCodeOf, sendHl7 } from '@nidaan/sandbox/analyzers/send-hl7.ts';

import { startInstrumentLab } from './lab-with-instruments.testing.ts';
import type { InstrumentLab } from './lab-with-instruments.testing.ts';

let serial = 0;

async function sendGlucose(lab: InstrumentLab, barcode: string, value: string, code: string): Promise<void> {
  serial += 1;
  const bytes = Buffer.from(
    [
      `MSH|^~\\&|SIM-CHEM||||||ORU^R01|G-${serial}|P|2.5.1`,
      `OBR|1||${barcode}`,
      `OBX|1|NM|${code}||${value}|mg/dL|||||F`,
      '',
    ].join('\r'),
  );
  assert.equal(ackCodeOf(await sendHl7({ host: '127.0.0.1', port: lab.hl7Port, bytes })), 'AA');
  await lab.settle();
}

test('INT-25 fasting and after-food sugar from one analyzer, each on its own tube, each in its own place', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId } = await lab.order(['GLU_F', 'GLU_PP']);
  const tubes = await lab.system.call(planTubes, { orderId });
  assert.equal(tubes.length, 2);
  for (const { barcode } of tubes) await lab.as('phlebotomist').call(collectTube, { barcode });
  await lab.settle();
  const barcodeOf = (code: string) => tubes.find(({ testCodes }) => testCodes.includes(code))?.barcode ?? '';
  await sendGlucose(lab, barcodeOf('GLU_PP'), '141', '2345-7^Glucose^LN');
  await sendGlucose(lab, barcodeOf('GLU_F'), '92', 'GLUCOSE');
  assert.deepEqual(await lab.values(orderId), { GLU_F: '92', GLU_PP: '141' });
  assert.deepEqual(await lab.inbox(), []);
  assert.equal((await lab.trail(orderId)).length, 2);
});

test('INT-25 a tube that carries glucose itself keeps it, one that carries none shows the value as not ordered', async (t) => {
  const lab = await startInstrumentLab(t);
  const random = await lab.draw(['GLU']);
  const other = await lab.draw(['CREA']);
  await sendGlucose(lab, random.barcode, '110', '2345-7^Glucose^LN');
  await sendGlucose(lab, other.barcode, '111', '2345-7^Glucose^LN');
  assert.deepEqual(await lab.values(random.orderId), { GLU: '110' });
  assert.deepEqual(await lab.values(other.orderId), {});
  assert.deepEqual(
    (await lab.inbox()).map(({ reason, barcode, value }) => [reason, barcode, value]),
    [['not_ordered', other.barcode, '111']],
  );
});
