// Runs every example of README.md: a line `expression; // => value` must give that value.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const source = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const examples = [...source.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');

test('the examples of the README do what they say', async () => {
  assert.ok(examples.length > 0);
  let checked = 0;
  for (const example of examples) {
    const lines = example.split('\n').map((line) => {
      const claim = /^(.*); \/\/ => (.*)$/.exec(line);
      if (claim === null) return line;
      checked += 1;
      return `assert.deepEqual(${claim[1] ?? ''}, ${claim[2] ?? ''});`;
    });
    const code = `import assert from 'node:assert/strict';\n${lines.join('\n')}`.replaceAll(
      /'(@nidaan\/[a-z0-9-]+)'/g,
      (_, name: string) => JSON.stringify(import.meta.resolve(name)),
    );
    await import(`data:text/javascript,${encodeURIComponent(code)}`);
  }
  assert.ok(checked > 0);
});
