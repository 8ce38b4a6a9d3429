// A first start that is cut off at any step is finished by the next one; a start after that changes nothing and hashes nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { searchCatalogue } from '#contract/order.ts';
import { createLab, findLab } from '#contract/organization.ts';
import { createUser, disableUser, listRoles, listUsers, login } from '#contract/user.ts';
import { systemActor } from '#platform/actor.ts';
import type { Call } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';

import { emptyInstallation } from './empty-installation.testing.ts';
import { DEMO_LAB, DEMO_PASSWORD, demoUsers, seedDemo } from './seed-demo.ts';

class PowerCut extends Error {}

/** Calls that go through until the given one, of that name and count, and which count what they let through. */
function cutAt(calls: Pick<Dispatcher, 'call'>, cut?: { readonly call: Call; readonly after: number }) {
  const made: string[] = [];
  const answers: Promise<unknown>[] = [];
  const call: Dispatcher['call'] = async (which, input, scope) => {
    if (cut && which.name === cut.call.name && made.filter((name) => name === which.name).length >= cut.after)
      throw new PowerCut();
    made.push(which.name);
    const answer = calls.call(which, input, scope);
    answers.push(answer);
    return answer;
  };
  return { call, made, settled: () => Promise.allSettled(answers) };
}

const scope = () => newScope(systemActor(DEMO_LAB.id, 'test'), newId());

async function assertWhole(calls: Pick<Dispatcher, 'call'>): Promise<void> {
  const { edges } = await calls.call(listUsers, { first: 100 }, scope());
  assert.deepEqual(
    edges.map(({ node }) => node.username).toSorted(),
    demoUsers.map(({ username }) => username).toSorted(),
  );
  const roles = await calls.call(listRoles, {}, scope());
  for (const user of demoUsers)
    for (const role of user.roles)
      assert.ok(
        roles.some(({ name }) => name === role),
        role,
      );
  assert.ok((await calls.call(searchCatalogue, { text: 'CBC', first: 5 }, scope())).edges.length > 0);
  for (const { username } of demoUsers) {
    const { user } = await calls.call(login, { lab: null, username, password: DEMO_PASSWORD }, scope());
    assert.equal(user.username, username);
  }
}

for (const [when, cut] of [
  ['after the lab', { call: createLab, after: 1 }],
  ['after three users', { call: createUser, after: 3 }],
] as const) {
  test(`a first start cut off ${when} is finished by the next`, async (t) => {
    const { dispatcher } = await emptyInstallation(t);
    // What comes after the lab is cut by cutting its first step, the roles.
    const isAfterLab = cut.call.name === createLab.name;
    const stopped = new AbortController();
    const first = cutAt(dispatcher, isAfterLab ? undefined : cut);
    const begun = isAfterLab
      ? seedDemo(
          {
            call: async (which, input, from) => {
              const answer = await first.call(which, input, from);
              if (which.name === createLab.name) stopped.abort(new PowerCut());
              return answer;
            },
          },
          stopped.signal,
        )
      : seedDemo(first);
    await assert.rejects(begun, PowerCut);
    // The calls that were under way side by side when the cut came.
    await first.settled();

    const second = cutAt(dispatcher);
    assert.deepEqual(await seedDemo(second), { isNew: false, isDemo: true });
    assert.equal(
      second.made.filter((name) => name === createUser.name).length,
      isAfterLab ? demoUsers.length : demoUsers.length - 3,
    );
    await assertWhole(dispatcher);
  });
}

test('a start on a whole demo lab makes nobody, changes nobody, and leaves other labs alone', async (t) => {
  const { dispatcher } = await emptyInstallation(t);
  assert.deepEqual(await seedDemo(dispatcher), { isNew: true, isDemo: true });
  const { edges } = await dispatcher.call(listUsers, { first: 100 }, scope());
  const tech = edges.find(({ node }) => node.username === 'tech')?.node;
  assert.ok(tech);
  await dispatcher.call(disableUser, { userId: tech.id, expectedVersion: tech.version }, scope());
  const other = { ...DEMO_LAB, id: newId(), code: 'OTHER', addressLines: [...DEMO_LAB.addressLines] };
  await dispatcher.call(createLab, other, newScope(systemActor(other.id, 'test'), newId()));

  const again = cutAt(dispatcher);
  assert.deepEqual(await seedDemo(again), { isNew: false, isDemo: true });
  assert.ok(!again.made.includes(createUser.name) && !again.made.includes(createLab.name));
  const after = await dispatcher.call(listUsers, { first: 100 }, scope());
  assert.equal(after.edges.find(({ node }) => node.username === 'tech')?.node.isActive, false);
  const ofOther = await dispatcher.call(listUsers, {}, newScope(systemActor(other.id, 'test'), newId()));
  assert.equal(ofOther.edges.length, 0);
});

test('where only a lab of other people is, no demo lab is made', async (t) => {
  const { dispatcher } = await emptyInstallation(t);
  const own = { ...DEMO_LAB, id: newId(), code: 'OWN', addressLines: [...DEMO_LAB.addressLines] };
  await dispatcher.call(createLab, own, newScope(systemActor(own.id, 'test'), newId()));
  const seeded = cutAt(dispatcher);
  assert.deepEqual(await seedDemo(seeded), { isNew: false, isDemo: false });
  assert.deepEqual(seeded.made, [findLab.name]);
});
