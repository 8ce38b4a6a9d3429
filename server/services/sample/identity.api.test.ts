// Who it is, asked and ticked at the draw: specs/sample.md SAM-32.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql } from 'graphql';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';

import { startLab } from '../../testing/start-lab.ts';
import { aliquotTube, collectTube, custody, receiveTubes } from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import { oneTube, tubeNow } from './tubes.testing.ts';

test('lab-day 20: identity asked and ticked is kept with the draw, and shown with tube and custody', async (t) => {
  const lab = await startLab(t);
  const phlebotomist = lab.as('phlebotomist');
  const [ticked, unticked] = [await oneTube(lab), await oneTube(lab)];
  assert.equal(ticked.isIdentityChecked, false, 'nobody was asked before the draw');
  const collectedOf = async (barcode: string) =>
    (await phlebotomist.call(custody, { barcode })).find(({ act }) => act === 'collected')?.facts['isIdentityChecked'];

  const drawn = await phlebotomist.call(collectTube, { barcode: ticked.barcode, isIdentityChecked: true });
  assert.equal(drawn.isIdentityChecked, true);
  // Scanned again without the tick: the first scan counts.
  assert.equal((await phlebotomist.call(collectTube, { barcode: ticked.barcode })).isIdentityChecked, true);
  assert.equal(await collectedOf(ticked.barcode), true);

  await phlebotomist.call(collectTube, { barcode: unticked.barcode });
  // Nor does a tick that comes after the draw.
  const late = await phlebotomist.call(collectTube, { barcode: unticked.barcode, isIdentityChecked: true });
  assert.deepEqual([late.isIdentityChecked, await collectedOf(unticked.barcode)], [false, false]);

  const technician = lab.as('technician');
  await technician.call(receiveTubes, { barcodes: [ticked.barcode] });
  await technician.call(aliquotTube, { barcode: ticked.barcode, aliquots: [{ volumeMl: 0.5 }] });
  assert.equal((await tubeNow(lab, `${ticked.barcode}-A1`)).isIdentityChecked, true, 'the same blood');
});

test('lab-day 20: a screen ticks it by GraphQL', async (t) => {
  const lab = await startLab(t);
  const { barcode } = await oneTube(lab);
  const { dispatcher } = lab.runtime;
  const reply = await graphql({
    schema: buildSchema([graphqlModule]),
    source: 'mutation ($input: CollectTubeInput!) { collectTube(input: $input) { status isIdentityChecked } }',
    variableValues: { input: { barcode, isIdentityChecked: true } },
    contextValue: createGraphqlContext(dispatcher, lab.runtime.scopeOf(lab.as('phlebotomist').actor)),
  });
  assert.equal(reply.errors, undefined);
  assert.deepEqual(JSON.parse(JSON.stringify(reply.data)), {
    collectTube: { status: 'collected', isIdentityChecked: true },
  });
});
