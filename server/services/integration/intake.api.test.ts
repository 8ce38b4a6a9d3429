// INT-1 to INT-9: what is on disk before the acknowledgement leaves, and what is answered to what cannot be taken.
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { test } from 'node:test';

import { AstmError, sendAstm } from '@nidaan/astm';
import { parseMessage } from '@nidaan/hl7v2';
import { createMllpClient, frame } from '@nidaan/mllp';

import { createLab } from '#contract/organization.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import { ackCodeOf, sendHl7 } from '@nidaan/sandbox/analyzers/send-hl7.ts';
import { getMessage } from './contract.ts';
import { fixture, hl7Fixture, onServer, startInstrumentLab } from './lab-with-instruments.testing.ts';

const host = '127.0.0.1';
const result = (controlId: string, rest = ''): Buffer =>
  Buffer.from(
    `MSH|^~\\&|SIM|X|||20261125||ORU^R01|${controlId}|P|2.5.1${rest}\rOBR|1||T-1\rOBX|1|NM|718-7^HGB^LN||13.1|g/dL|||||F\r`,
  );

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Shuts the lab's database as if its server had gone; the function returned opens it again. */
async function shutDatabase(name: string): Promise<() => Promise<void>> {
  await onServer(`alter database ${name} with allow_connections false`);
  await onServer('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  return () => onServer(`alter database ${name} with allow_connections true`);
}

test('INT-1 the acknowledgement waits for the disk: while the archive is locked nothing is answered', async (t) => {
  const lab = await startInstrumentLab(t);
  const owner = await lab.asOwner();
  await owner.query('begin; lock table lis_integration.message in access exclusive mode');
  let isAnswered = false;
  const reply = sendHl7({ host, port: lab.hl7Port, bytes: result('A-1') }).then((bytes) => {
    isAnswered = true;
    return bytes;
  });
  const watch = await lab.asOwner();
  const waiting = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike '%insert into lis_integration.message%'`;
  while ((await watch.query<{ n: number }>(waiting)).rows[0]?.n === 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(isAnswered, false);
  await owner.query('rollback');
  const ack = parseMessage(await reply);
  assert.equal(ack.get('MSA-1'), 'AA');
  assert.equal(ack.get('MSA-2'), 'A-1');
  const [stored] = await lab.messages();
  assert.equal(stored?.controlId, 'A-1');
  assert.equal(stored?.ackCode, 'AA');
  assert.equal(stored?.instrument, 'SIM');
  const whole = await lab.as('technician').call(getMessage, { messageId: stored?.id ?? '' });
  assert.deepEqual(Buffer.from(whole.rawBase64, 'base64'), result('A-1'));
  assert.ok(whole.rawText.startsWith('MSH|^~\\&|SIM'));
});

test('INT-2 with the database away the sender hears AR, never AA; sent again it is taken', async (t) => {
  const lab = await startInstrumentLab(t);
  assert.equal(ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes: result('B-1') })), 'AA');
  await lab.settle();
  const open = await shutDatabase(lab.databaseName);
  const refused = parseMessage(await sendHl7({ host, port: lab.hl7Port, bytes: result('B-2') }));
  assert.equal(refused.get('MSA-1'), 'AR');
  assert.match(refused.get('MSA-3'), /send it again/);
  await assert.rejects(
    sendAstm({
      host,
      port: lab.astmPort,
      records: ['H|\\^&|||SIM', 'P|1', 'O|1|T-1', 'R|1|^^^HGB|13', 'L|1|N'],
      timers: { replyMs: 2000 },
    }),
    (error: unknown) => error instanceof AstmError,
  );
  await open();
  assert.equal(ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes: result('B-2') })), 'AA');
  const owner = await lab.asOwner();
  const { rows } = await owner.query<{ control_id: string }>(
    'select control_id from lis_integration.message order by seq',
  );
  assert.deepEqual(
    rows.map((row) => row.control_id),
    ['B-1', 'B-2'],
  );
});

test('INT-3 what cannot be understood is kept, and the answer names the place', async (t) => {
  const lab = await startInstrumentLab(t);
  const send = async (text: string) =>
    parseMessage(await sendHl7({ host, port: lab.hl7Port, bytes: Buffer.from(text) }));
  const noHeader = await send('PID|1||nobody\r');
  assert.equal(noHeader.get('MSA-1'), 'AR');
  assert.equal(noHeader.get('ERR-2.1'), 'MSH');
  const badDelimiters = await send('MSH|^^\\&|SIM||||||ORU^R01|1|P|2.5.1\r');
  assert.equal(badDelimiters.get('MSA-1'), 'AR');
  assert.equal(badDelimiters.get('ERR-3.1'), '102');
  const wrongType = await send('MSH|^~\\&|SIM||||||ADT^A01|ADT-1|P|2.5.1\rPID|1\r');
  assert.equal(wrongType.get('MSA-1'), 'AR');
  assert.equal(wrongType.get('MSA-2'), 'ADT-1');
  assert.equal(wrongType.get('ERR-3.1'), '200');
  assert.equal(`${wrongType.get('ERR-2.1')}-${wrongType.get('ERR-2.3')}.${wrongType.get('ERR-2.5')}`, 'MSH-9.1');
  await lab.settle();
  const messages = await lab.messages();
  assert.deepEqual(
    messages.map(({ status, ackCode }) => [status, ackCode]),
    Array.from({ length: 3 }, () => ['refused', 'AR']),
  );
  assert.match(messages[0]?.problem ?? '', /^MSH-9\.1: /);
  assert.equal(messages[0]?.messageType, 'ADT^A01');
});

test('INT-4 enhanced mode: CA when only the receipt is asked for, silence when nothing is, AA for LAW', async (t) => {
  const lab = await startInstrumentLab(t);
  assert.equal(ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes: result('E-1', '|||AL|NE') })), 'CA');
  assert.equal(ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes: result('E-2', '|||NE|AL') })), 'AA');
  const client = await createMllpClient({
    host,
    port: lab.hl7Port,
    isReplyTo: (_, reply) => parseMessage(reply).get('MSA-2') === 'E-4',
  });
  t.after(() => client.close());
  // The unanswered one goes first on the same line; the reply to the next shows that it was passed over.
  const socket = await connected(lab.hl7Port);
  t.after(() => socket.destroy());
  const replies: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => replies.push(chunk));
  const answered = new Promise((resolve) => socket.once('data', resolve));
  socket.write(Buffer.concat([frame(result('E-3', '|||NE|NE')), frame(result('E-4'))]));
  await answered;
  assert.match(Buffer.concat(replies).toString(), /MSA\|AA\|E-4/);
  assert.doesNotMatch(Buffer.concat(replies).toString(), /E-3/);
  // Mindray chemistry writes the kind of result into MSH-16 and reads a number back.
  assert.match(
    Buffer.from(await sendHl7({ host, port: lab.hl7Port, bytes: result('E-5', '||||0') })).toString(),
    /MSA\|AA\|E-5\|[^\r]*\|\|\|0\|\rERR\|0\|/,
  );
  const stored = (await lab.messages()).toReversed().map(({ controlId, ackCode }) => [controlId, ackCode]);
  assert.deepEqual(stored, [
    ['E-1', 'CA'],
    ['E-2', 'AA'],
    ['E-3', null],
    ['E-4', 'AA'],
    ['E-5', 'AA'],
  ]);
});

test('INT-5 the same bytes again are kept as a repeat, answered AA and entered once; the same number with other content is new', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const bytes = hl7Fixture('blood-count.hl7', barcode);
  const codes = await Promise.all(
    [1, 2, 3].map(async () => ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes }))),
  );
  assert.deepEqual(codes, ['AA', 'AA', 'AA']);
  await lab.settle();
  assert.deepEqual(
    (await lab.messages()).map(({ isRepeat }) => isRepeat),
    [true, true, false],
  );
  const other = Buffer.from(bytes.toString().replace('|13.1|', '|13.4|'));
  assert.equal(ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes: other })), 'AA');
  await lab.settle();
  assert.equal((await lab.messages())[0]?.isRepeat, false);
  const [hgb] = await lab.results(orderId);
  assert.equal(hgb?.value, '13.1');
  assert.deepEqual(
    hgb?.otherValues.map(({ value }) => value),
    ['13.4'],
    'each arrival with content of its own is kept beside, once',
  );
});

test('INT-6 a block above the limit, and one that never ends, close their own line alone and leave a trace', async (t) => {
  const lab = await startInstrumentLab(t, { env: { HL7_MAX_BYTES: '65536' } });
  const bystander = await createMllpClient({ host, port: lab.hl7Port });
  t.after(() => bystander.close());
  const socket = await connected(lab.hl7Port);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let received = 0;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  socket.on('error', () => {});
  socket.write('\u000bMSH|^~\\&|FLOOD');
  const pour = (): void => {
    while (!socket.destroyed && socket.write(Buffer.alloc(16_384, 0x41)));
  };
  socket.on('drain', pour);
  pour();
  await closed;
  assert.equal(received, 0, 'no acknowledgement');
  const cut = await connected(lab.hl7Port);
  cut.end('\u000bMSH|^~\\&|CUT|');
  await new Promise((resolve) => cut.once('close', resolve));
  assert.equal(ackCodeOf(await bystander.send(result('N-1'))), 'AA');
  await lab.settle();
  let kept = await lab.messages();
  while (kept.filter(({ status }) => status === 'refused').length < 2) kept = await lab.messages();
  const problems = kept.filter(({ status }) => status === 'refused').map(({ problem, ackCode }) => [ackCode, problem]);
  assert.deepEqual(
    new Set(problems.map(([, problem]) => problem)),
    new Set(['A block is longer than 65536 bytes.', 'A block was cut off before its end.']),
  );
  assert.ok(problems.every(([code]) => code === null));
});

test('INT-6 a message of more than 10 MB with an image in it is taken whole', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const image = `OBX|99|ED|15200^Scattergram^99MRC||^Image^BMP^Base64^${'QUJD'.repeat(2_800_000)}||||||F\r`;
  const bytes = Buffer.concat([hl7Fixture('blood-count.hl7', barcode), Buffer.from(image)]);
  assert.ok(bytes.length > 11_000_000);
  assert.equal(ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes })), 'AA');
  await lab.settle();
  assert.equal((await lab.messages())[0]?.sizeBytes, bytes.length);
  assert.deepEqual(await lab.values(orderId), { HGB: '13.1' });
});

test('INT-7 the messages of a batch are stored and answered one by one; its envelope is kept too', async (t) => {
  const lab = await startInstrumentLab(t);
  const adt = 'MSH|^~\\&|SIM||||||ADT^A01|G-2|P|2.5.1\r';
  const batch = Buffer.from(
    `FHS|^~\\&|SIM\rBHS|^~\\&|SIM||||||||BATCH-9\r${result('G-1').toString()}${adt}BTS|3\rFTS|1\r`,
  );
  const reply = Buffer.from(await sendHl7({ host, port: lab.hl7Port, bytes: batch })).toString();
  assert.match(reply, /^BHS\|.*\|BATCH-9\r/);
  assert.deepEqual(reply.match(/MSA\|[A-Z]{2}\|G-\d/g), ['MSA|AA|G-1', 'MSA|AR|G-2']);
  assert.match(reply, /BTS\|2\r$/);
  await lab.settle();
  const stored = (await lab.messages()).toReversed();
  assert.deepEqual(
    stored.map(({ messageType, status }) => [messageType, status]),
    [
      ['BATCH', 'processed'],
      ['ORU^R01', 'held'],
      ['ADT^A01', 'refused'],
    ],
  );
  assert.ok((stored[0]?.problem ?? '').length > 0, 'BTS counts 3, there are 2');
  assert.equal(
    stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    batch.length,
  );
});

test('INT-8 an ASTM message is on disk before its last frame is acknowledged; one without its end is kept as refused', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['TSH']);
  await sendAstm({ host, port: lab.astmPort, records: [...fixture('architect.astm', { barcode })] });
  assert.equal((await lab.messages())[0]?.controlId, '', 'the row is there when the sender has its ACK');
  await sendAstm({ host, port: lab.astmPort, records: ['H|\\^&|||CUT', 'P|1', 'O|1|T-9'] });
  await lab.settle();
  let messages = await lab.messages();
  while (messages.length < 2) messages = await lab.messages();
  assert.deepEqual(
    messages.map(({ status, ackCode, protocol }) => [status, ackCode, protocol]),
    [
      ['refused', null, 'astm'],
      ['processed', 'ACK', 'astm'],
    ],
  );
  assert.deepEqual(await lab.values(orderId), { TSH: '2.35' });
});

test('INT-9 an empty database answers AR until its lab is there; with two labs and no setting nobody is guessed', async (t) => {
  const lab = await startInstrumentLab(t, { isEmpty: true });
  const first = parseMessage(await sendHl7({ host, port: lab.hl7Port, bytes: result('L-1') }));
  assert.equal(first.get('MSA-1'), 'AR');
  assert.equal(lab.runtime.facts()['integration']?.['instrumentLab'], 'not there yet');
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  assert.equal(ackCodeOf(await sendHl7({ host, port: lab.hl7Port, bytes: result('L-1') })), 'AA');
  assert.equal(lab.runtime.facts()['integration']?.['instrumentLab'], 'DEMO');
  await lab.system.call(createLab, {
    ...DEMO_LAB,
    addressLines: [...DEMO_LAB.addressLines],
    id: undefined,
    code: 'OTHER',
    accessionPrefix: 'O',
  });
  const unnamed = await lab.startAnother();
  assert.equal(ackCodeOf(await sendHl7({ host, port: unnamed.hl7Port, bytes: result('L-2') })), 'AR');
  assert.equal(unnamed.runtime.facts()['integration']?.['instrumentLab'], 'several labs: set INSTRUMENT_LAB');
  const named = await lab.startAnother({ INSTRUMENT_LAB: 'DEMO' });
  assert.equal(ackCodeOf(await sendHl7({ host, port: named.hl7Port, bytes: result('L-3') })), 'AA');
});

test('INT-9 a port in use is told in one sentence', async (t) => {
  const lab = await startInstrumentLab(t);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen({ host, port: 0 }, resolve));
  t.after(() => taken.close());
  const address = taken.address();
  const port = String(typeof address === 'object' && address !== null ? address.port : 0);
  await assert.rejects(lab.startAnother({ HL7_PORT: port }), {
    message: `HL7_PORT: port ${port} on 127.0.0.1 cannot be opened, another program uses it; set HL7_PORT to a free port.`,
  });
  await assert.rejects(lab.startAnother({ ASTM_PORT: port }), { message: new RegExp(`^ASTM_PORT: port ${port} `) });
});
