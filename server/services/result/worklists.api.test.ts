// What the bench works by: lists, rack, board, grid: specs/result.md, "Kinds and worklists".
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { receiveTubes } from '#contract/sample.ts';
import { createManualClock } from '#platform/clock.ts';
import type { CallInput } from '#platform/contract.ts';

import type { ResultView } from './contract.ts';
import {
  benchCounts,
  enterDetail,
  enterFromInstrument,
  enterManyResults,
  entryGrid,
  listLeftOver,
  listWorklist,
  rackView,
} from './contract.ts';
import { observe, startBench } from './testing.ts';

const codes = (edges: readonly { readonly node: ResultView }[]) => edges.map(({ node }) => node.analyteCode);

test('worklists', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const list = async (input: CallInput<typeof listWorklist>) =>
    (await technician.call(listWorklist, { first: 100, ...input })).edges;
  const one = async (code: string, priority: 'routine' | 'urgent' | 'stat' = 'routine') => {
    const results = await bench.awaiting([code], { priority });
    const [result] = results;
    assert.ok(result);
    return result;
  };

  await t.test(
    'lab-day 34: by several sections as one list, STAT first, in pages that neither repeat nor skip',
    async () => {
      const crea = await one('CREA');
      const hgb = await one('HGB');
      await one('SGPT', 'stat');
      await one('ESR', 'urgent');
      const tsh = await one('TSH');
      const sections = [crea.section, hgb.section];
      assert.equal(new Set(sections).size, 2);
      const both = await list({ sections });
      assert.deepEqual(codes(both), ['SGPT', 'ESR', 'CREA', 'HGB']);
      assert.deepEqual(codes(await list({ section: tsh.section, sections })).toSorted(), [
        'CREA',
        'ESR',
        'HGB',
        'SGPT',
        'TSH',
      ]);
      const paged: string[] = [];
      for (let after: string | null = null, isMore = true; isMore;) {
        const page: Awaited<ReturnType<typeof bench.lab.system.call<typeof listWorklist>>> = await technician.call(
          listWorklist,
          { sections, first: 1, ...(after === null ? {} : { after }) },
        );
        paged.push(...codes(page.edges));
        after = page.endCursor;
        isMore = page.hasNextPage;
      }
      assert.deepEqual(paged, ['SGPT', 'ESR', 'CREA', 'HGB']);
      assert.deepEqual(codes(await list({ priority: 'urgent' })), ['ESR']);
      assert.deepEqual(codes(await list({ testCode: 'CREA' })), ['CREA']);
      const cameBefore = hgb.collectedAt ?? '';
      assert.deepEqual(codes(await list({ cameBefore, sections: [crea.section] })), ['CREA']);
      await technician.refused(listWorklist, { after: 'e30' }, 'platform.bad_cursor');
      await technician.refused(listWorklist, { status: 'authorised', isHeldOnly: true }, 'platform.invalid_input');
      assert.deepEqual(codes(await list({ status: 'authorised', section: crea.section })), []);
    },
  );

  await t.test('lab-day 34: by analyzer; only held, only flagged; without what nobody measures', async () => {
    const [chol, hdl, trig] = await bench.awaiting(['CHOL', 'HDL', 'TRIG', 'LDL']);
    assert.ok(chol && hdl && trig);
    await lab.system.call(enterFromInstrument, {
      observations: [
        observe(chol, '250', { instrument: 'AU480' }),
        observe(hdl, '50', { instrument: 'AU480', doubts: ['clot'] }),
        observe(trig, '150', { instrument: 'BS-240' }),
      ],
    });
    assert.deepEqual(codes(await list({ status: 'entered', instrument: 'AU480' })).toSorted(), ['CHOL', 'HDL']);
    const held = await list({ status: 'entered', isHeldOnly: true });
    assert.ok(held.length > 0 && held.every(({ node }) => node.holds.length > 0));
    assert.deepEqual(codes(held).toSorted(), ['HDL', 'LDL'], 'what is calculated from it is held with it');
    const flagged = await list({ status: 'entered', isFlaggedOnly: true });
    assert.ok(codes(flagged).includes('CHOL') && flagged.every(({ node }) => node.flags.length > 0));
    assert.deepEqual(codes(await list({ status: 'entered', isHeldOnly: true, isWithoutCalculated: true })), ['HDL']);
  });

  await t.test('lab-day 34: interim cultures that are to be gone on with', async () => {
    const culture = await one('URINE_CULT');
    const detail = {
      kind: 'culture',
      stage: 'preliminary',
      growth: 'none',
      incubationHours: 24,
      microscopy: null,
      colonyCount: null,
      isolates: [],
      comment: null,
    } as const;
    await technician.call(enterDetail, {
      resultId: culture.id,
      expectedVersion: culture.version,
      detail: { ...detail, isolates: [] },
    });
    assert.deepEqual(codes(await list({ status: 'entered', isInterimOnly: true })), ['URINE_CULT']);
  });

  await t.test(
    'lab-day 34: a rack in the order of the worklist, each tube once, with places for controls',
    async () => {
      const [pt] = await bench.awaiting(['PT_INR']);
      assert.ok(pt);
      const later = await bench.awaiting(['PT_INR', 'APTT'], { priority: 'stat' });
      const rack = await technician.call(rackView, { section: pt.section, controlsFirst: 2, controlsLast: 1 });
      assert.deepEqual(
        rack.places.map(({ position, kind, barcode }) => [position, kind, barcode]),
        [
          [1, 'control', null],
          [2, 'control', null],
          [3, 'tube', later[0]?.barcode],
          [4, 'tube', pt.barcode],
          [5, 'control', null],
        ],
      );
      assert.deepEqual(
        rack.places[2]?.tests.map(({ testCode }) => testCode),
        ['PT_INR', 'APTT'],
      );
      const small = await technician.call(rackView, { section: pt.section, first: 1 });
      assert.deepEqual([small.places.map(({ barcode }) => barcode), small.hasNextPage], [[later[0]?.barcode], true]);
      const next = await technician.call(rackView, { section: pt.section, first: 1, after: small.endCursor });
      assert.deepEqual([next.places.map(({ barcode }) => barcode), next.hasNextPage], [[pt.barcode], false]);
      const ofTest = await technician.call(rackView, { section: pt.section, testCode: 'APTT' });
      assert.deepEqual(
        ofTest.places.map(({ barcode, tests }) => [barcode, tests.map(({ testCode }) => testCode)]),
        [[later[0]?.barcode, ['APTT']]],
      );
      await technician.refused(rackView, { section: pt.section, after: 'e30' }, 'platform.bad_cursor');
      await lab.as('desk').refused(rackView, { section: pt.section }, 'platform.forbidden');
    },
  );

  await t.test('lab-day 34: the board counts what is open by section and state', async () => {
    const counts = await technician.call(benchCounts, {});
    const all = { awaiting: await list({ status: 'awaiting' }), entered: await list({ status: 'entered' }) };
    for (const [status, edges] of Object.entries(all)) {
      const measured = edges.filter(({ node }) => !node.isCalculated);
      for (const [section, own] of Map.groupBy(measured, ({ node }) => node.section)) {
        const row = counts.find((count) => count.section === section && count.status === status);
        assert.deepEqual(
          [row?.count, row?.stat, row?.held],
          [
            own.length,
            own.filter(({ node }) => node.priority === 'stat').length,
            own.filter(({ node }) => node.holds.length > 0).length,
          ],
          `${section} ${status}`,
        );
      }
    }
    assert.ok(
      counts.every(({ overdue }) => overdue === 0),
      'nothing is late within the minute',
    );
  });

  await t.test(
    'lab-day 37, 22: a grid holds everything to type: range, unit and previous value of each person',
    async () => {
      const patientId = await bench.patient({ sex: 'female', ageDays: 12_000 });
      const [before] = await bench.verified({ HGB: '13.1' }, { patientId });
      assert.ok(before);
      await bench.sign(lab.as('pathologist'), [before]);
      const cbc = await bench.awaiting(['HGB', 'ESR'], { patientId, priority: 'stat' });
      const orderIds = [cbc[0]?.orderId ?? ''];
      const { grids } = await technician.call(entryGrid, { orderIds });
      assert.deepEqual(grids.map(({ testCode }) => testCode).toSorted(), ['ESR', 'HGB']);
      const hgb = grids.find(({ testCode }) => testCode === 'HGB');
      const [row] = hgb?.rows ?? [];
      const [cell] = row?.cells ?? [];
      assert.ok(hgb && row && cell);
      assert.deepEqual(
        hgb.columns.map(({ analyteCode, unit, kind, decimals }) => [analyteCode, unit, kind, decimals]),
        [['HGB', 'g/dL', 'numeric', 1]],
      );
      assert.deepEqual(
        [cell.isTypable, cell.rangeText, cell.previous?.value],
        [true, '12–16', '13.1'],
        'a woman of 12,000 days',
      );
      assert.deepEqual([row.sex, row.age, row.priority, row.barcode], ['female', '32 Y', 'stat', cbc[0]?.barcode]);
      assert.ok(row.patientName.startsWith('Test Person') && row.mrn !== '');
      const typed = await technician.call(enterManyResults, {
        items: grids.flatMap(({ rows }) =>
          rows.flatMap(({ cells }) =>
            cells.flatMap((each) =>
              each?.isTypable
                ? [{ resultId: each.resultId, expectedVersion: each.expectedVersion, value: '12.5' }]
                : [],
            ),
          ),
        ),
      });
      assert.ok(typed.items.every(({ refused }) => refused === null));
      assert.deepEqual((await technician.call(entryGrid, { orderIds })).grids, [], 'nothing is left to type');
      assert.ok((await lab.audit('result', orderIds[0] ?? '')).includes('result.view'));
    },
  );

  await t.test('lab-day 22: timed slots of one order are rows of their own, named as on the label', async () => {
    const ogtt = await bench.awaiting(['GLU_F', 'GLU_PP']);
    const { grids } = await technician.call(entryGrid, { orderIds: [ogtt[0]?.orderId ?? ''] });
    const draws = grids.flatMap(({ testCode, rows }) => rows.map(({ draw, barcode }) => [testCode, draw, barcode]));
    assert.equal(new Set(draws.map(([, , barcode]) => barcode)).size, 2, 'two tubes');
    for (const result of ogtt) {
      assert.ok(result.draw);
      assert.ok(
        draws.some(
          ([code, draw, barcode]) => code === result.testCode && draw === result.draw && barcode === result.barcode,
        ),
      );
    }
  });

  await t.test('lab-day 37: a grid by section comes in pages by tube', async () => {
    const [some] = await bench.awaiting(['UREA']);
    assert.ok(some);
    const { section } = some;
    const lines: string[] = [];
    for (let after: string | null = null, isMore = true; isMore;) {
      const page: Awaited<ReturnType<typeof lab.system.call<typeof entryGrid>>> = await technician.call(entryGrid, {
        section,
        first: 2,
        ...(after === null ? {} : { after }),
      });
      lines.push(...page.grids.flatMap(({ rows }) => rows.map(({ lineId }) => lineId)));
      after = page.endCursor;
      isMore = page.hasNextPage;
    }
    const open = (await list({ section, isWithoutCalculated: true })).map(({ node }) => node.lineId);
    assert.deepEqual(lines.toSorted(), [...new Set(open)].toSorted());
    await technician.refused(entryGrid, {}, 'platform.invalid_input');
    await technician.refused(entryGrid, { section, after: 'e30' }, 'platform.bad_cursor');
  });
});

test('lab-day 5, 34: what is left of yesterday, and what was promised for a time that has passed', async (t) => {
  // Half past eleven in India, tomorrow: ahead of the database's clock, by which events become due.
  const day = (daysAhead: number) => new Date(Date.now() + daysAhead * 86_400_000).toISOString().slice(0, 10);
  const clock = createManualClock(`${day(1)}T06:00:00.000Z`);
  const bench = await startBench(t, { clock });
  const { lab } = bench;
  const technician = lab.as('technician');
  const [old] = await bench.awaiting(['CREA']);
  assert.ok(old?.barcode);
  await technician.call(receiveTubes, { barcodes: [old.barcode] });
  await lab.settle();
  assert.deepEqual(codes((await technician.call(listLeftOver, {})).edges), [], 'of today');
  // 18:45 UTC is a quarter past midnight in India.
  clock.advance(12.75 * 3_600_000);
  const [fresh] = await bench.awaiting(['HGB'], { priority: 'stat' });
  assert.ok(fresh);
  const left = await technician.call(listLeftOver, {});
  assert.deepEqual(codes(left.edges), ['CREA']);
  assert.deepEqual(codes((await technician.call(listLeftOver, { section: fresh.section })).edges), []);
  assert.deepEqual(codes((await technician.call(listLeftOver, { before: day(1) })).edges), []);
  const all = await technician.call(listLeftOver, { before: day(3), first: 1 });
  assert.deepEqual([codes(all.edges), all.hasNextPage], [['CREA'], true]);
  const rest = await technician.call(listLeftOver, { before: day(3), first: 1, after: all.endCursor });
  assert.deepEqual([codes(rest.edges), rest.hasNextPage], [['HGB'], false]);

  const byPromise = await technician.call(listWorklist, { sort: 'promise', first: 1 });
  assert.deepEqual(codes(byPromise.edges), ['CREA'], 'overdue before STAT');
  const next = await technician.call(listWorklist, { sort: 'promise', first: 1, after: byPromise.endCursor });
  assert.deepEqual(codes(next.edges), ['HGB']);
  assert.deepEqual(
    codes((await technician.call(listWorklist, { sort: 'promise', sections: [old.section, fresh.section] })).edges),
    ['CREA', 'HGB'],
  );
  assert.deepEqual(codes((await technician.call(listWorklist, {})).edges), ['HGB', 'CREA'], 'else STAT first');
  const counts = await technician.call(benchCounts, {});
  assert.deepEqual(
    new Map(counts.map(({ section, overdue }) => [section, overdue])),
    new Map([
      [old.section, 1],
      [fresh.section, 0],
    ]),
  );
});
