// Signing tokens for tests: what somebody gets who gives their password again.
import assert from 'node:assert/strict';

import { confirmIdentity, createUser, getUsers, seedRoles } from '#contract/user.ts';

import { DEMO_PASSWORD } from '../boot/seed-demo.ts';
import { starterRoles } from '../services/user/domain/permissions.ts';
import type { GraphqlClient } from './graphql-client.ts';
import type { TestActor, TestLab } from './start-lab.ts';

/**
 * A token with which this actor may sign for the minutes of the lab's policy, from the lab's now on. An actor of `lab.as` has
 * no account: one of its id and role is made, with the demo password and a registration number, at the first signing.
 */
export async function signAs(lab: Pick<TestLab, 'system'>, who: TestActor): Promise<string> {
  const { userId, name } = who.actor;
  assert.ok(userId !== null, 'only a person signs');
  const [account] = await lab.system.call(getUsers, { ids: [userId] });
  if (!account) {
    await lab.system.call(seedRoles, {});
    await lab.system.call(createUser, {
      id: userId,
      username: `u${userId.replaceAll('-', '')}`,
      name: `Test ${name}`,
      password: DEMO_PASSWORD,
      roles: [Object.hasOwn(starterRoles, name) ? name : 'desk'],
      qualification: 'MD (Pathology)',
      registrationNumber: 'TEST 2020/01/0001',
    });
  }
  return (await who.call(confirmIdentity, { password: DEMO_PASSWORD })).signingToken;
}

/** The same over GraphQL, by the mutation a screen would send. @param password that of the demo lab unless given */
export async function signWith(client: GraphqlClient, password: string = DEMO_PASSWORD): Promise<string> {
  const { confirmIdentity: confirmed } = await client.ask<{ confirmIdentity: { signingToken: string } }>(
    'mutation ($password: String!) { confirmIdentity(input: { password: $password }) { signingToken } }',
    { password },
  );
  return confirmed.signingToken;
}
