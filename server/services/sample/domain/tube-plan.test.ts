import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { TimedDraw } from './tube-plan.ts';
import { planTubes } from './tube-plan.ts';
import type { PlanCatalogue, PlanContainer, PlanLine } from './tube-plan.ts';

const container = (code: string, orderOfDraw: number): PlanContainer => ({
  code,
  name: code,
  capColour: 'any',
  additive: 'any',
  volumeMl: 3,
  orderOfDraw,
});
// CLSI GP41: blood culture, citrate, serum, heparin, EDTA, fluoride.
const containers = ['CULTURE', 'CITRATE', 'SST', 'HEPARIN', 'EDTA', 'FLUORIDE'].map((code, at) =>
  container(code, at + 1),
);
const catalogue: PlanCatalogue = {
  containers: new Map(containers.map((each) => [each.code, each])),
  tests: new Map(
    (
      [
        ['GLU_F', { name: 'fasting', afterMinutes: 0 }, null],
        ['GLU_PP', { name: '2 h after food', afterMinutes: 120 }, null],
        ['GLU', null, null],
        ['A', null, null],
        ['B', null, null],
        ['C', null, 'a referral lab'],
        ['D', null, null],
      ] as const satisfies readonly (readonly [string, TimedDraw | null, string | null])[]
    ).map(([code, timedDraw, referralLabId]) => [code, { timedDraw, referralLabId, minVolumeMl: 0.4 }]),
  ),
};
const line = (testCode: string, specimen: string, containerCode: string, section: string): PlanLine => ({
  id: `line of ${testCode}`,
  testCode,
  specimen,
  containerCode,
  section,
});

test('one tube serves many tests of a bench; another bench gets its own', () => {
  const tubes = planTubes(
    [
      line('CBC', 'Whole blood', 'EDTA', 'HAEMATOLOGY'),
      line('TSH', 'Serum', 'SST', 'IMMUNOASSAY'),
      line('CREA', 'Serum', 'SST', 'BIOCHEMISTRY'),
      line('ESR', 'Whole blood', 'EDTA', 'HAEMATOLOGY'),
      line('PT', 'Plasma', 'CITRATE', 'COAGULATION'),
    ],
    catalogue,
  );
  assert.deepEqual(
    tubes.map((tube) => [tube.container.code, tube.section, tube.testCodes]),
    [
      ['CITRATE', 'COAGULATION', ['PT']],
      ['SST', 'BIOCHEMISTRY', ['CREA']],
      ['SST', 'IMMUNOASSAY', ['TSH']],
      ['EDTA', 'HAEMATOLOGY', ['CBC', 'ESR']],
    ],
  );
});

test('fasting and after-food sugar never share a tube, and the later one is filled last', () => {
  const tubes = planTubes(
    [
      line('GLU_PP', 'Plasma', 'FLUORIDE', 'BIOCHEMISTRY'),
      line('GLU_F', 'Plasma', 'FLUORIDE', 'BIOCHEMISTRY'),
      line('LACT', 'Plasma', 'FLUORIDE', 'BIOCHEMISTRY'),
    ],
    catalogue,
  );
  assert.deepEqual(
    tubes.map((tube) => [tube.draw?.name ?? null, tube.testCodes]),
    [
      [null, ['LACT']],
      ['fasting', ['GLU_F']],
      ['2 h after food', ['GLU_PP']],
    ],
  );
});

test('lab-day 22, 31: what is sent out gets a tube of its own', () => {
  const tubes = planTubes(
    [line('A', 'Serum', 'SST', 'BIOCHEMISTRY'), line('C', 'Serum', 'SST', 'BIOCHEMISTRY')],
    catalogue,
  );
  assert.deepEqual(
    tubes.map((tube) => [tube.referralLabId, tube.testCodes, tube.needsMl]),
    [
      [null, ['A'], 0.4],
      ['a referral lab', ['C'], 0.4],
    ],
  );
});

test('a container the catalogue does not hold is a fault, not a tube without a cap', () => {
  assert.throws(() => planTubes([line('X', 'Serum', 'NONE', 'BIOCHEMISTRY')], catalogue), /NONE/);
});

const anyLine = fc.record({
  testCode: fc.constantFrom('A', 'B', 'C', 'D', 'GLU', 'GLU_F', 'GLU_PP'),
  specimen: fc.constantFrom('Serum', 'Plasma', 'Blood'),
  containerCode: fc.constantFrom(...catalogue.containers.keys()),
  section: fc.constantFrom('BIOCHEMISTRY', 'HAEMATOLOGY', 'IMMUNOASSAY'),
});
const anyLines = fc
  .array(anyLine, { maxLength: 40 })
  .map((lines) => lines.map((each, at): PlanLine => ({ ...each, id: `L${at}` })));

test('every line is on exactly one tube, with lines of its own kind only, and no tube is empty or needless', () => {
  fc.assert(
    fc.property(anyLines, (lines) => {
      const tubes = planTubes(lines, catalogue);
      assert.deepEqual(tubes.flatMap((tube) => tube.lineIds).sort(), lines.map((each) => each.id).sort());
      const byId = new Map(lines.map((each) => [each.id, each]));
      const kindText = (each: PlanLine) =>
        [
          each.specimen,
          each.containerCode,
          each.section,
          catalogue.tests.get(each.testCode)?.timedDraw?.name,
          catalogue.tests.get(each.testCode)?.referralLabId ?? undefined,
        ].join('/');
      for (const tube of tubes) {
        const own = tube.lineIds.map((id) => byId.get(id)).filter((each) => each !== undefined);
        assert.ok(own.length > 0);
        assert.deepEqual(
          tube.testCodes,
          own.map((each) => each.testCode),
        );
        const kind = [
          tube.specimen,
          tube.container.code,
          tube.section,
          tube.draw?.name,
          tube.referralLabId ?? undefined,
        ].join('/');
        for (const each of own) assert.equal(kindText(each), kind);
        assert.equal(tube.needsMl, Math.round(own.length * 40) / 100);
      }
      assert.equal(tubes.length, new Set(lines.map(kindText)).size);
    }),
  );
});

test('tubes of one time stand in the order of draw, and the sequence of the lines does not change the plan', () => {
  fc.assert(
    fc.property(anyLines, (lines) => {
      const tubes = planTubes(lines, catalogue);
      for (const draw of new Set(tubes.map((tube) => tube.draw?.name))) {
        const ranks = tubes.filter((tube) => tube.draw?.name === draw).map((tube) => tube.container.orderOfDraw);
        assert.deepEqual(
          ranks,
          [...ranks].sort((a, b) => a - b),
        );
      }
      const shape = (plan: typeof tubes) =>
        plan.map((tube) => [tube.container.code, tube.section, tube.specimen, tube.draw]);
      assert.deepEqual(shape(planTubes(lines.toReversed(), catalogue)), shape(tubes));
    }),
  );
});
