// INT-33: haemolysis, icterus and lipaemia, sent as observations of their own.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changeCatalogue, getCatalogueState } from '#contract/order.ts';
import { ackCodeOf, sendHl7 } from '@nidaan/sandbox/analyzers/send-hl7.ts';

import { mapInstrumentCode, replayMessage } from './contract.ts';
import { hl7Fixture, startInstrumentLab } from './lab-with-instruments.testing.ts';

test('INT-33 an index that the lab has mapped is kept with the values of its tube, and the rule of the analyte holds them', async (t) => {
  const lab = await startInstrumentLab(t);
  const technician = lab.as('technician');
  const { version: expectedVersion } = await lab.system.call(getCatalogueState, {});
  await lab.system.call(changeCatalogue, {
    expectedVersion,
    reason: 'limits of the reagent maker',
    indexRules: [
      {
        analyteCode: 'K',
        rules: [{ index: 'H', limit: '100', effect: 'raised', action: 'hold', comment: 'Haemolysed: raised' }],
      },
      {
        analyteCode: 'NA',
        rules: [{ index: 'L', limit: '2', effect: 'lowered', action: 'comment', comment: 'Lipaemic serum' }],
      },
    ],
  });
  const drawn = await lab.draw(['K', 'NA']);
  const bytes = hl7Fixture('serum-indices.hl7', drawn.barcode);
  assert.equal(ackCodeOf(await sendHl7({ host: '127.0.0.1', port: lab.hl7Port, bytes })), 'AA');
  await lab.settle();
  const facts = async () =>
    Object.fromEntries(
      (await lab.results(drawn.orderId)).map(({ analyteCode, value, holds, indices }) => [
        analyteCode,
        { value, holds, indices },
      ]),
    );
  // No code is guessed to be an index.
  assert.deepEqual(await facts(), {
    K: { value: '6.1', holds: [], indices: null },
    NA: { value: '139', holds: [], indices: null },
  });
  const [first] = await lab.inbox();
  assert.deepEqual((await lab.inbox()).map(({ reason, code }) => `${reason} ${code}`).toSorted(), [
    'unknown_code SI-HEM',
    'unknown_code SI-ICT',
    'unknown_code SI-LIP',
  ]);
  const wrong = { instrument: '', code: 'SI-HEM', analyteCode: 'X' };
  await technician.refused(mapInstrumentCode, wrong, 'integration.unknown_analyte');
  for (const [code, analyteCode] of [
    ['SI-HEM', 'H'],
    ['SI-ICT', 'I'],
    ['SI-LIP', 'L'],
  ] as const)
    await technician.call(mapInstrumentCode, { instrument: first?.instrument ?? '', code, analyteCode });
  await technician.call(replayMessage, { messageId: first?.messageId ?? '' });
  await lab.settle();
  const indices = { H: '180', I: '<1', L: '2+' };
  assert.deepEqual(await facts(), {
    K: { value: '6.1', holds: ['index'], indices },
    NA: { value: '139', holds: [], indices },
  });
  assert.deepEqual(await lab.inbox(), []);

  // Mapped once, the next tube needs nobody.
  const next = await lab.draw(['K']);
  const again = Buffer.from(hl7Fixture('serum-indices.hl7', next.barcode).toString().replace('HIL-1', 'HIL-2'));
  assert.equal(ackCodeOf(await sendHl7({ host: '127.0.0.1', port: lab.hl7Port, bytes: again })), 'AA');
  await lab.settle();
  const [potassium] = await lab.results(next.orderId);
  assert.deepEqual(
    [potassium?.holds, potassium?.holdNotes],
    [['index'], [{ hold: 'index', text: 'Haemolysed: raised' }]],
  );
  assert.deepEqual(
    (await lab.inbox()).map(({ reason, value }) => `${reason} ${value}`),
    ['not_ordered 139'],
  );
});
