// INT-31 and INT-32: controls that analyzers send go to quality control, and to no patient. The whole of lab-day 43 with real messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sendAstm } from '@nidaan/astm';

import { leveyJennings, liftHold, listHolds, lookBack, saveControlLot, setTarget } from '#contract/qc.ts';
import type { ChartPoint, ControlLotView } from '#contract/qc.ts';
import { verifyResults } from '#contract/result.ts';
import { ackCodeOf, sendHl7 } from '@nidaan/sandbox/analyzers/send-hl7.ts';

import { mapInstrumentCode, replayMessage } from './contract.ts';
import { hl7Fixture, startInstrumentLab } from './lab-with-instruments.testing.ts';
import type { InstrumentLab } from './lab-with-instruments.testing.ts';

const host = '127.0.0.1';
const CONTROL_ID = 'PCN-4711-1';

async function send(lab: InstrumentLab, bytes: Uint8Array): Promise<void> {
  assert.equal(ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes })), 'AA');
  await lab.settle();
}

/** A control of glucose 101 mg/dL and creatinine 1.10 mg/dL, some of it changed; each a message of its own. */
let serial = 0;
function controlRun(barcode: string, ...changes: readonly (readonly [from: string, to: string])[]): Buffer {
  serial += 1;
  let text = hl7Fixture('control-run.hl7', barcode).toString();
  for (const [from, to] of [...changes, ['|QC-1|', `|QC-${serial}|`]] as const) {
    assert.ok(text.includes(from), from);
    text = text.replace(from, to);
  }
  return Buffer.from(text);
}

async function instrumentOf(lab: InstrumentLab): Promise<string> {
  const [message] = await lab.messages();
  assert.ok(message);
  return message.instrument;
}

async function addLot(lab: InstrumentLab, facts: object = {}): Promise<ControlLotView> {
  return lab.as('manager').call(saveControlLot, {
    material: 'Precinorm',
    lotNumber: '4711',
    level: 1,
    expiresOn: '2099-12-31',
    sampleIds: [CONTROL_ID],
    ...facts,
  });
}

async function assign(lab: InstrumentLab, lot: ControlLotView, instrument: string): Promise<void> {
  const targets = [
    { analyteCode: 'GLU', mean: '100', sd: '2' },
    { analyteCode: 'CREA', mean: '1.00', sd: '0.05' },
  ];
  // In force before the messages came, so that a replay of them is judged too.
  const validFrom = '2020-01-01T00:00:00Z';
  for (const target of targets)
    await lab.as('manager').call(setTarget, { ...target, lotId: lot.id, instrument, kind: 'assigned', validFrom });
}

async function points(lab: InstrumentLab, instrument: string, analyteCode: string): Promise<readonly ChartPoint[]> {
  const asked = { instrument, analyteCode, level: 1, from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' };
  return (await lab.as('technician').call(leveyJennings, asked)).points;
}

test('lab-day 43: a control of the analyzer fails 1_3s; its patients are held with the reason in sight and listed, until a good one', async (t) => {
  const lab = await startInstrumentLab(t);
  const lot = await addLot(lab);
  // The first control tells the analyzer's name; without a target it is on the chart and not judged.
  await send(lab, controlRun(CONTROL_ID));
  const instrument = await instrumentOf(lab);
  await assign(lab, lot, instrument);
  await send(lab, controlRun(CONTROL_ID));

  const early = await lab.draw(['GLU']);
  await send(lab, patientRun(early.barcode, '96'));
  await send(lab, controlRun(CONTROL_ID, ['|101|', '|107|']));
  const late = await lab.draw(['GLU']);
  await send(lab, patientRun(late.barcode, '99'));
  await lab.settle();

  assert.deepEqual(
    (await points(lab, instrument, 'GLU')).map(({ value, z, rules, outcome }) => [value, z, rules.join(' '), outcome]),
    [
      ['101', null, '', 'not_judged'],
      ['101', '0.50', '', 'in_control'],
      ['107', '3.50', '1_2s 1_3s', 'rejected'],
    ],
  );
  assert.deepEqual(
    (await points(lab, instrument, 'CREA')).map(({ z, outcome }) => [z, outcome]),
    [
      [null, 'not_judged'],
      ['2.00', 'in_control'],
      ['2.00', 'in_control'],
    ],
    'creatinine of the same message is judged by itself',
  );
  const { edges } = await lab.as('technician').call(listHolds, {});
  assert.deepEqual(
    edges.map(({ node }) => [node.instrument, node.analyteCode, node.rules]),
    [[instrument, 'GLU', ['1_3s']]],
  );
  const hold = edges[0]?.node;
  assert.ok(hold);

  // Both patients since the last good control, the one before the failure too.
  for (const { orderId } of [early, late]) {
    const [result] = await lab.results(orderId);
    assert.ok(result);
    assert.ok(result.holds.includes('qc_failed'), `held: ${result.holds.join(', ')}`);
    const step = { resultId: result.id, expectedVersion: result.version, holdsSeen: [...result.holds] };
    await lab.as('technician').refused(verifyResults, { items: [step] }, 'result.locked');
  }
  const suspects = await lab.as('technician').call(lookBack, { holdId: hold.id });
  assert.deepEqual(
    suspects.edges.map(({ node }) => [node.orderId, node.value, node.status]),
    [
      [early.orderId, '96', 'entered'],
      [late.orderId, '99', 'entered'],
    ],
  );
  await lab.as('desk').refused(lookBack, { holdId: hold.id }, 'platform.forbidden');

  await send(lab, controlRun(CONTROL_ID));
  const words = { cause: 'Reagent past its stability', action: 'New pack, calibrated', lookBackNote: 'Both run again' };
  await lab.as('technician').call(liftHold, { holdId: hold.id, expectedVersion: hold.version, ...words });
  await lab.settle();
  for (const { orderId } of [early, late]) {
    const [result] = await lab.results(orderId);
    assert.equal(result?.holds.includes('qc_failed'), false);
  }
});

/** The same analyzer's message for a patient's tube. */
function patientRun(barcode: string, glucose: string): Buffer {
  return controlRun(barcode, ['&CONTROL', ''], ['Q^^HL70369', 'P^^HL70369'], ['|101|', `|${glucose}|`]);
}

test('INT-31 a control of an unknown lot waits as one item; when the lot is there a replay records it, once', async (t) => {
  const lab = await startInstrumentLab(t);
  await send(lab, controlRun(CONTROL_ID));
  const [item, another] = await lab.inbox();
  assert.deepEqual([item?.reason, item?.barcode, another], ['control_sample', CONTROL_ID, undefined]);
  assert.ok(item);
  const lot = await addLot(lab);
  const instrument = await instrumentOf(lab);
  await assign(lab, lot, instrument);
  await lab.as('technician').call(replayMessage, { messageId: item.messageId });
  assert.deepEqual(await lab.inbox(), []);
  await lab.as('technician').call(replayMessage, { messageId: item.messageId });
  assert.deepEqual(
    (await points(lab, instrument, 'GLU')).map(({ value, outcome }) => [value, outcome]),
    [['101', 'in_control']],
  );
  assert.equal((await lab.messages())[0]?.status, 'processed');
});

test('INT-31 what of a control cannot be placed stays in the inbox, place by place, and the rest is recorded', async (t) => {
  const lab = await startInstrumentLab(t);
  await addLot(lab);
  await send(
    lab,
    controlRun(CONTROL_ID, ['2160-0^Creatinine^LN', 'ZZZ-1^Something^99X'], ['|101|mg/dL', '|5.6|mmol/L']),
  );
  await send(lab, controlRun(CONTROL_ID, ['|101|', '|----|']));
  const items = (await lab.inbox()).map(({ location, reason, value, barcode }) => [location, reason, value, barcode]);
  assert.deepEqual(
    items.toSorted(([, a = ''], [, b = '']) => (a < b ? -1 : 1)),
    [
      ['OBX[1]', 'control_sample', '----', CONTROL_ID],
      ['OBX[1]', 'unit_mismatch', '5.6', CONTROL_ID],
      ['OBX[2]', 'unknown_code', '1.10', CONTROL_ID],
    ],
  );
  const instrument = await instrumentOf(lab);
  assert.deepEqual(
    (await points(lab, instrument, 'CREA')).map(({ value }) => value),
    ['1.10'],
  );
  const unknown = (await lab.inbox()).find(({ reason }) => reason === 'unknown_code');
  assert.ok(unknown);
  await lab.as('technician').call(mapInstrumentCode, { instrument, code: 'ZZZ-1', analyteCode: 'UREA' });
  await lab.as('technician').call(replayMessage, { messageId: unknown.messageId });
  assert.deepEqual(
    (await points(lab, instrument, 'UREA')).map(({ value }) => value),
    ['1.10'],
  );
});

test('INT-32 a tube under the id of a control lot is a control, whatever the analyzer calls it; also of a lot put away', async (t) => {
  const lab = await startInstrumentLab(t);
  const lot = await addLot(lab);
  await send(lab, patientRun(CONTROL_ID.toLowerCase(), '100'));
  const instrument = await instrumentOf(lab);
  assert.equal((await points(lab, instrument, 'GLU')).length, 1);
  assert.deepEqual(await lab.inbox(), []);
  await addLot(lab, { id: lot.id, expectedVersion: lot.version, isActive: false });
  await send(lab, patientRun(CONTROL_ID, '102'));
  assert.deepEqual(
    (await lab.inbox()).map(({ reason, barcode }) => [reason, barcode]),
    [['control_sample', CONTROL_ID]],
  );
  assert.equal((await points(lab, instrument, 'GLU')).length, 1);
});

test("INT-32 an id that is a control's and a patient's goes to neither: a person decides", async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['GLU'], 'PCN-4711-9');
  await addLot(lab, { sampleIds: ['PCN-4711-*'] });
  await send(lab, patientRun(barcode, '88'));
  assert.deepEqual(await lab.values(orderId), {});
  assert.deepEqual(
    (await lab.inbox()).map(({ reason }) => reason),
    ['control_sample'],
  );
  assert.deepEqual(await points(lab, await instrumentOf(lab), 'GLU'), []);
});

test("INT-32 calibrations and training runs under a control's id are no controls", async (t) => {
  const lab = await startInstrumentLab(t);
  await addLot(lab);
  await send(lab, controlRun(CONTROL_ID, ['&CONTROL', ''], ['Q^^HL70369', 'C^^HL70369']));
  await send(lab, controlRun(CONTROL_ID, ['|P|2.5.1', '|T|2.5.1']));
  assert.deepEqual((await lab.inbox()).map(({ reason }) => reason).toSorted(), ['control_sample', 'not_production']);
  assert.deepEqual(await points(lab, await instrumentOf(lab), 'GLU'), []);
});

test('INT-31 ASTM: a QC order goes to its lot, beside a patient of the same message', async (t) => {
  const lab = await startInstrumentLab(t);
  await addLot(lab);
  const { orderId, barcode } = await lab.draw(['GLU']);
  await sendAstm({
    host,
    port: lab.astmPort,
    records: [
      'H|\\^&|||XL-640',
      'P|1',
      `O|1|${CONTROL_ID}||^^^GLU|||||||Q`,
      'R|1|^^^GLU|103|mg/dL||||F',
      'P|2',
      `O|1|${barcode}||^^^GLU`,
      'R|1|^^^GLU|92|mg/dL||||F',
      'L|1|N',
    ],
  });
  await lab.settle();
  assert.deepEqual(await lab.values(orderId), { GLU: '92' });
  assert.deepEqual(
    (await points(lab, await instrumentOf(lab), 'GLU')).map(({ value }) => value),
    ['103'],
  );
  assert.deepEqual(await lab.inbox(), []);
});
