// The demo lab: letterhead, one login a role, starter roles and the starter catalogue. Safe to repeat.
import { systemActor } from '#platform/actor.ts';
import type { CallOutput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';
import type { Scope } from '#platform/scope.ts';
import { seedCatalogue } from '#contract/order.ts';
import { createLab, findLab } from '#contract/organization.ts';
import { createUser, listUsers, seedRoles } from '#contract/user.ts';

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

type Calls = Pick<Dispatcher, 'call'>;

/** Whether the demo lab is to be made, is there (alone or beside others), or only labs of other people are. */
async function lookForDemoLab({ call }: Calls, scope: Scope): Promise<'none' | 'demo' | 'others'> {
  // Without a code it is the only lab; where several live together it is looked for by its own.
  for (const code of [null, DEMO_LAB.code]) {
    try {
      const lab = await call(findLab, { code }, scope);
      return lab.id === DEMO_LAB.id ? 'demo' : 'others';
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.code === 'organization.lab_not_found') return code === null ? 'none' : 'others';
      if (error.code !== 'organization.lab_code_needed') throw error;
    }
  }
  return 'others';
}

async function usernames({ call }: Calls, scope: Scope): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let after: string | null = null; ;) {
    const page: CallOutput<typeof listUsers> = await call(listUsers, { first: 100, after }, scope);
    for (const { node } of page.edges) found.add(node.username);
    if (!page.hasNextPage) return found;
    after = page.endCursor;
  }
}

async function addUser({ call }: Calls, user: (typeof demoUsers)[number], scope: Scope): Promise<void> {
  try {
    await call(createUser, { ...user, roles: [...user.roles], password: DEMO_PASSWORD }, scope);
  } catch (error) {
    // Made meanwhile by another process that starts on the same database.
    if (!(error instanceof ServiceError) || error.code !== 'user.username_taken') throw error;
  }
}

/**
 * Returns whether the demo lab is new, and whether it is there at all. Each step adds only what is missing, and all are taken at every start: a first start
 * that was cut off is finished by the next one. What is there is never changed.
 * @param signal aborts between two steps; the reason is thrown
 */
export async function seedDemo(
  calls: Calls,
  signal?: AbortSignal,
): Promise<{ readonly isNew: boolean; readonly isDemo: boolean }> {
  const scope = newScope(systemActor(DEMO_LAB.id, 'seed'), newId());
  const found = await lookForDemoLab(calls, scope);
  if (found === 'others') return { isNew: false, isDemo: false };
  if (found === 'none') await calls.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] }, scope);
  signal?.throwIfAborted();
  await calls.call(seedRoles, {}, scope);
  signal?.throwIfAborted();
  const known = await usernames(calls, scope);
  await Promise.all(
    demoUsers.filter(({ username }) => !known.has(username)).map((user) => addUser(calls, user, scope)),
  );
  signal?.throwIfAborted();
  await calls.call(seedCatalogue, {}, scope);
  return { isNew: found === 'none', isDemo: true };
}
