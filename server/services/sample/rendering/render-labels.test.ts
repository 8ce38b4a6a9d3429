import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOutLabel, matrixModules } from '@nidaan/barcode-labels';
import type { TubeLabel } from '@nidaan/barcode-labels';
import { createPdfRenderer } from '#platform/pdf/renderer.ts';
import { renderLabelSheet } from './render-labels.ts';

const renderer = createPdfRenderer();
const folder = mkdtempSync(join(tmpdir(), 'labels-'));
const createdAt = '2026-11-25T09:00:00+05:30';

after(async () => {
  await renderer.close();
  rmSync(folder, { recursive: true });
});

const label: TubeLabel = {
  accession: 'PUN261125000429',
  patientName: 'अनिरुद्ध क्षत्रिय',
  ageSex: '34 Y / M',
  tubeName: 'EDTA 3 ml',
  capColour: 'Lavender',
  drawnAt: '25-11 09:12',
  priority: 'stat',
  tests: ['CBC', 'HbA1c'],
};

function poppler(tool: string, pdf: Uint8Array, ...options: string[]): string {
  const path = join(folder, 'labels.pdf');
  writeFileSync(path, pdf);
  return spawnSync(tool, [...options, path, ...(tool === 'pdftotext' ? ['-'] : [])], { encoding: 'utf8' }).stdout;
}

test('the same labels give the same bytes', async () => {
  const first = await renderLabelSheet(renderer, [label], createdAt);
  await renderLabelSheet(renderer, [{ ...label, accession: 'PUN261125000437' }], createdAt);
  assert.deepEqual(await renderLabelSheet(renderer, [label], createdAt), first);
});

test('a sheet without labels, with too many, or with a barcode that cannot be printed is refused', async () => {
  await assert.rejects(renderLabelSheet(renderer, [], createdAt), RangeError);
  await assert.rejects(
    renderLabelSheet(
      renderer,
      Array.from({ length: 201 }, () => label),
      createdAt,
    ),
    RangeError,
  );
  await assert.rejects(renderLabelSheet(renderer, [{ ...label, accession: 'a b' }], createdAt), RangeError);
});

test('each label is one page of 50 by 25 mm with its name, number and tests', async (t) => {
  if (spawnSync('pdftotext', ['-v']).status !== 0) return t.skip('needs pdftotext (poppler-utils)');
  const hostile = {
    ...label,
    accession: 'PUN261125000437',
    patientName: '#panic("x") *b* $x$',
    priority: 'routine',
  } as const;
  const pdf = await renderLabelSheet(renderer, [label, hostile, { ...label, patientName: 'W'.repeat(60) }], createdAt);
  assert.match(poppler('pdfinfo', pdf), /Pages: +3\n/);
  assert.match(poppler('pdfinfo', pdf), /Page size: +141\.7\d* x 70\.8\d* pts/); // 50 mm, 25 mm
  const [first = '', second = ''] = poppler('pdftotext', pdf).replaceAll('\u00a0', ' ').split('\f');
  for (const part of [
    'अनिरुद्ध क्षत्रिय',
    'STAT',
    'PUN261125000429',
    'EDTA 3 ml · Lavender',
    'Drawn 25-11 09:12',
    'CBC, HbA1c',
  ]) {
    assert.ok(first.includes(part), part);
  }
  assert.ok(second.includes('#panic("x") *b* $x$') && !second.includes('STAT'));
  const words = [
    ...poppler('pdftotext', pdf, '-bbox').matchAll(/<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"/g),
  ];
  assert.ok(words.length > 20);
  for (const [, xMin, xMax] of words) assert.ok(Number(xMin) >= 0 && Number(xMax) <= 141.8);
  return undefined;
});

test('lab-day 23: a 2D code on the printed page reads as the accession', async (t) => {
  if (spawnSync('pdftoppm', ['-v']).status !== 0) return t.skip('needs pdftoppm (poppler-utils)');
  const accession = 'PUNE261125000429-A1';
  const symbologies = ['datamatrix', 'qr'] as const;
  const labels = symbologies.map((symbology) => ({ ...label, accession, symbology }));
  const pdf = await renderLabelSheet(renderer, labels, createdAt);
  const path = join(folder, 'matrix.pdf');
  writeFileSync(path, pdf);
  // 508 dots an inch are 20 a millimetre: 10 dots a module of the one, 5 of the other.
  spawnSync('pdftoppm', ['-r', '508', '-gray', path, join(folder, 'page')]);
  for (const [at, symbology] of symbologies.entries()) {
    const { barcode, moduleMm } = layOutLabel({ ...label, accession, symbology });
    const isBlack = blackOf(readFileSync(join(folder, `page-${at + 1}.pgm`)));
    const count = Math.round(barcode.widthMm / moduleMm);
    const modules = Array.from({ length: count }, (_, y) =>
      Array.from({ length: count }, (__, x) =>
        isBlack((barcode.xMm + (x + 0.5) * moduleMm) * 20, (barcode.topMm + (y + 0.5) * moduleMm) * 20),
      ),
    );
    // Compared with the symbol, which the label library's own tests read back by the standards.
    assert.deepEqual(modules, matrixModules(accession, symbology));
  }
  return undefined;
});

/** Pixels of a binary PGM (P5): magic, width, height, depth, then a byte a pixel. */
function blackOf(pgm: Buffer): (x: number, y: number) => boolean {
  const header = /^P5\s+(\d+)\s+(\d+)\s+(\d+)\s/.exec(pgm.subarray(0, 64).toString('latin1'));
  const width = Number(header?.[1]);
  const from = header?.[0].length ?? 0;
  return (x, y) => (pgm[from + Math.floor(y) * width + Math.floor(x)] ?? 255) < 128;
}
