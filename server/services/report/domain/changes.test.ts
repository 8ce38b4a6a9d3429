import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ReleasedVersion, SignedFact } from './changes.ts';
import { changesOf, wasPrinted } from './changes.ts';

const at = (minute: number) => `2026-11-25T06:${String(minute).padStart(2, '0')}:00.000Z`;

type Opening = { readonly at: number; readonly reason: string; readonly kind?: 'amended' | 'continued' };

/** A version signed at a minute and, when it is not the last, opened again at another. */
const version = (number: number, value: string, signedAt: number, amended?: Opening): SignedFact => ({
  resultId: 'k',
  number,
  signed: { lineId: 'l1', analyteName: 'Potassium', value, unit: 'mmol/L', authorisedAt: at(signedAt) },
  amendedBy: amended ? { ...amended, by: 'Dr. Deshmukh', at: at(amended.at) } : null,
});
const released = (number: string, composedAt: number, ...signedAt: readonly number[]): ReleasedVersion => ({
  number,
  composedAt: at(composedAt),
  printed: signedAt.map((minute) => ({ resultId: 'k', authorisedAt: at(minute) })),
});

test('lab-day 58: what changed, from what to what, why, by whom and when', () => {
  const versions = [version(1, '9.6', 1, { at: 10, reason: 'digits exchanged' }), version(2, '6.9', 20)];
  assert.deepEqual(changesOf(versions, [released('R1', 2, 1)]), [
    {
      lineId: 'l1',
      analyteName: 'Potassium',
      from: '9.6 mmol/L',
      to: '6.9 mmol/L',
      reason: 'digits exchanged',
      by: 'Dr. Deshmukh',
      at: at(10),
    },
  ]);
});

test('a value that no version showed is no change to the reader', () => {
  const versions = [version(1, '9.6', 1, { at: 10, reason: 'digits exchanged' }), version(2, '6.9', 20)];
  assert.deepEqual(changesOf(versions, []), []);
  assert.deepEqual(changesOf(versions, [released('R1', 2)]), [], 'a version in part, without it');
});

test('a later version goes on telling of earlier changes; a step nobody saw is told with the next', () => {
  const versions = [
    version(1, '9.6', 1, { at: 10, reason: 'digits exchanged' }),
    version(2, '6.9', 20, { at: 30, reason: 'haemolysed' }),
    version(3, '4.4', 40),
  ];
  const told = (...all: readonly ReleasedVersion[]) =>
    changesOf(versions, all).map(({ from, to, reason }) => [from, to, reason]);
  assert.deepEqual(told(released('R1', 2, 1), released('R2', 21, 20)), [
    ['9.6 mmol/L', '6.9 mmol/L', 'digits exchanged'],
    ['6.9 mmol/L', '4.4 mmol/L', 'haemolysed'],
  ]);
  assert.deepEqual(told(released('R1', 2, 1)), [['9.6 mmol/L', '4.4 mmol/L', 'digits exchanged; haemolysed']]);
  assert.deepEqual(told(released('R2', 21, 20)), [['6.9 mmol/L', '4.4 mmol/L', 'haemolysed']]);
});

test('of a version that kept no list, it showed what was signed by then and not yet open again', () => {
  const old: ReleasedVersion = { number: 'R1', composedAt: at(5), printed: null };
  assert.equal(wasPrinted(version(1, '9.6', 1, { at: 10, reason: 'x' }), [old]), true);
  assert.equal(wasPrinted(version(1, '9.6', 1, { at: 4, reason: 'x' }), [old]), false);
  assert.equal(wasPrinted(version(1, '9.6', 6), [old]), false);
});

test('lab-day 50: the next stage of a culture is no amendment; a correction of one is, whatever stages follow', () => {
  const next: Opening = { at: 10, reason: 'Final result of the culture', kind: 'continued' };
  const first = version(1, 'Gram-negative rods', 1, next);
  assert.deepEqual(changesOf([first, version(2, 'E. coli', 20)], [released('R1', 2, 1)]), []);

  const stages = [
    version(1, 'No growth after 24 h', 1, { at: 10, reason: 'The next stage of the culture', kind: 'continued' }),
    version(2, 'Gram-negative rods', 20, { at: 30, reason: 'The next stage of the culture', kind: 'continued' }),
    version(3, 'E. coli, susceptibility to follow', 40),
  ];
  for (const seen of [[released('R1', 2, 1)], [released('R1', 2, 1), released('R2', 21, 20)]])
    assert.deepEqual(changesOf(stages, seen), [], 'preliminary after preliminary');

  const corrected = version(2, 'E. coli', 20, { at: 30, reason: 'labels exchanged', kind: 'amended' });
  const told = (...all: readonly ReleasedVersion[]) =>
    changesOf([first, corrected, version(3, 'Klebsiella', 40)], all).map(({ from, to, reason }) => [from, to, reason]);
  assert.deepEqual(told(released('R1', 2, 1), released('R2', 21, 20)), [
    ['E. coli mmol/L', 'Klebsiella mmol/L', 'labels exchanged'],
  ]);
  assert.deepEqual(told(released('R1', 2, 1)), [
    ['Gram-negative rods mmol/L', 'Klebsiella mmol/L', 'labels exchanged'],
  ]);
});
