import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { analyte, smallCatalogue, testRow } from '../catalogue.testing.ts';
import { buildCatalogue, emptyRows } from './catalogue.ts';
import type { MeasuredTest } from './contained-tests.ts';
import { containedTests } from './contained-tests.ts';
import { linesOf } from './order-lines.ts';
import { priceItems } from './order-pricing.ts';
import { alwaysOpen } from './promise.ts';

const terms = {
  priority: 'routine',
  fromAt: '2026-11-25T17:00:00.000Z',
  calendar: alwaysOpen,
  origin: 'ordered',
} as const;

const measured = (code: string, analytes: string, container = 'EDTA'): MeasuredTest => ({
  code,
  container: { code: container },
  analytes: [...analytes].map((letter) => ({ code: letter })),
});
const contained = (...tests: readonly MeasuredTest[]) =>
  Object.fromEntries([...containedTests(tests)].filter(([, inner]) => inner.length > 0));

test('a test is contained in another of the same container that has all its analytes', () => {
  assert.deepEqual(contained(measured('HGB', 'H'), measured('CBC', 'HWP')), { CBC: ['HGB'] });
  assert.deepEqual(contained(measured('CBC', 'HWP'), measured('HGB', 'H')), { CBC: ['HGB'] });
  assert.deepEqual(contained(measured('HGB', 'H'), measured('CBC', 'HWP', 'OTHER')), {}, 'another tube');
  assert.deepEqual(contained(measured('HR', 'HR'), measured('CBC', 'HWP')), {}, 'one analyte is its own');
  assert.deepEqual(contained(measured('NOTE', ''), measured('CBC', 'HWP')), {}, 'no analyte, no containment');
});

test('a test of another time is contained in none: its tube is another', () => {
  const timed = { ...measured('AFTER', 'H'), timedDraw: { name: '2 h' } };
  assert.deepEqual(contained(timed, measured('CBC', 'HWP')), {});
  const panel = { ...measured('BOTH', 'HW'), timedDraw: { name: '2 h' } };
  assert.deepEqual(contained(timed, panel), { BOTH: ['AFTER'] });
});

test('containment goes through: strip sugar, strip, whole urine; of two alike the first stays', () => {
  assert.deepEqual(contained(measured('SUGAR', 'S'), measured('STRIP', 'SP'), measured('URINE', 'SPC')), {
    STRIP: ['SUGAR'],
    URINE: ['SUGAR', 'STRIP'],
  });
  assert.deepEqual(contained(measured('ONE', 'S'), measured('TWO', 'S')), { ONE: ['TWO'] });
});

// Five analytes, two containers, tests that overlap at random, panels of them.
const letters = ['A', 'B', 'C', 'D', 'E'];
const anyOrder = fc
  .record({
    tests: fc.array(
      fc.record({ analytes: fc.subarray(letters), isOther: fc.boolean(), price: fc.integer({ min: 1, max: 999 }) }),
      { minLength: 1, maxLength: 7 },
    ),
    panels: fc.array(fc.array(fc.nat(6), { minLength: 1, maxLength: 4 }), { maxLength: 3 }),
    picks: fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }),
  })
  .map(({ tests, panels, picks }) => {
    const containers = ['EDTA', 'SERUM'].map((code) => ({
      code,
      name: code,
      capColour: code,
      additive: '',
      volumeMl: null,
      orderOfDraw: 1,
      isRetired: false,
    }));
    const rows = tests.map(({ isOther, price }, at) =>
      testRow(`T${at}`, { containerCode: isOther ? 'SERUM' : 'EDTA', pricePaise: price }),
    );
    const codes = rows.map(({ code }) => code);
    const catalogue = buildCatalogue({
      ...emptyRows,
      containers,
      analytes: letters.map((code) => analyte(code)),
      tests: rows,
      testAnalytes: tests.flatMap(({ analytes }, at) =>
        analytes.map((analyteCode) => ({ testCode: `T${at}`, analyteCode })),
      ),
      panels: panels.map((_, at) => ({
        code: `P${at}`,
        name: `P${at}`,
        synonyms: [],
        loinc: null,
        pricePaise: 700 + at,
        status: 'live',
      })),
      panelMembers: panels.flatMap((members, at) =>
        [...new Set(members.map((member) => codes[member % codes.length] ?? 'T0'))].map((memberCode) => ({
          panelCode: `P${at}`,
          memberCode,
        })),
      ),
    });
    const all = [...catalogue.items.values()];
    const items = [...new Set(picks.map((pick) => all[pick % all.length]))].filter((item) => item !== undefined);
    return { catalogue, items };
  });

test('whatever is ordered: every analyte asked for is measured in its tube, by no test that another line contains', () => {
  fc.assert(
    fc.property(anyOrder, ({ catalogue, items }) => {
      const priced = priceItems(items, catalogue.tests);
      const charged = new Set(priced.filter(({ isCovered }) => !isCovered).map(({ item }) => item.code));
      const lines = linesOf(items, charged, catalogue, terms);
      const pairs = (codes: readonly string[]) =>
        new Set(
          codes.flatMap((code) => {
            const one = catalogue.tests.get(code);
            return (one?.analytes ?? []).map((each) => `${one?.container.code} ${each.code}`);
          }),
        );
      const asked = [...new Set(items.flatMap((item) => item.testCodes))];
      const run = lines.map((line) => line.testCode);
      assert.deepEqual(pairs(run), pairs(asked), 'nothing is lost, nothing is added');
      assert.equal(new Set(run).size, run.length);
      for (const code of run) assert.ok(asked.includes(code));
      for (const one of lines) {
        if (one.test.analytes.length === 0) continue;
        const inOneOther = lines.some(
          (other) => other !== one && [...pairs([one.testCode])].every((pair) => pairs([other.testCode]).has(pair)),
        );
        assert.ok(!inOneOther, `${one.testCode} is in another line`);
      }
      // A test without analytes is never taken for contained.
      for (const code of asked) if (catalogue.tests.get(code)?.analytes.length === 0) assert.ok(run.includes(code));
    }),
    { numRuns: 2000 },
  );
});

test('whatever is ordered: all that is run is paid by some charged item, and an item that adds nothing costs nothing', () => {
  fc.assert(
    fc.property(anyOrder, ({ catalogue, items }) => {
      const priced = priceItems(items, catalogue.tests);
      const charged = new Set(priced.filter(({ isCovered }) => !isCovered).map(({ item }) => item.code));
      const lines = linesOf(items, charged, catalogue, terms);
      const paid = new Set(priced.flatMap(({ item, isCovered }) => (isCovered ? [] : item.testCodes)));
      for (const line of lines) assert.ok(paid.has(line.testCode), line.testCode);
      assert.deepEqual(
        priced.map(({ item }) => item.code),
        items.map((item) => item.code),
        'each item is listed, at nothing if need be',
      );
      const run = new Set(lines.map((line) => line.testCode));
      for (const { item, isCovered, pricePaise } of priced) {
        assert.equal(pricePaise, isCovered ? 0 : item.pricePaise);
        // Ordered singly and not run: it stands in another test, which is paid.
        if (item.kind === 'test' && !run.has(item.code)) assert.ok(isCovered, item.code);
      }
    }),
    { numRuns: 2000 },
  );
});

test('haemoglobin beside a blood count: no line, nothing to pay, in either sequence and when a panel brings the count', () => {
  const edta = smallCatalogue([testRow('X')]).tests.get('X')?.container;
  assert.ok(edta);
  const catalogue = buildCatalogue({
    ...emptyRows,
    containers: [{ ...edta, isRetired: false }],
    analytes: ['H', 'W', 'M'].map((code) => analyte(code)),
    tests: [testRow('HGB', { pricePaise: 8_000 }), testRow('CBC', { pricePaise: 35_000 }), testRow('MP')],
    testAnalytes: [
      ['HGB', 'H'],
      ['CBC', 'H'],
      ['CBC', 'W'],
      ['MP', 'M'],
    ].map(([testCode = '', analyteCode = '']) => ({ testCode, analyteCode })),
    panels: [{ code: 'FEVER', name: 'Fever', synonyms: [], loinc: null, pricePaise: 40_000, status: 'live' }],
    panelMembers: ['CBC', 'MP'].map((memberCode) => ({ panelCode: 'FEVER', memberCode })),
  });
  const order = (...codes: readonly string[]) => {
    const items = codes.map((code) => catalogue.items.get(code)).filter((item) => item !== undefined);
    const priced = priceItems(items, catalogue.tests);
    const charged = new Set(priced.filter(({ isCovered }) => !isCovered).map(({ item }) => item.code));
    return {
      paise: priced.map(({ pricePaise }) => pricePaise),
      lines: linesOf(items, charged, catalogue, terms).map((line) => line.testCode),
    };
  };
  assert.deepEqual(order('HGB', 'CBC'), { paise: [0, 35_000], lines: ['CBC'] });
  assert.deepEqual(order('CBC', 'HGB'), { paise: [35_000, 0], lines: ['CBC'] });
  assert.deepEqual(order('HGB', 'FEVER'), { paise: [0, 40_000], lines: ['CBC', 'MP'] });
  assert.deepEqual(order('HGB', 'MP'), { paise: [8_000, 10_000], lines: ['HGB', 'MP'] });
});
