// `npm run bench`: every benchmark, or those named: `npm run bench -- intake start`. Raw samples with --json.
import process from 'node:process';
import { parseArgs } from 'node:util';

import { machine, report } from './harness.ts';
import type { Outcome } from './harness.ts';

const benches = {
  hl7: () => import('./hl7-parse.ts'),
  intake: () => import('./hl7-intake.ts'),
  reads: () => import('./order-reads.ts'),
  calls: () => import('./calls.ts'),
  start: () => import('./start-up.ts'),
  westgard: () => import('./westgard.ts'),
  lines: () => import('./lines.ts'),
} as const;
type BenchName = keyof typeof benches;

function isBench(name: string): name is BenchName {
  return Object.hasOwn(benches, name);
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const unknown = positionals.filter((name) => !isBench(name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark named ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.\n`,
  );
  process.exit(1);
}
const chosen = positionals.length > 0 ? positionals.filter(isBench) : (Object.keys(benches) as BenchName[]);

process.stdout.write(`${machine()}\n`);
const outcomes: Outcome[] = [];
for (const name of chosen) {
  const { bench } = await benches[name]();
  const found = await bench();
  if (!values.json) report(found);
  outcomes.push(...found);
}
if (values.json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
process.exit(outcomes.every((outcome) => outcome.isReached) ? 0 : 1);
