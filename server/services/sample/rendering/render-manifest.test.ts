import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { createPdfRenderer } from '#platform/pdf/renderer.ts';

import { manifestOf } from '../manifest.testing.ts';
import { renderManifest } from './render-manifest.ts';

const renderer = createPdfRenderer();
const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
const createdAt = '2026-11-25T09:00:00+05:30';

after(async () => {
  await renderer.close();
  rmSync(folder, { recursive: true });
});

const lab = { name: 'Nidaan Pune', addressLines: ['12 MG Road', 'Pune 411001'], phone: '020 1234' };

test('lab-day 31: the list has every tube with its patient, over as many pages as it takes', async (t) => {
  const { manifest, patientId } = manifestOf(60);
  const patients = new Map([
    [patientId, { name: 'अनिरुद्ध #panic("x") *b* $x$', sex: 'male', bornOn: '1992-05-01' } as const],
  ]);
  const pdf = await renderManifest(renderer, { lab, manifest, patients }, createdAt);
  assert.deepEqual(await renderManifest(renderer, { lab, manifest, patients }, createdAt), pdf);
  if (spawnSync('pdftotext', ['-v']).status !== 0) return t.skip('needs pdftotext (poppler-utils)');
  const path = join(folder, 'manifest.pdf');
  writeFileSync(path, pdf);
  const text = spawnSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' }).stdout;
  assert.ok(text.split('\f').length > 2);
  for (const tube of manifest.tubes) assert.ok(text.includes(tube.barcode), tube.barcode);
  for (const part of ['Metro Reference Laboratory', 'MAN-261125000016', '2026-11-28', '60 tubes', '34 Y / M', '$x$']) {
    assert.ok(text.includes(part), part);
  }
  // The head of the table stands on every page.
  assert.equal(text.match(/Barcode +Patient/g)?.length, text.split('\f').length - 1);
  return undefined;
});
