import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { buildFrames, buildRecords, encodeFrame, recordBytes } from './build.ts';
import { checksum, createFrameDecoder } from './frame.ts';
import type { FrameToken } from './frame.ts';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const decode = (text: string, options = {}): readonly FrameToken[] => createFrameDecoder(options).push(latin1(text));
const reason = (token: FrameToken | undefined): string =>
  token?.kind === 'defect' ? token.defect : String(token?.kind);

test('the sum covers frame number through ETX, not STX', () => {
  // Hand: '2'(32) 'L'(4C) '|'(7C) '1'(31) '|'(7C) 'N'(4E) CR(0D) ETX(03) = 0x205 -> 05.
  assert.equal(checksum(latin1('2L|1|N\r\x03')), '05');
  // 3 instead of 2, one more.
  assert.equal(checksum(latin1('3L|1|N\r\x03')), '06');
});

test('a good frame comes out with number, text, end and the bytes as received', () => {
  const wire = '\x022L|1|N\r\x0305\r\n';
  const [token] = decode(wire);
  assert.ok(token?.kind === 'frame');
  assert.equal(token.frame.number, 2);
  assert.equal(Buffer.from(token.frame.text).toString(), 'L|1|N\r');
  assert.equal(token.frame.end, 'etx');
  assert.deepEqual(token.frame.raw, new Uint8Array(latin1(wire)));
});

test('lower-case digits are accepted, a wrong or missing sum is not', () => {
  const text = '\x021O|\x17';
  const sum = checksum(latin1('1O|\x17'));
  assert.equal(reason(decode(`${text}${sum.toLowerCase()}\r\n`)[0]), 'frame');
  assert.equal(reason(decode(`${text}00\r\n`)[0]), 'checksum');
  assert.equal(reason(decode(`${text}\r\n`)[0]), 'checksum');
  assert.equal(reason(decode(`${text}${sum.slice(0, 1)}\r\n`)[0]), 'checksum');
});

test('a sum over Latin-1 code points of UTF-8 text is accepted and named', () => {
  const sum = checksum(latin1('1Müller\r\x03'));
  const wire = Buffer.concat([latin1('\x021'), Buffer.from('Müller\r', 'utf8'), latin1(`\x03${sum}\r\n`)]);
  const [token] = createFrameDecoder().push(wire);
  assert.ok(token?.kind === 'frame');
  assert.equal(token.frame.checkedBy, 'latin1');
});

test('CR missing, LF missing until the gap ends, next STX ends the frame', () => {
  const good = '\x022L|1|N\r\x0305';
  assert.equal(reason(decode(`${good}\n`)[0]), 'frame');
  const decoder = createFrameDecoder();
  assert.deepEqual(decoder.push(latin1(`${good}\r`)), []);
  assert.equal(decoder.awaitsTrailer(), true);
  assert.equal(reason(decoder.flush()[0]), 'frame');
  assert.equal(decoder.isInFrame(), false);
  assert.deepEqual(decode(`${good}${good}\r\n`).map(reason), ['frame', 'frame']);
});

test('control characters inside, numbers 8 and 9, broken off frames and too long ones are defects', () => {
  assert.equal(reason(decode(`\x021A\x06B\x03${checksum(latin1('1A\x06B\x03'))}\r\n`)[0]), 'defective');
  assert.equal(reason(decode(`\x028A\x03${checksum(latin1('8A\x03'))}\r\n`)[0]), 'frame_number');
  assert.deepEqual(decode('\x021ABC\x05').map(reason), ['abandoned', 'enq']);
  assert.deepEqual(decode('\x021ABC\x022L|1|N\r\x0305\r\n').map(reason), ['abandoned', 'frame']);
  const long = encodeFrame(1, latin1('x'.repeat(100)), 'etx');
  assert.deepEqual(createFrameDecoder({ maxFrameBytes: 50 }).push(long).map(reason), ['too_long']);
});

test('no-checksum devices: the digits are absent', () => {
  assert.deepEqual(decode('\x021H|\r\x03\r\n\x04', { checksum: 'absent' }).map(reason), ['frame', 'eot']);
});

test('a 64,000 character frame passes', () => {
  const text = latin1('M'.repeat(63_993));
  const [token] = createFrameDecoder().push(encodeFrame(1, text, 'etx'));
  assert.ok(token?.kind === 'frame');
  assert.equal(token.frame.text.length, 63_993);
});

test('any text survives framing, any limit, any packing, any chunking', () => {
  const letter = fc.constantFrom('A', '|', '^', '\\', '&', 'é', '0', ' ');
  const record = fc.array(letter, { minLength: 1, maxLength: 40 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('record' as const, 'record_etb' as const, 'packed' as const),
      fc.integer({ min: 1, max: 13 }),
      (records, limit, packing, chunk) => {
        const bytes = recordBytes(records);
        const wire = Buffer.concat(buildFrames(bytes, limit, packing));
        const decoder = createFrameDecoder();
        const tokens: FrameToken[] = [];
        for (let at = 0; at < wire.length; at += chunk) tokens.push(...decoder.push(wire.subarray(at, at + chunk)));
        const frames = tokens.map((token) => (token.kind === 'frame' ? token.frame : assert.fail(token.kind)));
        assert.deepEqual(Buffer.concat(frames.map(({ text }) => text)), Buffer.from(bytes));
        assert.deepEqual(
          frames.map(({ number }) => number),
          frames.map((_, index) => (index + 1) % 8),
        );
        assert.equal(frames.at(-1)?.end, 'etx');
        if (packing !== 'record') assert.equal(frames.filter(({ end }) => end === 'etx').length, 1);
      },
    ),
  );
});

test('what a frame may not carry is refused with a named error', () => {
  assert.throws(() => recordBytes(['P|1\r']), { code: 'astm.illegal_text' });
  assert.throws(() => recordBytes(['P|\u0002']), { code: 'astm.illegal_text' });
  assert.throws(() => recordBytes(['P|\u0102'], 'latin1'), { code: 'astm.illegal_text' });
  assert.throws(() => buildFrames(latin1('H|\n')), { code: 'astm.illegal_text' });
  assert.throws(() => buildFrames(latin1('H|'), 0), { code: 'astm.bad_option' });
});

test('rows become records with the delimiters of the header and escapes where needed', () => {
  assert.deepEqual(
    buildRecords([
      ['H', '', '', '', ['host', '1']],
      ['C', '1', 'L', 'A&E^B'],
      [
        'O',
        '1',
        'T1',
        '',
        [
          ['', '', '', 'Na'],
          ['', '', '', 'K'],
        ],
      ],
    ]),
    ['H|\\^&|||host^1', 'C|1|L|A&E&E&S&B', 'O|1|T1||^^^Na\\^^^K'],
  );
});
