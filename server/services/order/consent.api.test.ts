import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { graphql } from 'graphql';

import { adoptFile } from '#contract/file.ts';
import { createLab } from '#contract/organization.ts';
import { recordConsent } from '#contract/patient.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import { cancelLines, getOrder, orderWarnings, placeOrder, seedCatalogue, whyPending } from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import { registered } from './orders.testing.ts';

/** A signed form on the shelf. */
async function form(lab: TestLab, ownerId: string): Promise<string> {
  const bytes = Buffer.from('%PDF-1.7 signed');
  const stagingKey = `staging/${newId()}`;
  await lab.runtime.systemCtx('file', lab.labId).ports.files.put(stagingKey, bytes);
  const file = await lab.system.call(adoptFile, {
    id: newId(),
    stagingKey,
    name: 'consent.pdf',
    contentType: 'application/pdf',
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ownerType: 'patient',
    ownerId,
  });
  return file.id;
}

test('ORD-58 lab-day 14: a test that takes a consent says so, its absence is told and holds nothing up', async (t) => {
  const services = ['organization', 'user', 'patient', 'order', 'sample', 'result', 'file'] as const;
  const lab = await startLab(t, { services });
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  await lab.system.call(seedCatalogue, {});
  const desk = lab.as('desk');
  const patientId = await registered(lab);
  const input = { id: newId(), patientId, items: ['HIV', 'CBC'] };
  const order = await desk.call(placeOrder, input);
  assert.deepEqual(
    order.lines.map((line) => [line.testCode, line.needsConsent]),
    [
      ['HIV', true],
      ['CBC', false],
    ],
  );
  const [hiv] = order.lines;
  assert.ok(hiv);
  const warning = {
    orderId: order.id,
    kind: 'consent_missing',
    purpose: 'hiv_test',
    lineIds: [hiv.id],
    testCodes: ['HIV'],
    words: 'The consent for an HIV test is not on record.',
  };
  assert.deepEqual(order.warnings, [warning]);
  assert.deepEqual(await desk.call(placeOrder, input), order, 'the same again says the same');
  await lab.settle();
  const why = async () =>
    (await desk.call(whyPending, { orderIds: [order.id] })).map(({ testCode, consent, words }) => [
      testCode,
      consent,
      words,
    ]);
  assert.deepEqual(await why(), [
    ['HIV', 'missing', 'Not drawn yet. The consent for an HIV test is not on record.'],
    ['CBC', null, 'Not drawn yet.'],
  ]);
  const schema = buildSchema([graphqlModule]);
  const shown = await graphql({
    schema,
    source: `query ($id: ID!) { order(id: $id) { lines { testCode needsConsent } warnings { kind purpose lineIds testCodes words } } }`,
    variableValues: { id: order.id },
    contextValue: createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(desk.actor)),
  });
  assert.equal(shown.errors, undefined);
  const { orderId: _, ...seen } = warning;
  assert.deepEqual(JSON.parse(JSON.stringify(shown.data)).order.warnings, [seen]);

  const consent = { patientId, purpose: 'hiv_test', how: 'written' } as const;
  await desk.call(recordConsent, { ...consent, isGiven: true, fileId: await form(lab, patientId) });
  assert.deepEqual(await desk.call(orderWarnings, { ids: [order.id, newId()] }), []);
  assert.deepEqual((await why())[0], ['HIV', 'given', 'Not drawn yet.']);
  assert.equal((await desk.call(placeOrder, { patientId, items: ['HIV'] })).warnings, undefined);

  await desk.call(recordConsent, { ...consent, isGiven: false });
  assert.equal((await desk.call(orderWarnings, { ids: [order.id] })).length, 1);
  assert.deepEqual(await lab.as('desk', newId()).call(orderWarnings, { ids: [order.id] }), []);
  const { version } = await desk.call(getOrder, { orderId: order.id });
  await desk.call(cancelLines, {
    orderId: order.id,
    lineIds: [hiv.id],
    reason: 'no consent',
    expectedVersion: version,
  });
  assert.deepEqual(await desk.call(orderWarnings, { ids: [order.id] }), []);
});
