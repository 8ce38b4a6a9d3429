import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql } from 'graphql';
import * as z from 'zod';

import { savePartner } from '#contract/organization.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';

import { startLab } from '../../testing/start-lab.ts';
import { collectTube, tubesOfOrders } from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import { oneTube, placed, received } from './tubes.testing.ts';

test('SAM-13 a screen plans, collects, receives and prints by GraphQL', async (t) => {
  const lab = await startLab(t);
  const order = await placed(lab, ['CBC']);
  const schema = buildSchema([graphqlModule]);
  const ask = async (role: string, source: string, variableValues: Readonly<Record<string, unknown>>) => {
    const scope = lab.runtime.scopeOf(lab.as(role).actor);
    const reply = await graphql({
      schema,
      source,
      variableValues,
      contextValue: createGraphqlContext(lab.runtime.dispatcher, scope),
    });
    assert.equal(reply.errors, undefined);
    return reply.data;
  };
  const plan = await ask('desk', 'mutation ($id: ID!) { planTubes(orderId: $id) { barcode } }', { id: order.id });
  const [tube] = await lab.as('desk').call(tubesOfOrders, { ids: [order.id] });
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), { planTubes: [{ barcode: tube?.barcode }] });
  const barcode = tube?.barcode;
  const collected = await ask(
    'phlebotomist',
    'mutation ($input: CollectTubeInput!) { collectTube(input: $input) { status collectedBy isPreprinted draw } }',
    { input: { barcode, preprintedBarcode: null } },
  );
  assert.deepEqual(JSON.parse(JSON.stringify(collected)), {
    collectTube: { status: 'collected', collectedBy: 'phlebotomist', isPreprinted: false, draw: null },
  });
  const atCounter = await ask(
    'technician',
    'mutation ($barcodes: [String!]!) { receiveTubes(barcodes: $barcodes) { received { status } refused { barcode code } } }',
    { barcodes: [barcode, 'N000'] },
  );
  assert.deepEqual(JSON.parse(JSON.stringify(atCounter)), {
    receiveTubes: { received: [{ status: 'received' }], refused: [{ barcode: 'N000', code: 'sample.tube_not_found' }] },
  });
  const labels = await ask(
    'technician',
    'mutation ($id: ID!) { printLabels(orderId: $id, format: zpl) { format pdf tubes { labelsPrinted } } }',
    {
      id: order.id,
    },
  );
  assert.deepEqual(JSON.parse(JSON.stringify(labels)), {
    printLabels: { format: 'zpl', pdf: null, tubes: [{ labelsPrinted: 1 }] },
  });
  const waiting = await ask('technician', '{ tubes(status: received) { nodes { barcode } } }', {});
  assert.deepEqual(JSON.parse(JSON.stringify(waiting)), { tubes: { nodes: [{ barcode }] } });
});

test('SAM-13 a screen rejects, carries, pours, stores and sends out by GraphQL', async (t) => {
  const lab = await startLab(t);
  const [tube] = await received(lab, ['CBC']);
  const [other] = await received(lab, ['CBC']);
  const undrawn = await oneTube(lab);
  const drawn = await oneTube(lab);
  await lab.as('phlebotomist').call(collectTube, { barcode: drawn.barcode });
  const schema = buildSchema([graphqlModule]);
  const ask = async (source: string, variableValues: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
    const scope = lab.runtime.scopeOf(lab.as('admin').actor);
    const contextValue = createGraphqlContext(lab.runtime.dispatcher, scope);
    const reply = await graphql({ schema, source, variableValues, contextValue });
    assert.equal(reply.errors, undefined, source);
    return JSON.parse(JSON.stringify(reply.data));
  };
  const barcode = tube?.barcode ?? '';
  assert.deepEqual(
    await ask(
      'mutation ($b: String!) { markNotDrawn(input: { barcode: $b, reason: refused }) { reason tube { status warnings } } }',
      { b: undrawn.barcode },
    ),
    { markNotDrawn: { reason: 'refused', tube: { status: 'planned', warnings: [] } } },
  );
  assert.deepEqual(await ask('{ tubesNotDrawn { nodes { tube { barcode } } } }'), {
    tubesNotDrawn: { nodes: [{ tube: { barcode: undrawn.barcode } }] },
  });
  assert.deepEqual(
    await ask(
      'mutation ($b: String!) { aliquotTube(barcode: $b, aliquots: [{ volumeMl: 0.5 }]) { parent { remainingMl } aliquots { barcode parentTubeId } } }',
      { b: barcode },
    ),
    { aliquotTube: { parent: { remainingMl: 2.5 }, aliquots: [{ barcode: `${barcode}-A1`, parentTubeId: tube?.id }] } },
  );
  const rack = 'input: { code: "R1", rows: 8, columns: 12, place: "Fridge", temperature: refrigerated }';
  assert.deepEqual(await ask(`mutation { saveRack(${rack}) { code tubeCount } }`), {
    saveRack: { code: 'R1', tubeCount: 0 },
  });
  assert.deepEqual(
    await ask('mutation ($b: String!) { storeTube(barcode: $b, rackCode: "R1") { location } }', { b: barcode }),
    { storeTube: { location: 'R1/A1' } },
  );
  assert.deepEqual(
    await ask('{ rack(code: "R1") { rack { tubeCount } tubes { location } } racks { nodes { code } } }'),
    {
      rack: { rack: { tubeCount: 1 }, tubes: [{ location: 'R1/A1' }] },
      racks: { nodes: [{ code: 'R1' }] },
    },
  );
  assert.deepEqual(await ask('mutation ($b: String!) { retrieveTube(barcode: $b) { location } }', { b: barcode }), {
    retrieveTube: { location: null },
  });
  assert.deepEqual(
    await ask(
      'mutation ($b: String!) { rejectTube(input: { barcode: $b, reasonCode: clotted }) { tube { rejectReason } rejection { reason } } }',
      { b: barcode },
    ),
    { rejectTube: { tube: { rejectReason: 'clotted' }, rejection: { reason: 'Clotted' } } },
  );
  assert.deepEqual(await ask('{ undecidedRejections { nodes { barcode } } }'), {
    undecidedRejections: { nodes: [{ barcode }] },
  });
  assert.deepEqual(
    await ask(
      'mutation ($b: String!) { decideRejected(input: { barcode: $b, decision: recollect }) { newTube { replacesTubeId status } } }',
      { b: barcode },
    ),
    { decideRejected: { newTube: { replacesTubeId: tube?.id, status: 'planned' } } },
  );
  const period = 'fromDay: "2020-01-01", toDay: "2020-01-02"';
  assert.deepEqual(
    await ask(
      `{ rejections(${period}) { nodes { id } } rejectionCounts(${period}) { collected rejected reasons { count } } }`,
    ),
    { rejections: { nodes: [] }, rejectionCounts: { collected: 0, rejected: 0, reasons: [] } },
  );
  assert.deepEqual(await ask('query ($b: String!) { custody(barcode: $b) { act } }', { b: drawn.barcode }), {
    custody: [{ act: 'planned' }, { act: 'collected' }],
  });
  const packed = await ask('mutation ($b: [String!]!) { packBag(input: { barcodes: $b, toPlace: "Main" }) { code } }', {
    b: [drawn.barcode],
  });
  const { code } = z.object({ packBag: z.object({ code: z.string() }) }).parse(packed).packBag;
  const sent = await ask(
    'mutation ($c: String!) { printBagLabel(code: $c, format: zpl) { pdf } sendBag(code: $c) { status } receiveBag(code: $c, barcodes: []) { missing { barcode } } }',
    { c: code },
  );
  assert.deepEqual(sent, {
    printBagLabel: { pdf: null },
    sendBag: { status: 'sent' },
    receiveBag: { missing: [{ barcode: drawn.barcode }] },
  });
  assert.deepEqual(
    await ask(
      'query ($c: String!) { courierBag(code: $c) { missing { barcode } } courierBags(status: received) { nodes { missingCount } } missingTubes { nodes { bagCode } } }',
      { c: code },
    ),
    {
      courierBag: { missing: [{ barcode: drawn.barcode }] },
      courierBags: { nodes: [{ missingCount: 1 }] },
      missingTubes: { nodes: [{ bagCode: code }] },
    },
  );
  assert.deepEqual(
    await ask('mutation ($b: [String!]!) { disposeTubes(barcodes: $b) { refused { code } } }', { b: [other?.barcode] }),
    { disposeTubes: { refused: [{ code: 'sample.too_early_to_dispose' }] } },
  );
  assert.deepEqual(await ask('{ disposableTubes { nodes { keptUntil } } }'), { disposableTubes: { nodes: [] } });
  const partner = await lab
    .as('manager')
    .call(savePartner, { kind: 'referral_lab', code: 'METRO', name: 'Metro Reference Laboratory' });
  const out = { b: other?.barcode, l: partner.id };
  assert.deepEqual(
    await ask('mutation ($b: String!, $l: ID!) { routeTube(barcode: $b, referralLabId: $l) { referralLabId } }', out),
    { routeTube: { referralLabId: partner.id } },
  );
  assert.deepEqual(
    await ask('query ($l: ID!) { tubesToSend(referralLabId: $l) { nodes { barcode } } }', { l: partner.id }),
    {
      tubesToSend: { nodes: [{ barcode: other?.barcode }] },
    },
  );
  const made = await ask(
    'mutation ($b: [String!]!, $l: ID!) { makeManifest(input: { referralLabId: $l, barcodes: $b }) { id status } }',
    { b: [other?.barcode], l: partner.id },
  );
  const { id } = z.object({ makeManifest: z.object({ id: z.string() }) }).parse(made).makeManifest;
  assert.deepEqual(await ask('mutation ($id: ID!) { sendManifest(id: $id) { status } }', { id }), {
    sendManifest: { status: 'sent' },
  });
  assert.deepEqual(
    await ask(
      'query ($id: ID!) { manifest(id: $id) { openOrderIds reports { fileId } } manifests(status: sent) { nodes { id } } overdueManifests { nodes { id } } }',
      { id },
    ),
    {
      manifest: { openOrderIds: [other?.orderId], reports: [] },
      manifests: { nodes: [{ id }] },
      overdueManifests: { nodes: [] },
    },
  );
});
