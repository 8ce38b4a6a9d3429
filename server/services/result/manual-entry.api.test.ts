// Results by hand, from the order to the entered value: specs/result.md RES-1 to RES-9.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { orderPlaced } from '#contract/order.ts';
import { receiveTubes, sampleCollected, sampleReceived } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import type { ResultView } from './contract.ts';
import { enterFromInstrument, enterResult, listWorklist, resultsOfOrders, resultTrail } from './contract.ts';
import { observe, plainLine, startBench, stepOf } from './testing.ts';

test('results by hand', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');

  const placedLine = (id: string, analyteCodes: readonly string[]) => ({
    id,
    testCode: 'T',
    testName: 'A test',
    section: 'HAEMATOLOGY',
    specimen: 'Whole blood (EDTA)',
    containerCode: 'EDTA',
    ...plainLine,
    promisedAt: '2026-11-26T00:00:00Z',
    method: null,
    analytes: analyteCodes.map((code) => ({
      code,
      name: code,
      loinc: null,
      ucum: 'g/dL',
      unitDisplay: 'g/dL',
      kind: 'numeric' as const,
      decimals: 1,
      choices: [],
      formula: null,
      measuredAs: null,
    })),
  });

  await t.test('RES-1 an order lays out one expected result per analyte, in catalogue order', async () => {
    const orderId = await bench.order(['MP_SMEAR', 'CBC3']);
    const results = await bench.results(orderId);
    const cbc = results.filter((result) => result.testCode === 'CBC3').map((result) => result.analyteCode);
    assert.deepEqual(cbc, [
      'HGB',
      'RBC',
      'HCT',
      'MCV',
      'MCH',
      'MCHC',
      'RDW_CV',
      'RDW_SD',
      'WBC',
      'LYMPH_PCT',
      'MXD_PCT',
      'NEUT_PCT',
      'LYMPH_ABS',
      'MXD_ABS',
      'NEUT_ABS',
      'PLT',
      'MPV',
      'PDW',
      'PCT',
      'P_LCR',
    ]);
    assert.deepEqual(new Set(results.map((result) => result.status)), new Set(['expected']));
    const hgb = await bench.result(orderId, 'HGB');
    assert.deepEqual(
      [hgb.section, hgb.unit, hgb.kind, hgb.loinc, hgb.method, hgb.value, hgb.version],
      ['HAEMATOLOGY', 'g/dL', 'numeric', '718-7', 'Automated cell counter, impedance', null, 1],
    );
  });

  await t.test('RES-1 the same order told twice is laid out once', async () => {
    const orderId = newId();
    const payload = {
      orderId,
      number: '261125-9001',
      patientId: newId(),
      priority: 'routine' as const,
      placedAt: '2026-11-25T03:00:00Z',
      gestationWeeks: null,
      isFasting: null,
      lines: [placedLine(newId(), ['A', 'B'])],
    };
    await bench.deliver(orderPlaced, orderId, payload);
    await bench.deliver(orderPlaced, orderId, payload);
    await lab.settle();
    assert.deepEqual(
      (await bench.results(orderId)).map((result) => result.analyteCode),
      ['A', 'B'],
    );
  });

  await t.test(
    'RES-2 news of a tube that comes before the order is tried again, and a second drawing changes nothing',
    async () => {
      const [orderId, lineId, patientId] = [newId(), newId(), newId()];
      const tube = {
        tubeId: newId(),
        orderId,
        patientId,
        barcode: 'EARLY-1',
        lineIds: [lineId],
        at: '2026-11-25T03:30:00.000Z',
        by: 'phlebo',
      };
      await bench.deliver(sampleCollected, orderId, tube);
      await bench.deliver(sampleReceived, orderId, { ...tube, at: '2026-11-25T04:00:00.000Z' });
      await new Promise((resolve) => setTimeout(resolve, 150));
      assert.deepEqual(await bench.results(orderId), []);
      await bench.deliver(orderPlaced, orderId, {
        orderId,
        number: '261125-9002',
        patientId,
        priority: 'routine',
        placedAt: '2026-11-25T03:00:00Z',
        gestationWeeks: null,
        isFasting: null,
        lines: [placedLine(lineId, ['A'])],
      });
      await lab.settle();
      const [result] = await bench.results(orderId);
      assert.deepEqual(
        [result?.status, result?.barcode, result?.collectedAt, result?.receivedAt],
        ['awaiting', 'EARLY-1', '2026-11-25T03:30:00.000Z', '2026-11-25T04:00:00.000Z'],
      );
      await bench.deliver(sampleCollected, orderId, { ...tube, barcode: 'LATER-2', at: '2026-11-25T05:00:00.000Z' });
      await lab.settle();
      assert.deepEqual(await bench.results(orderId), [result]);
    },
  );

  await t.test('RES-2 a value before the tube is drawn is refused; the scan at the counter is noted', async () => {
    const orderId = await bench.order(['HGB']);
    const expected = await bench.result(orderId, 'HGB');
    const refusal = await technician.refused(
      enterResult,
      { resultId: expected.id, value: '13', expectedVersion: expected.version },
      'result.cannot_move',
    );
    assert.deepEqual(
      [refusal.details['status'], refusal.details['move'], refusal.details['may']],
      ['expected', 'entered', 'result.enter'],
    );
    const [tube] = await bench.collect(orderId);
    assert.ok(tube);
    const drawn = await bench.result(orderId, 'HGB');
    assert.deepEqual([drawn.status, drawn.barcode, drawn.receivedAt], ['awaiting', tube.barcode, null]);
    await technician.call(receiveTubes, { barcodes: [tube.barcode] });
    await lab.settle();
    const received = await bench.result(orderId, 'HGB');
    assert.ok(received.receivedAt);
    assert.equal(received.version, drawn.version, 'a scan makes no open screen stale');
    assert.equal((await bench.enter(received, '13')).status, 'entered');
  });

  await t.test('RES-3 a woman of 12,000 days: each limit by hand', async () => {
    // Starter catalogue, HGB of women from 6575 days: 12–16 g/dL, critical below 6.6. 6.55 prints as 6.6 and is below it.
    const worked = [
      ['6.5', '6.5', ['LL']],
      ['6.54', '6.5', ['LL']],
      ['6.55', '6.6', ['LL']],
      ['6.6', '6.6', ['L']],
      ['11.9', '11.9', ['L']],
      ['11.95', '12.0', []],
      ['12', '12.0', []],
      ['16', '16.0', []],
      ['16.04', '16.0', []],
      ['16.05', '16.1', ['H']],
      ['<6.6', '<6.6', ['LL']],
      ['>16', '>16.0', ['H']],
    ] as const;
    let [result] = await bench.awaiting(['HGB']);
    for (const [typed, value, flags] of worked) {
      assert.ok(result);
      result = await bench.enter(result, typed);
      assert.deepEqual([result.value, result.rawValue, result.flags, result.holds], [value, typed, flags, []], typed);
    }
    assert.ok(result?.range);
    const { low, high, criticalLow, criticalHigh, sex, ageFromDays, ageToDays, ageDays, kind } = result.range;
    assert.deepEqual(
      [low, high, criticalLow, criticalHigh, sex, ageFromDays, ageToDays, ageDays, kind],
      ['12', '16', '6.6', null, 'female', 6575, null, 12_000, 'reference'],
    );
  });

  await t.test('RES-4 the band is chosen by sex and by age in days at collection, half-open', async () => {
    const cases = [
      ['male', 0, null, null],
      ['male', 1, '14.5', '18.5'],
      ['male', 3, '14.5', '18.5'],
      ['male', 4, null, null],
      ['male', 6574, '13', '14.5'],
      ['male', 6575, '14', '18'],
      ['female', 6574, '12', '14'],
      ['female', 6575, '12', '16'],
      ['other', 2191, '11.5', '13.5'],
      ['other', 6575, null, null],
    ] as const;
    for (const [sex, ageDays, low, high] of cases) {
      const [result] = await bench.awaiting(['HGB'], { patientId: await bench.patient({ sex, ageDays }) });
      assert.ok(result);
      const entered = await bench.enter(result, '3');
      assert.deepEqual(
        [entered.range?.low, entered.range?.high, entered.range?.ageDays],
        [low, high, ageDays],
        `${sex} of ${ageDays} days`,
      );
      if (low === null)
        assert.deepEqual([entered.range?.kind, entered.flags, entered.holds], ['none', [], ['range_unclear']]);
    }
  });

  await t.test('RES-5 what a person types wrongly is refused by name', async () => {
    const [hgb, smear] = await bench.awaiting(['HGB', 'MP_SMEAR']);
    assert.ok(hgb && smear);
    const enter = { resultId: hgb.id, expectedVersion: hgb.version };
    await technician.refused(enterResult, { ...enter, value: '  ' }, 'result.empty_value');
    const unit = await technician.refused(
      enterResult,
      { ...enter, value: '13', unit: 'mmol/L' },
      'result.unit_mismatch',
    );
    assert.deepEqual(unit.details, { expected: 'g/dL' });
    const [na, plt, ca] = await bench.awaiting(['NA', 'PLT', 'CA']);
    assert.ok(na && plt && ca);
    // The spellings that are taken of instruments, and no other unit.
    const typed = (result: ResultView, value: string, inUnit: string) => ({
      ...stepOf(result),
      value,
      unit: inUnit,
    });
    await technician.refused(enterResult, typed(ca, '9', 'mEq/L'), 'result.unit_mismatch');
    assert.equal((await technician.call(enterResult, typed(na, '140', 'mEq/L'))).value, '140');
    assert.equal((await technician.call(enterResult, typed(plt, '250', '10(9)/L'))).value, '250');
    for (const value of ['thirteen', '13,2', '12-14', '1.2.3']) {
      const error = await technician.refused(enterResult, { ...enter, value }, 'result.not_a_number');
      assert.ok(!JSON.stringify([error.message, error.details]).includes(value), 'the value is not repeated');
    }
    const coded = { resultId: smear.id, expectedVersion: smear.version };
    const choice = await technician.refused(enterResult, { ...coded, value: 'perhaps' }, 'result.not_a_choice');
    assert.ok(Array.isArray(choice.details['choices']) && choice.details['choices'].includes('Not seen'));
    await technician.refused(enterResult, { ...enter, resultId: newId(), value: '13' }, 'result.not_found');
    assert.equal((await bench.result(hgb.orderId, 'HGB')).status, 'awaiting');

    assert.equal(
      (await technician.call(enterResult, { ...enter, value: '13', unit: 'g/dL', note: 'checked twice' })).note,
      'checked twice',
    );
    const seen = await technician.call(enterResult, { ...coded, value: 'p. VIVAX  seen' });
    assert.deepEqual([seen.value, seen.flags, seen.range?.text], ['P. vivax seen', ['AA'], 'Not seen']);
    const clean = await bench.enter(seen, 'NOT SEEN');
    assert.deepEqual([clean.value, clean.flags], ['Not seen', []]);
  });

  await t.test('RES-6 lab-day 38: an impossible value is taken with a reason alone, and held', async () => {
    const [hct] = await bench.awaiting(['HCT']);
    assert.ok(hct);
    const typed = { ...stepOf(hct), value: '420' };
    await technician.refused(enterResult, typed, 'result.absurd_unconfirmed');
    const impossible = await technician.call(enterResult, { ...typed, confirmAbsurd: 'repeated twice, same' });
    assert.deepEqual(
      [impossible.value, impossible.flags, impossible.holds, impossible.holdNotes],
      ['420.0', ['H', 'X'], ['absurd'], [{ hold: 'absurd', text: 'repeated twice, same' }]],
    );
    assert.deepEqual((await bench.enter(impossible, '42')).holds, []);

    const [hgb, k, tsh, chol] = await bench.awaiting(['HGB', 'K', 'TSH', 'CHOL']);
    assert.ok(hgb && k && tsh && chol);
    const slips: readonly (readonly [ResultView, string])[] = [
      [hgb, '150'],
      [k, '41'],
      [chol, '999999999'],
    ];
    for (const [result, value] of slips)
      await technician.refused(enterResult, { ...stepOf(result), value }, 'result.absurd_unconfirmed');
    for (const value of ['1e25', '1.2E+01', '1234567890123', '1.000000000000', '<1e3'])
      await technician.refused(enterResult, { ...stepOf(tsh), value }, 'result.too_many_digits');
    // From an analyzer an exponent is only its spelling; more digits than are measured are held.
    const sent = async (result: ResultView, value: string): Promise<readonly string[]> => {
      await lab.system.call(enterFromInstrument, { observations: [observe(result, value)] });
      return (await bench.result(result.orderId, result.analyteCode)).holds;
    };
    assert.deepEqual(await sent(tsh, '2.5000000000001'), ['absurd']);
    assert.deepEqual(await sent(hgb, '1.31E+01'), []);
    assert.deepEqual(await sent(k, '1E25'), ['absurd']);
  });

  await t.test(
    'RES-7 a value may be entered again until it is verified; a stale screen cannot overwrite it',
    async () => {
      const [result] = await bench.awaiting(['HGB']);
      assert.ok(result);
      const first = await bench.enter(result, '13.1');
      const second = await bench.enter(first, '11.3');
      assert.deepEqual([second.value, second.version, second.otherValues], ['11.3', first.version + 1, []]);
      const stale = await technician.refused(enterResult, { ...stepOf(first), value: '13.1' }, 'result.stale');
      assert.equal(stale.details['version'], second.version);
      const trail = await lab.system.call(resultTrail, { caseIds: [result.orderId] });
      assert.deepEqual(
        trail.map((entry) => [entry.act, entry.entityId, entry.facts['before'] && true]),
        [
          ['result.enter', result.id, null],
          ['result.enter', result.id, true],
        ],
      );
      assert.deepEqual(trail[1]?.facts['before'], { value: '13.1', rawValue: '13.1', source: 'manual', note: null });
      const told = await bench.told(result.orderId);
      assert.deepEqual(
        told.map((event) => [event.type, event.payload['source'], event.payload['resultIds']]),
        [
          ['result.entered', 'manual', [result.id]],
          ['result.entered', 'manual', [result.id]],
        ],
      );
    },
  );

  await t.test('RES-7 of two who enter at once one wins and the other is told', async () => {
    const [result] = await bench.awaiting(['HGB']);
    assert.ok(result);
    const outcomes = await Promise.allSettled([bench.enter(result, '13.1'), bench.enter(result, '13.2')]);
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    assert.equal(lost?.reason.code, 'result.stale');
  });

  await t.test('RES-8 who may not, may not; another lab sees nothing', async () => {
    const [result] = await bench.awaiting(['HGB']);
    assert.ok(result);
    const input = { resultId: result.id, value: '13', expectedVersion: result.version };
    await lab.as('desk').refused(enterResult, input, 'platform.forbidden');
    await lab.as('phlebotomist').refused(listWorklist, {}, 'platform.forbidden');
    const stranger = lab.as('technician', newId());
    await stranger.refused(enterResult, input, 'result.not_found');
    assert.deepEqual(await stranger.call(resultsOfOrders, { ids: [result.orderId] }), []);
    assert.deepEqual((await stranger.call(listWorklist, {})).edges, []);
  });

  await t.test(
    'RES-9 the worklist gives STAT, urgent, routine, then the tube that came first, page by page',
    async () => {
      const routine = await bench.awaiting(['ESR'], { priority: 'routine' });
      const urgent = await bench.awaiting(['ESR'], { priority: 'urgent' });
      const stat = await bench.awaiting(['ESR'], { priority: 'stat' });
      const later = await bench.awaiting(['ESR'], { priority: 'stat' });
      const own = new Set([routine, urgent, stat, later].flatMap(([result]) => result?.id ?? []));
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof technician.call<typeof listWorklist>>> = await technician.call(
          listWorklist,
          { first: 3, after },
        );
        seen.push(...page.edges.map((edge) => edge.node.id));
        after = page.hasNextPage ? page.endCursor : null;
        assert.ok(seen.length < 1000, 'the pages come to an end');
      } while (after !== null);
      assert.equal(new Set(seen).size, seen.length, 'no row twice');
      assert.deepEqual(
        seen.filter((id) => own.has(id)),
        [stat, later, urgent, routine].map(([result]) => result?.id),
      );
      const none = await technician.call(listWorklist, { section: 'SEROLOGY' });
      assert.deepEqual(none.edges, []);
      const entered = await technician.call(listWorklist, { status: 'entered', section: 'HAEMATOLOGY' });
      assert.ok(entered.edges.length > 0);
      for (const { node } of entered.edges) assert.deepEqual([node.status, node.section], ['entered', 'HAEMATOLOGY']);
      await technician.refused(listWorklist, { after: 'rubbish' }, 'platform.bad_cursor');
      const forged = Buffer.from(JSON.stringify([9, 'x', 'y', 1])).toString('base64url');
      await technician.refused(listWorklist, { after: forged }, 'platform.bad_cursor');
    },
  );
});
