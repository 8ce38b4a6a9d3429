import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { parseMessage } from '@nidaan/hl7v2';
import fc from 'fast-check';

import { answerHl7 } from './answer-hl7.ts';
import type { AnswerOptions } from './answer-hl7.ts';

const options: AnswerOptions = {
  now: new Date('2026-11-25T04:00:00Z'),
  newControlId: () => 'OURS',
  maxBytes: 1_000_000,
  peer: 'x:1',
};
const answer = (text: string) => answerHl7(Buffer.from(text), options);
const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString());

test('a result is stored whole and answered AA in the words of its sender', () => {
  const sent = 'MSH|^~\\&|XN|LAB|NIDAAN|PUNE|20261125||ORU^R01|77.A|P|2.3.1\rOBX|1|NM|HGB||13\r';
  const { arrivals, reply, sorry } = answer(sent);
  assert.equal(text(reply), 'MSH|^~\\&|NIDAAN|PUNE|XN|LAB|20261125093000+0530||ACK^R01|OURS|P|2.3.1\rMSA|AA|77.A\r');
  const [arrival] = arrivals;
  assert.deepEqual(
    [
      arrival?.status,
      arrival?.ackCode,
      arrival?.instrument,
      arrival?.messageType,
      arrival?.controlId,
      text(arrival?.raw),
    ],
    ['stored', 'AA', 'XN', 'ORU^R01', '77.A', sent],
  );
  assert.match(text(sorry('Not now.')) ?? '', /MSA\|AR\|77\.A\|Not now\./);
});

test('an empty control id is answered with an empty one; an acknowledgement is not acknowledged', () => {
  assert.match(text(answer('MSH|^~\\&|XN||||||ORU^R01||P|2.5\rOBX|1|NM|HGB||13\r').reply) ?? '', /MSA\|AA\r/);
  const ack = answer('MSH|^~\\&|XN||||||ACK^R01|5|P|2.5\rMSA|AA|4\r');
  assert.equal(ack.reply, undefined);
  assert.deepEqual([ack.arrivals[0]?.status, ack.arrivals[0]?.ackCode], ['refused', null]);
});

test('several messages without an envelope are answered together, each by itself', () => {
  const one = (id: string) => `MSH|^~\\&|XN||||||ORU^R01|${id}|P|2.5\rOBX|1|NM|HGB||13\r`;
  const { arrivals, reply } = answer(one('1') + one('2'));
  assert.equal(arrivals.length, 2);
  assert.deepEqual((text(reply) ?? '').match(/MSA\|AA\|\d/g), ['MSA|AA|1', 'MSA|AA|2']);
});

test('nothing is lost and nothing throws, whatever the bytes: the arrivals hold every byte, the reply can be read', () => {
  const pieces = fc.constantFrom(
    'MSH|^~\\&|',
    'MSH',
    'FHS|^~\\&|X\r',
    'BHS|^~\\&|\r',
    'BTS|1\r',
    'OBX|1|NM|',
    '\r',
    '\n',
    '|',
    '^',
    '~',
    '\\',
    '&',
    'ORU^R01',
    'P',
    '|2.5.1',
    '\u0000',
    '\u00ff',
    'A',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const payload = Buffer.from(parts.join(''), 'latin1');
      const { arrivals, reply, sorry } = answerHl7(payload, options);
      assert.ok(arrivals.length > 0);
      const kept = arrivals.reduce((sum, { raw }) => sum + raw.length, 0);
      assert.ok(
        kept === payload.length ||
          /^[\r\n]*$/.test(payload.toString('latin1').slice(kept)) ||
          payload.length - kept <= (payload.toString('latin1').match(/[\r\n]/g) ?? []).length,
      );
      for (const bytes of [reply, sorry('Not now.')]) {
        if (bytes !== undefined && !text(bytes)?.startsWith('BHS'))
          assert.match(parseMessage(bytes).get('MSA-1'), /^(?:AA|AE|AR|CA|CE|CR)$/);
      }
      assert.ok(
        arrivals.every(({ status, ackCode }) => status !== 'refused' || ackCode === null || /[ER]$/.test(ackCode)),
      );
    }),
    { numRuns: 500 },
  );
});

const corpus = join(import.meta.dirname, '../../../../../shared/corpus/hl7');

test(
  'every message of the corpus gets an answer',
  { skip: existsSync(corpus) ? false : 'needs ../shared/corpus' },
  () => {
    const files = readdirSync(corpus, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length > 400);
    let taken = 0;
    for (const file of files) {
      const { arrivals } = answerHl7(readFileSync(join(file.parentPath, file.name)), options);
      assert.ok(arrivals.length > 0, file.name);
      taken += arrivals.filter(({ status }) => status === 'stored').length;
    }
    assert.ok(taken > 100, String(taken));
  },
);
