// The demo lab: letterhead, one login a role, starter roles and the starter catalogue. Safe to repeat.
import { systemActor } from '#platform/actor.ts';
import { ServiceError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';
import { seedCatalogue } from '#contract/order.ts';
import { createLab, findLab } from '#contract/organization.ts';
import { createUser, seedRoles } from '#contract/user.ts';

export const DEMO_LAB = {
  id: '0199a000-0000-7000-8000-000000000001',
  code: 'DEMO',
  name: 'Nidaan Demo Diagnostics',
  addressLines: ['12 Station Road', 'Nashik 422001, Maharashtra'],
  phone: '+91 253 200 0000',
  email: 'lab@nidaan.example',
  registrationNumber: 'DEMO/NSK/2026/001',
  accessionPrefix: 'N',
} as const;

/** Said aloud at every start of a demo installation; a real lab makes its own users and disables these. */
export const DEMO_PASSWORD = 'nidaan-demo';

export const demoUsers = [
  { username: 'desk', name: 'Asha Kulkarni', roles: ['desk'] },
  { username: 'phlebo', name: 'Ravi Shinde', roles: ['phlebotomist'] },
  { username: 'tech', name: 'Meena Pawar', roles: ['technician'] },
  {
    username: 'path',
    name: 'Dr. Sunita Deshmukh',
    roles: ['pathologist'],
    qualification: 'MD (Pathology)',
    registrationNumber: 'MMC 2009/04/1234',
  },
  { username: 'manager', name: 'Imran Shaikh', roles: ['manager'] },
  { username: 'accounts', name: 'Leela Nair', roles: ['accountant'] },
  { username: 'admin', name: 'Admin', roles: ['admin'] },
] as const;

/** Returns whether the demo lab is new. */
export async function seedDemo({ call }: Pick<Dispatcher, 'call'>): Promise<{ readonly isNew: boolean }> {
  const scope = newScope(systemActor(DEMO_LAB.id, 'seed'), newId());
  try {
    await call(findLab, { code: null }, scope);
    return { isNew: false };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code === 'organization.lab_code_needed') return { isNew: false };
    if (error.code !== 'organization.lab_not_found') throw error;
  }
  await call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] }, scope);
  await call(seedRoles, {}, scope);
  await Promise.all(
    demoUsers.map((user) => call(createUser, { ...user, roles: [...user.roles], password: DEMO_PASSWORD }, scope)),
  );
  await call(seedCatalogue, {}, scope);
  return { isNew: true };
}
