// How our processes are started. A lab's own PC has little memory, and V8 and malloc keep what a burst once needed: after a
// demo day the process held 442 MB, its heap 190 MB of which 70 were in use; with these it holds 286 and 103 MB
// (bench/start-up.ts; docs/operations/running.md has the table).
import { join } from 'node:path';

/**
 * `npm start` in package.json carries the same. The collector runs when the heap has grown by three tenths since it last
 * ran; by default it lets it grow to a multiple. Meas: a tenth more processor time over the day.
 */
export const NODE_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=30'] as const;

/** Relative to the checkout. Compiled code of our files, shared by all our processes. */
export const COMPILE_CACHE = 'node_modules/.cache/nidaan';

export const NODE_ENVIRONMENT = {
  // One arena: what the thread that typesets leaves behind is used again by the others.
  MALLOC_ARENA_MAX: '1',
  // Blocks of 128 KiB and more are given back when they are freed. These are the defaults of glibc, but a default rises with
  // the largest block freed, to 32 MiB; a limit that is set stays.
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
  // Known to Node before it reads main.ts, and in worker threads: with every file in the cache the type stripper (14 MB) is
  // not loaded.
  NODE_COMPILE_CACHE: join(import.meta.dirname, '..', '..', COMPILE_CACHE),
} as const;
