import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { loadCatalogue } from './catalogue.ts';
import { errorsPage } from './errors-doc.ts';
import { generatedFiles, staleFiles, writeGeneratedFiles } from './generated.ts';

test('the generated files in the checkout are what the code makes', async () => {
  assert.deepEqual(await staleFiles(), []);
});

test('a missing or changed generated file is told', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'nidaan-generated-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  assert.deepEqual(
    await staleFiles(root),
    generatedFiles.map(({ path }) => path),
  );
  await writeGeneratedFiles(root);
  assert.deepEqual(await staleFiles(root), []);
  writeFileSync(join(root, '.env.example'), '# edited by hand\n');
  assert.deepEqual(await staleFiles(root), ['.env.example']);
});

test('the page of errors groups by service, the platform first, and says whether to try again', () => {
  const page = errorsPage([
    { code: 'order.not_found', owner: 'order', status: 404, retry: 'permanent', template: 'There is no order {a|b}.' },
    { code: 'platform.busy', owner: 'platform', status: 409, retry: 'transient', template: 'Busy.' },
  ]);
  assert.ok(page.indexOf('## platform') < page.indexOf('## order'));
  assert.match(page, /^\| `order\.not_found` \| 404 \| There is no order \{a\\\|b\}\. \| no, change the request \|$/m);
  assert.match(page, /^\| `platform\.busy` \| 409 \| Busy\. \| yes, try again \|$/m);
});

test('the catalogue holds errors of the platform and of contracts, each code once', async () => {
  const { errors } = await loadCatalogue();
  const codes = errors.map(({ code }) => code);
  assert.deepEqual(codes, [...new Set(codes)].toSorted());
  assert.ok(codes.includes('platform.invalid_input') && codes.some((code) => code.startsWith('organization.')));
});
