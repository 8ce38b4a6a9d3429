import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editMessage, Hl7Error, parseFile, parseMessage, serialise, wireForm } from './index.ts';

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

test('a field separator that cannot separate is refused by name', () => {
  for (const text of ['MSHa^~\\&aA', 'MSH0^~\\&0A', 'MSH ^~\\& A', 'MSH', 'MSH\r'])
    assert.equal(
      code(() => parse(text)),
      'hl7.bad_delimiters',
      text,
    );
});

test('signs of MSH-2 that cannot delimit are left unused and told; the message is read all the same', () => {
  for (const [msh2, component, repetition, escape, subcomponent] of [
    ['^^\\&', '^', '', '\\', '&'],
    ['^~1&', '^', '~', '', '&'],
    ['^\u0001', '^', '', '', ''],
    ['0000', '', '', '', ''],
    ['^~\\&&', '^', '~', '\\', '&'],
  ] as const) {
    const m = parse(`MSH|${msh2}|A|x^y\r`);
    assert.equal(m.delimiterFault, 'unusable', msh2);
    const { delimiters } = m;
    assert.deepEqual(
      [delimiters.component, delimiters.repetition, delimiters.escape, delimiters.subcomponent],
      [component, repetition, escape, subcomponent],
      msh2,
    );
    assert.ok(m.warnings.some((warning) => warning.code === 'delimiters.unusable' && warning.location === 'MSH-2'));
    assert.equal(m.header.field(4), 'x^y');
  }
  assert.equal(parse('MSH|^~\\|A|').delimiterFault, undefined);
  // Escaped for a source text by whoever saved it: clearly meant once.
  const doubled = parse('MSH|^~\\\\&|A\rNTE|||a\\T\\b&c\r');
  assert.equal(doubled.delimiterFault, 'doubled');
  assert.deepEqual([doubled.get('NTE-3'), doubled.get('NTE-3.1.2')], ['a&b', 'c']);
});

test('text before the header is passed over and kept', () => {
  for (const [lead, warned] of [
    ['# a comment\n# MSH is the header\n', true],
    ['0213', true],
    ['\u0015\u0006\v', true],
    ['PID|1\u000b', true],
    ['\r\n\v', false],
  ] as const) {
    const m = parse(`${lead}MSH|^~\\&|A|B\nPID|1\n`);
    assert.deepEqual([m.get('MSH-4'), m.get('PID-1')], ['B', '1'], lead);
    assert.equal(
      m.warnings.some((warning) => warning.code === 'message.leading_text'),
      warned,
      lead,
    );
    assert.equal(Buffer.from(m.bytes).toString(), `${lead}MSH|^~\\&|A|B\nPID|1\n`);
  }
  assert.equal(
    code(() => parse('see MSH|3 of the guide')),
    'hl7.no_header',
  );
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
  assert.deepEqual(read('8859/10', 0xbd), ['―', 'iso-8859-10', false, []]);
  assert.deepEqual(read('8859/11', 0xa1), ['ก', 'windows-874', false, []]);
  assert.deepEqual(read('8859/13', 0xe0), ['ą', 'iso-8859-13', false, []]);
  assert.deepEqual(read('8859/14', 0xa1), ['Ḃ', 'iso-8859-14', false, []]);
  assert.deepEqual(read('ISO IR13', 0xb1), ['ｱ', 'shift_jis', false, []]);
  // JIS X 0208 with the switches of ISO 2022; the second byte of 漢 (34 41) is a letter.
  assert.deepEqual(read('~ISO IR87', 0x1b, 0x24, 0x42, 0x34, 0x41, 0x1b, 0x28, 0x42), ['漢', 'iso-2022-jp', false, []]);
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

test('UTF-16 of both byte orders is read, split, edited and kept', () => {
  const text = 'MSH|^~\\&|A|||||||1|P|2.5||||||UNICODE UTF-16\rPID|1||血|Ā\r\nNTE|1\rMSH|^~\\&|B\rPID|2\r';
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  for (const bytes of [
    Buffer.concat([Buffer.of(0xff, 0xfe), little]),
    Buffer.concat([Buffer.of(0xfe, 0xff), big]),
    little,
    big,
    Buffer.concat([Buffer.of(0x0b), little, Buffer.of(0x1c)]),
  ]) {
    const file = parseFile(bytes);
    assert.equal(serialise(file), bytes);
    const [first, second] = file.messages;
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual([first.get('PID-3'), first.get('PID-4'), first.get('NTE-1')], ['血', 'Ā', '1']);
    assert.deepEqual([second.get('MSH-3'), second.get('PID-1')], ['B', '2']);
    assert.deepEqual(Buffer.from(editMessage(first).toBytes()), Buffer.from(first.bytes));
    const edited = parseMessage(editMessage(first).set('PID-3', '針').insertAfter('NTE', ['NTE', 2]).toBytes());
    assert.deepEqual([edited.get('PID-3'), edited.get('PID-4'), edited.get('NTE[2]-1')], ['針', 'Ā', '2']);
    assert.equal(parseMessage(wireForm(first)).get('PID-4'), 'Ā');
  }
});

test('a file of one unreadable message gives its fault, of one among others the others', () => {
  assert.equal(
    code(() => parseFile(Buffer.from('hello'))),
    'hl7.no_header',
  );
  assert.equal(
    code(() => parseFile(Buffer.from('FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r'))),
    'hl7.empty',
  );
  const file = parseFile(Buffer.from('MSH|^~\\&|A\rMSH|^~\\&|B\rOBX|1\r'), { maxBytes: 12 });
  assert.deepEqual(
    file.unread.map(({ number, error }) => [number, error.code]),
    [[2, 'hl7.too_large']],
  );
  assert.deepEqual(
    file.messages.map((message) => message.get('MSH-3')),
    ['A'],
  );
});
