// Makes a PDF of a typst template and JSON data, in worker threads. Knows nothing of what is printed.
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import type { RenderJob, RenderReply, WorkerSettings } from './messages.ts';
import { PdfError } from './pdf-error.ts';
import { createWorkerPool } from './worker-pool.ts';

export type PdfRendererOptions = {
  /** Threads at most. Default 1; each takes up to 260 MB. */
  readonly workers?: number;
  /** Folders whose .ttf and .otf files are loaded. Default: Noto Sans and Noto Sans Devanagari, regular and bold. */
  readonly fontDirs?: readonly string[];
  /** For one document, in ms. Default 20 000. */
  readonly timeoutMs?: number;
  /** Documents that may wait. Default 500. */
  readonly maxQueued?: number;
};

export type PdfInput = {
  /** Absolute path of the .typ file. It reads the data by `json("job/data.json")` and cannot read outside its folder. */
  readonly templatePath: string;
  /** Anything JSON can write. Reaches the template as a file, never as template code. */
  readonly data: unknown;
  /** Pictures by file name ('qr.svg', 'logo.png'), read by `image("job/qr.svg")`. A string is SVG text. */
  readonly assets?: Readonly<Record<string, Uint8Array | string>>;
  /** Creation date in the PDF, ISO 8601 with offset; the same input and date give the same bytes. */
  readonly createdAt: string;
};

export type PdfRenderer = {
  /** @throws PdfError */
  render(input: PdfInput): Promise<Uint8Array<ArrayBuffer>>;
  /** Ends the threads; documents under way are refused. */
  close(): Promise<void>;
};

// Meas: typst-ts-node-compiler 0.7.0 keeps 1.3 MB a thread for every two-page document of new data, whatever is evicted;
// the end of the thread gives it back. 500 documents, 50 a thread: the process grows from 88 MB to 350 MB and stays there
// (400 MB when a thread makes 100, so 8 it is). A new thread costs about 90 ms once. 2 cores, Node 26, November 2026.
const JOBS_PER_THREAD = 8;
/** A lab signs in bursts; between them the thread's memory, more than the rest of the house, is given back. */
const IDLE_MS = 10_000;

/** Starts nothing until the first document is asked for. */
export function createPdfRenderer(options: PdfRendererOptions = {}): PdfRenderer {
  const settings: WorkerSettings = { fontDirs: options.fontDirs ?? defaultFontDirs() };
  const pool = createWorkerPool({
    file: new URL('./typst-worker.ts', import.meta.url),
    workerData: settings,
    workers: options.workers ?? 1,
    timeoutMs: options.timeoutMs ?? 20_000,
    maxQueued: options.maxQueued ?? 500,
    idleMs: IDLE_MS,
    jobsPerThread: JOBS_PER_THREAD,
  });
  return {
    async render(input) {
      // The worker is ours: what it posts is a RenderReply.
      const reply = (await pool.run(toJob(input))) as RenderReply;
      if ('failed' in reply) throw new PdfError('template', reply.failed, reply.diagnostics);
      return reply.pdf;
    },
    close: () => pool.close(),
  };
}

function toJob({ templatePath, data, assets = {}, createdAt }: PdfInput): RenderJob {
  if (!isAbsolute(templatePath)) throw new PdfError('template', 'The path of a template must be absolute.');
  // Trap: half a surrogate pair is legal in a JavaScript string and an error in every JSON reader but ours.
  const json = JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  if (json === undefined) throw new PdfError('template', 'The data of a document must be JSON.');
  const createdAtMs = Date.parse(createdAt);
  if (Number.isNaN(createdAtMs)) throw new PdfError('template', 'The creation date must be ISO 8601.');
  return {
    templatePath,
    json,
    assets: Object.entries(assets).map(toAsset),
    createdAtSeconds: Math.floor(createdAtMs / 1000),
  };
}

function toAsset([name, content]: [string, Uint8Array | string]): [string, Uint8Array] {
  if (!/^[a-z0-9][a-z0-9-]*\.(svg|png|jpg)$/.test(name)) {
    throw new PdfError(
      'template',
      'An asset is named by small letters, digits and hyphens, and ends in svg, png or jpg.',
    );
  }
  return [name, typeof content === 'string' ? new TextEncoder().encode(content) : content];
}

/** The faces in use, one folder each: the font packages hold 27 more that would only take memory. */
function defaultFontDirs(): readonly string[] {
  const resolve = createRequire(import.meta.url).resolve;
  const latin = join(resolve('@expo-google-fonts/noto-sans/package.json'), '..');
  const devanagari = join(resolve('@expo-google-fonts/noto-sans-devanagari/package.json'), '..');
  return [
    join(latin, '400Regular'),
    join(latin, '400Regular_Italic'),
    join(latin, '700Bold'),
    join(devanagari, '400Regular'),
    join(devanagari, '700Bold'),
  ];
}
