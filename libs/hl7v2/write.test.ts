import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMessage, editMessage, Hl7Error, parseMessage, repeated, serialise, wireForm } from './index.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const hl7 =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof Hl7Error && error.code === code;

test('a message is built from plain values, escaped, with its fields where their numbers say', () => {
  const bytes = buildMessage({
    header: { 3: 'NIDAAN', 9: ['ORU', 'R01', 'ORU_R01'], 10: 1, 11: 'P', 12: '2.5.1' },
    segments: [
      ['PID', { 3: repeated(['A1', '', '', ['LAB', '1.2', 'ISO'], 'MR'], ['B2']), 5: ['Rao & Sons', 'Asha'] }],
      ['OBX', 1, 'ST', ['GLU', 'Glucose'], null, 'a|b\\c', undefined, ''],
    ],
  });
  assert.equal(
    text(bytes),
    'MSH|^~\\&|NIDAAN||||||ORU^R01^ORU_R01|1|P|2.5.1\rPID|||A1^^^LAB&1.2&ISO^MR~B2||Rao \\T\\ Sons^Asha\rOBX|1|ST|GLU^Glucose|""|a\\F\\b\\E\\c\r',
  );
});

test('the charset is declared when the text needs one, and refused when it cannot hold the text', () => {
  const header = { 9: 'ORU', 10: '1' };
  const auto = parseMessage(buildMessage({ header, segments: [['NTE', { 3: 'µ क' }]] }));
  assert.deepEqual([auto.get('MSH-18'), auto.get('NTE-3')], ['UNICODE UTF-8', 'µ क']);
  const latin = buildMessage({ header: { ...header, 18: '8859/1' }, segments: [['NTE', { 3: 'µ' }]] });
  assert.ok(latin.includes(0xb5) && !latin.includes(0xc2));
  assert.throws(
    () => buildMessage({ header: { ...header, 18: '8859/1' }, segments: [['NTE', { 3: 'क' }]] }),
    hl7('hl7.cannot_encode'),
  );
  assert.throws(
    () => buildMessage({ header: { ...header, 18: 'ASCII' }, segments: [['NTE', { 3: 'µ' }]] }),
    hl7('hl7.cannot_encode'),
  );
});

test('wrong names and numbers are refused', () => {
  assert.throws(() => buildMessage({ header: { 2: 'x' }, segments: [] }), hl7('hl7.cannot_edit'));
  assert.throws(() => buildMessage({ header: {}, segments: [['obx', 1]] }), hl7('hl7.cannot_edit'));
  assert.throws(() => buildMessage({ header: {}, segments: [['OBX', { 0: 'x' }]] }), hl7('hl7.cannot_edit'));
  assert.throws(() => buildMessage({ header: {}, segments: [['OBX', { raw: 'x\rMSH|' }]] }), hl7('hl7.cannot_escape'));
});

test('an edited copy changes the place named and no other byte', () => {
  const source = Buffer.from('\uFEFFMSH|^~\\&|A\r\n\r\nPID|1||X^^~Y||\r\nOBX|1|ST|a\r\n\u001c\r', 'utf8');
  const message = parseMessage(source);
  const edited = editMessage(message).set('PID-3[2].4.2', 'n&s').set('OBX-8', ['H']).set('MSH-4', 'F');
  assert.equal(
    text(edited.toBytes()),
    '\uFEFFMSH|^~\\&|A|F\r\n\r\nPID|1||X^^~Y^^^&n\\T\\s||\r\nOBX|1|ST|a|||||H\r\n\u001c\r',
  );
  assert.equal(message.bytes, source);
  const grown = editMessage(message).insertAfter('OBX', ['NTE', 1, 'L', 'x']).remove('PID');
  assert.equal(text(grown.toBytes()), '\uFEFFMSH|^~\\&|A\r\n\r\nOBX|1|ST|a\r\nNTE|1|L|x\r\u001c\r');
  assert.equal(serialise(message), source);
  assert.equal(text(wireForm(message)), 'MSH|^~\\&|A\rPID|1||X^^~Y||\rOBX|1|ST|a\r');
  for (const path of ['MSH-1', 'MSH-2', 'MSH-18', 'ZZZ-1', 'PID']) {
    assert.throws(() => editMessage(message).set(path, 'x'), hl7('hl7.cannot_edit'), path);
  }
});

test('bytes undefined in their charset survive an edit of their segment', () => {
  const source = Buffer.concat([
    Buffer.from('MSH|^~\\&|||||||ORU|1|P|2.5||||||8859/7\rNTE|1||'),
    Buffer.from([0xae, 0xd2, 0xff, 0xe1]),
    Buffer.from('|\r'),
  ]);
  const edited = editMessage(parseMessage(source)).set('NTE-1', '2').toBytes();
  assert.deepEqual(Buffer.from(edited), Buffer.from(source.toString('latin1').replace('NTE|1', 'NTE|2'), 'latin1'));
});
