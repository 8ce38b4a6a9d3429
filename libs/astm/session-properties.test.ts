// What holds for any bytes, any chunking and any order of events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { recordBytes } from './build.ts';
import { ACK, ENQ, EOT, NAK, bad, bytes, frame, message, startBench } from './test-kit.ts';

const outgoing = recordBytes(['H|\\^&|||host^1', 'L|1|N']);

test('any chunking of a line gives the same messages and the same answers', () => {
  const line = Buffer.concat([
    bytes('\x00'),
    ENQ,
    frame(1, 'H|\\^&\rP|', 'etb'),
    bad(frame(2, 'x')),
    frame(2, '1\rL|1|N\r'),
    bytes('noise'),
    frame(3, message('B') + message('C')),
    EOT,
    ENQ,
    frame(1, 'H|\\^&\r'),
    frame(5, 'P|1\r'),
    ENQ,
    frame(1, message('D')),
    EOT,
  ]);
  const whole = startBench();
  const answers = whole.feed(line);
  assert.equal(whole.stored().length, 4);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }), (sizes) => {
      const bench = startBench();
      const heard: string[] = [];
      for (let at = 0, turn = 0; at < line.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        heard.push(...bench.feed(line.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(bench.stored(), whole.stored());
      assert.deepEqual(bench.partials(), whole.partials());
      assert.deepEqual(heard, answers);
    }),
    { numRuns: 200 },
  );
});

test('whatever happens: no exception, only H..L is stored, memory stays bounded', () => {
  const pieces = [
    ENQ,
    EOT,
    ACK,
    NAK,
    frame(1, 'H|\\^&\r'),
    frame(1, message('A')),
    frame(1, 'L|1\r'),
    frame(1, 'P|1\rL|1\r'),
    frame(2, 'P|1\r'),
    frame(2, 'L|1\r'),
    frame(3, 'L|1|N\r', 'etb'),
    frame(2, message('B')),
    bad(frame(1, 'H|\\^&\r')),
    bytes('\x021H|'),
    bytes('\r\n'),
    bytes('H|\\^&\r'),
    bytes('L|1\r'),
    bytes('R|1|^^^A|1\r'),
    frame(1, `H|\\^&\rM|1|${'x'.repeat(400)}\r`),
    frame(2, `M|2|${'y'.repeat(400)}\r`),
  ];
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pieces).map((piece) => ({ kind: 'bytes' as const, piece })) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((piece) => ({ kind: 'bytes' as const, piece })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('reply', 'quiet', 'receive', 'hold', 'gap', 'store')
        .map((name) => ({ kind: 'timer' as const, name: name as 'reply' })),
    },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 8 }).map((id) => ({ kind: 'stored' as const, id })) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 8 }).map((id) => ({ kind: 'failed' as const, id })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('send', 'interrupt', 'close').map((kind) => ({ kind })),
    },
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const bench = startBench({ maxMessageBytes: 1024, maxQueuedSends: 3, maxPendingStores: 4 }, 'wait');
      for (const one of events) {
        if (one.kind === 'bytes') bench.feed(one.piece);
        else if (one.kind === 'timer') bench.fire(one.name);
        else if (one.kind === 'stored') bench.session.stored(one.id);
        else if (one.kind === 'failed') bench.session.storeFailed(one.id);
        else if (one.kind === 'send') bench.session.send('s', outgoing);
        else if (one.kind === 'interrupt') bench.session.interrupt();
        else bench.session.close();
      }
      for (const command of bench.commands) {
        if (command.do !== 'store' && command.do !== 'partial') continue;
        assert.ok(command.raw.length <= 2048 && command.records.length <= 2048);
        if (command.do !== 'store') continue;
        const text = Buffer.from(command.records).toString('latin1');
        assert.match(text, /^H[^A-Za-z0-9]/);
        assert.match(text, /\rL[^\r]*\r$/);
      }
    }),
    { numRuns: 2000 },
  );
});
