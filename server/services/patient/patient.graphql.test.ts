import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mrn } from '@nidaan/values';
import { graphql as execute } from 'graphql';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { createLab } from '#contract/organization.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestActor } from '../../testing/start-lab.ts';
import { labWithDesk } from './desk.testing.ts';
import { graphql } from './graphql.ts';

test('PAT-13: a patient is registered by age, corrected, emptied of a field by null, and found over GraphQL', async (t) => {
  const lab = await startLab(t, { services: ['organization', 'patient'] });
  await lab.system.call(createLab, {
    id: lab.labId,
    code: 'HOME',
    name: 'Home',
    addressLines: [],
    phone: '1',
    email: 'a@b.example',
    registrationNumber: 'X',
    accessionPrefix: 'H',
  });
  const schema = buildSchema([graphql]);
  const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(lab.as('desk').actor));
  const ask = async (source: string, variableValues: Record<string, unknown> = {}) => {
    const { data, errors } = await execute({ schema, source, variableValues, contextValue });
    assert.deepEqual(errors, undefined);
    return JSON.parse(JSON.stringify(data));
  };
  const { registerPatient: made } = await ask(
    `mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) { id mrn sex isBornOnApproximate mobile version } }`,
    {
      input: {
        name: 'Asha Rao',
        sex: 'female',
        age: { years: 30, months: null },
        mobile: '9876543210',
        email: 'asha@example.in',
        bornOn: null,
      },
    },
  );
  assert.deepEqual(
    { ...made, id: '' },
    {
      id: '',
      mrn: mrn({ prefix: 'H', serial: 1 }),
      sex: 'female',
      isBornOnApproximate: true,
      mobile: '+919876543210',
      version: 1,
    },
  );
  const { updatePatient: corrected } = await ask(
    `mutation ($id: ID!) { updatePatient(input: { patientId: $id, expectedVersion: 1, mobile: null, name: null, bornOn: "1996-02-29" }) { name mobile email bornOn version } }`,
    { id: made.id },
  );
  assert.deepEqual(corrected, {
    name: 'Asha Rao',
    mobile: null,
    email: 'asha@example.in',
    bornOn: '1996-02-29',
    version: 2,
  });
  const found = await ask(
    `query ($id: ID!) { patient(id: $id) { name registeredAt } patients(text: "rao", first: 5) { nodes { id } pageInfo { hasNextPage } } }`,
    { id: made.id },
  );
  assert.equal(found.patient.name, 'Asha Rao');
  assert.deepEqual(found.patients, { nodes: [{ id: made.id }], pageInfo: { hasNextPage: false } });
});

test('PAT-13: likely patients, merging and consents work over GraphQL', async (t) => {
  const { manager, ...lab } = await labWithDesk(t);
  const [asha, other] = [await lab.register('Asha Rao', { mobile: '9876543210' }), await lab.register('Asha Rav')];
  const schema = buildSchema([graphql]);
  const ask = async (actor: TestActor, source: string, variableValues: Record<string, unknown> = {}) => {
    const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(actor.actor));
    const { data, errors } = await execute({ schema, source, variableValues, contextValue });
    assert.deepEqual(errors, undefined);
    return JSON.parse(JSON.stringify(data));
  };
  const { likelyPatients } = await ask(
    lab.desk,
    `{ likelyPatients(input: { name: "Ashaben Rao", sex: other, age: { years: 46 }, mobile: "9876543210" }) { patient { id } score reasons } }`,
  );
  assert.deepEqual(likelyPatients, [
    { patient: { id: asha.id }, score: 80, reasons: ['sounds_alike', 'same_mobile', 'close_age'] },
  ]);
  const { updatePatient } = await ask(
    lab.desk,
    `mutation ($id: ID!) { updatePatient(input: { patientId: $id, expectedVersion: 1, abhaNumber: "91123456789012", language: "mr" }) { abhaNumber language } }`,
    { id: asha.id },
  );
  assert.deepEqual(updatePatient, { abhaNumber: '91-1234-5678-9012', language: 'mr' });
  const ids = { a: asha.id, b: other.id };
  const { mergePatients } = await ask(
    manager,
    `mutation ($a: ID!, $b: ID!) { mergePatients(input: { survivorId: $a, patientId: $b, reason: "same" }) { id samePersonIds mergedIntoId } }`,
    ids,
  );
  assert.deepEqual(mergePatients, { id: asha.id, samePersonIds: [asha.id, other.id], mergedIntoId: null });
  const { recordConsent } = await ask(
    lab.desk,
    `mutation ($b: ID!) { recordConsent(input: { patientId: $b, purpose: message_sms, isGiven: true, how: otp }) { isCurrent takenOn } }`,
    { b: other.id },
  );
  assert.deepEqual(recordConsent, { isCurrent: true, takenOn: '2026-11-25' });
  const { patient } = await ask(lab.desk, `query ($a: ID!) { patient(id: $a) { consents { purpose recordId } } }`, {
    a: asha.id,
  });
  assert.deepEqual(patient.consents, [{ purpose: 'message_sms', recordId: other.id }]);
  const { undoMerge } = await ask(
    manager,
    `mutation ($b: ID!) { undoMerge(input: { patientId: $b, reason: "sisters" }) { name } }`,
    { b: other.id },
  );
  assert.deepEqual(undoMerge, { name: 'Asha Rav' });
});
