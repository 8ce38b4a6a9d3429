// Picks the TCP port of the database and remembers it, so that tools set up against it keep working after a restart.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => done(true)));
  });
}

export function rememberedPort(path: string): number | undefined {
  try {
    const port = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A free port on 127.0.0.1, the preferred one if it is free.
 * New ones come from 15000–24999, below what systems hand out to outgoing connections (32768 up on Linux, 49152 up on macOS),
 * where a port free today is taken tomorrow. The folder's name spreads several installations over the range.
 */
export async function pickPort(
  preferred: number | undefined,
  folder: string,
  avoid: ReadonlySet<number>,
): Promise<number> {
  if (preferred !== undefined && !avoid.has(preferred) && (await isPortFree(preferred))) return preferred;
  const spread = createHash('sha256').update(folder).digest().readUInt16BE(0);
  for (let step = 0; step < 200; step++) {
    const port = 15_000 + ((spread + step * 37) % 10_000);
    if (!avoid.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error('no free port between 15000 and 24999 on 127.0.0.1');
}
