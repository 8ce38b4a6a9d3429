// What a value means for its sample, from the table to the trail: lab-day 36, 38, 39, 40, 41 and 42, by hand-calculated values.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addTests, cancelLines, changeCatalogue, editOrder, getCatalogueState, getOrder } from '#contract/order.ts';
import { newId } from '#platform/ids.ts';

import type { InstrumentObservation, ResultView } from './contract.ts';
import {
  chooseValue,
  enterFromInstrument,
  enterManyResults,
  enterResult,
  resultTrail,
  verifyResults,
} from './contract.ts';
import { entriesTold, observe, startBench, stepOf } from './testing.ts';

test('values and their samples', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const send = (...observations: InstrumentObservation[]) => lab.system.call(enterFromInstrument, { observations });
  const outcomeOf = async (observation: InstrumentObservation) => (await send(observation))[0]?.outcome;
  const change = async (changes: Record<string, unknown>) => {
    const { version } = await lab.system.call(getCatalogueState, {});
    await lab.system.call(changeCatalogue, { expectedVersion: version, reason: 'for the test', ...changes });
  };
  const of = (results: readonly ResultView[], code: string): ResultView => {
    const found = results.find(({ analyteCode }) => analyteCode === code);
    assert.ok(found, code);
    return found;
  };
  /** Enters what is named, in the order named. */
  const type = async (results: readonly ResultView[], values: Readonly<Record<string, string>>) => {
    const [{ orderId } = { orderId: '' }] = results;
    for (const [code, value] of Object.entries(values)) await bench.enter(await bench.result(orderId, code), value);
    return bench.results(orderId);
  };
  const verify = (...results: ResultView[]) =>
    technician.call(verifyResults, { items: results.map((row) => ({ ...stepOf(row), holdsSeen: row.holds })) });
  /** A verified value of the past for a patient. */
  const past = async (patientId: string, values: Readonly<Record<string, string>>) => {
    const entered = await type(await bench.awaiting(Object.keys(values), { patientId }), values);
    await verify(...entered.filter(({ status }) => status === 'entered'));
  };

  await t.test('lab-day 39: LDL follows its inputs, is blank without them and has a reason at 400', async () => {
    const lipids = await bench.awaiting(['CHOL', 'HDL', 'TRIG', 'LDL', 'LDL_HDL']);
    assert.deepEqual([of(lipids, 'LDL').isCalculated, of(lipids, 'CHOL').isCalculated], [true, false]);
    const half = await type(lipids, { CHOL: '200', HDL: '50' });
    assert.deepEqual([of(half, 'LDL').status, of(half, 'LDL').blankReason], ['awaiting', 'TRIG is missing']);
    const whole = await type(half, { TRIG: '150' });
    const ldl = of(whole, 'LDL');
    assert.deepEqual(
      [ldl.status, ldl.value, ldl.source, ldl.enteredBy],
      ['entered', '120', 'calculated', 'calculated'],
    );
    assert.equal(of(whole, 'LDL_HDL').value, '2.4', 'the chain: 120 / 50');
    const [{ orderId } = { orderId: '' }] = whole;
    const last = (await entriesTold(bench, orderId)).at(-1);
    assert.deepEqual(
      new Set(last?.['resultIds'] as string[]),
      new Set(['TRIG', 'LDL', 'LDL_HDL'].map((code) => of(whole, code).id)),
    );
    await technician.refused(enterResult, { ...stepOf(ldl), value: '119' }, 'result.calculated');

    await verify(ldl);
    const corrected = await type(await bench.results(orderId), { TRIG: '100' });
    assert.deepEqual([of(corrected, 'LDL').status, of(corrected, 'LDL').value], ['entered', '130']);
    assert.match(of(corrected, 'LDL').sentBackReason ?? '', /changed after this one was verified/);
    const high = await type(corrected, { TRIG: '400' });
    assert.deepEqual([of(high, 'LDL').status, of(high, 'LDL').value], ['awaiting', null]);
    assert.match(of(high, 'LDL').blankReason ?? '', /triglycerides 400/);
    const trail = await lab.system.call(resultTrail, { caseIds: [orderId] });
    const ofLdl = trail.filter(({ entityId }) => entityId === ldl.id).map(({ act }) => act);
    assert.deepEqual(ofLdl, ['result.calculate', 'result.verify', 'result.send_back', 'result.calculate']);
  });

  await t.test('lab-day 39: a value calculated from one that is held is held', async () => {
    const results = await bench.awaiting(['CHOL', 'HDL', 'NONHDL']);
    await send(observe(of(results, 'CHOL'), '200', { doubts: ['bubble'] }), observe(of(results, 'HDL'), '50'));
    const entered = await bench.results(of(results, 'CHOL').orderId);
    assert.deepEqual([of(entered, 'NONHDL').value, of(entered, 'NONHDL').holds], ['150', ['input_held']]);
    const clean = await type(entered, { CHOL: '201' });
    assert.deepEqual([of(clean, 'NONHDL').value, of(clean, 'NONHDL').holds], ['151', []]);
  });

  await t.test(
    'lab-day 39, 32: a formula that is added to a tube whose values are there is calculated at once',
    async () => {
      const entered = await type(await bench.awaiting(['CHOL', 'HDL']), { CHOL: '200', HDL: '50' });
      const { orderId } = of(entered, 'CHOL');
      await lab.as('desk').call(addTests, { orderId, requestId: newId(), items: ['NONHDL'] });
      await lab.settle();
      const waiting = await bench.result(orderId, 'NONHDL');
      if (waiting.status === 'expected') await bench.collect(orderId);
      const added = await bench.result(orderId, 'NONHDL');
      assert.deepEqual([added.status, added.value], ['entered', '150']);
    },
  );

  await t.test('an analyzer that calculates for itself is kept beside ours', async () => {
    const results = await bench.awaiting(['CHOL', 'HDL', 'NONHDL']);
    assert.equal(await outcomeOf(observe(of(results, 'NONHDL'), '149')), 'kept_beside');
    const entered = await type(results, { CHOL: '200', HDL: '50' });
    const { value, otherValues, holds } = of(entered, 'NONHDL');
    assert.deepEqual([value, otherValues.map((other) => other.value), holds], ['150', ['149'], []]);
  });

  await t.test('lab-day 36: of a first value, a rerun and a dilution a person chooses, with a reason', async () => {
    const [glu] = await bench.awaiting(['CREA']);
    assert.ok(glu);
    await send(observe(glu, '1.0', { reagentLot: 'L1' }));
    await send(observe(glu, '4.2', { dilution: '1:2', reagentLot: 'L2' }));
    const held = await bench.result(glu.orderId, 'CREA');
    assert.deepEqual([held.value, held.reagentLot, held.holds], ['1.00', 'L1', ['rerun_differs']]);
    const choose = { ...stepOf(held), otherIndex: 0, reason: 'first was short of sample' };
    await technician.refused(chooseValue, { ...choose, otherIndex: 3 }, 'result.no_such_value');
    await lab.as('desk').refused(chooseValue, choose, 'platform.forbidden');
    const chosen = await technician.call(chooseValue, choose);
    assert.deepEqual(
      [chosen.value, chosen.dilution, chosen.reagentLot, chosen.holds.includes('rerun_differs')],
      ['4.20', '1:2', 'L2', false],
    );
    assert.deepEqual(
      chosen.otherValues.map(({ value, reagentLot }) => [value, reagentLot]),
      [['1.0', 'L1']],
    );
    await technician.refused(chooseValue, choose, 'result.stale');
    const trail = await lab.system.call(resultTrail, { caseIds: [glu.orderId] });
    const act = trail.find((entry) => entry.act === 'result.choose_value');
    assert.deepEqual([act?.facts['reason'], act?.facts['value']], ['first was short of sample', '4.20']);
    const items = (await entriesTold(bench, glu.orderId)).flatMap((told) => told['items'] as { isRerun: boolean }[]);
    assert.deepEqual(
      items.map(({ isRerun }) => isRerun),
      [false, true, false],
      'a rerun uses reagent as well',
    );
    const [verified] = await verify(chosen);
    assert.ok(verified);
    await technician.refused(chooseValue, { ...stepOf(verified), otherIndex: 0, reason: 'late' }, 'result.cannot_move');
  });

  await t.test('lab-day 38: another unit of the same kind is converted, and what was sent is kept', async () => {
    const [crea, hgb] = [await bench.awaiting(['CREA']), await bench.awaiting(['HGB'])].map(([row]) => row);
    assert.ok(crea && hgb);
    assert.equal(await outcomeOf(observe(hgb, '138', { unit: 'g/L' })), 'entered');
    const converted = await bench.result(hgb.orderId, 'HGB');
    assert.deepEqual([converted.value, converted.sentAs], ['13.8', { value: '138', unit: 'g/L' }]);
    // 88.4 umol/L of creatinine is 1.00 mg/dL.
    const typed = await technician.call(enterResult, { ...stepOf(crea), value: '88.4', unit: 'umol/L' });
    assert.deepEqual([typed.value, typed.sentAs], ['1.00', { value: '88.4', unit: 'umol/L' }]);
    await technician.refused(enterResult, { ...stepOf(typed), value: '1', unit: 'U/L' }, 'result.unit_mismatch');
  });

  await t.test(
    'lab-day 41: critical, delta and absurd stand together; the change is that from the latest earlier drawing',
    async () => {
      const patientId = await bench.patient({ sex: 'male', ageDays: 14_000 });
      const rule = { mode: 'absolute', limit: '1', direction: 'any', lookBackDays: 30, isMixUpMarker: false };
      await change({ deltas: [{ analyteCode: 'K', rules: [{ ...rule, source: 'test' }] }] });
      await past(patientId, { K: '4.0' });
      const [k] = await bench.awaiting(['K'], { patientId });
      assert.ok(k);
      const high = await bench.enter(k, '6.9');
      assert.deepEqual([high.flags, high.holds], [['HH', 'D'], ['delta']]);
      assert.deepEqual([high.delta?.previousValue, high.delta?.change, high.delta?.percent], ['4.0', '2.9', '72.5']);
      const near = await bench.enter(high, '4.9');
      assert.deepEqual([near.flags, near.holds, near.delta?.change, near.delta?.broken], [[], [], '0.9', []]);
      const absurd = await technician.call(enterResult, { ...stepOf(near), value: '-1', confirmAbsurd: 'it says so' });
      assert.deepEqual(
        [absurd.flags, absurd.holds.toSorted()],
        [
          ['LL', 'D', 'X'],
          ['absurd', 'delta'],
        ],
      );
    },
  );

  await t.test('lab-medicine 3: two markers at once suggest a mix-up and hold the whole tube', async () => {
    const patientId = await bench.patient({ sex: 'female', ageDays: 14_000 });
    await past(patientId, { CHOL: '200', CREA: '0.8' });
    const results = await bench.awaiting(['CHOL', 'CREA', 'URIC'], { patientId });
    const one = await type(results, { URIC: '5', CHOL: '300' });
    assert.deepEqual([of(one, 'CHOL').holds, of(one, 'URIC').holds], [['delta'], []]);
    const both = await type(one, { CREA: '2.0' });
    assert.deepEqual([of(both, 'CHOL').holds.toSorted(), of(both, 'URIC').holds], [['delta', 'mix_up'], ['mix_up']]);
    const corrected = await type(both, { CREA: '0.8' });
    assert.deepEqual([of(corrected, 'CHOL').holds, of(corrected, 'URIC').holds], [['delta'], []]);
  });

  await t.test('lab-medicine 4: albumin above total protein holds both in words, until it is corrected', async () => {
    const results = await bench.awaiting(['PROTEINS']);
    const wrong = await type(results, { TP: '4.0', ALB: '4.5' });
    for (const code of ['TP', 'ALB']) {
      assert.ok(of(wrong, code).holds.includes('inconsistent'), code);
      assert.ok(
        of(wrong, code).holdNotes.some(({ text }) => text === 'Albumin exceeds total protein'),
        code,
      );
    }
    const right = await type(wrong, { TP: '7.0' });
    assert.deepEqual([of(right, 'TP').holds, of(right, 'ALB').holds], [[], []]);
    assert.equal(of(right, 'GLOB').value, '2.5');
  });

  await t.test('lab-medicine 13: indices before or after the value: comment, hold, not reported', async () => {
    const ruleOf = (analyteCode: string, action: string, comment: string) => ({
      analyteCode,
      rules: [{ index: 'H', effect: 'raised', limit: '50', action, comment }],
    });
    await change({
      indexRules: [
        ruleOf('K', 'hold', 'Haemolysed: potassium may be too high'),
        ruleOf('LDH', 'suppress', 'Haemolysed: LDH not reported'),
        ruleOf('URIC', 'comment', 'Slightly haemolysed'),
      ],
    });
    const results = await bench.awaiting(['K', 'LDH', 'URIC']);
    const [k, ldh, uric] = [of(results, 'K'), of(results, 'LDH'), of(results, 'URIC')];
    await send(observe(k, '4.4'), observe(ldh, '210'));
    assert.deepEqual(of(await bench.results(k.orderId), 'K').holds, []);
    assert.equal(await outcomeOf(observe(k, '80', { analyteCode: 'H', unit: '' })), 'entered');
    await send(observe(uric, '5.0'));
    const judged = await bench.results(k.orderId);
    assert.deepEqual([of(judged, 'K').value, of(judged, 'K').holds], ['4.4', ['index']]);
    assert.deepEqual(
      [of(judged, 'LDH').value, of(judged, 'LDH').rawValue, of(judged, 'LDH').holds],
      ['not reported', '210', ['index']],
    );
    assert.deepEqual([of(judged, 'URIC').interpretation, of(judged, 'URIC').holds], ['Slightly haemolysed', []]);
    assert.deepEqual(of(judged, 'URIC').indices, { H: '80', I: null, L: null });
  });

  await t.test('lab-day 22: a value lands in the slot of its own tube alone', async () => {
    const slots = await bench.awaiting(['OGTT']);
    const [fasting, twoHours] = [of(slots, 'GLU_F'), of(slots, 'GLU_2H')];
    assert.notEqual(fasting.barcode, twoHours.barcode);
    assert.equal(await outcomeOf(observe(twoHours, '180', { analyteCode: 'GLU' })), 'entered');
    assert.equal(await outcomeOf(observe(twoHours, '95', { analyteCode: 'GLU_F' })), 'wrong_slot');
    const entered = await bench.results(fasting.orderId);
    assert.deepEqual([of(entered, 'GLU_F').value, of(entered, 'GLU_2H').value], [null, '180']);
  });

  await t.test('lab-day 37: a grid takes what is right and names what is not, and loses nothing', async () => {
    const results = await bench.awaiting(['CHOL', 'HDL', 'NONHDL', 'URIC']);
    const [chol, hdl, uric] = [of(results, 'CHOL'), of(results, 'HDL'), of(results, 'URIC')];
    const { items, others } = await technician.call(enterManyResults, {
      items: [
        { ...stepOf(chol), value: '200' },
        { ...stepOf(uric), value: 'five' },
        { ...stepOf(hdl), value: '50' },
        { ...stepOf(hdl), value: '55' },
        { ...stepOf(of(results, 'NONHDL')), value: '1' },
      ],
    });
    assert.deepEqual(
      items.map(({ result, refused }) => result?.value ?? refused?.code),
      ['200', 'result.not_a_number', '50', 'result.stale', 'result.calculated'],
    );
    assert.deepEqual(
      others.map(({ analyteCode, value }) => [analyteCode, value]),
      [['NONHDL', '150']],
    );
    const all = await technician.call(enterManyResults, { items: [{ ...stepOf(uric), value: '' }] });
    assert.deepEqual([all.items[0]?.refused?.code, all.others], ['result.empty_value', []]);
    const foreign = lab.as('technician', newId());
    const stranger = await foreign.call(enterManyResults, { items: [{ ...stepOf(uric), value: '5' }] });
    assert.equal(stranger.items[0]?.refused?.code, 'result.not_found');
    await lab.as('desk').refused(enterManyResults, { items: [{ ...stepOf(uric), value: '5' }] }, 'platform.forbidden');
  });

  await t.test(
    'lab-day 40: the week of pregnancy on the order decides the range, also when it is told later',
    async () => {
      const open = { sex: 'any', ageFromDays: 0, kind: 'reference', unit: 'm[IU]/L', source: 'test' };
      await change({
        bands: [
          {
            analyteCode: 'TSH',
            bands: [
              { ...open, low: '0.4', high: '4.5' },
              { ...open, sex: 'female', low: '0.1', high: '2.5', gestationFromWeeks: 0, gestationToWeeks: 14 },
            ],
          },
        ],
      });
      const [tsh] = await bench.awaiting(['TSH']);
      assert.ok(tsh);
      const plain = await bench.enter(tsh, '3.0');
      assert.deepEqual([plain.flags, plain.range?.high], [[], '4.5']);
      await verify(plain);
      const order = await lab.system.call(getOrder, { orderId: tsh.orderId });
      await lab.as('desk').call(editOrder, { orderId: order.id, expectedVersion: order.version, gestationWeeks: 10 });
      await lab.settle();
      const judged = await bench.result(tsh.orderId, 'TSH');
      assert.deepEqual([judged.status, judged.flags, judged.range?.high], ['entered', ['H'], '2.5']);
      assert.match(judged.sentBackReason ?? '', /week of pregnancy/);
    },
  );

  await t.test(
    'lab-day 32, 18: a test that is added is laid out after the others; one that is taken back leaves the bench',
    async () => {
      const results = await bench.awaiting(['HGB']);
      const [{ orderId } = { orderId: '' }] = results;
      await lab.as('desk').call(addTests, { orderId, requestId: newId(), items: ['PLT'] });
      await lab.settle();
      const more = await bench.results(orderId);
      assert.deepEqual(
        more.map(({ analyteCode }) => analyteCode),
        ['HGB', 'PLT'],
      );
      const order = await lab.system.call(getOrder, { orderId });
      const line = order.lines.find(({ testCode }) => testCode === 'PLT');
      assert.ok(line);
      await lab.system.call(cancelLines, {
        orderId,
        lineIds: [line.id],
        reason: 'not wanted',
        expectedVersion: order.version,
      });
      await lab.settle();
      assert.equal((await bench.result(orderId, 'PLT')).status, 'cancelled');
      const left = await lab.system.call(getOrder, { orderId });
      await lab.as('desk').call(editOrder, { orderId, expectedVersion: left.version, priority: 'stat' });
      await lab.settle();
      assert.equal((await bench.result(orderId, 'HGB')).priority, 'stat');
    },
  );
});
