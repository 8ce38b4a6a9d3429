// What tests, repeats and controls take (lab-day 44): specs/inventory.md
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { placeOrder, seedCatalogue } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';
import { controlMeasured, recordControls, saveControlLot } from '#contract/qc.ts';
import { enterFromInstrument, enterResult, resultEntered, resultsOfOrders } from '#contract/result.ts';
import { collectTube, planTubes } from '#contract/sample.ts';
import type { EventPayload } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';

import {
  listMovements,
  listShortages,
  recipesOf,
  setAnalyteRecipes,
  setRecipes,
  settleShortages,
  usageReport,
} from './contract.ts';
import type { ItemView } from './contract.ts';
import { COBAS, DAY, startStockLab, TODAY } from './inventory.testing.ts';
import type { StockLab } from './inventory.testing.ts';

const XN = 'XN-550';
type Entered = EventPayload<typeof resultEntered>;

const period = { from: TODAY, to: TODAY };
async function used(lab: StockLab, item: ItemView) {
  const { edges } = await lab.technician.call(usageReport, { ...period, itemId: item.id });
  return edges.map(({ node }) => [node.kind, node.code, node.instrument, node.runs, node.quantity, node.short]);
}

/** An event as the result service tells it, of values that exist nowhere else. */
function entered(lab: StockLab, items: readonly Partial<Entered['items'][number]>[], orderId = newId()): Entered {
  const full = items.map((item) => ({
    resultId: newId(),
    testCode: 'LFT',
    analyteCode: 'ALT',
    source: COBAS,
    reagentLot: null,
    isRerun: false,
    ...item,
  }));
  const at = lab.now();
  return {
    orderId,
    patientId: newId(),
    resultIds: full.map(({ resultId }) => resultId),
    at,
    by: 'x',
    source: COBAS,
    items: full,
  };
}

test('lab-day 44: reagent is taken per test, repeat and control, from order to report', async (t) => {
  const lab = await startStockLab(t, ['user', 'patient', 'order', 'sample', 'result', 'qc']);
  const { manager, technician } = lab;
  await lab.system.call(seedCatalogue, {});
  const diluent = await lab.item({ unit: 'mL', openDays: 60 });
  const haemolyser = await lab.item({ unit: 'mL' });
  const lot = await lab.open(await lab.lot(diluent, { quantity: '500' }), XN);
  await lab.lot(haemolyser);
  await manager.call(setRecipes, {
    testCode: 'CBC',
    recipes: [
      { instrument: XN, itemId: diluent.id, quantity: '30.5' },
      { instrument: null, itemId: diluent.id, quantity: '99' },
    ],
  });
  await manager.call(setAnalyteRecipes, { analyteCode: 'HGB', recipes: [{ itemId: haemolyser.id, quantity: '0.5' }] });

  const patient = await lab
    .as('desk')
    .call(registerPatient, { name: 'Test Person', sex: 'female', age: { years: 30 } });
  const order = await lab.as('desk').call(placeOrder, { patientId: patient.id, items: ['CBC'], priority: 'routine' });
  await lab.settle();
  for (const { barcode } of await lab.system.call(planTubes, { orderId: order.id }))
    await lab.as('phlebotomist').call(collectTube, { barcode });
  await lab.settle();
  const results = await lab.system.call(resultsOfOrders, { ids: [order.id] });
  const observe = async (values: Readonly<Record<string, string>>) => {
    lab.later(1);
    const observations = Object.entries(values).map(([analyteCode, value]) => {
      const result = results.find((each) => each.analyteCode === analyteCode);
      assert.ok(result);
      const { unit, barcode } = result;
      const facts = { analyteCode, value, unit, barcode: barcode ?? '', doubts: [], isPreliminary: false, note: null };
      return { ...facts, key: newId(), messageId: newId(), instrument: XN };
    });
    const outcomes = await lab.system.call(enterFromInstrument, { observations });
    await lab.settle();
    return outcomes.map(({ outcome }) => outcome);
  };
  assert.deepEqual(await observe({ HGB: '13.1', WBC: '6.2' }), ['entered', 'entered']);
  assert.deepEqual(await used(lab, diluent), [['consumption', 'CBC', XN, 1, '30.5', '0']], 'once for the tube');
  assert.deepEqual(await observe({ PLT: '250' }), ['entered']);
  assert.deepEqual(await used(lab, diluent), [['consumption', 'CBC', XN, 1, '30.5', '0']], 'the rest of that run');
  assert.deepEqual(await observe({ HGB: '12.4', WBC: '5.9' }), ['kept_beside', 'kept_beside']);

  const material = { material: 'XN Check', lotNumber: '1', level: 1, expiresOn: '2032-12-31', sampleIds: ['XNC-1'] };
  const control = await manager.call(saveControlLot, material);
  const values = ['HGB', 'WBC'].map((analyteCode) => ({ lotId: control.id, analyteCode, value: '12.1' }));
  await technician.call(recordControls, { instrument: XN, values });
  await lab.settle();
  assert.deepEqual(await used(lab, diluent), [
    ['consumption', 'CBC', XN, 1, '30.5', '0'],
    ['control', 'CBC', XN, 1, '30.5', '0'],
    ['repeat', 'CBC', XN, 1, '30.5', '0'],
  ]);
  assert.deepEqual(await used(lab, haemolyser), [
    ['consumption', 'HGB', XN, 1, '0.5', '0'],
    ['control', 'HGB', XN, 1, '0.5', '0'],
    ['repeat', 'HGB', XN, 1, '0.5', '0'],
  ]);
  assert.equal((await lab.look(lot))?.quantity, '408.5', '500 less three times 30.5');

  // Typed by hand, a recipe for all instruments holds, and a corrected typing is no second measurement.
  const rbc = (await lab.system.call(resultsOfOrders, { ids: [order.id] })).find(
    ({ analyteCode }) => analyteCode === 'RBC',
  );
  assert.ok(rbc);
  const typed = await technician.call(enterResult, { resultId: rbc.id, value: '4.5', expectedVersion: rbc.version });
  await technician.call(enterResult, { resultId: rbc.id, value: '4.6', expectedVersion: typed.version });
  await lab.settle();
  const byHand = (await used(lab, diluent)).filter(([, , instrument]) => instrument === 'manual');
  assert.deepEqual(byHand, [['consumption', 'CBC', 'manual', 1, '99', '99']], 'nothing is open by hand: short');
  assert.deepEqual(await lab.crooked(), []);
});

test('lab-day 44: the same event again, and the same values told anew, take nothing more', async (t) => {
  const lab = await startStockLab(t, ['result', 'sample', 'order', 'patient']);
  const item = await lab.item();
  const lot = await lab.lot(item, { quantity: '10' });
  const recipes = [{ itemId: item.id, quantity: '1' }];
  await lab.manager.call(setRecipes, { testCode: 'LFT', recipes });
  const event = entered(lab, [{ analyteCode: 'ALT' }, { analyteCode: 'AST' }]);
  const id = newId();
  await lab.deliver(resultEntered, event.orderId, event, id);
  await lab.deliver(resultEntered, event.orderId, event, id);
  await lab.deliver(resultEntered, event.orderId, event);
  assert.equal((await lab.look(lot))?.quantity, '9');
  lab.later(1);
  const again = { ...event, at: lab.now(), items: event.items.map((each) => ({ ...each, isRerun: true })) };
  await lab.deliver(resultEntered, event.orderId, again);
  assert.equal((await lab.look(lot))?.quantity, '8', 'a repeat of both is one run');
  await lab.deliver(resultEntered, event.orderId, entered(lab, [{ source: 'calculated' }, { testCode: 'NONE' }]));
  assert.equal((await lab.look(lot))?.quantity, '8', 'what is calculated or has no recipe takes nothing');
  const { edges } = await lab.technician.call(listMovements, { itemId: item.id });
  assert.deepEqual(
    edges.map(({ node }) => [node.kind, node.quantity]),
    [
      ['repeat', '-1'],
      ['consumption', '-1'],
      ['receipt', '10'],
    ],
  );
});

test('lab-day 44: controls of two levels are two runs, also when they come one by one', async (t) => {
  const lab = await startStockLab(t, ['order']);
  await lab.system.call(seedCatalogue, {});
  const [item, own] = [await lab.item(), await lab.item()];
  await lab.lot(item);
  await lab.lot(own);
  await lab.manager.call(setRecipes, {
    testCode: 'CBC',
    recipes: [{ instrument: XN, itemId: item.id, quantity: '2' }],
  });
  await lab.manager.call(setAnalyteRecipes, { analyteCode: 'GLU', recipes: [{ itemId: own.id, quantity: '1' }] });
  const runId = newId();
  const measure = async (analyteCodes: string[], instrument = XN) => {
    lab.later(1);
    const payload = { runId, instrument, analyteCodes, reagentLot: null, at: lab.now() };
    await lab.deliver(controlMeasured, runId, payload);
  };
  await measure(['HGB', 'WBC']);
  await measure(['PLT']);
  assert.deepEqual(await used(lab, item), [['control', 'CBC', XN, 1, '2', '0']]);
  await measure(['HGB', 'PLT']);
  assert.deepEqual(await used(lab, item), [['control', 'CBC', XN, 2, '4', '0']]);
  await measure(['HGB', 'GLU', 'GLU'], COBAS);
  assert.deepEqual(await used(lab, item), [['control', 'CBC', XN, 2, '4', '0']], 'no recipe on that analyzer');
  assert.deepEqual(await used(lab, own), [['control', 'GLU', COBAS, 2, '2', '0']]);
});

test('INV-10: the bench never waits: what no lot covers is short, and a person settles it', async (t) => {
  const lab = await startStockLab(t, ['result', 'sample', 'order', 'patient']);
  const { technician } = lab;
  const item = await lab.item({ openDays: 20, reorderPoint: '1' });
  const lot = await lab.open(await lab.lot(item, { quantity: '3' }));
  await lab.manager.call(setAnalyteRecipes, { analyteCode: 'ALT', recipes: [{ itemId: item.id, quantity: '2' }] });
  const measure = async (facts: Partial<Entered['items'][number]> = {}) => {
    lab.later(1);
    const event = entered(lab, [facts]);
    await lab.deliver(resultEntered, event.orderId, event);
  };
  const short = async () => (await technician.call(listShortages, {})).edges.map(({ node }) => node);
  await measure();
  await measure();
  assert.equal((await technician.call(listMovements, { itemId: item.id })).edges[0]?.node.balance, '0');
  await measure();
  const found = await short();
  assert.deepEqual(
    found.map(({ quantity, why, instrument, code, kind }) => [quantity, why, instrument, code, kind]),
    [
      ['1', 'not_enough', COBAS, 'ALT', 'consumption'],
      ['2', 'none_in_use', COBAS, 'ALT', 'consumption'],
    ],
  );
  assert.deepEqual(await used(lab, item), [['consumption', 'ALT', COBAS, 3, '6', '3']]);
  assert.ok((await lab.told(item.id)).some(({ type }) => type === 'inventory.low'));

  const next = await lab.lot(item, { quantity: '2.5', lotNumber: 'NEXT' });
  const ids = found.map(({ id }) => id);
  const settle = { shortageIds: ids, lotId: next.id, reason: 'Opened, not scanned' };
  await technician.refused(settleShortages, settle, 'inventory.not_enough');
  const one = { ...settle, shortageIds: ids.slice(1) };
  await lab.as('pathologist').refused(settleShortages, one, 'platform.forbidden');
  const stranger = await lab.lot(await lab.item());
  await technician.refused(settleShortages, { ...one, lotId: stranger.id }, 'inventory.other_item');
  await technician.refused(settleShortages, { ...one, shortageIds: [newId()] }, 'inventory.shortage_not_found');
  await lab.as('technician', newId()).refused(settleShortages, { ...one, lotId: null }, 'inventory.shortage_not_found');
  const both = await Promise.all([1, 2].map(() => technician.call(settleShortages, one)));
  assert.deepEqual(
    both.map(({ settled }) => settled).toSorted((a, b) => a - b),
    [0, 1],
    'sent twice at once, settled once',
  );
  assert.equal((await lab.look(next))?.quantity, '0.5');
  await technician.refused(settleShortages, { ...one, reason: 'Other' }, 'inventory.shortage_settled');
  await technician.call(settleShortages, { shortageIds: ids.slice(0, 1), reason: 'Rest of the old pack' });
  assert.deepEqual(await short(), []);

  // A lot the analyzer names is the one, unopened or not; past the open-vial time nothing is taken unasked.
  await measure({ reagentLot: 'NEXT' });
  assert.equal(await lab.look(next), undefined, 'used up');
  const open = await lab.open(await lab.lot(item, { lotNumber: 'OLD' }));
  lab.later(21 * DAY);
  await measure();
  assert.equal((await lab.look(open))?.quantity, '100');
  await measure({ reagentLot: 'OLD' });
  assert.equal((await lab.look(open))?.quantity, '98');
  assert.deepEqual(
    (await short()).map(({ quantity, why }) => [quantity, why]),
    [
      ['1.5', 'not_enough'],
      ['2', 'past_time'],
    ],
  );
  const [last] = (await technician.call(listMovements, { itemId: item.id, lotId: open.id })).edges;
  assert.equal(last?.node.reason, 'past its time');
  assert.equal(await lab.look(lot), undefined);
  assert.deepEqual(await lab.crooked(), []);
});

test('INV-8: recipes of a test and an analyte, replaced as a whole; of this lab’s items only', async (t) => {
  const lab = await startStockLab(t);
  const { manager, technician } = lab;
  const item = await lab.item();
  const portion = { instrument: COBAS, itemId: item.id, quantity: '0.250' };
  const set = { testCode: 'GLU', recipes: [portion, { ...portion, instrument: null, quantity: '1' }] };
  await technician.refused(setRecipes, set, 'platform.forbidden');
  await manager.refused(setRecipes, { ...set, recipes: [portion, portion] }, 'inventory.item_twice');
  await manager.refused(setRecipes, { ...set, recipes: [{ ...portion, itemId: newId() }] }, 'inventory.item_not_found');
  await manager.refused(setRecipes, { ...set, recipes: [{ ...portion, quantity: '0' }] }, 'platform.invalid_input');
  await lab.as('manager', newId()).refused(setRecipes, set, 'inventory.item_not_found');
  const [all, own] = await manager.call(setRecipes, set);
  const kept = new Map([all, own].map((recipe) => [recipe?.instrument, recipe?.quantity]));
  assert.deepEqual([kept.get(COBAS), kept.get(null)], ['0.25', '1']);
  await manager.call(setAnalyteRecipes, { analyteCode: 'GLU', recipes: [portion] });
  assert.deepEqual(await manager.call(setRecipes, { ...set, recipes: [] }), []);
  const both = await technician.call(recipesOf, { testCodes: ['GLU'], analyteCodes: ['GLU'] });
  const view = { analyteCode: 'GLU', instrument: COBAS, itemId: item.id, quantity: '0.25' };
  assert.deepEqual(both, { tests: [], analytes: [view] });
  await technician.refused(usageReport, { from: '2031-03-03', to: '2031-03-02' }, 'inventory.bad_period');
  await technician.refused(usageReport, { ...period, after: 'x' }, 'platform.bad_cursor');
});
