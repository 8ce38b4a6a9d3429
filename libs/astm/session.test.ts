// The receiver half of the ASTM acceptance list, each line against the pure session.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildFrames, recordBytes } from './build.ts';
import { ENQ, EOT, bad, bytes, frame, message, startBench } from './test-kit.ts';

test('ENQ, frames, EOT: every frame acknowledged, one message with raw and records', () => {
  const bench = startBench();
  const frames = buildFrames(recordBytes(message('A').split('\r').slice(0, -1)));
  assert.deepEqual(bench.feed(ENQ), ['ACK']);
  for (const one of frames) assert.deepEqual(bench.feed(one), ['ACK']);
  assert.deepEqual(bench.feed(EOT), []);
  assert.deepEqual(bench.stored(), [message('A')]);
  const store = bench.commands.find((command) => command.do === 'store');
  assert.deepEqual(Buffer.from(store?.raw ?? []), Buffer.concat(frames));
  assert.equal(bench.session.isAtRest(), true);
});

test('nothing is acknowledged before it is stored, and a failed store is NAK', () => {
  const bench = startBench({}, 'wait');
  bench.feed(ENQ);
  assert.deepEqual(bench.feed(frame(1, message('A'))), []);
  bench.session.storeFailed(1);
  assert.deepEqual(bench.sent(), ['NAK']);
  assert.deepEqual(bench.feed(frame(1, message('A'))), []);
  assert.deepEqual(
    bench.commands.flatMap((command) => (command.do === 'store' ? [command.id] : [])),
    [1, 1],
    'the repeat asks again under the same id',
  );
  bench.session.stored(1);
  assert.deepEqual(bench.sent(), ['ACK']);
  bench.session.stored(1);
  bench.session.stored(99);
  assert.deepEqual(bench.sent(), []);
});

test('a slow store gets NAK in time; the repeat gets ACK without a second store', () => {
  const bench = startBench({}, 'wait');
  bench.feed(ENQ);
  bench.feed(frame(1, message('A')));
  assert.deepEqual(bench.fire('store'), ['NAK']);
  bench.session.stored(1);
  assert.deepEqual(bench.sent(), []);
  assert.deepEqual(bench.feed(frame(1, message('A'))), ['ACK']);
  assert.equal(bench.stored().length, 1);
});

test('stored after the sender ended: kept, not acknowledged, reported', () => {
  const bench = startBench({}, 'wait');
  bench.feed(ENQ);
  bench.feed(frame(1, message('A')));
  bench.feed(EOT);
  bench.session.stored(1);
  assert.deepEqual(bench.sent(), []);
  assert.deepEqual(bench.faults(), ['stored_not_acknowledged']);
  assert.deepEqual(bench.partials(), []);
});

test('two messages in one frame are stored separately and acknowledged together', () => {
  const bench = startBench({}, 'wait');
  bench.feed(ENQ);
  bench.feed(frame(1, message('A') + message('B')));
  assert.deepEqual(bench.stored(), [message('A'), message('B')]);
  bench.session.stored(1);
  assert.deepEqual(bench.sent(), []);
  bench.session.storeFailed(2);
  assert.deepEqual(bench.sent(), ['NAK']);
  bench.feed(frame(1, message('A') + message('B')));
  assert.deepEqual(bench.stored(), [message('A'), message('B'), message('B')], 'what is stored is not stored again');
  bench.session.stored(2);
  assert.deepEqual(bench.sent(), ['ACK']);
});

test('a device that sends ENQ, frames and EOT at once hears each answer it is owed, in their order', () => {
  const bench = startBench({}, 'wait');
  const all = [ENQ, frame(1, message('A')), EOT, ENQ, frame(1, message('B')), EOT];
  assert.deepEqual(bench.feed(Buffer.concat(all)), ['ACK']);
  bench.session.stored(1);
  assert.deepEqual(bench.sent(), ['ACK', 'ACK'], 'of the first frame and of the second ENQ');
  bench.session.stored(2);
  assert.deepEqual(bench.sent(), ['ACK']);
  assert.deepEqual(bench.stored(), [message('A'), message('B')]);
  assert.deepEqual(bench.faults(), []);
  assert.ok(bench.session.isAtRest());
});

test('a thousand messages sent without waiting are stored one after the other', () => {
  const bench = startBench({}, 'wait');
  const frames = Array.from({ length: 1000 }, (_, index) => frame((index + 1) % 8, message(`M${index}`)));
  bench.feed(Buffer.concat([ENQ, ...frames, EOT]));
  for (let id = 1; id <= 1000; id += 1) bench.session.stored(id);
  assert.equal(bench.stored().length, 1000);
  assert.deepEqual([...new Set(bench.sent())], ['ACK']);
  assert.ok(bench.session.isAtRest());
});

test('checksum bad once and six times', () => {
  const bench = startBench();
  bench.feed(ENQ);
  assert.deepEqual(bench.feed(bad(frame(1, message('A')))), ['NAK']);
  assert.deepEqual(bench.feed(frame(1, message('A'))), ['ACK']);
  assert.equal(bench.stored().length, 1);
  for (let send = 0; send < 6; send += 1) assert.deepEqual(bench.feed(bad(frame(2, message('B')))), ['NAK']);
  bench.feed(EOT);
  assert.equal(bench.stored().length, 1);
});

test('duplicate frame number: ACK and no second copy; skipped frame number: NAK', () => {
  const bench = startBench();
  bench.feed(ENQ);
  bench.feed(frame(1, 'H|\\^&\r'));
  assert.deepEqual(bench.feed(frame(1, 'H|\\^&\r')), ['ACK']);
  assert.deepEqual(bench.feed(frame(1, 'P|1\r')), ['NAK'], 'other text under the same number is no repeat');
  assert.deepEqual(bench.feed(frame(3, 'P|1\r')), ['NAK']);
  assert.deepEqual(bench.feed(frame(2, 'P|1\r')), ['ACK']);
  bench.feed(frame(3, 'L|1\r'));
  assert.deepEqual(bench.stored(), ['H|\\^&\rP|1\rL|1\r']);
  assert.deepEqual(bench.faults(), ['frame_duplicate', 'frame_changed', 'frame_number']);
  // The completing frame repeated because our ACK was lost: no second result.
  assert.deepEqual(bench.feed(frame(3, 'L|1\r')), ['ACK']);
  assert.equal(bench.stored().length, 1);
});

test('frame numbers restart with ENQ, run over 7 to 0, and may be ignored per device', () => {
  const bench = startBench();
  bench.feed(ENQ);
  const frames = buildFrames(
    recordBytes(['H|\\^&', ...Array.from({ length: 20 }, (_, index) => `C|${index + 1}|I|x`), 'L|1|N']),
  );
  for (const one of frames) assert.deepEqual(bench.feed(one), ['ACK']);
  assert.equal(bench.stored().length, 1);
  bench.feed(EOT);
  bench.feed(ENQ);
  assert.deepEqual(bench.feed(frame(1, message('B'))), ['ACK']);
  const sofia = startBench({ ignoreFrameNumbers: true });
  sofia.feed(ENQ);
  sofia.feed(frame(0, 'H|\\^&\r'));
  sofia.feed(frame(5, 'L|1\r'));
  assert.equal(sofia.stored().length, 1);
});

test('ENQ inside a session drops the unfinished message', () => {
  const bench = startBench();
  bench.feed(ENQ);
  bench.feed(frame(1, 'H|\\^&\rP|1\r'));
  assert.deepEqual(bench.feed(ENQ), ['ACK']);
  assert.deepEqual(bench.partials(), ['restarted']);
  assert.deepEqual(bench.feed(frame(1, message('A'))), ['ACK']);
  assert.deepEqual(bench.stored(), [message('A')]);
});

test('30 s of silence drops the unfinished message and frees the line', () => {
  const bench = startBench();
  bench.feed(ENQ);
  bench.feed(frame(1, 'H|\\^&\r'));
  assert.equal(bench.running().get('receive'), 30_000);
  bench.fire('receive');
  assert.deepEqual(bench.partials(), ['silence']);
  assert.deepEqual(bench.feed(frame(2, 'L|1\r')), ['NAK']);
  assert.deepEqual(bench.stored(), []);
});

test('EOT before L, and a last frame that ends in ETB, deliver nothing as complete', () => {
  const bench = startBench();
  bench.feed(ENQ);
  bench.feed(frame(1, 'H|\\^&\rP|1\rL|1|', 'etb'));
  bench.feed(EOT);
  assert.deepEqual(bench.stored(), []);
  assert.deepEqual(bench.partials(), ['ended']);
});

test('ETB cut inside a word, inside ^, before CR, and inside L', () => {
  const whole = message('SAMPLE');
  for (let cut = 1; cut < whole.length; cut += 1) {
    const bench = startBench();
    bench.feed(ENQ);
    bench.feed(frame(1, whole.slice(0, cut), 'etb'));
    bench.feed(frame(2, whole.slice(cut)));
    bench.feed(EOT);
    assert.deepEqual(bench.stored(), [whole], `cut at ${cut}`);
    assert.deepEqual(bench.partials(), []);
  }
});

test('ETX without CR: L is closed, a record start opens a record, other text goes on', () => {
  const bench = startBench();
  bench.feed(ENQ);
  bench.feed(frame(1, 'H|\\^&'));
  bench.feed(frame(2, 'C|1|I|Ly'));
  bench.feed(frame(3, 'mph'));
  bench.feed(frame(4, 'L|1|N'));
  assert.deepEqual(bench.stored(), ['H|\\^&\rC|1|I|Lymph\rL|1|N\r']);
});

test('two H..L in one session, EOT with nothing, EOT twice, NUL and noise between frames', () => {
  const bench = startBench();
  assert.deepEqual(bench.feed('\x00\r\nzz'), []);
  bench.feed(ENQ);
  bench.feed(EOT);
  bench.feed(EOT);
  bench.feed(ENQ);
  assert.deepEqual(bench.feed(Buffer.concat([frame(1, message('A')), bytes('\r\n~~\x06')])), ['ACK']);
  assert.deepEqual(bench.feed(frame(2, message('B'))), ['ACK']);
  bench.feed(EOT);
  assert.deepEqual(bench.stored(), [message('A'), message('B')]);
  assert.deepEqual(bench.partials(), []);
});

test('a 64,000 character frame is taken; more than the cap is refused and named', () => {
  const big = startBench();
  big.feed(ENQ);
  const text = `H|\\^&\rM|1|${'x'.repeat(63_970)}\rL|1\r`;
  assert.deepEqual(big.feed(frame(1, text)), ['ACK']);
  const small = startBench({ maxMessageBytes: 1000 });
  small.feed(ENQ);
  assert.deepEqual(small.feed(frame(1, `H|\\^&\r${'x'.repeat(900)}`, 'etb')), ['ACK']);
  assert.deepEqual(small.feed(frame(2, 'y'.repeat(900), 'etb')), ['NAK']);
  assert.deepEqual(small.feed(frame(2, 'L|1\r')), ['NAK'], 'nothing of a cut message may complete');
  assert.deepEqual(small.partials(), ['too_large']);
  small.feed(EOT);
  small.feed(ENQ);
  assert.deepEqual(small.feed(frame(1, message('A'))), ['ACK']);
  assert.deepEqual(small.stored(), [message('A')]);
});

test('CR LF missing: the gap ends the frame', () => {
  const bench = startBench();
  bench.feed(ENQ);
  const one = frame(1, message('A'));
  assert.deepEqual(bench.feed(one.subarray(0, -2)), []);
  assert.deepEqual(bench.fire('gap'), ['ACK']);
  assert.deepEqual(bench.feed('\r\n'), []);
});

test('busy: ENQ is answered with NAK; frame without ENQ as the device profile says', () => {
  const bench = startBench();
  bench.session.setReady(false);
  assert.deepEqual(bench.feed(ENQ), ['NAK']);
  assert.deepEqual(startBench().feed(frame(1, message('A'))), ['NAK']);
  const tolerant = startBench({ frameWithoutEnq: 'accept' });
  assert.deepEqual(tolerant.feed(frame(4, message('A'))), ['ACK']);
  assert.equal(tolerant.stored().length, 1);
  const full = startBench({ maxPendingStores: 1 }, 'wait');
  full.feed(Buffer.concat([ENQ, frame(1, message('A'))]));
  full.feed(EOT);
  assert.deepEqual(full.feed(ENQ), ['NAK']);
});

test('the receiver interrupts with EOT in place of ACK', () => {
  const bench = startBench();
  bench.feed(ENQ);
  bench.session.interrupt();
  assert.deepEqual(bench.feed(frame(1, message('A'))), ['EOT']);
  assert.deepEqual(bench.feed(frame(2, message('B'))), ['ACK'], 'a device that does not honour it goes on');
  assert.equal(bench.stored().length, 2);
});

test('undressed senders: H first, L ends, no byte is answered, a cut message is partial', () => {
  const bench = startBench();
  assert.deepEqual(bench.feed('\r\nH|\\^&\nR|1|^^^A|1\nL|1'), []);
  assert.deepEqual(bench.stored(), []);
  assert.deepEqual(bench.feed('|N\n'), []);
  assert.deepEqual(bench.stored(), ['H|\\^&\rR|1|^^^A|1\rL|1|N\r']);
  bench.feed('H|\\^&\rL|1');
  bench.session.close();
  assert.equal(bench.stored().length, 2, 'L without CR is complete when the line ends');
  const cut = startBench();
  cut.feed('H|\\^&\rR|1|^^^A|1\r');
  cut.fire('receive');
  assert.deepEqual(cut.partials(), ['silence']);
  assert.deepEqual(cut.stored(), []);
  cut.session.send('1', recordBytes(['H|\\^&', 'L|1']));
  assert.deepEqual(cut.sent(), [], 'waiting for its ACK would swallow its results');
});

test('a frame full of tiny messages is taken without multiplying its size', () => {
  const bench = startBench({ maxFrameBytes: 100_000 });
  bench.feed(ENQ);
  assert.deepEqual(bench.feed(frame(1, 'H|\\^&\rL\r'.repeat(5000))), ['ACK']);
  const raws = new Set(bench.commands.flatMap((command) => (command.do === 'store' ? [command.raw] : [])));
  assert.equal(bench.stored().length, 5000);
  assert.equal(raws.size, 1);
});

test('records without H are partial, even when an L ends them', () => {
  const bench = startBench();
  bench.feed(ENQ);
  assert.deepEqual(bench.feed(frame(1, 'P|1\rL|1|N\r')), ['ACK']);
  assert.deepEqual(bench.feed(frame(2, 'H|\\^&\rP|1\rH|\\^&\rL|1|N\r')), ['ACK']);
  assert.deepEqual(bench.stored(), ['H|\\^&\rL|1|N\r']);
  assert.deepEqual(bench.feed(frame(3, 'P|1\rL\r')), ['ACK']);
  assert.equal(bench.stored().length, 1);
  assert.deepEqual(bench.partials(), ['no_header', 'no_terminator', 'no_header']);
});
