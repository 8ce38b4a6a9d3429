import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hl7Error, parseMessage } from './index.ts';

const parse = (text: string): ReturnType<typeof parseMessage> => parseMessage(Buffer.from(text, 'utf8'));
const code = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof Hl7Error, String(error));
    return error.code;
  }
  return 'none';
};

test('MSH counts its separator as field 1, other segments do not', () => {
  const m = parse('MSH|^~\\&|LAB|H1|||20260131||ORU^R01^ORU_R01|77|P|2.5.1\rPID|1||A~B^^^X^MR\r');
  assert.equal(m.header.field(1), '|');
  assert.equal(m.header.text(2), '^~\\&');
  assert.equal(m.header.text(3), 'LAB');
  assert.equal(m.header.text(9, { component: 2 }), 'R01');
  assert.equal(m.get('MSH-10'), '77');
  assert.equal(m.get('PID-3[2].5'), 'MR');
  assert.deepEqual(m.first('PID')?.components(3, 2), ['B', '', '', 'X', 'MR']);
  assert.equal(m.get('PID-3.1'), 'A');
  assert.equal(m.get('PID'), 'PID|1||A~B^^^X^MR');
  assert.equal(m.get('ZZZ-1'), '');
});

test('a wrong path is named', () => {
  const m = parse('MSH|^~\\&|A\r');
  for (const path of ['', 'PID5', 'pid-5', 'PID-0', 'OBX[0]-1', 'PID-5.1.1.1', 'PID-'])
    assert.equal(
      code(() => m.get(path)),
      'hl7.bad_path',
    );
});

test('segments end as the message does: CR, CR LF, or LF where there is no CR', () => {
  const names = (text: string): readonly string[] => parse(text).segments.map((s) => s.raw);
  assert.deepEqual(names('MSH|^~\\&|A\rPID|1\r'), ['MSH|^~\\&|A', 'PID|1']);
  assert.deepEqual(names('MSH|^~\\&|A\r\nPID|1\r\n'), ['MSH|^~\\&|A', 'PID|1']);
  assert.deepEqual(names('MSH|^~\\&|A\n\nPID|1'), ['MSH|^~\\&|A', 'PID|1']);
  assert.deepEqual(names('MSH|^~\\&|A\r\r\r\nPID|1\r'), ['MSH|^~\\&|A', 'PID|1']);
  // A line feed inside a field of a CR message is data.
  assert.deepEqual(names('MSH|^~\\&|A\rOBX|1|TX|||a\nb\r'), ['MSH|^~\\&|A', 'OBX|1|TX|||a\nb']);
  assert.deepEqual(names('MSH|^~\\&|a\nb\r'), ['MSH|^~\\&|a\nb']);
  // The CR of the MLLP end is not a segment end.
  assert.deepEqual(names('\vMSH|^~\\&|A\nPID|1\n\u001c\r'), ['MSH|^~\\&|A', 'PID|1']);
});

test('own delimiters, a short MSH-2 and a fifth character', () => {
  const own = parse('MSH$%~\\&$GHH LAB$\rPID$$$1%2\r');
  assert.equal(own.get('MSH-3'), 'GHH LAB');
  assert.equal(own.get('PID-3.2'), '2');
  const short = parse('MSH|^|A\rOBX|1|TX|||x~y\\F\\&z^2\r');
  assert.equal(short.get('OBX-5'), 'x~y\\F\\&z');
  assert.equal(short.get('OBX-5.2'), '2');
  assert.equal(parse('MSH|^~\\&#|A\rNTE|||a\\P\\b\r').get('NTE-3'), 'a#b');
  assert.equal(parse('MSH|^~\\&|A\rNTE|||a\\P\\b\r').get('NTE-3'), 'a\\P\\b');
});

test('delimiters that cannot delimit are refused by name', () => {
  for (const text of [
    'MSH|^^\\&|A',
    'MSH|^~\\|A|',
    'MSHa^~\\&aA',
    'MSH|^~1&|A',
    'MSH|^\u0001|A',
    'MSH',
    'MSH\r',
    'MSH|^~\\\\&|A',
  ]) {
    const expected = text === 'MSH|^~\\|A|' ? 'none' : 'hl7.bad_delimiters';
    assert.equal(
      code(() => parse(text)),
      expected,
      text,
    );
  }
});

test('what is no message is named', () => {
  assert.equal(
    code(() => parse('')),
    'hl7.empty',
  );
  assert.equal(
    code(() => parse('\r\n\u0000 ')),
    'hl7.empty',
  );
  assert.equal(
    code(() => parse('PID|1')),
    'hl7.no_header',
  );
  assert.equal(
    code(() => parse('FHS|^~\\&\rMSH|^~\\&|')),
    'hl7.is_batch',
  );
  assert.equal(
    code(() => parseMessage(Buffer.from('MSH|^~\\&|'), { maxBytes: 5 })),
    'hl7.too_large',
  );
});

test('a byte order mark is passed over and kept', () => {
  const m = parse('\uFEFFMSH|^~\\&|A\r');
  assert.equal(m.get('MSH-3'), 'A');
  assert.equal(m.bytes[0], 0xef);
});

test('explicit null, empty and absent are three things', () => {
  const s = parse('MSH|^~\\&|A\rOBR|1|""||""^""|\r').first('OBR');
  assert.deepEqual([s?.isNull(2), s?.text(2), s?.field(2)], [true, '', '""']);
  assert.deepEqual([s?.isNull(3), s?.isNull(4), s?.text(4), s?.isNull(9)], [false, false, '', false]);
  assert.deepEqual(s?.repetitions(3), []);
});

test('text with stray delimiters is whole, trailing ones mean nothing', () => {
  const s = parse('MSH|^~\\&|A\rOBX|1|ST|||A & B^^|x\r').first('OBX');
  assert.equal(s?.plain(5), 'A & B');
  assert.equal(s?.text(5), 'A ');
  assert.equal(s?.component(5, 1, 1), 'A & B');
});

test('charsets: silence is UTF-8, bytes that are not fall back to windows-1252 and say so', () => {
  const head = (label: string): Buffer => Buffer.from(`MSH|^~\\&|||||||ORU|1|P|2.5||||||${label}\rNTE|||`);
  const read = (label: string, ...bytes: number[]): readonly unknown[] => {
    const m = parseMessage(Buffer.concat([head(label), Buffer.from(bytes)]));
    return [m.get('NTE-3'), m.charset.encoding, m.charset.isFallback, m.warnings.map((w) => w.code)];
  };
  assert.deepEqual(read('', 0xc2, 0xb5), ['µ', 'utf-8', false, []]);
  assert.deepEqual(read('', 0xb5), ['µ', 'windows-1252', true, ['charset.fallback']]);
  assert.deepEqual(read('UNICODE UTF-8', 0xb0, 0x80), ['°€', 'windows-1252', true, ['charset.fallback']]);
  assert.deepEqual(read('UNICODE', 0xc2, 0xb0), ['°', 'utf-8', false, []]);
  assert.deepEqual(read('8859/1', 0xe9), ['é', 'windows-1252', false, []]);
  assert.deepEqual(read('8859/15~UNICODE UTF-8', 0xa4), ['€', 'iso-8859-15', false, []]);
  assert.deepEqual(read('8859/5', 0xb0), ['А', 'iso-8859-5', false, []]);
  assert.deepEqual(read('GB 18030-2000', 0xd1, 0xaa), ['血', 'gb18030', false, []]);
  assert.deepEqual(read('KLINGON', 0xc2, 0xb0), ['°', 'utf-8', false, ['charset.unknown']]);
});

test('a trail byte that looks like a delimiter does not cut a Chinese character', () => {
  // GB 18030: 8A 7C is one character whose second byte is the code of `|`.
  const m = parseMessage(
    Buffer.concat([
      Buffer.from('MSH|^~\\&|||||||ORU|1|P|2.5||||||GB 18030-2000\rNTE||'),
      Buffer.from([0x8a, 0x7c]),
      Buffer.from('|x\r'),
    ]),
  );
  assert.equal(m.get('NTE-3'), 'x');
});

test('blanks before a segment name are forgiven only when asked', () => {
  const text = Buffer.from('MSH|^~\\&|A\r  PID|1\r \t\rOBX|1\r');
  assert.deepEqual(
    parseMessage(text).segments.map((s) => s.name),
    ['MSH', '  PID', ' \t', 'OBX'],
  );
  assert.deepEqual(
    parseMessage(text, { lenient: true }).segments.map((s) => s.name),
    ['MSH', 'PID', 'OBX'],
  );
});
