import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { analyte, smallCatalogue, testRow } from '../catalogue.testing.ts';
import { readRuleSeed } from '../seed/read-rule-seed.ts';
import { readSeed } from '../seed/read-seed.ts';
import { starterRows } from '../seed/starter-rows.ts';
import { calculatedFrom, strandedBy, unneededSupport } from './calculation-lines.ts';
import { lackingOf, supportTests, unneededOf } from './calculation-support.ts';
import { buildCatalogue } from './catalogue.ts';
import type { Catalogue, CatalogueRows } from './catalogue.ts';
import { readFormula, waysOf } from './formula-needs.ts';
import { linesOf, supportLinesOf } from './order-lines.ts';
import { alwaysOpen } from './promise.ts';

const rows = starterRows(await readSeed(), await readRuleSeed());
const seed = buildCatalogue(rows);
const terms = {
  priority: 'routine',
  fromAt: '2026-11-25T05:00:00.000Z',
  calendar: alwaysOpen,
  origin: 'ordered',
} as const;

function basket(codes: readonly string[], catalogue: Catalogue = seed) {
  const items = codes.flatMap((code) => catalogue.items.get(code) ?? []);
  assert.equal(items.length, codes.length);
  const asked = linesOf(items, new Set(codes), catalogue, terms);
  const run = asked.map((line) => line.test);
  return { asked, support: supportLinesOf(run, [], catalogue, terms) };
}
const supportOf = (...codes: readonly string[]) => basket(codes).support.map((line) => line.testCode);

test('lab-day 39: a calculated test ordered alone brings the smallest tests that measure its inputs', () => {
  // By hand from formulas.csv: what each is calculated from.
  const expected: Readonly<Record<string, readonly string[]>> = {
    EGFR: ['CREA'],
    LDL: ['TRIG', 'CHOL', 'HDL'],
    VLDL: ['TRIG'],
    NONHDL: ['CHOL', 'HDL'],
    CHOL_HDL: ['CHOL', 'HDL'],
    // Of the calculated LDL, that is of what the LDL is calculated from.
    LDL_HDL: ['TRIG', 'CHOL', 'HDL'],
    BUN: ['UREA'],
    BUN_CREA: ['UREA', 'CREA'],
    // Bicarbonate or total CO2: the one named first.
    AGAP: ['NA', 'CL', 'HCO3'],
    IBIL: ['TBIL', 'DBIL'],
    OT_PT_RATIO: ['SGOT', 'SGPT'],
    GLOB: ['TP', 'ALB'],
    AG_RATIO: ['ALB', 'TP'],
    CKMB_PCT: ['CKMB', 'CPK'],
    TIBC: ['IRON', 'UIBC'],
    TSAT: ['IRON', 'UIBC'],
    HOMA_IR: ['GLU_F', 'INSULIN_F'],
    CRCL: ['CREA'],
    // These measure what they calculate from.
    HBA1C: [],
    PSA_RATIO: [],
    FLC: [],
    ACR: [],
    UPCR: [],
    U24_PROT: [],
    SEMEN: [],
  };
  for (const [code, codes] of Object.entries(expected))
    assert.deepEqual(supportOf(code).toSorted(), codes.toSorted(), code);
  const calculated = rows.tests.filter(({ code }) =>
    seed.tests.get(code)?.analytes.some(({ formula }) => formula !== null),
  );
  assert.deepEqual(calculated.map(({ code }) => code).toSorted(), Object.keys(expected).toSorted());
});

test('what is on the order already is not brought, whichever of two it is', () => {
  assert.deepEqual(supportOf('EGFR', 'CREA'), []);
  assert.deepEqual(supportOf('AGAP', 'CO2'), ['NA', 'CL']);
  assert.deepEqual(supportOf('LDL', 'LIPID'), []);
  assert.deepEqual(supportOf('EGFR', 'BUN_CREA').toSorted(), ['CREA', 'UREA']);
});

test('a support line costs nothing, is marked, and shares draw and tube as any other', () => {
  const { support } = basket(['HOMA_IR']);
  assert.deepEqual(
    support.map(({ testCode, origin, draw, containerCode, panelCode }) => [
      testCode,
      origin,
      draw,
      containerCode,
      panelCode,
    ]),
    [
      ['GLU_F', 'calculation', 'fasting', 'FLUORIDE', null],
      ['INSULIN_F', 'calculation', 'fasting', 'SST', null],
    ],
  );
});

test('lab-day 39: every formula of the starter catalogue finds all its inputs in one draw', () => {
  for (const one of seed.tests.values()) {
    const tests = [one, ...supportTests([one], [], seed)];
    assert.deepEqual(lackingOf(tests, seed), [], one.code);
    const draws = new Set(tests.map((each) => each.timedDraw?.name ?? null));
    if (one.analytes.some(({ formula }) => formula !== null)) assert.equal(draws.size, 1, one.code);
  }
});

test('what a formula reads is measured in one kind of specimen, so that no value of another is taken for it', () => {
  // A creatinine clearance and a protein/creatinine ratio may be on one order: the urine of 24 hours and the spot urine
  // are analytes of their own.
  const inputs = new Set(
    rows.analytes.flatMap(({ formula }) => (formula === null ? [] : (readFormula(formula)?.inputs ?? []))),
  );
  const specimensOf = Map.groupBy(
    [...seed.tests.values()].flatMap((one) => one.analytes.map(({ code }) => ({ code, specimen: one.specimen }))),
    ({ code }) => code,
  );
  for (const code of inputs) {
    const specimens = new Set(specimensOf.get(code)?.map(({ specimen }) => specimen));
    assert.equal(specimens.size, 1, `${code}: ${[...specimens].join(', ')}`);
  }
});

const calculatedCodes = [...seed.tests.values()].flatMap(({ code, analytes }) =>
  analytes.some(({ formula }) => formula !== null) ? [code] : [],
);
const anyBasket = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...seed.items.keys()), { maxLength: 12 }),
    fc.uniqueArray(fc.constantFrom(...calculatedCodes), { maxLength: 6 }),
  )
  .map(([any, calculated]) => [...new Set([...any, ...calculated])])
  .filter((codes) => codes.length > 0);

test('property: whatever is ordered, every calculated analyte has all its inputs, no test is run twice, none in vain', () => {
  fc.assert(
    fc.property(anyBasket, (codes) => {
      const { asked, support } = basket(codes);
      const all = [...asked, ...support];
      assert.deepEqual(
        lackingOf(
          all.map((line) => line.test),
          seed,
        ),
        [],
      );
      assert.equal(new Set(all.map((line) => line.testCode)).size, all.length);
      assert.deepEqual(basket(codes.toReversed()).support.map((line) => line.testCode).length, support.length);
      // Each is needed: without it something is lacking.
      for (const line of support) {
        const others = all.filter((each) => each !== line).map((each) => each.test);
        assert.ok(lackingOf(others, seed).length > 0, line.testCode);
      }
      for (const line of support) assert.ok(!codes.includes(line.testCode));
    }),
    { numRuns: 300 },
  );
});

test('property: cancelling refuses what others are calculated from, and takes along what only the cancelled ones needed', () => {
  fc.assert(
    fc.property(anyBasket, fc.nat(), (codes, pick) => {
      const { asked, support } = basket(codes);
      const lines = [...asked, ...support].map((line, at) => ({ ...line, id: String(at), status: 'open' as const }));
      const chosen = lines[pick % lines.length];
      assert.ok(chosen);
      const ids = new Set([chosen.id]);
      const stranded = strandedBy(lines, ids, seed);
      const gone = new Set([...ids, ...calculatedFrom(lines, ids, () => true, seed)]);
      const items = asked
        .filter((line) => line.testCode !== chosen.testCode)
        .map((line) => ({ lineCodes: [line.testCode] }));
      const unneeded = unneededSupport(lines, stranded.length === 0 ? ids : gone, items, seed);
      const left = lines.filter((line) => !ids.has(line.id) && !unneeded.includes(line.id));
      if (stranded.length === 0)
        assert.deepEqual(
          lackingOf(
            left.map((line) => line.test),
            seed,
          ),
          [],
        );
      // What is left for calculations is needed by what is left.
      const kept = left.filter((line) => line.origin === 'calculation' && !gone.has(line.id));
      const open = left.filter((line) => !gone.has(line.id));
      if (stranded.length === 0)
        assert.deepEqual(
          unneededOf(
            open.map((line) => line.test),
            kept.map((line) => line.test),
            seed,
          ),
          [],
        );
      assert.ok(unneeded.every((id) => lines[Number(id)]?.origin === 'calculation'));
    }),
    { numRuns: 200 },
  );
});

test('of two tests the smaller is taken, of two as large the first of the catalogue, never a draft or another draw', () => {
  const tests = [
    testRow('WIDE'),
    testRow('TIMED', { timedDraw: { name: 'fasting', afterMinutes: 0 } }),
    testRow('DRAFT', { status: 'draft' }),
    testRow('FIRST'),
    testRow('SECOND'),
    testRow('SUM'),
  ];
  const base = smallCatalogue(tests).rows;
  const shared: CatalogueRows = {
    ...base,
    analytes: [...base.analytes.map((one) => (one.code === 'SUM' ? { ...one, formula: 'X + 1' } : one)), analyte('X')],
    testAnalytes: [
      ...base.testAnalytes.filter(({ testCode }) => testCode === 'SUM' || testCode === 'WIDE'),
      ...['WIDE', 'TIMED', 'DRAFT', 'FIRST', 'SECOND'].map((testCode) => ({ testCode, analyteCode: 'X' })),
    ],
  };
  const taken = (catalogue: Catalogue) => basket(['SUM'], catalogue).support.map((line) => line.testCode);
  assert.deepEqual(taken(buildCatalogue(shared)), ['FIRST']);
  const turned = { ...shared, tests: shared.tests.toReversed() };
  assert.deepEqual(taken(buildCatalogue(turned)), ['SECOND']);
  const gone = { ...shared, tests: shared.tests.filter(({ code }) => code !== 'FIRST' && code !== 'SECOND') };
  const alone = gone.testAnalytes.filter(({ testCode }) => testCode !== 'FIRST' && testCode !== 'SECOND');
  assert.deepEqual(taken(buildCatalogue({ ...gone, testAnalytes: alone })), ['WIDE']);
});

test('the ways of a formula: all of a sum, one of a coalesce, nothing for what is only asked about', () => {
  const ways = (text: string) => {
    const formula = readFormula(text);
    assert.ok(formula);
    return waysOf(formula).map((way) => way.join('+'));
  };
  assert.deepEqual(ways('A - B / C'), ['A+B+C']);
  assert.deepEqual(ways('A - coalesce(B, C)'), ['A+B', 'A+C']);
  assert.deepEqual(ways("coalesce(A, blank('none'))"), ['A']);
  assert.deepEqual(ways('A * coalesce(B, 1.96)'), ['A+B', 'A']);
  assert.deepEqual(ways('if(known(B) and AGE_YEARS > 18, A, A * 2)'), ['A']);
  assert.deepEqual(ways("if(A > 1, blank('high'), -A ^ 2)"), ['A']);
  assert.deepEqual(ways("coalesce(blank('no A') * B, C)"), ['C']);
  assert.deepEqual(ways("if(A > 1, blank('x'), blank('y'))"), []);
  assert.equal(readFormula('A +'), undefined);
  // Sixty pairs to choose from are not 2^60 ways.
  assert.equal(ways(Array.from({ length: 60 }, (_, n) => `coalesce(A${n}, B${n})`).join(' + ')).length, 32);
});
