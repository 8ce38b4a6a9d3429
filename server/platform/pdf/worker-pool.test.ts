import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PdfError, type PdfErrorKind } from './pdf-error.ts';
import { createWorkerPool, type WorkerPoolOptions } from './worker-pool.ts';

// Echoes; 'exit' dies, 'throw' fails, 'spin' never answers, 'id' tells which thread it is.
const worker = `
  import { parentPort, threadId } from 'node:worker_threads';
  parentPort.on('message', (job) => {
    if (job === 'exit') process.exit(3);
    if (job === 'throw') throw new TypeError('quotes the data');
    if (job === 'spin') for (;;);
    parentPort.postMessage(job === 'id' ? threadId : job);
  });
`;

function pool(options: Partial<WorkerPoolOptions> = {}): ReturnType<typeof createWorkerPool> {
  const file = new URL(`data:text/javascript,${encodeURIComponent(worker)}`);
  return createWorkerPool({ file, workerData: null, workers: 1, timeoutMs: 10_000, maxQueued: 100, ...options });
}

function refused(kind: PdfErrorKind): (error: unknown) => boolean {
  return (error) => error instanceof PdfError && error.kind === kind;
}

test('jobs are answered, each its own, and the threads are kept', async () => {
  const { run, close } = pool({ workers: 2 });
  const numbers = Array.from({ length: 40 }, (_, i) => i);
  assert.deepEqual(await Promise.all(numbers.map((number) => run(number))), numbers);
  const ids = new Set(await Promise.all(numbers.map(() => run('id'))));
  assert.ok(ids.size <= 2);
  await close();
});

test('a thread with nothing to do is ended and the next job has a new one', async () => {
  const { run, close } = pool({ idleMs: 20 });
  const first = await run('id');
  assert.equal(await run('id'), first, 'kept while there is work');
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.notEqual(await run('id'), first);
  await close();
});

test('a thread that dies fails its own job only and is replaced', async () => {
  const { run, close } = pool();
  const first = await run('id');
  const [died, after] = await Promise.allSettled([run('exit'), run('id')]);
  assert.ok(died.status === 'rejected' && refused('crashed')(died.reason));
  assert.ok(after.status === 'fulfilled' && after.value !== first);
  await close();
});

test('a thread is replaced after its share of jobs, and no job is lost', async () => {
  const { run, close } = pool({ jobsPerThread: 3 });
  const ids = await Promise.all(Array.from({ length: 7 }, () => run('id')));
  assert.equal(new Set(ids).size, 3);
  assert.equal(new Set(ids.slice(0, 3)).size, 1);
  await close();
});

test('a failure in the thread is told by its name, not by its message', async () => {
  const { run, close } = pool();
  await assert.rejects(run('throw'), (error: unknown) => {
    assert.ok(error instanceof PdfError && error.kind === 'crashed' && error.isTransient);
    assert.deepEqual(error.diagnostics, ['TypeError']);
    assert.doesNotMatch(error.message, /quotes/);
    return true;
  });
  assert.equal(await run('again'), 'again');
  await close();
});

test('a job that overruns is given up and the next one gets a new thread', async () => {
  const { run, close } = pool({ timeoutMs: 300 });
  const [overran, after] = await Promise.allSettled([run('spin'), run('after')]);
  assert.ok(overran.status === 'rejected' && refused('timeout')(overran.reason));
  assert.ok(after.status === 'fulfilled' && after.value === 'after');
  await close();
});

test('a full queue refuses instead of growing', async () => {
  const { run, close } = pool({ maxQueued: 2 });
  const taken = [run(1), run(2), run(3)]; // one runs, two wait
  await assert.rejects(run(4), refused('busy'));
  assert.deepEqual(await Promise.all(taken), [1, 2, 3]);
  assert.equal(await run(5), 5);
  await close();
});

test('closing refuses what runs, what waits and what comes', async () => {
  const { run, close } = pool();
  const settled = Promise.allSettled([run('spin'), run(2)]);
  await close();
  for (const job of await settled) assert.ok(job.status === 'rejected' && refused('closed')(job.reason));
  await assert.rejects(run(3), refused('closed'));
});
