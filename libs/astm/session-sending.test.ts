// The sender half of the ASTM acceptance list: ENQ, retries, contention, interrupts, time-outs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordBytes } from './build.ts';
import { ACK, ENQ, EOT, NAK, frame, message, startBench } from './test-kit.ts';

const outgoing = recordBytes(['H|\\^&|||host^1', 'L|1|N']);
const outcome = (bench: ReturnType<typeof startBench>): string[] =>
  bench.commands.flatMap((command) =>
    command.do === 'sent' ? ['sent'] : command.do === 'failed' ? [command.reason] : [],
  );

test('sending: ENQ, frames one by one, EOT', () => {
  const bench = startBench();
  bench.session.send('1', outgoing);
  assert.deepEqual(bench.sent(), ['ENQ']);
  assert.equal(bench.running().get('reply'), 15_000);
  assert.deepEqual(bench.feed('xy'), []);
  assert.deepEqual(bench.feed(ACK), ['frame 1']);
  assert.deepEqual(bench.feed(ACK), ['frame 2']);
  assert.deepEqual(bench.feed(ACK), ['EOT']);
  assert.deepEqual(outcome(bench), ['sent']);
});

test('NAK to ENQ: ten seconds of silence, and after six the message fails', () => {
  const bench = startBench();
  bench.session.send('1', outgoing);
  for (let answer = 1; answer < 6; answer += 1) {
    bench.feed(NAK);
    assert.equal(bench.running().get('hold'), 10_000);
    assert.deepEqual(bench.sent(), []);
    assert.deepEqual(bench.fire('hold'), ['ENQ']);
  }
  bench.feed(NAK);
  assert.deepEqual(outcome(bench), ['astm.busy']);
});

test('NAK to a frame: the same frame again, six sends in all, then EOT', () => {
  const bench = startBench();
  bench.session.send('1', outgoing);
  bench.feed(ACK);
  for (let send = 2; send <= 6; send += 1) assert.deepEqual(bench.feed(NAK), ['frame 1']);
  assert.deepEqual(bench.feed(NAK), ['EOT']);
  assert.deepEqual(outcome(bench), ['astm.refused']);
});

test('noise as answer: the frame again only when the line is quiet, and its two ACKs count once', () => {
  const bench = startBench();
  bench.session.send('1', outgoing);
  bench.feed(ACK);
  assert.deepEqual(bench.feed('z'), [], 'the answer may be behind it');
  assert.deepEqual(bench.feed(ACK), ['frame 2'], 'and it was');
  assert.deepEqual(bench.feed('z'), []);
  assert.deepEqual(bench.fire('quiet'), ['frame 2']);
  assert.deepEqual(bench.feed(ACK), []);
  assert.deepEqual(bench.feed(ACK), []);
  assert.deepEqual(bench.fire('quiet'), ['EOT']);
  assert.deepEqual(outcome(bench), ['sent']);
});

test('an answer lost after the last frame is told as one that may have been yes', () => {
  const bench = startBench();
  bench.session.send('1', outgoing);
  bench.feed(ACK);
  bench.feed(ACK);
  assert.deepEqual(bench.fire('reply'), ['EOT']);
  bench.session.send('2', outgoing);
  bench.fire('hold');
  bench.feed(ACK);
  bench.feed(ACK);
  for (let send = 1; send <= 6; send += 1) {
    bench.feed('z');
    bench.fire('quiet');
  }
  assert.deepEqual(outcome(bench), ['astm.unconfirmed', 'astm.unconfirmed']);
});

test('no answer in 15 s to ENQ or to a frame: EOT and failed', () => {
  const bench = startBench();
  bench.session.send('1', outgoing);
  assert.deepEqual(bench.sent(), ['ENQ']);
  assert.deepEqual(bench.fire('reply'), ['EOT']);
  bench.session.send('2', outgoing);
  assert.deepEqual(bench.fire('hold'), ['ENQ']);
  bench.feed(ACK);
  assert.deepEqual(bench.fire('reply'), ['EOT']);
  assert.deepEqual(outcome(bench), ['astm.no_answer', 'astm.no_answer']);
});

test('EOT as reply interrupts: fifteen seconds of silence; on the last frame it is also the ACK', () => {
  const bench = startBench();
  bench.session.send('1', outgoing);
  bench.session.send('2', outgoing);
  bench.feed(ACK);
  assert.deepEqual(bench.feed(EOT), ['EOT']);
  assert.equal(bench.running().get('hold'), 15_000);
  assert.deepEqual(outcome(bench), ['astm.interrupted']);
  assert.deepEqual(bench.feed(ENQ), ['ACK'], 'the receiver has the line now');
  bench.feed(frame(1, message('A')));
  bench.feed(EOT);
  assert.deepEqual(bench.fire('hold'), ['ENQ']);
  bench.feed(ACK);
  bench.feed(ACK);
  assert.deepEqual(bench.feed(EOT), ['EOT']);
  assert.deepEqual(outcome(bench), ['astm.interrupted', 'sent']);
});

test('contention: the host yields 20 s and receives, the instrument asks again after 1 s', () => {
  const host = startBench();
  host.session.send('1', outgoing);
  host.sent();
  assert.deepEqual(host.feed(ENQ), []);
  assert.equal(host.running().get('hold'), 20_000);
  assert.deepEqual(host.feed(ENQ), ['ACK']);
  assert.deepEqual(host.feed(frame(1, message('A'))), ['ACK']);
  host.feed(EOT);
  assert.deepEqual(host.fire('hold'), ['ENQ']);
  const instrument = startBench({ role: 'instrument' });
  instrument.session.send('1', outgoing);
  instrument.sent();
  assert.deepEqual(instrument.feed(ENQ), []);
  assert.equal(instrument.running().get('hold'), 1000);
  assert.deepEqual(instrument.fire('hold'), ['ENQ']);
});

test('the host leaves the line free after EOT and lets the instrument go first', () => {
  const bench = startBench();
  bench.feed(ENQ);
  bench.feed(frame(1, 'H|\\^&\rQ|1|^A1||ALL\rL|1|N\r'));
  bench.session.send('answer', outgoing);
  assert.deepEqual(bench.sent(), [], 'never inside the session of the peer');
  assert.deepEqual(bench.feed(EOT), []);
  assert.deepEqual(bench.feed(ENQ), ['ACK']);
  bench.feed(EOT);
  assert.deepEqual(bench.fire('hold'), ['ENQ']);
});

test('the connection ends mid-frame: partial, queued sends fail as ambiguous, a new session starts clean', () => {
  const bench = startBench();
  bench.feed(ENQ);
  bench.feed(frame(1, 'H|\\^&\r'));
  bench.feed(frame(2, 'L|1|N\r').subarray(0, 5));
  bench.session.send('1', outgoing);
  bench.session.close();
  assert.deepEqual(bench.partials(), ['closed']);
  assert.deepEqual(outcome(bench), ['astm.connection_lost']);
  assert.deepEqual(bench.stored(), []);
  assert.equal(bench.running().size, 0);
});
