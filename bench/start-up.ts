// B18: cold start to the first healthy reply, against a Fastify hello; and what the whole lab holds in memory.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { NODE_ENVIRONMENT, NODE_FLAGS } from '../server/boot/node-flags.ts';
import type { Outcome } from './harness.ts';
import { median } from './harness.ts';
import { freePort, playDayAgainst } from './lab.ts';

const root = join(import.meta.dirname, '..');
const ROUNDS = 5;

async function untilHealthy(url: string): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    try {
      if ((await fetch(`${url}/health`)).ok) return;
    } catch {
      if (Date.now() > giveUpAt) throw new Error(`${url} did not become healthy`);
    }
    await sleep(5);
  }
}

interface Started {
  readonly seconds: number;
  readonly pid: number;
  stop(): Promise<void>;
}

async function startAndTime(args: readonly string[], port: number, env: NodeJS.ProcessEnv): Promise<Started> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...args], { env, stdio: 'ignore', cwd: root });
  await untilHealthy(`http://127.0.0.1:${port}`);
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    seconds,
    pid: child.pid ?? 0,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

export async function bench(): Promise<readonly Outcome[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'nidaan-bench-'));
  const [http, hl7, astm, hello] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const env = {
    ...process.env,
    ...NODE_ENVIRONMENT,
    DATA_DIR: dataDir,
    HTTP_PORT: String(http),
    HL7_PORT: String(hl7),
    ASTM_PORT: String(astm),
    RATE_LIMIT_PER_MINUTE: '100000',
  };
  const startLab = () => startAndTime([...NODE_FLAGS, 'server/main.ts', 'start', '--json'], http, env);
  try {
    const first = await startLab();
    await first.stop();
    const labs: number[] = [];
    const hellos: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const lab = await startLab();
      labs.push(lab.seconds);
      await lab.stop();
      const peer = await startAndTime(['bench/peers/hello.ts', String(hello)], hello, process.env);
      hellos.push(peer.seconds);
      await peer.stop();
    }
    const lab = await startLab();
    await sleep(3000);
    const idleMb = residentMb(lab.pid);
    await playDayAgainst(`http://127.0.0.1:${http}`, hl7, astm);
    const busyMb = residentMb(lab.pid);
    await sleep(30_000);
    const afterMb = residentMb(lab.pid);
    await lab.stop();
    const ratio = median(labs) / median(hellos);
    return [
      {
        name: 'B18 cold start with database, second start / Fastify hello',
        figure: `${ratio.toFixed(1)}× (${median(labs).toFixed(2)} s against ${median(hellos).toFixed(2)} s; first start with initdb and seed ${first.seconds.toFixed(2)} s)`,
        goal: '≤ 10× and < 2 s',
        isReached: ratio <= 10 && median(labs) < 2,
        samples: { labs, hellos },
      },
      {
        name: 'Memory of the Node process with everything running',
        figure: `${idleMb.toFixed(0)} MB idle, ${busyMb.toFixed(0)} MB at the end of a demo day, ${afterMb.toFixed(0)} MB half a minute later`,
        goal: '≤ 350 MB',
        isReached: Math.max(idleMb, busyMb, afterMb) <= 350,
        samples: { megabytes: [idleMb, busyMb, afterMb] },
      },
    ];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
