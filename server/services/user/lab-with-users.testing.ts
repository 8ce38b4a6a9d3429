// A lab with its own people for the tests of this service: one code, starter roles, users who can sign in.
import type { TestContext } from 'node:test';

import type { Actor } from '#platform/actor.ts';
import { anonymous } from '#platform/actor.ts';
import { createManualClock } from '#platform/clock.ts';
import type { Call, CallInput, CallOutput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { newScope } from '#platform/scope.ts';
import { createLab } from '#contract/organization.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import type { Tokens, UserView } from './contract.ts';
import { createUser, login, seedRoles } from './contract.ts';

export const PASSWORD = 'monsoon-1994';

export interface LabWithUsers extends TestLab {
  readonly clock: ReturnType<typeof createManualClock>;
  /** Calls as somebody who has not signed in. */
  outside<C extends Call>(call: C, input: CallInput<C>): Promise<CallOutput<C>>;
  /** The code of the refusal the call ends with, or `ok`. */
  outcome<C extends Call>(call: C, input: CallInput<C>, actor?: Actor, clientAddress?: string): Promise<string>;
  signIn(username: string, password?: string): Promise<Tokens>;
  addUser(username: string, ...roles: string[]): Promise<UserView>;
}

export async function labWithUsers(t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<LabWithUsers> {
  const clock = createManualClock('2026-11-25T04:00:00.000Z');
  const lab = await startLab(t, { services: ['organization', 'user'], clock, env });
  await lab.system.call(createLab, {
    id: lab.labId,
    code: 'HOME',
    name: 'Home Lab',
    addressLines: ['1 MG Road'],
    phone: '+91 20 1',
    email: 'a@home.example',
    registrationNumber: 'X/1',
    accessionPrefix: 'H',
  });
  await lab.system.call(seedRoles, {});
  const { dispatcher, scopeOf } = lab.runtime;
  const outside: LabWithUsers['outside'] = (call, input) => dispatcher.call(call, input, scopeOf(anonymous));
  return {
    ...lab,
    clock,
    outside,
    outcome: async (call, input, actor = anonymous, clientAddress = '') => {
      try {
        await dispatcher.call(call, input, newScope(actor, newId(), clientAddress));
        return 'ok';
      } catch (error) {
        if (error instanceof ServiceError) return error.code;
        throw error;
      }
    },
    signIn: (username, password = PASSWORD) => outside(login, { username, password }),
    addUser: (username, ...roles) =>
      lab.system.call(createUser, { username, name: `Name of ${username}`, password: PASSWORD, roles }),
  };
}
