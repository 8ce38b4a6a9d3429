// `npm run bench:bench`: the bench of a large lab. Lists and searches at two sizes, entry and import in the larger one.
//   --from 0.01 --to 0.1   sizes, 1 is 2.8 million orders
//   --folder <path>        where the labs are kept for the next run; a temporary one when left out, deleted at the end
//   --turns 40             times each list is asked for
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { benchEntry } from './entry-at-size.ts';
import { machine, report } from './harness.ts';
import type { Outcome } from './harness.ts';
import { openLargeLab } from './large-lab.ts';
import { benchLists } from './lists-at-size.ts';

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0.01' },
    to: { type: 'string', default: '0.1' },
    seed: { type: 'string', default: '7' },
    turns: { type: 'string', default: '40' },
    folder: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'nidaan-bench-large-'));
const outcomes: Outcome[] = [];
process.stdout.write(`${machine()}, seed ${seed}\n`);
try {
  const small = await openLargeLab(folder, Number(values.from), seed);
  const large = await openLargeLab(folder, Number(values.to), seed);
  try {
    process.stdout.write(
      `${small.orders} orders and ${small.results} results against ${large.orders} and ${large.results}; median / p95 of ${values.turns}\n`,
    );
    outcomes.push(...(await benchLists(small, large, Number(values.turns))));
    outcomes.push(...(await benchEntry(large, seed)));
  } finally {
    await large.stop();
    await small.stop();
  }
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
if (values.json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
else report(outcomes.filter((outcome) => !outcome.name.startsWith('B15') || !outcome.isReached));
process.exit(outcomes.every((outcome) => outcome.isReached) ? 0 : 1);
