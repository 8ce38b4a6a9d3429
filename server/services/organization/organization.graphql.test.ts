import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql as execute } from 'graphql';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';

import { startLab } from '../../testing/start-lab.ts';
import { createLab } from './contract.ts';
import { graphql } from './graphql.ts';

test('ORG-8: letterhead, doctors, policies, calendar and partners are read and changed over GraphQL', async (t) => {
  const lab = await startLab(t, { services: ['organization'] });
  await lab.system.call(createLab, {
    id: lab.labId,
    code: 'HOME',
    name: 'Home Lab',
    addressLines: [],
    phone: '1',
    email: 'a@b.example',
    registrationNumber: 'X',
    accessionPrefix: 'H',
  });
  const schema = buildSchema([graphql]);
  const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(lab.as('manager').actor));
  const ask = async (source: string, variableValues: Record<string, unknown> = {}) => {
    const { data, errors } = await execute({ schema, source, variableValues, contextValue });
    assert.deepEqual(errors, undefined);
    return JSON.parse(JSON.stringify(data));
  };
  const { updateLab } = await ask(
    'mutation { updateLab(input: { phone: "2", expectedVersion: 1 }) { phone version } }',
  );
  assert.deepEqual(updateLab, { phone: '2', version: 2 });
  await ask('mutation { addDoctor(input: { name: "Dr. Rao", qualification: null }) { id } }');
  assert.deepEqual(await ask('{ lab { name } doctors(text: "rao") { nodes { name } } }'), {
    lab: { name: 'Home Lab' },
    doctors: { nodes: [{ name: 'Dr. Rao' }] },
  });
  const { setPolicies } = await ask(
    'mutation { setPolicies(input: { fourEyes: false, signingMinutes: null }) { fourEyes signingMinutes } }',
  );
  assert.deepEqual(setPolicies, { fourEyes: false, signingMinutes: 10 });
  const day = [{ fromMinute: 420, toMinute: 1200 }];
  const input = { week: [day, day, day, day, day, day, []], holidays: [{ day: '2027-01-26', name: 'Republic Day' }] };
  await ask('mutation ($input: SetCalendarInput!) { setCalendar(input: $input) { week { fromMinute } } }', { input });
  const read = await ask(
    '{ labPolicies { criticalCallMinutes } labCalendar { week { fromMinute toMinute } holidays { day name } } }',
  );
  assert.deepEqual(read, { labPolicies: { criticalCallMinutes: 30 }, labCalendar: input });
  const { savePartner } = await ask(
    'mutation { savePartner(input: { kind: camp, code: "CAMP-1", name: "Camp", fromDay: "2026-12-01", toDay: "2026-12-02" }) { id kind fromDay isActive version } }',
  );
  assert.deepEqual(
    { ...savePartner, id: '' },
    { id: '', kind: 'camp', fromDay: '2026-12-01', isActive: true, version: 1 },
  );
  assert.deepEqual(await ask('{ partners(kind: camp) { nodes { id } } }'), {
    partners: { nodes: [{ id: savePartner.id }] },
  });
});
