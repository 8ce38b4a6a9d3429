// The text of a PDF, read back by poppler where the machine has it; tests that need it say so and are skipped elsewhere.
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';

const hasPoppler = spawnSync('pdftotext', ['-v']).status === 0;

export function needsPoppler(t: TestContext): boolean {
  if (!hasPoppler) t.skip('needs pdftotext (poppler-utils)');
  return hasPoppler;
}

/** By pdftotext with these options. */
export function pdfToText(pdf: Uint8Array, ...options: readonly string[]): string {
  return spawnSync('pdftotext', [...options, '-', '-'], { input: pdf, encoding: 'utf8', maxBuffer: 1e8 }).stdout;
}

/** The text of each page in reading order, blanks as one. */
export function pagesOfPdf(pdf: Uint8Array): readonly string[] {
  return pdfToText(pdf, '-layout')
    .split('\f')
    .slice(0, -1)
    .map((page) => page.replace(/\s+/g, ' '));
}
