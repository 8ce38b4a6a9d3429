import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import { addDoctor, createLab, findLab, getLab, listDoctors, organizationTrail, updateLab } from './contract.ts';

const anotherLab = {
  code: 'PUNE',
  name: 'Pune Lab',
  addressLines: ['1 MG Road'],
  phone: '+91 20 1',
  email: 'a@pune.example',
  registrationNumber: 'X/1',
  accessionPrefix: 'P',
};

test('the only lab is found without a code; with two a code is asked for', async (t) => {
  const lab = await startLab(t, { services: ['organization'] });
  await lab.system.call(createLab, { ...anotherLab, code: 'DEMO', id: lab.labId });
  assert.equal((await lab.system.call(findLab, {})).code, 'DEMO');
  await lab.system.call(createLab, anotherLab);
  await lab.system.refused(findLab, {}, 'organization.lab_code_needed');
  assert.equal((await lab.system.call(findLab, { code: 'pune' })).name, 'Pune Lab');
  await lab.system.refused(findLab, { code: 'NONE' }, 'organization.lab_not_found');
  await lab.system.refused(createLab, anotherLab, 'organization.lab_code_taken');
});

test('a stale screen cannot overwrite a newer letterhead, and each change is in the trail', async (t) => {
  const lab = await startLab(t, { services: ['organization'] });
  await lab.system.call(createLab, { ...anotherLab, id: lab.labId });
  const manager = lab.as('manager');
  const before = await manager.call(getLab, {});
  const changed = await manager.call(updateLab, { phone: '+91 20 2', expectedVersion: before.version });
  assert.equal(changed.version, before.version + 1);
  await manager.refused(updateLab, { phone: '+91 20 3', expectedVersion: before.version }, 'organization.stale');
  await lab
    .as('desk')
    .refused(updateLab, { phone: '+91 20 3', expectedVersion: changed.version }, 'platform.forbidden');
});

test('doctors are listed by name, page by page, and belong to their lab alone', async (t) => {
  const lab = await startLab(t, { services: ['organization'] });
  const manager = lab.as('manager');
  for (const name of ['Dr. Rao', 'Dr. Bose', 'Dr. Iyer']) await manager.call(addDoctor, { name });
  const first = await manager.call(listDoctors, { first: 2 });
  assert.deepEqual(
    first.edges.map((edge) => edge.node.name),
    ['Dr. Bose', 'Dr. Iyer'],
  );
  const second = await manager.call(listDoctors, { first: 2, after: first.endCursor });
  assert.deepEqual(
    second.edges.map((edge) => edge.node.name),
    ['Dr. Rao'],
  );
  assert.equal(second.hasNextPage, false);
  const foreign = await lab.as('manager', newId()).call(listDoctors, {});
  assert.equal(foreign.edges.length, 0);
  await manager.refused(listDoctors, { after: 'rubbish' }, 'platform.bad_cursor');
  await manager.refused(listDoctors, { first: 1000 }, 'platform.invalid_input');
  assert.deepEqual(await lab.system.call(organizationTrail, { caseIds: [newId()] }), []);
});
