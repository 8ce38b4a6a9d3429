import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acknowledgementMode,
  buildAck,
  buildRefusal,
  checkOru,
  Hl7Error,
  isReplyDue,
  parseMessage,
  whyUnreadable,
} from './index.ts';

const now = new Date('2026-01-31T06:30:00Z');
const parse = (text: string): ReturnType<typeof parseMessage> => parseMessage(Buffer.from(text));
const msh = (version: string, rest = ''): string =>
  `MSH|^~\\&|XN|LAB1|NIDAAN|HOSP|20260131||ORU^R01^ORU_R01|id.1 x|P|${version}${rest}\r`;
const ack = (source: string, options: Partial<Parameters<typeof buildAck>[1]> = {}): readonly string[] =>
  Buffer.from(buildAck(parse(source), { code: 'AA', controlId: '900', now, ...options }))
    .toString('utf8')
    .split('\r');

test('an ACK turns the addresses round and echoes id, version, processing id and charset', () => {
  assert.deepEqual(ack(msh('2.5.1^^', '||||||UNICODE UTF-8'), { text: 'stored' }), [
    'MSH|^~\\&|NIDAAN|HOSP|XN|LAB1|20260131120000+0530||ACK^R01^ACK|900|P|2.5.1^^||||||UNICODE UTF-8',
    'MSA|AA|id.1 x|stored',
    '',
  ]);
  assert.equal(ack(msh('2.3'))[0]?.split('|')[8], 'ACK');
  assert.equal(ack(msh('2.3.1'))[0]?.split('|')[8], 'ACK^R01');
  assert.equal(ack(msh('2,3,1'))[0]?.split('|')[8], 'ACK^R01');
  assert.equal(ack(msh('2.9'))[0]?.split('|')[8], 'ACK^R01^ACK');
  assert.equal(ack(msh(''), { sendingApplication: 'N|1' })[0]?.split('|')[2], 'N\\F\\1');
});

test('an ACK speaks in the delimiters of the sender', () => {
  const own = ack('MSH$%~\\&$A$B$$$$$ORU%R01$7$P$2.5\r', { text: 'a$b' });
  assert.deepEqual(own.slice(0, 2), ['MSH$%~\\&$$$A$B$20260131120000+0530$$ACK%R01%ACK$900$P$2.5', 'MSA$AA$7$a\\F\\b']);
});

test('an empty control id is answered with an empty one', () => {
  assert.equal(ack('MSH|^~\\&|A||||||ORU^R01||P|2.5\r')[1], 'MSA|AA');
});

test('errors take the shape of the version', () => {
  const errors = [
    { location: 'OBX[2]-5', code: '102', text: 'not a number' },
    { location: 'PID-3[2].4', code: '101', severity: 'W', diagnostic: 'x' },
    { code: '207' },
  ] as const;
  assert.deepEqual(ack(msh('2.5.1'), { code: 'AE', errors }).slice(1), [
    'MSA|AE|id.1 x|not a number',
    'ERR||OBX^2^5^1|102^Data type error^HL70357|E||||not a number',
    'ERR||PID^1^3^2^4|101^Required field missing^HL70357|W|||x',
    'ERR|||207^Application internal error^HL70357|E',
    '',
  ]);
  assert.deepEqual(ack(msh('2.3.1'), { code: 'AE', errors }).slice(2), [
    'ERR|OBX^2^5^102&Data type error&HL70357~PID^1^3^101&Required field missing&HL70357~^^^207&Application internal error&HL70357',
    '',
  ]);
});

test('the Mindray form carries the number', () => {
  assert.deepEqual(ack(msh('2.3.1'), { style: 'mindray' }).slice(1), [
    'MSA|AA|id.1 x|Message accepted|||0|',
    'ERR|0|',
    '',
  ]);
});

test('MSH-15 and MSH-16 tell which replies are due', () => {
  const mode = (rest: string, more = ''): readonly unknown[] => {
    const found = acknowledgementMode(parse(msh('2.5.1', rest) + more));
    return [found.mode, found.accept, found.application];
  };
  assert.deepEqual(mode(''), ['original', 'never', 'always']);
  assert.deepEqual(mode('|||NE|AL'), ['enhanced', 'never', 'always']);
  assert.deepEqual(mode('|||AL|NE'), ['enhanced', 'always', 'never']);
  assert.deepEqual(mode('|||ER|AL'), ['enhanced', 'on-error', 'always']);
  assert.deepEqual(mode('|||AL'), ['enhanced', 'always', 'never']);
  // Mindray chemistry: kind of result in MSH-16, and still an ACK is awaited.
  assert.deepEqual(mode('||||0'), ['original', 'never', 'always']);
  assert.deepEqual(mode('', 'MSA|AA|1\r'), ['original', 'never', 'never']);
  assert.deepEqual(mode('|||NE|AL', 'MSA|AA|1\r'), ['enhanced', 'never', 'never']);
  assert.deepEqual(mode('|||AL|NE', 'MSA|AA|1\r'), ['enhanced', 'always', 'never']);
  assert.deepEqual(
    [isReplyDue('on-error', 'success'), isReplyDue('on-error', 'error'), isReplyDue('on-success', 'success')],
    [false, true, true],
  );
});

test('only what the sender must change is refused', () => {
  const check = (text: string): readonly unknown[] => {
    const { code, problems } = checkOru(parse(text));
    return [code, problems.map((p) => p.code)];
  };
  assert.deepEqual(check(`${msh('2.5.1')}OBX|1\r`), ['AA', []]);
  assert.deepEqual(check('MSH|^~\\&|A||||||ORU^R32^ORU_R30|1|P|2.5\rOBX|1\r'), ['AA', []]);
  assert.deepEqual(check('MSH|^~\\&|A||||||ORU|\rOBX|1\r'), ['AA', ['101', '202']]);
  assert.deepEqual(check('MSH|^~\\&|A||||||ADT^A01|1|P|2.5\r'), ['AR', ['200']]);
  assert.deepEqual(check('MSH|^~\\&|A||||||ORU^R99|1|P|2.5\r'), ['AR', ['201']]);
  assert.deepEqual(check('MSH|^~\\&|A|||||||1|P|2.5\r'), ['AR', ['101']]);
  assert.deepEqual(check('MSH|^~\\&|A||||||ORU^R01|1|P|2.5||c1\rOBX|1\r'), ['AR', ['207']]);
  assert.deepEqual(check(`${msh('2.5.1')}OBX|1\rDSC|2\r`), ['AR', ['207']]);
});

test('delimiters that cannot delimit are refused in the usual ones', () => {
  const source = 'MSH|^^\\&|SIM^1|L|||||ORU^R01|7|P|2.5.1\rOBX|1\r';
  const { code, problems } = checkOru(parse(source));
  assert.deepEqual([code, problems[0]?.code, problems[0]?.location], ['AR', '102', 'MSH-2']);
  assert.deepEqual(ack(source, { code: 'AR', errors: problems }).slice(0, 3), [
    'MSH|^~\\&|||SIM\\S\\1|L|20260131120000+0530||ACK^R01^ACK|7|P|2.5.1'.replace('|7|', '|900|'),
    'MSA|AR|7|A letter, a digit, a control character or the same sign twice cannot delimit.',
    'ERR||MSH^1^2^1|102^Data type error^HL70357|E||||A letter, a digit, a control character or the same sign twice cannot delimit.',
  ]);
});

test('unreadable bytes become a problem and a bare refusal', () => {
  try {
    parse('MSH1^~2|A\r');
    assert.fail('must be refused');
  } catch (error) {
    assert.ok(error instanceof Hl7Error);
    const problem = whyUnreadable(error);
    assert.deepEqual([problem.code, problem.location], ['102', 'MSH-1']);
    const refusal = parseMessage(buildRefusal({ error: problem, controlId: '5', now }));
    assert.deepEqual([refusal.get('MSA-1'), refusal.get('MSA-2'), refusal.get('ERR-3')], ['AR', '', '102']);
  }
});
