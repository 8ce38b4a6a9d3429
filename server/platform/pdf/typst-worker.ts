// The thread that typesets. The native call blocks for milliseconds, so it must never run on the event loop.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { RenderJob, RenderReply, WorkerSettings } from './messages.ts';

// Documents a memoised layout survives unused. Meas: 3 is as quick as 20 (53 ms for two pages) and holds 170 MB less.
const EVICT_AFTER = 3;

const settings: WorkerSettings = workerData;
const fonts = settings.fontDirs.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(ttf|otf)$/.test(name))
    .map((name) => readFileSync(join(folder, name))),
);
// One compiler a template folder: the folder is the root outside which typst refuses to read.
const compilers = new Map<string, NodeCompiler>();

parentPort?.on('message', (job: RenderJob) => {
  const reply = render(job);
  parentPort?.postMessage(reply, 'pdf' in reply ? [reply.pdf.buffer] : []);
});

function render(job: RenderJob): RenderReply {
  const root = dirname(job.templatePath);
  try {
    const compiler = compilerFor(root);
    compiler.mapShadow(join(root, 'job/data.json'), Buffer.from(job.json));
    for (const [name, bytes] of job.assets) compiler.mapShadow(join(root, 'job', name), Buffer.from(bytes));
    const compiled = compiler.compile({ mainFilePath: job.templatePath });
    const document = compiled.result;
    if (document === null) {
      const error = compiled.takeDiagnostics();
      const diagnostics = error === null ? [] : compiler.fetchDiagnostics(error).map(describe);
      return { failed: 'The template could not be typeset with this data.', diagnostics };
    }
    const pdf = compiler.pdf(document, { creationTimestamp: job.createdAtSeconds });
    // Copied out of the native buffer, so that the bytes can be moved to the other thread.
    return { pdf: new Uint8Array(pdf) };
  } catch (error) {
    return { failed: 'The document could not be made.', diagnostics: [withoutData(String(error))] };
  } finally {
    compilers.get(root)?.resetShadow();
    compilers.get(root)?.evictCache(EVICT_AFTER);
  }
}

function compilerFor(root: string): NodeCompiler {
  const known = compilers.get(root);
  if (known !== undefined) return known;
  refusePackages(root);
  const compiler = NodeCompiler.create({ workspace: root, fontArgs: [{ fontBlobs: fonts }] });
  compilers.set(root, compiler);
  return compiler;
}

/** Trap: typst downloads '@preview/…' packages by itself; a document must not depend on the internet. */
function refusePackages(root: string): void {
  for (const name of readdirSync(root)) {
    if (name.endsWith('.typ') && /["']@[\w-]+\//.test(readFileSync(join(root, name), 'utf8'))) {
      throw new Error(`${name} imports a typst package`);
    }
  }
}

/** 'page.typ:12 unknown variable'; the shape of a diagnostic is not typed by the compiler, so it is checked here. */
function describe(diagnostic: unknown): string {
  const path = member(diagnostic, 'path');
  const message = member(diagnostic, 'message');
  const line = member(member(member(diagnostic, 'range'), 'start'), 'line');
  const where = typeof path === 'string' && path !== '' ? basename(path) : 'template';
  const said = typeof message === 'string' ? withoutData(message) : 'fault';
  return `${where}${typeof line === 'number' ? `:${line + 1}` : ''} ${said}`;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** The message up to its first quotation, colon or digit: typst quotes values, and a value may be a secret. */
function withoutData(message: string): string {
  return (/^[^":`'0-9]*/.exec(message)?.[0] ?? '').trim();
}
