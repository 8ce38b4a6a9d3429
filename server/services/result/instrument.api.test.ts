// Values of analyzers: specs/result.md RES-15 to RES-19.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { getTests, orderPlaced } from '#contract/order.ts';
import { collectTube, sampleCollected } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import type { InstrumentObservation, ResultView } from './contract.ts';
import { authoriseResults, enterFromInstrument, enterResult, resultTrail, verifyResults } from './contract.ts';
import { entriesTold, observe, plainLine, startBench, stepOf } from './testing.ts';

test('values of analyzers', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const send = (...observations: InstrumentObservation[]) => lab.system.call(enterFromInstrument, { observations });
  const outcomeOf = async (observation: InstrumentObservation) => (await send(observation))[0]?.outcome;
  const observationsOf = (resultId: string) =>
    lab.runtime
      .databaseOf('result')
      .transaction(lab.labId, {}, (db) =>
        db.rows<{ outcome: string }>(
          sql`select outcome from lis_result.observation where result_id = ${resultId} order by key`,
        ),
      );
  const awaitingOne = async (code: string): Promise<ResultView> => {
    const [result] = await bench.awaiting([code]);
    assert.ok(result);
    return result;
  };

  await t.test(
    'RES-15 a value is judged and entered with its instrument and message; only the system may send',
    async () => {
      const hgb = await awaitingOne('HGB');
      const observation = observe(hgb, '6.54', { note: 'Anaemia?' });
      await lab.as('admin').refused(enterFromInstrument, { observations: [observation] }, 'platform.forbidden');
      assert.deepEqual(await send(observation), [
        { key: observation.key, outcome: 'entered', resultId: hgb.id, orderId: hgb.orderId },
      ]);
      const entered = await bench.result(hgb.orderId, 'HGB');
      assert.deepEqual(
        [
          entered.status,
          entered.value,
          entered.rawValue,
          entered.flags,
          entered.holds,
          entered.source,
          entered.enteredBy,
          entered.messageId,
          entered.note,
        ],
        ['entered', '6.5', '6.54', ['LL'], [], 'XN-550', 'XN-550', observation.messageId, 'Anaemia?'],
      );
      const [told, ...more] = await entriesTold(bench, hgb.orderId);
      const item = { resultId: hgb.id, testCode: 'HGB', analyteCode: 'HGB', source: 'XN-550' };
      assert.deepEqual([told?.['source'], more], ['XN-550', []]);
      assert.deepEqual(told?.['items'], [{ ...item, reagentLot: null, isRerun: false }]);
      assert.deepEqual(await lab.changes('result', hgb.orderId), ['result.enter', 'result.critical_found']);
    },
  );

  await t.test('RES-15 units: spelled differently is the same, another kind is refused, none is held', async () => {
    const [plt, hgb] = [await awaitingOne('PLT'), await awaitingOne('HGB')];
    assert.equal(await outcomeOf(observe(plt, '250', { unit: ' K/uL ' })), 'entered');
    assert.equal(await outcomeOf(observe(hgb, '13.8', { unit: 'mmol/L' })), 'unit_mismatch');
    assert.equal(await outcomeOf(observe(hgb, '13.8', { unit: 'furlong' })), 'unit_mismatch');
    assert.equal((await bench.result(hgb.orderId, 'HGB')).status, 'awaiting');
    assert.equal(await outcomeOf(observe(hgb, '13.8', { unit: '' })), 'entered');
    assert.deepEqual((await bench.result(hgb.orderId, 'HGB')).holds, ['no_unit']);
  });

  await t.test('RES-15 what is doubtful, preliminary or no number is entered and held', async () => {
    const [hgb, esr, plt, smear] = await bench.awaiting(['HGB', 'ESR', 'PLT', 'MP_SMEAR']);
    assert.ok(hgb && esr && plt && smear);
    const sent = [
      observe(hgb, '13.1', { doubts: ['HHb?'], isPreliminary: true }),
      observe(esr, '++++'),
      observe(plt, '-3'),
      observe(smear, 'perhaps'),
    ];
    assert.deepEqual(
      (await send(...sent)).map((fate) => fate.outcome),
      ['entered', 'entered', 'entered', 'entered'],
    );
    const held = await bench.results(hgb.orderId);
    const holdsOf = (id: string) => held.find((result) => result.id === id)?.holds;
    assert.deepEqual(holdsOf(hgb.id), ['instrument_flag', 'preliminary']);
    assert.deepEqual(holdsOf(esr.id), ['not_numeric']);
    assert.deepEqual(holdsOf(plt.id)?.includes('absurd'), true);
    assert.deepEqual(holdsOf(smear.id), ['not_a_choice']);
    assert.equal((await entriesTold(bench, hgb.orderId)).length, 1, 'one event for the order');
  });

  await t.test(
    'RES-16 what finds no place stores nothing, and the same key succeeds once the fault is mended',
    async () => {
      const orderId = await bench.order(['HGB']);
      const expected = await bench.result(orderId, 'HGB');
      const [tube] = await bench.tubes(orderId);
      assert.ok(tube);
      const ready = { ...expected, barcode: tube.barcode };
      const early = observe(ready, '13.1');
      const stranger = observe(ready, '13.1', { barcode: 'NOBODYS-1' });
      const unreadable = observe(ready, '13.1', { barcode: '@7' });
      assert.deepEqual(
        (await send(early, stranger, unreadable)).map((fate) => fate.outcome),
        ['not_collected', 'unknown_barcode', 'unknown_barcode'],
      );
      assert.deepEqual(await bench.result(orderId, 'HGB'), expected);
      await bench.collect(orderId);
      const other = observe(ready, '13.1', { analyteCode: 'TSH' });
      const empty = observe(ready, '   ');
      assert.deepEqual(
        (await send(other, empty)).map((fate) => [fate.outcome, fate.resultId]),
        [
          ['not_ordered', null],
          ['no_value', null],
        ],
      );
      assert.deepEqual(await observationsOf(expected.id), []);
      assert.deepEqual(await send(early), [{ key: early.key, outcome: 'entered', resultId: expected.id, orderId }]);
    },
  );

  await t.test('RES-16 a tube with a pre-printed label is found by either of its barcodes', async () => {
    const orderId = await bench.order(['HGB']);
    const [tube] = await bench.tubes(orderId);
    assert.ok(tube);
    await lab.as('phlebotomist').call(collectTube, { barcode: tube.barcode, preprintedBarcode: 'PRE-0001' });
    await lab.settle();
    const hgb = await bench.result(orderId, 'HGB');
    assert.equal(hgb.barcode, 'PRE-0001');
    assert.equal(await outcomeOf(observe(hgb, '13.1', { barcode: tube.barcode })), 'entered');
    assert.equal(await outcomeOf(observe(hgb, '13.1')), 'repeated');
  });

  await t.test('RES-17 a batch processed again gives the same fates and changes nothing', async () => {
    const hgb = await awaitingOne('HGB');
    const batch = [observe(hgb, '13.1'), observe(hgb, '13.10'), observe(hgb, '14.9')];
    const [first] = batch;
    assert.ok(first);
    const fates = await send(...batch, first);
    assert.deepEqual(
      fates.map((fate) => fate.outcome),
      ['entered', 'repeated', 'kept_beside', 'entered'],
    );
    const before = await bench.result(hgb.orderId, 'HGB');
    assert.deepEqual(
      [before.value, before.holds, before.otherValues.map((other) => other.value)],
      ['13.1', ['rerun_differs'], ['14.9']],
    );
    assert.deepEqual(await send(...batch, first), fates);
    assert.deepEqual(await bench.result(hgb.orderId, 'HGB'), before);
    assert.equal((await observationsOf(hgb.id)).length, 3);
    assert.deepEqual(await lab.changes('result', hgb.orderId), ['result.enter']);
    // Even when the order of the messages, or the value under the key, is another.
    assert.equal(await outcomeOf({ ...first, value: '99' }), 'entered');
    assert.deepEqual(await bench.result(hgb.orderId, 'HGB'), before);
  });

  await t.test('RES-17 the same batch from two processes at once enters once', async () => {
    const results = await bench.awaiting(['CBC3']);
    const batch = results.map((result) => observe(result, '5'));
    const [one, other] = await Promise.all([send(...batch), send(...batch.toReversed())]);
    assert.deepEqual(new Set(one.map((fate) => fate.outcome)), new Set(['entered']));
    assert.deepEqual(other.toReversed(), one);
    assert.equal((await entriesTold(bench, results[0]?.orderId ?? '')).length, 1);
    const acts = await lab.changes('result', results[0]?.orderId ?? '');
    assert.equal(acts.filter((act) => act === 'result.enter').length, results.length);
  });

  await t.test('RES-18 a rerun stands beside until a person chooses; a verified result comes back for it', async () => {
    const hgb = await awaitingOne('HGB');
    await send(observe(hgb, '13.1'));
    await send(observe(hgb, '9.2', { instrument: 'XN-1000' }));
    const held = await bench.result(hgb.orderId, 'HGB');
    assert.deepEqual([held.value, held.holds], ['13.1', ['rerun_differs']]);
    const chosen = await technician.call(enterResult, { ...stepOf(held), value: '9.2' });
    assert.deepEqual(
      [chosen.value, chosen.flags, chosen.holds, chosen.source, chosen.messageId],
      ['9.2', ['L'], [], 'manual', null],
    );
    assert.deepEqual(
      chosen.otherValues.map(({ value, source, unit }) => [value, source, unit]),
      [
        ['9.2', 'XN-1000', 'g/dL'],
        ['13.1', 'XN-550', 'g/dL'],
      ],
    );
    const [verified] = await technician.call(verifyResults, { items: [stepOf(chosen)] });
    assert.ok(verified);
    // Prints the same: nothing to choose, yet the pathologist sees all there is.
    assert.equal(await outcomeOf(observe(hgb, '9.18')), 'kept_beside');
    const beside = await bench.result(hgb.orderId, 'HGB');
    assert.deepEqual([beside.status, beside.holds, beside.version], ['verified', [], verified.version + 1]);
    const rerun = observe(hgb, '11.0', { instrument: 'XN-1000' });
    // A second value in the same batch, and the whole batch once more, change nothing of it.
    const later = observe(hgb, '11.4');
    assert.deepEqual(
      (await send(rerun, later)).map((fate) => fate.outcome),
      ['kept_beside', 'kept_beside'],
    );
    const back = await bench.result(hgb.orderId, 'HGB');
    assert.deepEqual(
      [back.status, back.value, back.holds, back.otherValues.length, back.version, back.verifiedAt, back.verifiedBy],
      ['entered', '9.2', ['rerun_differs'], 5, beside.version + 1, null, null],
    );
    assert.equal(back.sentBackReason, 'XN-1000 sent another value after this one was verified.');
    await send(rerun, later);
    assert.deepEqual(await bench.result(hgb.orderId, 'HGB'), back);
    const sentBack = (await lab.system.call(resultTrail, { caseIds: [hgb.orderId] })).filter(
      ({ act }) => act === 'result.send_back',
    );
    assert.deepEqual(
      sentBack.map(({ facts }) => [facts['from'], facts['to'], facts['verifiedBy'], facts['reason']]),
      [['verified', 'entered', 'technician', back.sentBackReason]],
    );
    // The pathologist who saw the screen before cannot sign; the bench looks first.
    await lab.as('pathologist').refused(authoriseResults, { items: [stepOf(verified)] }, 'result.stale');
    await lab.as('pathologist').refused(authoriseResults, { items: [stepOf(back)] }, 'result.cannot_move');
    await technician.refused(verifyResults, { items: [stepOf(back)] }, 'result.holds_unseen');
    const [again] = await technician.call(verifyResults, {
      items: [{ ...stepOf(back), holdsSeen: ['rerun_differs'] }],
    });
    assert.ok(again);
    assert.equal(again.sentBackReason, null);
    await lab.as('pathologist').call(authoriseResults, { items: [stepOf(again)] });
    // Signed: kept beside, and told by its own name, once. What prints the same is no news.
    const after = observe(hgb, '12.0');
    assert.deepEqual(
      (await send(after, observe(hgb, '12.00'), observe(hgb, '9.21'))).map((fate) => fate.outcome),
      ['after_authorised', 'repeated', 'kept_beside'],
    );
    assert.equal(await outcomeOf(after), 'after_authorised');
    const signed = await bench.result(hgb.orderId, 'HGB');
    assert.deepEqual([signed.status, signed.value, signed.version], ['authorised', '9.2', again.version + 1]);
  });

  await t.test(
    'RES-18 a rerun and a signature at once: never a signed value with an unseen one before it',
    async () => {
      for (let round = 0; round < 5; round += 1) {
        const hgb = await awaitingOne('HGB');
        const [verified] = await technician.call(verifyResults, { items: [stepOf(await bench.enter(hgb, '13.5'))] });
        assert.ok(verified);
        const [signing, fate] = await Promise.all([
          lab
            .as('pathologist')
            .call(authoriseResults, { items: [stepOf(verified)] })
            .then(
              () => 'signed',
              (error: { code: string }) => error.code,
            ),
          outcomeOf(observe(hgb, '12.9')),
        ]);
        const { status } = await bench.result(hgb.orderId, 'HGB');
        assert.deepEqual(
          [fate, status],
          signing === 'signed' ? ['after_authorised', 'authorised'] : ['kept_beside', 'entered'],
        );
      }
    },
  );

  await t.test('RES-18 instrument and hand at once: neither value is lost', async () => {
    for (let round = 0; round < 5; round += 1) {
      const hgb = await awaitingOne('HGB');
      const [byHand, fate] = await Promise.all([
        bench.enter(hgb, '13.5').then(
          () => 'entered',
          (error: { code: string }) => error.code,
        ),
        outcomeOf(observe(hgb, '12.9')),
      ]);
      const now = await bench.result(hgb.orderId, 'HGB');
      if (byHand === 'entered') {
        assert.deepEqual(
          [fate, now.value, now.holds, now.otherValues.map((other) => other.value)],
          ['kept_beside', '13.5', ['rerun_differs'], ['12.9']],
        );
      } else assert.deepEqual([byHand, fate, now.value, now.otherValues], ['result.stale', 'entered', '12.9', []]);
    }
  });

  await t.test('RES-18 two tests of one tube that share an analyte share its value', async () => {
    const [orderId, patientId] = [newId(), await bench.patient({ sex: 'female', ageDays: 12_000 })];
    const [test1] = await lab.system.call(getTests, { codes: ['HGB'] });
    assert.ok(test1);
    const { section, specimen, method, analytes } = test1;
    const lines = ['HGB', 'PRE_OP'].map((testCode) => ({
      id: newId(),
      testCode,
      testName: testCode,
      section,
      specimen,
      containerCode: 'EDTA',
      ...plainLine,
      promisedAt: '2026-11-26T00:00:00Z',
      method,
      analytes,
    }));
    await bench.deliver(orderPlaced, orderId, {
      orderId,
      number: '261125-9003',
      patientId,
      priority: 'routine',
      placedAt: '2026-11-25T03:00:00Z',
      gestationWeeks: null,
      isFasting: null,
      lines,
    });
    await bench.deliver(sampleCollected, orderId, {
      tubeId: newId(),
      orderId,
      patientId,
      barcode: 'SHARED-1',
      lineIds: lines.map((line) => line.id),
      at: '2026-11-25T03:30:00Z',
      by: 'phlebo',
    });
    await lab.settle();
    const [first] = await bench.results(orderId);
    assert.ok(first);
    assert.deepEqual(await send(observe(first, '13.1')).then(([fate]) => fate?.resultId), first.id);
    assert.deepEqual(
      (await bench.results(orderId)).map((result) => [result.testCode, result.value]),
      [
        ['HGB', '13.1'],
        ['PRE_OP', '13.1'],
      ],
    );
    // One signed, one still at the bench: another value holds the open one, and its fate is that of the signed one.
    const [open, toSign] = await bench.results(orderId);
    assert.ok(open && toSign);
    const [verified] = await technician.call(verifyResults, { items: [stepOf(toSign)] });
    assert.ok(verified);
    await lab.as('pathologist').call(authoriseResults, { items: [stepOf(verified)] });
    assert.deepEqual(
      (await send(observe(first, '9.9'))).map((fate) => [fate.outcome, fate.resultId]),
      [['after_authorised', toSign.id]],
    );
    assert.deepEqual(
      (await bench.results(orderId)).map((result) => [result.status, result.holds, result.otherValues.length]),
      [
        ['entered', ['rerun_differs'], 1],
        ['authorised', [], 1],
      ],
    );
  });

  await t.test('RES-16 a patient born after the collection: the value is held and nothing is flagged', async () => {
    const [orderId, patientId, lineId] = [newId(), await bench.patient({ sex: 'male', ageDays: 0 }), newId()];
    const [tested] = await lab.system.call(getTests, { codes: ['HGB'] });
    assert.ok(tested);
    const { section, specimen, method, analytes } = tested;
    await bench.deliver(orderPlaced, orderId, {
      orderId,
      number: '261125-9004',
      patientId,
      priority: 'routine',
      placedAt: '2020-01-01T03:00:00Z',
      gestationWeeks: null,
      isFasting: null,
      lines: [
        {
          id: lineId,
          testCode: 'HGB',
          testName: 'Hb',
          section,
          specimen,
          containerCode: 'EDTA',
          ...plainLine,
          promisedAt: '2020-01-02T00:00:00Z',
          method,
          analytes,
        },
      ],
    });
    await bench.deliver(sampleCollected, orderId, {
      tubeId: newId(),
      orderId,
      patientId,
      barcode: 'UNBORN-1',
      lineIds: [lineId],
      at: '2020-01-01T03:30:00Z',
      by: 'phlebo',
    });
    await lab.settle();
    const hgb = await bench.result(orderId, 'HGB');
    await send(observe(hgb, '3.0'));
    const held = await bench.result(orderId, 'HGB');
    assert.deepEqual([held.value, held.flags, held.holds, held.range], ['3.0', [], ['range_unclear'], null]);
  });
});
