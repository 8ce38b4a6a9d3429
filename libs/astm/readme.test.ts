// Runs every example of README.md and compares what it prints with the comment behind console.log.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const expected = [
  '1044041 NA <120 mmol/L\n',
  'O|1|4711||^^^TSH|R||||||A\ntrue\nO|1| S1 |A&E|a&F&b\n',
  '1\n',
  '06\n06\n06\n',
];

test('the examples of the README run and print what they say', async (t) => {
  const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code);
  assert.equal(examples.length, expected.length);
  const folder = await mkdtemp(join(tmpdir(), 'astm-readme-'));
  t.after(() => rm(folder, { recursive: true }));
  const index = pathToFileURL(join(import.meta.dirname, 'index.ts')).href;
  for (const [number, code] of examples.entries()) {
    const file = join(folder, `example-${number}.mts`);
    await writeFile(file, code.replace("'@nidaan/astm'", `'${index}'`));
    const { stdout } = await run(process.execPath, [file], { timeout: 20_000 });
    assert.equal(stdout, expected[number]);
  }
});
