// A bounded pool of worker threads, each doing one job at a time. Threads start with the first job, are kept, and are
// replaced when they die or overrun. What a job means is left to the worker's file and to the caller.
import { Worker } from 'node:worker_threads';
import { PdfError } from './pdf-error.ts';

export type WorkerPoolOptions = {
  /** Module of the worker: receives one message a job, answers with one message. */
  readonly file: URL;
  readonly workerData: unknown;
  /** Threads at most, at least 1. */
  readonly workers: number;
  /** From the moment a worker takes the job, in ms. */
  readonly timeoutMs: number;
  /** Jobs that may wait for a thread; one more is refused as busy. */
  readonly maxQueued: number;
  /** Jobs after which a thread is replaced. Default: never. */
  readonly jobsPerThread?: number;
  /** A thread that has had nothing to do for so long is ended, in ms. Default: never. */
  readonly idleMs?: number;
};

export type WorkerPool = {
  /** @throws PdfError busy, timeout, crashed or closed */
  run(job: unknown): Promise<unknown>;
  /** Refuses what waits and what runs, and ends the threads. */
  close(): Promise<void>;
};

type Waiting = {
  readonly job: unknown;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: PdfError) => void;
};
type Thread = {
  readonly worker: Worker;
  current: Waiting | undefined;
  timer: NodeJS.Timeout | undefined;
  jobsLeft: number;
};

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { file, workerData, workers, timeoutMs, maxQueued, jobsPerThread = Infinity, idleMs } = options;
  const threads = new Set<Thread>();
  const overrun = new Set<Worker>();
  const waiting: Waiting[] = [];
  let isClosed = false;

  function next(): void {
    while (waiting.length > 0) {
      const thread = idleThread() ?? startThread();
      const taken = thread === undefined ? undefined : waiting.shift();
      if (thread === undefined || taken === undefined) return;
      give(thread, taken);
    }
  }

  function idleThread(): Thread | undefined {
    for (const thread of threads) if (thread.current === undefined) return thread;
    return undefined;
  }

  function startThread(): Thread | undefined {
    // Trap: terminate() cannot stop a native call in the middle; the thread ends when the call returns. Until then it
    // burns a core, so overrun threads are counted: never more than as many again as the pool allows.
    if (threads.size >= workers || overrun.size >= workers) return undefined;
    const worker = new Worker(file, { workerData });
    const thread: Thread = { worker, current: undefined, timer: undefined, jobsLeft: jobsPerThread };
    threads.add(thread);
    thread.worker.on('message', (reply: unknown) => answered(thread, reply));
    thread.worker.on('error', (error) => giveUp(thread, crashed(error)));
    thread.worker.on('exit', () => {
      overrun.delete(thread.worker);
      giveUp(thread, crashed());
    });
    return thread;
  }

  function give(thread: Thread, job: Waiting): void {
    clearTimeout(thread.timer);
    thread.current = job;
    thread.worker.ref();
    thread.timer = setTimeout(() => {
      overrun.add(thread.worker);
      giveUp(thread, new PdfError('timeout', `The document took more than ${timeoutMs} ms and was given up.`));
    }, timeoutMs);
    thread.worker.postMessage(job.job, []);
  }

  function answered(thread: Thread, reply: unknown): void {
    thread.jobsLeft -= 1;
    if (thread.jobsLeft <= 0) retire(thread);
    settle(thread, (job) => job.resolve(reply));
  }

  function retire(thread: Thread): void {
    clearTimeout(thread.timer);
    threads.delete(thread);
    void thread.worker.terminate();
  }

  function settle(thread: Thread, answer: (job: Waiting) => void): void {
    clearTimeout(thread.timer);
    const job = thread.current;
    thread.current = undefined;
    // An idle thread must not keep the process alive.
    thread.worker.unref();
    if (job !== undefined) answer(job);
    next();
    if (idleMs !== undefined && thread.current === undefined && threads.has(thread)) {
      thread.timer = setTimeout(() => retire(thread), idleMs).unref();
    }
  }

  function giveUp(thread: Thread, error: PdfError): void {
    retire(thread);
    settle(thread, (job) => job.reject(error));
  }

  return {
    run(job) {
      return new Promise((resolve, reject) => {
        if (isClosed) return reject(new PdfError('closed', 'The PDF renderer is closed.'));
        if (waiting.length >= maxQueued) return reject(new PdfError('busy', `${maxQueued} documents wait already.`));
        waiting.push({ job, resolve, reject });
        return next();
      });
    },
    async close() {
      isClosed = true;
      const refused = new PdfError('closed', 'The PDF renderer was closed before the document was made.');
      for (const job of waiting.splice(0)) job.reject(refused);
      const ended = Array.from(threads, async (thread) => {
        giveUp(thread, refused);
        await thread.worker.terminate();
      });
      await Promise.all(ended);
    },
  };
}

function crashed(error?: unknown): PdfError {
  // Only the name or code: a message may quote the data.
  const name = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : undefined;
  const sentence = 'The thread that made the document stopped unexpectedly.';
  return new PdfError('crashed', sentence, name === undefined ? [] : [name]);
}
