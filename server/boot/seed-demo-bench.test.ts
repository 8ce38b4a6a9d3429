// The bench of the demo lab: made once, finished when a start was cut off, never changed afterwards.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { listInstruments } from '#contract/equipment.ts';
import { listItems, lotsOfItems, openLot, receiveGoods, recipesOf, saveItem, setRecipes } from '#contract/inventory.ts';
import { createLab } from '#contract/organization.ts';
import { listControlLots, listTargets, saveControlLot, setTarget } from '#contract/qc.ts';
import { systemActor } from '#platform/actor.ts';
import { newId } from '#platform/ids.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';

import { emptyInstallation } from './empty-installation.testing.ts';
import { seedDemoInstallation } from './seed-demo-bench.ts';
import { DEMO_LAB } from './seed-demo.ts';

const scope = (labId: string = DEMO_LAB.id) => newScope(systemActor(labId, 'test'), newId());

/** Names of what was called; the call of that number on is refused, as if the power went. */
function watched({ call }: Pick<Dispatcher, 'call'>, cutAtTarget = Infinity) {
  const made: string[] = [];
  let targets = 0;
  const through: Dispatcher['call'] = async (which, input, from) => {
    if (which.name === setTarget.name && (targets += 1) > cutAtTarget) throw new Error('power cut');
    made.push(which.name);
    return call(which, input, from);
  };
  return { call: through, made };
}

test('a first start that is cut off amid the targets is finished by the next; one after that changes nothing', async (t) => {
  const { dispatcher } = await emptyInstallation(t);
  await assert.rejects(seedDemoInstallation(watched(dispatcher, 5)), /power cut/);
  assert.deepEqual(await seedDemoInstallation(dispatcher), { isNew: false });
  const { edges } = await dispatcher.call(listControlLots, { first: 100 }, scope());
  assert.deepEqual(edges.map(({ node }) => `${node.sampleIds.join()} ${node.level}`).toSorted(), [
    'QC-BLOOD-1 1',
    'QC-BLOOD-2 2',
    'QC-SERUM-1 1',
    'QC-SERUM-2 2',
  ]);
  const counts = await Promise.all(
    edges.map(async ({ node }) => {
      const targets = await dispatcher.call(listTargets, { lotId: node.id, first: 100 }, scope());
      return `${node.sampleIds.join()} ${targets.edges.length}`;
    }),
  );
  assert.deepEqual(counts.toSorted(), ['QC-BLOOD-1 8', 'QC-BLOOD-2 8', 'QC-SERUM-1 12', 'QC-SERUM-2 12']);
  const instruments = await dispatcher.call(listInstruments, {}, scope());
  assert.deepEqual(instruments.edges.map(({ node }) => node.messageName).toSorted(), ['SIM-CBC', 'SIM-CHEM']);

  const items = await dispatcher.call(listItems, { text: 'SIM-', first: 100 }, scope());
  const lotsInUse = await dispatcher.call(lotsOfItems, { ids: items.edges.map(({ node }) => node.id) }, scope());
  assert.deepEqual([items.edges.length, lotsInUse.map(({ status }) => status)], [4, Array(4).fill('in_use')]);
  const recipes = await dispatcher.call(recipesOf, { testCodes: ['CBC'], analyteCodes: ['CREA'] }, scope());
  assert.deepEqual([recipes.tests[0]?.quantity, recipes.analytes[0]?.instrument], ['1', 'SIM-CHEM']);

  const again = watched(dispatcher);
  await seedDemoInstallation(again);
  for (const { name } of [saveControlLot, setTarget, saveItem, receiveGoods, openLot, setRecipes])
    assert.ok(!again.made.includes(name), name);
});

test('a lab of other people gets no simulated analyzers', async (t) => {
  const { dispatcher } = await emptyInstallation(t);
  const own = { ...DEMO_LAB, id: newId(), code: 'OWN', addressLines: [...DEMO_LAB.addressLines] };
  await dispatcher.call(createLab, own, scope(own.id));
  await seedDemoInstallation(dispatcher);
  assert.equal((await dispatcher.call(listInstruments, {}, scope(own.id))).edges.length, 0);
  assert.equal((await dispatcher.call(listControlLots, {}, scope(own.id))).edges.length, 0);
});
