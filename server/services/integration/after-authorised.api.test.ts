// INT-26: a value that differs from one already signed.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { authoriseResults, verifyResults } from '#contract/result.ts';
import { ackCodeOf, sendHl7 } from '@nidaan/sandbox/analyzers/send-hl7.ts';

import { replayMessage } from './contract.ts';
import { hl7Fixture, startInstrumentLab } from './lab-with-instruments.testing.ts';

test('INT-26 a value that differs after the signature waits in the inbox, and the order trail leads to it', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const send = async (bytes: Buffer): Promise<void> => {
    assert.equal(ackCodeOf(await sendHl7({ host: '127.0.0.1', port: lab.hl7Port, bytes })), 'AA');
    await lab.settle();
  };
  const count = hl7Fixture('blood-count.hl7', barcode).toString();
  await send(Buffer.from(count));
  const step = async () =>
    (await lab.results(orderId)).map(({ id, version }) => ({ resultId: id, expectedVersion: version }));
  await lab.as('technician').call(verifyResults, { items: await step() });
  await lab.as('pathologist').call(authoriseResults, { items: await step() });
  await send(Buffer.from(count.replace('ORU^R01|1|', 'ORU^R01|2|')));
  const late = async () => (await lab.inbox()).filter(({ reason }) => reason === 'after_authorised');
  assert.deepEqual(await late(), [], 'the same value again is no news');

  await send(Buffer.from(count.replace('ORU^R01|1|', 'ORU^R01|3|').replace('|13.1|', '|9.1|')));
  const [item, another] = await late();
  assert.equal(another, undefined);
  assert.deepEqual([item?.value, item?.barcode, item?.status], ['9.1', barcode, 'open']);
  assert.deepEqual(await lab.values(orderId), { HGB: '13.1' });
  assert.ok((await lab.trail(orderId)).some(({ entityId }) => entityId === item?.messageId));
  await lab.as('technician').call(replayMessage, { messageId: item?.messageId ?? '' });
  assert.equal((await late()).length, 1, 'a replay does not make it fit');
});
