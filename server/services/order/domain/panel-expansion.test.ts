import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { type ExpandableCatalogue, PanelCycleError, UnknownCodeError, expand } from './panel-expansion.ts';

const catalogue: ExpandableCatalogue = {
  tests: new Set(['NA', 'K', 'CL', 'CREA', 'UREA', 'GLU', 'CBC']),
  panels: new Map([
    ['ELEC', ['NA', 'K', 'CL']],
    ['KFT', ['UREA', 'CREA', 'ELEC']],
    ['HEALTH', ['CBC', 'KFT', 'GLU', 'ELEC']],
  ]),
};

test('a test stands for itself', () => {
  assert.deepEqual(expand(['CBC'], catalogue), [{ test: 'CBC', path: [], orderedAs: ['CBC'] }]);
});

test('panels open in order, nested ones too, and each test tells its path', () => {
  assert.deepEqual(
    expand(['HEALTH'], catalogue).map(({ test: code, path }) => [code, ...path]),
    [
      ['CBC', 'HEALTH'],
      ['UREA', 'HEALTH', 'KFT'],
      ['CREA', 'HEALTH', 'KFT'],
      ['NA', 'HEALTH', 'KFT', 'ELEC'],
      ['K', 'HEALTH', 'KFT', 'ELEC'],
      ['CL', 'HEALTH', 'KFT', 'ELEC'],
      ['GLU', 'HEALTH'],
    ],
  );
});

test('an overlap is run once and names every order line that asks for it', () => {
  const tests = expand(['K', 'ELEC', 'KFT', 'K'], catalogue);
  assert.deepEqual(
    tests.map(({ test: code }) => code),
    ['K', 'NA', 'CL', 'UREA', 'CREA'],
  );
  assert.deepEqual(tests[0], { test: 'K', path: [], orderedAs: ['K', 'ELEC', 'KFT'] });
});

test('an unknown code is named with the panel it stands in', () => {
  assert.throws(
    () => expand(['NOPE'], catalogue),
    (error) => error instanceof UnknownCodeError && error.code === 'NOPE' && error.path.length === 0,
  );
  const broken = { ...catalogue, panels: new Map([['P', ['NA', 'GONE']]]) };
  assert.throws(
    () => expand(['P'], broken),
    (error) => error instanceof UnknownCodeError && error.code === 'GONE' && error.path.join() === 'P',
  );
});

test('a panel inside itself is refused with its cycle', () => {
  const panels = new Map([
    ['TOP', ['A']],
    ['A', ['NA', 'B']],
    ['B', ['C']],
    ['C', ['A']],
  ]);
  assert.throws(
    () => expand(['TOP'], { ...catalogue, panels }),
    (error) => error instanceof PanelCycleError && error.cycle.join() === 'A,B,C,A',
  );
});

test('a ladder of sixty doubled panels opens each panel once', () => {
  const panels = new Map([['P0', ['NA']]]);
  for (let level = 1; level <= 60; level += 1) panels.set(`P${level}`, [`P${level - 1}`, `P${level - 1}`]);
  let opened = 0;
  const counting = { get: (code: string) => ((opened += 1), panels.get(code)) };
  assert.equal(expand(['P60'], { ...catalogue, panels: counting }).length, 1);
  assert.equal(opened, 61);
});

const TESTS = ['T0', 'T1', 'T2', 'T3', 'T4'];

// Panel Pn may name tests and panels before it, so the set has no cycle.
const acyclic = fc
  .array(fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 })
  .map((raw) => {
    const names = [...TESTS];
    const panels = new Map<string, readonly string[]>();
    for (const [at, picks] of raw.entries()) {
      panels.set(
        `P${at}`,
        picks.map((pick) => names[pick % names.length] ?? 'T0'),
      );
      names.push(`P${at}`);
    }
    return { names, panels };
  });

test('property: expansion is the plain depth-first list with repetitions dropped', () => {
  fc.assert(
    fc.property(acyclic, fc.array(fc.nat(), { maxLength: 6 }), ({ names, panels }, picks) => {
      const codes = picks.map((pick) => names[pick % names.length] ?? 'T0');
      const plain = (code: string): readonly string[] => panels.get(code)?.flatMap(plain) ?? [code];
      const result = expand(codes, { tests: new Set(TESTS), panels });
      assert.deepEqual(
        result.map(({ test: code }) => code),
        [...new Set(codes.flatMap(plain))],
      );
      for (const { test: code, path, orderedAs } of result) {
        assert.deepEqual(
          orderedAs,
          [...new Set(codes)].filter((ordered) => plain(ordered).includes(code)),
        );
        const chain = [...path, code];
        assert.equal(chain[0], orderedAs[0]);
        for (const [at, panel] of path.entries()) assert.ok(panels.get(panel)?.includes(chain[at + 1] ?? ''));
      }
    }),
  );
});

test('property: closing a chain of panels into a ring is always refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), (size, start) => {
      const panels = new Map(
        Array.from({ length: size }, (_, at) => [`P${at}`, ['T0', `P${(at + 1) % size}`]] as const),
      );
      assert.throws(() => expand([`P${start % size}`], { tests: new Set(TESTS), panels }), PanelCycleError);
    }),
  );
});
