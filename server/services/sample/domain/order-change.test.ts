import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { stableHours } from './fitting-tube.ts';
import { changeOf } from './order-change.ts';
import type { ChangeTest, ChangeTube } from './order-change.ts';
import type { PlanLine } from './tube-plan.ts';

const NOW = '2026-11-25T10:00:00.000Z';
const hoursAgo = (hours: number) => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString();

const tests = new Map<string, ChangeTest>([
  // handling.csv: creatinine keeps 8 h in the room and 72 h in the refrigerator.
  [
    'CREA',
    {
      timedDraw: null,
      referralLabId: null,
      minVolumeMl: 0.1,
      stability: [
        { storage: 'room', hours: 8 },
        { storage: 'refrigerated', hours: 72 },
      ],
    },
  ],
  ['BIG', { timedDraw: null, referralLabId: null, minVolumeMl: 2, stability: [{ storage: 'room', hours: 24 }] }],
  ['GLU_PP', { timedDraw: { name: 'PP', afterMinutes: 120 }, referralLabId: null, minVolumeMl: 0.1, stability: [] }],
  ['SENT', { timedDraw: null, referralLabId: 'a lab', minVolumeMl: 0.1, stability: [] }],
]);
const line = (testCode: string, id = `line of ${testCode}`): PlanLine => ({
  id,
  testCode,
  specimen: 'Serum',
  containerCode: 'SST',
  section: 'BIOCHEMISTRY',
});
const drawn = (more: Partial<ChangeTube> = {}): ChangeTube => ({
  id: 'tube',
  status: 'received',
  rejectDecision: null,
  collectedAt: hoursAgo(2),
  parentTubeId: null,
  manifestId: null,
  specimen: 'Serum',
  containerCode: 'SST',
  section: 'BIOCHEMISTRY',
  draw: null,
  referralLabId: null,
  remainingMl: 3.5,
  needsMl: 3.2,
  temperature: null,
  lineIds: ['old'],
  testCodes: ['BIG'],
  ...more,
});
const isPutOn = (tube: ChangeTube, code: string) => {
  const change = changeOf([tube], [line(code)], [], tests, NOW);
  assert.equal(change.toPlan.length, change.tubes.length === 0 ? 1 : 0);
  return change.tubes[0]?.addedIds.length === 1;
};

test('lab-day 32: an added test goes on a stored tube that is stable and full enough, else on a new one', () => {
  assert.equal(isPutOn(drawn(), 'CREA'), true);
  // 3.5 - 3.2 leaves 0.3; two millilitres do not fit, a tenth does three times.
  assert.equal(isPutOn(drawn(), 'BIG'), false);
  assert.equal(isPutOn(drawn({ needsMl: 3.4 }), 'CREA'), true);
  assert.equal(isPutOn(drawn({ needsMl: 3.45 }), 'CREA'), false);
  assert.equal(isPutOn(drawn({ remainingMl: null }), 'BIG'), true);
  // Stability by where it stands.
  assert.equal(isPutOn(drawn({ collectedAt: hoursAgo(8) }), 'CREA'), true);
  assert.equal(isPutOn(drawn({ collectedAt: hoursAgo(8.1) }), 'CREA'), false);
  assert.equal(isPutOn(drawn({ collectedAt: hoursAgo(70), temperature: 'refrigerated' }), 'CREA'), true);
  assert.equal(isPutOn(drawn({ collectedAt: hoursAgo(73), temperature: 'refrigerated' }), 'CREA'), false);
  assert.equal(isPutOn(drawn({ temperature: 'frozen' }), 'CREA'), false);
});

test('lab-day 32: never on another kind of tube, one that is rejected, gone, listed for another lab, or an aliquot', () => {
  for (const more of [
    { specimen: 'Plasma' },
    { containerCode: 'EDTA' },
    { section: 'IMMUNOASSAY' },
    { draw: 'fasting' },
    { referralLabId: 'a lab' },
    { status: 'rejected' },
    { status: 'rejected', rejectDecision: 'recollect' },
    { status: 'disposed' },
    { status: 'cancelled' },
    { manifestId: 'a manifest' },
    { parentTubeId: 'another' },
  ] as const) {
    assert.equal(isPutOn(drawn(more), 'CREA'), false, JSON.stringify(more));
  }
  assert.equal(isPutOn(drawn(), 'GLU_PP'), false);
  assert.equal(isPutOn(drawn({ draw: 'PP', needsMl: 1 }), 'GLU_PP'), true);
  assert.equal(isPutOn(drawn(), 'SENT'), false);
});

test('a tube that is drawn is taken before one still to be drawn', () => {
  const planned = drawn({ id: 'planned', status: 'planned', collectedAt: null, remainingMl: null });
  assert.equal(changeOf([planned, drawn()], [line('CREA')], [], tests, NOW).tubes[0]?.id, 'tube');
  const stale = drawn({ collectedAt: hoursAgo(20) });
  assert.equal(changeOf([planned, stale], [line('CREA')], [], tests, NOW).tubes[0]?.id, 'planned');
});

test('lab-day 33: a planned tube whose tests are all cancelled is cancelled; a drawn one stays, without them', () => {
  const planned = drawn({ status: 'planned', lineIds: ['a', 'b'], testCodes: ['CREA', 'BIG'] });
  assert.deepEqual(changeOf([planned], [], ['b'], tests, NOW).tubes, [
    {
      id: 'tube',
      lineIds: ['a'],
      testCodes: ['CREA'],
      needsMl: 0.1,
      addedIds: [],
      removedIds: ['b'],
      isCancelled: false,
    },
  ]);
  assert.equal(changeOf([planned], [], ['a', 'b'], tests, NOW).tubes[0]?.isCancelled, true);
  // One goes, one comes: it is drawn after all.
  assert.equal(changeOf([planned], [line('CREA')], ['a', 'b'], tests, NOW).tubes[0]?.isCancelled, false);
  assert.equal(changeOf([drawn()], [], ['old'], tests, NOW).tubes[0]?.isCancelled, false);
  // What became of a tube that is decided on is history.
  assert.deepEqual(
    changeOf([drawn({ status: 'rejected', rejectDecision: 'refund' })], [], ['old'], tests, NOW).tubes,
    [],
  );
});

test('stability of a warmer place holds in the refrigerator, not in the freezer; nobody knowing means one shift', () => {
  const room = [{ storage: 'room', hours: 24 }] as const;
  assert.equal(stableHours(room, 'refrigerated'), 24);
  assert.equal(stableHours(room, 'frozen'), 0);
  assert.equal(stableHours([{ storage: 'refrigerated', hours: 72 }], 'room'), 0);
  assert.equal(stableHours([], 'frozen'), 8);
});

test('no change loses or doubles a test, and told twice it changes nothing more', () => {
  const anyTube = fc.record({
    status: fc.constantFrom('planned', 'collected', 'received', 'rejected', 'disposed', 'cancelled'),
    count: fc.integer({ min: 0, max: 3 }),
    remainingMl: fc.constantFrom(null, 0.1, 3),
    rejectDecision: fc.constantFrom(null, 'recollect'),
  });
  const anyAdded = fc.array(fc.constantFrom('CREA', 'BIG', 'GLU_PP', 'SENT'), { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(anyTube, { maxLength: 4 }), anyAdded, fc.array(fc.nat(6)), (kinds, codes, gone) => {
      const tubes = kinds.map((kind, at): ChangeTube => {
        const ids = Array.from({ length: kind.count }, (_, n) => `T${at}-${n}`);
        const { status, remainingMl, rejectDecision } = kind;
        const own = { lineIds: ids, testCodes: ids.map(() => 'CREA'), needsMl: ids.length / 10 };
        return drawn({ id: `tube ${at}`, status, remainingMl, rejectDecision, ...own });
      });
      const added = codes.map((code, at) => line(code, `N${at}`));
      const everyId = [...tubes.flatMap((tube) => tube.lineIds), ...added.map((each) => each.id)];
      const cancelled = gone.flatMap((at) => everyId[at] ?? []);
      const change = changeOf(tubes, added, cancelled, tests, NOW);
      const placed = [...change.tubes.flatMap((tube) => tube.addedIds), ...change.toPlan.map((each) => each.id)];
      assert.deepEqual(
        placed.sort(),
        added
          .map((each) => each.id)
          .filter((id) => !cancelled.includes(id))
          .sort(),
      );
      for (const tube of change.tubes) {
        assert.equal(tube.lineIds.length, tube.testCodes.length);
        assert.ok(tube.lineIds.every((id) => !cancelled.includes(id)));
      }
      const after = tubes.map((tube) => {
        const changed = change.tubes.find((each) => each.id === tube.id);
        return changed === undefined
          ? tube
          : { ...tube, ...changed, status: changed.isCancelled ? ('cancelled' as const) : tube.status };
      });
      const rest = new Set(change.toPlan.map((each) => each.id));
      const again = changeOf(
        after,
        added.filter((each) => !rest.has(each.id)),
        cancelled,
        tests,
        NOW,
      );
      assert.deepEqual(again, { tubes: [], toPlan: [] });
    }),
  );
});
