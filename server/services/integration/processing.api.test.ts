// INT-10 to INT-17: from stored bytes to results; what must not reach a patient; what fits nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sendAstm } from '@nidaan/astm';

import { collectTube } from '#contract/sample.ts';

import { createCbcAnalyzer } from '@nidaan/sandbox/analyzers/cbc-analyzer.ts';
import { createChemistryAnalyzer } from '@nidaan/sandbox/analyzers/chemistry-analyzer.ts';
import { ackCodeOf, sendHl7 } from '@nidaan/sandbox/analyzers/send-hl7.ts';
import {
  discardInboxItem,
  listCodeMappings,
  listInbox,
  listMessages,
  mapInstrumentCode,
  replayMessage,
} from './contract.ts';
import type { InboxItem } from './contract.ts';
import { fixture, hl7Fixture, inOrder, startInstrumentLab } from './lab-with-instruments.testing.ts';
import type { InstrumentLab } from './lab-with-instruments.testing.ts';

const host = '127.0.0.1';

async function send(lab: InstrumentLab, bytes: Uint8Array): Promise<void> {
  assert.equal(ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes })), 'AA');
  await lab.settle();
}

const short = (items: readonly InboxItem[]) =>
  items.map(({ location, reason, code, value }) => [location, reason, code, value]);

test('INT-10 a blood count finds its tube: values by LOINC, doubts kept as holds, settings and images skipped', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['CBC']);
  await send(lab, hl7Fixture('blood-count.hl7', barcode));
  assert.deepEqual(await lab.values(orderId), { WBC: '11.20', HGB: '13.1', PLT: '88' });
  const results = await lab.results(orderId);
  const wbc = results.find(({ analyteCode }) => analyteCode === 'WBC');
  assert.equal(wbc?.source, 'BC-SIM');
  assert.equal(wbc?.messageId, (await lab.messages())[0]?.id);
  assert.ok(!results.some(({ holds }) => holds.includes('instrument_flag')), 'H, A, N and L are no doubts');
  // 10002 is Mindray's own number for the plateletcrit and no LOINC: a person says once what it is.
  assert.deepEqual(short(await lab.inbox()), [['OBX[7]', 'unknown_code', '10002', '0.09']]);
  const [message] = await lab.messages();
  assert.equal(message?.status, 'held');
  assert.equal(message?.problem, 'Waits in the inbox: 1 unknown_code.');
});

test('INT-10 the order trail leads to the message its values came by', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  await send(lab, hl7Fixture('blood-count.hl7', barcode));
  const [entry, another] = await lab.trail(orderId);
  assert.equal(another, undefined);
  assert.equal(entry?.act, 'integration.process');
  assert.equal(entry?.entityId, (await lab.messages())[0]?.id);
  assert.deepEqual(entry?.facts, { entered: 1, held: 3, skipped: 6 });
});

test('INT-11 LAW: the tube by SPM-2, the analyte by the alternate code, supplementary rows skipped, a doubt held', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['UREA', 'CREA'], 'LAW-0001');
  assert.equal(barcode, 'LAW-0001');
  await send(lab, hl7Fixture('law-chemistry.hl7', barcode));
  const results = (await lab.results(orderId)).map(({ analyteCode, value, holds }) => [analyteCode, value, holds]);
  assert.deepEqual(inOrder(results), [
    ['CREA', '1.02', ['instrument_flag']],
    ['UREA', '28', []],
  ]);
  assert.deepEqual(await lab.inbox(), []);
});

test('INT-12 a control, a calibration and a training message never reach a patient: one item each', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const count = hl7Fixture('blood-count.hl7', barcode).toString();
  await send(lab, hl7Fixture('control-run.hl7', barcode));
  for (const [from, to] of [
    ['|1|P|2.3.1|||||', '|2|Q|2.3.1|||||'],
    ['|1|P|2.3.1|||||', '|3|T|2.3.1|||||'],
    ['|1|P|2.3.1|||||', '|4||2.3.1|||||'],
    ['|1|P|2.3.1||||||', '|5|P|2.3.1||||2||'],
    ['00001^Automated', '00003^LJ QC of Automated'],
  ] as const) {
    assert.ok(count.includes(from));
    await send(lab, Buffer.from(count.replace(from, to)));
  }
  await sendAstm({
    host,
    port: lab.astmPort,
    records: ['H|\\^&|||XN-550|||||||Q', 'P|1', `O|1|${barcode}||^^^HGB`, 'R|1|^^^HGB|13.0|g/dL', 'L|1|N'],
  });
  await sendAstm({
    host,
    port: lab.astmPort,
    records: ['H|\\^&|||XN-550', 'P|1', `O|1|${barcode}||^^^HGB|||||||Q`, 'R|1|^^^HGB|13.0|g/dL', 'L|1|N'],
  });
  await lab.settle();
  assert.deepEqual(await lab.values(orderId), {});
  assert.deepEqual(
    (await lab.inbox()).map(({ reason }) => reason),
    [
      'control_sample',
      'control_sample',
      'not_production',
      'not_production',
      'control_sample',
      'control_sample',
      'control_sample',
      'control_sample',
    ],
  );
});

test('INT-13 each result status has its fate, and what is no value is not made one', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['GLU'], 'ST-0001');
  const other = await lab.draw(['CREA'], 'ST-0002');
  await send(lab, hl7Fixture('every-status.hl7', barcode));
  await send(lab, hl7Fixture('every-status.hl7', other.barcode));
  const [glu] = await lab.results(orderId);
  assert.equal(glu?.value, '96');
  assert.deepEqual(glu?.holds, ['preliminary'], 'P');
  const [crea] = await lab.results(other.orderId);
  assert.deepEqual(crea?.holds, ['preliminary'], 'an empty status is raw data');
  const [first] = (await lab.messages()).toReversed();
  const items = short((await lab.inbox()).filter(({ messageId }) => messageId === first?.id)).toSorted(([a], [b]) =>
    String(a).localeCompare(String(b)),
  );
  assert.deepEqual(items, [
    ['OBX[2]', 'not_ordered', '2160-0', '1.0'],
    ['OBX[3]', 'withdrawn', '3091-6', '28'],
    ['OBX[4]', 'withdrawn', '1920-8', '30'],
    ['OBX[5]', 'no_value', '1742-6', ''],
    ['OBX[6]', 'fault', '2093-3', '170~180'],
    ['OBX[7]', 'unknown_code', '', '5'],
    ['OBX[8]', 'unknown_code', '99999-9', '5'],
  ]);
});

test('INT-13 text where a number belongs is kept as sent and held, never a number', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  await send(lab, Buffer.from(hl7Fixture('blood-count.hl7', barcode).toString().replace('|13.1|', '|----|')));
  const [hgb] = await lab.results(orderId);
  assert.equal(hgb?.rawValue, '----');
  assert.ok(hgb?.holds.includes('not_numeric'));
});

test('INT-14 an unknown barcode is one item for the tube; when the tube is drawn the values find it by themselves', async (t) => {
  const lab = await startInstrumentLab(t);
  await send(lab, hl7Fixture('blood-count.hl7', 'LATER-01'));
  assert.deepEqual(
    (await lab.inbox()).map(({ location, reason, barcode, codeText }) => [location, reason, barcode, codeText]),
    [
      ['OBX[7]', 'unknown_code', 'LATER-01', 'PCT'],
      ['OBR[1]', 'unknown_barcode', 'LATER-01', 'Automated Count'],
    ],
  );
  const { orderId } = await lab.draw(['HGB', 'PLT', 'TLC'], 'LATER-01');
  assert.deepEqual(await lab.values(orderId), { WBC: '11.20', HGB: '13.1', PLT: '88' });
  assert.equal((await lab.messages())[0]?.problem, 'Waits in the inbox: 1 unknown_code.');
  const { edges } = await lab.as('technician').call(listInbox, { status: 'resolved' });
  assert.deepEqual(
    edges.map(({ node }) => [node.reason, node.resolvedBy, node.resolution]),
    [['unknown_barcode', 'instruments', 'It fits now']],
  );
  assert.deepEqual(
    (await lab.trail(orderId)).map(({ act }) => act),
    ['integration.retry', 'integration.process'],
  );
});

test('INT-14 an analyzer quicker than the scan: a planned tube waits as one item and fits when it is drawn', async (t) => {
  const lab = await startInstrumentLab(t);
  const planned = await lab.order(['HGB', 'PLT', 'TLC']);
  await send(lab, hl7Fixture('blood-count.hl7', planned.barcode));
  assert.deepEqual(inOrder((await lab.inbox()).map(({ location, reason }) => [location, reason])), [
    ['OBR[1]', 'not_collected'],
    ['OBX[7]', 'unknown_code'],
  ]);
  await lab.as('phlebotomist').call(collectTube, { barcode: planned.barcode });
  await lab.settle();
  assert.deepEqual(await lab.values(planned.orderId), { WBC: '11.20', HGB: '13.1', PLT: '88' });
  assert.deepEqual(
    (await lab.inbox()).map(({ reason }) => reason),
    ['unknown_code'],
  );
});

test('INT-14 a second candidate is tried when nobody knows the first', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB'], 'PLACER-7');
  // OBR-3 holds the running number of the analyzer, OBR-2 the barcode (some Mindray firmware has it so).
  const text = hl7Fixture('blood-count.hl7', '17').toString().replace('OBR|1||17|', `OBR|1|${barcode}|17|`);
  await send(lab, Buffer.from(text));
  assert.deepEqual(await lab.values(orderId), { HGB: '13.1' });
  assert.ok((await lab.inbox()).every(({ reason }) => reason !== 'unknown_barcode'));
});

test('INT-15 a code is mapped once, by who may, and the waiting message is replayed; nothing is entered twice', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['GLU']);
  const analyzer = createChemistryAnalyzer({ host, port: lab.astmPort, seed: 11, instrument: 'SIM-CHEM' });
  assert.equal(await analyzer.run({ barcode, tests: ['GLUC'] }), 'ACK');
  await lab.settle();
  const [item] = await lab.inbox();
  assert.deepEqual(
    [item?.reason, item?.code, item?.instrument, item?.location],
    ['unknown_code', 'GLUC', 'SIM-CHEM', 'R[1]'],
  );
  const mapping = { instrument: 'SIM-CHEM', code: 'GLUC', analyteCode: 'GLU' };
  await lab.as('desk').refused(mapInstrumentCode, mapping, 'platform.forbidden');
  await lab.as('desk').refused(listInbox, {}, 'platform.forbidden');
  const technician = lab.as('technician');
  await technician.refused(mapInstrumentCode, { ...mapping, analyteCode: 'NIX' }, 'integration.unknown_analyte');
  assert.deepEqual(await technician.call(mapInstrumentCode, mapping), mapping);
  assert.deepEqual(await technician.call(mapInstrumentCode, mapping), mapping);
  const { edges } = await technician.call(listCodeMappings, {});
  assert.deepEqual(
    edges.map(({ node }) => [node.instrument, node.code, node.analyteCode, node.mappedBy]),
    [['SIM-CHEM', 'GLUC', 'GLU', 'technician']],
  );
  const messageId = item?.messageId ?? '';
  assert.equal((await technician.call(replayMessage, { messageId })).status, 'processed');
  const [before] = await lab.results(orderId);
  assert.match(before?.value ?? '', /^\d+$/);
  assert.equal((await technician.call(replayMessage, { messageId })).status, 'processed');
  const [after] = await lab.results(orderId);
  assert.deepEqual([after?.value, after?.version, after?.otherValues], [before?.value, before?.version, []]);
  // From now on.
  assert.equal(await analyzer.run({ barcode, tests: ['GLUC'] }), 'ACK');
  await lab.settle();
  assert.deepEqual(await lab.inbox(), []);
});

test('INT-15 a message sent again while it waits in the inbox is tried again', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['CBC']);
  const bytes = hl7Fixture('blood-count.hl7', barcode);
  await send(lab, bytes);
  assert.deepEqual(
    (await lab.inbox()).map(({ reason }) => reason),
    ['unknown_code'],
  );
  const mapping = { instrument: 'BC-SIM', code: '10002', analyteCode: 'PCT' };
  await lab.as('technician').call(mapInstrumentCode, mapping);
  await send(lab, bytes);
  assert.deepEqual(await lab.inbox(), []);
  assert.deepEqual(await lab.values(orderId), { WBC: '11.20', HGB: '13.1', PLT: '88', PCT: '0.09' });
  assert.deepEqual(
    (await lab.messages()).map(({ status, isRepeat }) => [status, isRepeat]),
    [
      ['processed', true],
      ['processed', false],
    ],
  );
});

test('INT-16 an item is put aside with a reason, once; two at the same moment: one wins', async (t) => {
  const lab = await startInstrumentLab(t);
  await send(lab, hl7Fixture('control-run.hl7', 'C-1'));
  const [item] = await lab.inbox();
  assert.ok(item);
  const technician = lab.as('technician');
  await lab.as('pathologist').refused(discardInboxItem, { itemId: item.id, reason: 'x' }, 'platform.forbidden');
  await technician.refused(
    discardInboxItem,
    { itemId: item.messageId, reason: 'x' },
    'integration.inbox_item_not_found',
  );
  await technician.refused(discardInboxItem, { itemId: item.id, reason: ' ' }, 'platform.invalid_input');
  const both = await Promise.allSettled(
    ['morning control', 'seen'].map((reason) => technician.call(discardInboxItem, { itemId: item.id, reason })),
  );
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const { edges } = await technician.call(listInbox, { status: 'discarded' });
  const kept = edges[0]?.node;
  assert.equal(kept?.resolvedBy, 'technician');
  assert.deepEqual(
    await technician.call(discardInboxItem, { itemId: item.id, reason: kept?.resolution ?? '' }),
    kept,
    'the same again is no error',
  );
  await technician.refused(discardInboxItem, { itemId: item.id, reason: 'other' }, 'integration.inbox_item_closed');
  assert.equal((await lab.messages())[0]?.status, 'processed');
  // A replay does not bring back what a person has put aside.
  await technician.call(replayMessage, { messageId: item.messageId });
  assert.deepEqual(await lab.inbox(), []);
});

test('INT-16 a foreign lab sees nothing of it', async (t) => {
  const lab = await startInstrumentLab(t);
  await send(lab, hl7Fixture('control-run.hl7', 'C-1'));
  const [item] = await lab.inbox();
  assert.ok(item);
  const stranger = lab.as('technician', '0199a000-0000-7000-8000-00000000000f');
  assert.deepEqual((await stranger.call(listMessages, {})).edges, []);
  assert.deepEqual((await stranger.call(listInbox, {})).edges, []);
  await stranger.refused(replayMessage, { messageId: item.messageId }, 'integration.message_not_found');
  await stranger.refused(discardInboxItem, { itemId: item.id, reason: 'x' }, 'integration.inbox_item_not_found');
});

test('INT-17 ASTM: Abbott gives the final value with its interpretation beside; Sysmex its typed tube number', async (t) => {
  const lab = await startInstrumentLab(t);
  const tsh = await lab.draw(['TSH']);
  const cbc = await lab.draw(['HGB', 'PLT', 'TLC'], 'SYS-27');
  await sendAstm({
    host,
    port: lab.astmPort,
    records: [...fixture('architect.astm', { barcode: tsh.barcode })],
    packing: 'packed',
  });
  await sendAstm({ host, port: lab.astmPort, records: [...fixture('sysmex.astm', { padded: 'SYS-27'.padStart(22) })] });
  await lab.settle();
  const [result] = await lab.results(tsh.orderId);
  assert.equal(result?.value, '2.35');
  assert.match(result?.note ?? '', /I: NORMAL/);
  assert.deepEqual(await lab.values(cbc.orderId), { WBC: '8.13', HGB: '8.0', PLT: '99' });
  const plt = (await lab.results(cbc.orderId)).find(({ analyteCode }) => analyteCode === 'PLT');
  assert.deepEqual(plt?.holds, ['instrument_flag'], 'W: low reliability');
  assert.match(plt?.note ?? '', /Anemia/);
  assert.deepEqual(await lab.inbox(), []);
});

test('INT-17 a question of an instrument is stored and shown, and nothing wrong is answered', async (t) => {
  const lab = await startInstrumentLab(t);
  await sendAstm({ host, port: lab.astmPort, records: ['H|\\^&|||ACCESS^1', 'Q|1|^T-77||ALL||||||||O', 'L|1|F'] });
  await lab.settle();
  assert.deepEqual(
    (await lab.inbox()).map(({ reason, barcode, location }) => [reason, barcode, location]),
    [['unsupported_type', 'T-77', 'Q[1]']],
  );
  assert.equal((await lab.messages())[0]?.messageType, 'query');
});

test('INT-18 the simulated counter: a whole count reaches the order, derived values agreeing', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['CBC']);
  const analyzer = createCbcAnalyzer({ host, port: lab.hl7Port, seed: 5, instrument: 'SIM-CBC' });
  assert.equal(await analyzer.run({ barcode, sex: 'female', abnormal: true }), 'AA');
  await lab.settle();
  const values = await lab.values(orderId);
  assert.equal(Object.keys(values).length, 21);
  assert.ok(Math.abs(Number(values['MCV']) - (Number(values['HCT']) * 10) / Number(values['RBC'])) < 0.5);
  assert.deepEqual(await lab.inbox(), []);
});
