// Lots, targets, what analyzers send, charts, months; specs/qc.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newId } from '#platform/ids.ts';

import {
  leveyJennings,
  listControlLots,
  listHolds,
  listTargets,
  monthlySummary,
  recogniseControls,
  recordControls,
  saveControlLot,
  savePeerMean,
  setTarget,
  takeControls,
} from './contract.ts';
import type { ControlObservation } from './contract.ts';
import { COBAS, startQcLab } from './qc.testing.ts';
import type { QcLab } from './qc.testing.ts';

const GLU = { instrument: COBAS, analyteCode: 'GLU' };
const EVER = { from: '2026-01-01T00:00:00Z', to: '2097-12-31T00:00:00Z' };
const FOREVER = '2026-01-01T00:00:00.000Z';

function observation(lab: QcLab, facts: Partial<ControlObservation> = {}): ControlObservation {
  return {
    key: newId(),
    messageId: newId(),
    instrument: COBAS,
    sampleId: 'QC-4711-1',
    analyteCode: 'GLU',
    value: '101',
    unit: 'mg/dL',
    reagentLot: 'R-1',
    measuredAt: lab.now(),
    ...facts,
  };
}

test("QC-11 a sample id names one active lot; what could be a patient's is refused; stale, foreign and unknown are told apart", async (t) => {
  const lab = await startQcLab(t);
  const manager = lab.as('manager');
  const first = await lab.lot(1);
  assert.deepEqual(await lab.lot(1, { id: first.id }), first, 'the same again');
  const facts = { material: 'Precipath', lotNumber: '9', expiresOn: '2097-01-31', level: 3 };
  await manager.refused(saveControlLot, { ...facts, sampleIds: ['qc-4711-1'] }, 'qc.sample_id_taken');
  await manager.refused(saveControlLot, { ...facts, sampleIds: ['QC-47*'] }, 'qc.sample_id_taken');
  await manager.refused(saveControlLot, { ...facts, sampleIds: ['Q*'] }, 'qc.sample_id_too_wide');
  await manager.refused(
    saveControlLot,
    { ...facts, material: 'Precinorm', lotNumber: '4711', level: 1, sampleIds: [] },
    'qc.lot_taken',
  );
  await manager.refused(saveControlLot, { ...first, expectedVersion: 7, level: 4 }, 'qc.stale');
  await manager.refused(
    saveControlLot,
    { ...facts, id: newId(), expectedVersion: 1, sampleIds: [] },
    'qc.lot_not_found',
  );
  await lab.as('technician').refused(saveControlLot, { ...facts, sampleIds: [] }, 'platform.forbidden');
  const both = await Promise.allSettled(
    [3, 4].map((level) => manager.call(saveControlLot, { ...facts, level, sampleIds: ['PCP-1'] })),
  );
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await manager.call(saveControlLot, { ...first, expectedVersion: first.version, isActive: false });
  const lots = await manager.call(listControlLots, { first: 1 });
  const rest = await manager.call(listControlLots, { first: 5, after: lots.endCursor });
  assert.deepEqual(
    [...lots.edges, ...rest.edges].map(({ node }) => [node.material, node.isActive]),
    [
      ['Precipath', true],
      ['Precinorm', false],
    ],
  );
  assert.deepEqual((await manager.call(listControlLots, { isActive: false })).edges.length, 1);
  await manager.refused(listControlLots, { after: 'rubbish' }, 'platform.bad_cursor');
  assert.deepEqual((await lab.as('manager', newId()).call(listControlLots, {})).edges, []);
  const asked = ['QC-4711-1', 'pcp-1', 'N260001'];
  assert.deepEqual(await lab.system.call(recogniseControls, { sampleIds: asked }), ['QC-4711-1', 'pcp-1']);
  await manager.refused(recogniseControls, { sampleIds: asked }, 'platform.forbidden');
});

test('QC-12 what analyzers send: each its own fate, levels that come apart are one run, the same key is recorded once', async (t) => {
  const lab = await startQcLab(t);
  const [low, high] = [await lab.lot(1), await lab.lot(2)];
  await lab.assign(low);
  await lab.assign(high, { mean: '250', sd: '10' });
  lab.later(1);
  const first = observation(lab, { value: '111' });
  const take = async (...observations: readonly ControlObservation[]) =>
    (await lab.system.call(takeControls, { observations: [...observations] })).map(({ outcome }) => outcome);
  assert.deepEqual(
    await take(
      first,
      observation(lab, { sampleId: 'UNKNOWN' }),
      observation(lab, { value: '<2' }),
      observation(lab, { unit: 'mmol/L' }),
      observation(lab, { analyteCode: 'NOPE' }),
    ),
    ['recorded', 'unknown_lot', 'not_numeric', 'unit_mismatch', 'unit_mismatch'],
  );
  lab.later(10);
  assert.deepEqual(await take(observation(lab, { sampleId: 'qc-4711-2', value: '229' })), ['recorded']);
  assert.deepEqual(await take(first), ['repeated']);
  const chart = async (level: number) =>
    (await lab.as('technician').call(leveyJennings, { ...GLU, level, ...EVER })).points;
  const [one, another] = await chart(1);
  const [two] = await chart(2);
  assert.equal(another, undefined);
  assert.equal(one?.runId, two?.runId);
  // 2.2 and -2.1 in one run, though the second came ten minutes later.
  assert.deepEqual(
    [one?.rules, two?.rules],
    [
      ['1_2s', 'R_4s'],
      ['1_2s', 'R_4s'],
    ],
  );
  const { edges } = await lab.as('technician').call(listHolds, {});
  assert.deepEqual(
    edges.map(({ node }) => [node.rules, node.runId]),
    [[['R_4s'], one?.runId]],
  );
  // The repeat of the same level is a run of its own.
  assert.deepEqual(await take(observation(lab, { value: '100' })), ['recorded']);
  const [, repeat] = await chart(1);
  assert.notEqual(repeat?.runId, one?.runId);
  await lab.as('technician').refused(takeControls, { observations: [first] }, 'platform.forbidden');
  const late = observation(lab, { sampleId: 'QC-4711-1', measuredAt: '2098-01-01T00:00:00Z' });
  assert.deepEqual(await take(late), ['recorded'], 'a clock that runs ahead');
  assert.equal((await chart(1)).at(-1)?.measuredAt, lab.now());
});

test('QC-12 two messages at once for one analyte: each recorded, both judged in one order', async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  await lab.assign(low);
  lab.later(1);
  const values = ['111', '112', '111.5', '113'];
  await Promise.all(
    values.map((value) => lab.system.call(takeControls, { observations: [observation(lab, { value })] })),
  );
  const { points } = await lab.as('technician').call(leveyJennings, { ...GLU, level: 1, ...EVER });
  // The first of four beyond +2 SD warns; each after it breaks 2_2s with the one that was accepted.
  assert.deepEqual(
    points.map(({ outcome }) => outcome),
    ['warning', 'rejected', 'rejected', 'rejected'],
  );
});

test('QC-12 messages in whatever order: levels find their run by when they were measured, and runs are judged in that order', async (t) => {
  const lab = await startQcLab(t);
  const [low, high] = [await lab.lot(1), await lab.lot(2)];
  lab.later(1);
  const begun = Date.parse(lab.now());
  // One round an hour, its second level a minute after the first: beyond +2 SD, again beyond it, both sides of 2 SD, good.
  const measured = (
    [
      [1, '111', 0],
      [2, '251', 1],
      [1, '110.5', 60],
      [2, '250', 61],
      [1, '111', 120],
      [2, '229', 121],
      [1, '101', 180],
      [2, '249', 181],
    ] as const
  ).map(([level, value, minute]) => ({
    sampleId: `QC-4711-${level}`,
    value,
    measuredAt: new Date(begun + minute * 60_000).toISOString(),
  }));
  lab.later(240);
  const arrivals = [
    [0, 1, 2, 3, 4, 5, 6, 7],
    [7, 6, 5, 4, 3, 2, 1, 0],
    [1, 0, 3, 2, 5, 4, 7, 6],
    [6, 1, 4, 3, 0, 7, 2, 5],
  ];
  const judged = [];
  for (const [n, order] of arrivals.entries()) {
    const pair = { instrument: `analyzer ${n}`, analyteCode: 'GLU' };
    const assigned = { ...pair, kind: 'assigned', validFrom: FOREVER } as const;
    await lab.as('manager').call(setTarget, { ...assigned, lotId: low.id, mean: '100', sd: '5' });
    await lab.as('manager').call(setTarget, { ...assigned, lotId: high.id, mean: '250', sd: '10' });
    for (const place of order) {
      const observations = [observation(lab, { ...measured[place], instrument: pair.instrument })];
      await lab.system.call(takeControls, { observations });
    }
    const chart = async (level: number) =>
      (await lab.as('technician').call(leveyJennings, { ...pair, level, ...EVER })).points;
    const [ofLow, ofHigh] = [await chart(1), await chart(2)];
    assert.deepEqual(
      ofLow.map(({ runId }) => runId),
      ofHigh.map(({ runId }) => runId),
      `each round is one run: ${order.join(' ')}`,
    );
    judged.push(
      [...ofLow, ...ofHigh].map(({ rules, outcome, measuredAt }) => `${measuredAt} ${outcome} ${rules.join(' ')}`),
    );
  }
  const [inOrder, ...others] = judged;
  assert.deepEqual(
    inOrder?.map((each) => each.slice('2096-11-02T00:00:00.000Z '.length)),
    [
      'warning 1_2s',
      'rejected 1_2s 2_2s',
      'rejected 1_2s R_4s 2_2s',
      'in_control ',
      'in_control ',
      'rejected ',
      'rejected 1_2s R_4s',
      'in_control ',
    ],
  );
  for (const other of others) assert.deepEqual(other, inOrder);
});

test('QC-13 targets: assigned ones are checked and dated; what was judged before stays', async (t) => {
  const lab = await startQcLab(t);
  const low = await lab.lot(1);
  const manager = lab.as('manager');
  const assigned = { ...GLU, lotId: low.id, kind: 'assigned', mean: '100', sd: '5' } as const;
  for (const wrong of [{ sd: '0' }, { sd: '-1' }, { sd: 'x' }, { mean: null }, { mean: '1e2' }])
    await manager.refused(setTarget, { ...assigned, ...wrong }, 'qc.target_not_usable');
  await manager.refused(setTarget, { ...assigned, lotId: newId() }, 'qc.lot_not_found');
  await manager.refused(setTarget, { ...assigned, analyteCode: 'NOPE' }, 'qc.unknown_analyte');
  await lab.as('technician').refused(setTarget, assigned, 'platform.forbidden');
  const target = await manager.call(setTarget, assigned);
  assert.deepEqual(await manager.call(setTarget, assigned), target, 'sent twice');
  await lab.run([[low, '109']]);
  lab.later(60);
  await manager.call(setTarget, { ...assigned, mean: '105' });
  await lab.run([[low, '109']]);
  const chart = await manager.call(leveyJennings, { ...GLU, level: 1, ...EVER });
  assert.deepEqual(
    chart.points.map(({ z }) => z),
    ['1.80', '0.80'],
  );
  assert.deepEqual(
    chart.targets.map(({ mean, lines }) => [mean, lines[0], lines[6]]),
    [
      ['100', '85', '115'],
      ['105', '90', '120'],
    ],
  );
  const { edges } = await manager.call(listTargets, { lotId: low.id });
  assert.deepEqual(
    edges.map(({ node }) => node.mean),
    ['105', '100'],
  );
});

test("QC-14 a new lot runs in parallel: 20 days give its mean, the CV is the lab's, rejected values stay out", async (t) => {
  const lab = await startQcLab(t);
  const manager = lab.as('manager');
  const old = await lab.lot(1);
  await lab.assign(old);
  const fresh = await lab.lot(1, { lotNumber: '4712', sampleIds: ['QC-4712-1'] });
  const cumulative = (lotId: string, more: object = {}) => ({ ...GLU, lotId, kind: 'cumulative', ...more }) as const;
  for (let day = 0; day < 20; day += 1) {
    await lab.run([
      [old, day % 2 === 0 ? '99' : '101'],
      [fresh, day % 2 === 0 ? '197' : '203'],
    ]);
    if (day === 10) await lab.run([[old, '150']]);
    if (day === 18) {
      const error = await manager.refused(setTarget, cumulative(fresh.id), 'qc.too_few_values');
      assert.deepEqual([error.details['count'], error.details['days']], [19, 19]);
    }
    lab.later(24 * 60);
  }
  const own = await manager.call(setTarget, cumulative(old.id));
  // 20 values of 99 and 101: the 150 of the rejected run is not among them.
  assert.deepEqual([own.mean, own.sd, own.count], ['100.00', '1.026', 20]);
  const next = await manager.call(setTarget, cumulative(fresh.id));
  // CV 1.026 % of 200.
  assert.deepEqual([next.mean, next.sd, next.count], ['200.00', '2.052', 20]);
  lab.later(1);
  const itsOwn = await manager.call(setTarget, cumulative(fresh.id, { sdFrom: 'own' }));
  // Squares 20 × 9 = 180, 180/19 = 9.4737, root 3.0779.
  assert.deepEqual([itsOwn.mean, itsOwn.sd], ['200.00', '3.078']);
  const chart = await manager.call(leveyJennings, { ...GLU, level: 1, ...EVER, most: 5 });
  assert.deepEqual([chart.points.length, chart.isCut, chart.unit], [5, true, 'mg/dL']);
  const whole = await manager.call(leveyJennings, { ...GLU, level: 1, ...EVER });
  // Side by side from the first run on, so which of the two is met first is chance.
  assert.deepEqual(
    whole.changes.map(({ kind }) => kind),
    ['control_lot'],
  );
});

test('lab-day 72: the month of each lot: CV, bias, total error, sigma, and what rules they ask for', async (t) => {
  const lab = await startQcLab(t);
  const [low, high] = [await lab.lot(1), await lab.lot(2)];
  const manager = lab.as('manager');
  for (const lot of [low, high])
    await manager.call(setTarget, {
      ...GLU,
      lotId: lot.id,
      kind: 'assigned',
      mean: '100',
      sd: '5',
      validFrom: FOREVER,
    });
  for (const value of ['98', '100', '102', '104']) await lab.run([[low, value]]);
  await lab.run([[low, '130']]);
  await lab.run([[high, '101']]);
  // A value of the month before, in Indian time: 31 October, 23:59.
  await lab.as('technician').call(recordControls, {
    instrument: COBAS,
    measuredAt: '2096-10-31T18:29:00Z',
    values: [{ lotId: low.id, analyteCode: 'GLU', value: '90' }],
  });
  const month = async (input: object = {}) =>
    (await manager.call(monthlySummary, { month: '2096-11', ...input })).edges.map(({ node }) => node);
  const [first, second] = (await month()).toSorted((a, b) => a.level - b.level);
  // 98 100 102 104: mean 101, squares 20, SD root of 20/3 = 2.5820, CV 2.5564 %, bias 1 %, total error 5.22 %.
  // Allowed: glucose 8 %, or 6 mg/dL of 100 = 6 %; sigma 7 / 2.5564 = 2.74.
  assert.ok(first);
  assert.deepEqual(
    [first.count, first.rejected, first.mean, first.sd, first.cvPercent, first.biasAgainst, first.biasPercent],
    [4, 1, '101.000', '2.5820', '2.56', 'assigned', '1.00'],
  );
  assert.deepEqual(
    [first.totalErrorPercent, first.allowableErrorPercent, first.sigma, first.suggestedRules],
    ['5.22', '8.00', '2.74', ['1_3s', '2_2s', 'R_4s', '4_1s', '8_x']],
  );
  assert.match(first.allowableErrorSource ?? '', /to be verified/);
  assert.deepEqual([second?.count, second?.sd, second?.sigma], [1, null, null]);
  await manager.call(savePeerMean, { ...GLU, lotId: low.id, month: '2096-11', mean: '103' });
  await manager.call(savePeerMean, { ...GLU, lotId: low.id, month: '2096-11', mean: '102' });
  const corrected = (await month()).find(({ level }) => level === 1);
  assert.deepEqual([corrected?.biasAgainst, corrected?.biasPercent], ['peer', '-0.98']);
  const page = await manager.call(monthlySummary, { month: '2096-11', first: 1 });
  const rest = await manager.call(monthlySummary, { month: '2096-11', first: 1, after: page.endCursor });
  assert.deepEqual([page.hasNextPage, rest.edges.length, rest.hasNextPage], [true, 1, false]);
  assert.notEqual(page.edges[0]?.node.lotId, rest.edges[0]?.node.lotId);
  assert.deepEqual(await month({ instrument: 'another' }), []);
  await manager.refused(monthlySummary, { month: '2096-13' }, 'platform.invalid_input');
});
