import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { EVERYTHING, permissions, starterRoles } from './permissions.ts';
import { firstUnknownPermission, firstUnknownRole, inOrder, managingRoles } from './role-rules.ts';

const known = fc.constantFrom(...Object.keys(permissions), EVERYTHING);
const sets = fc.array(known, { maxLength: 12 });

test('every starter role holds known permissions only, and one may manage users', () => {
  for (const [role, held] of Object.entries(starterRoles)) assert.equal(firstUnknownPermission(held), undefined, role);
  assert.deepEqual(managingRoles(Object.entries(starterRoles).map(([name, held]) => ({ name, permissions: held }))), [
    'admin',
  ]);
});

test('one unknown name among known ones is found; names of object members are no permissions', () => {
  fc.assert(
    fc.property(
      sets,
      sets,
      fc.constantFrom('result.*', 'Result.read', '', 'toString', '__proto__', 'user.manage '),
      (before, after, odd) => {
        assert.equal(firstUnknownPermission([...before, ...after]), undefined);
        assert.equal(firstUnknownPermission([...before, odd, ...after]), odd);
      },
    ),
  );
});

test('the sum of roles holds what any of them holds, once, in one order whatever the order of roles', () => {
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      const sum = inOrder([...a, ...b]);
      assert.deepEqual(new Set(sum), new Set(a).union(new Set(b)));
      assert.equal(new Set(sum).size, sum.length);
      assert.deepEqual(inOrder([...b, ...a]), sum);
      assert.deepEqual(inOrder(sum), sum);
    }),
  );
});

test('a role manages users exactly when it holds user.manage or everything', () => {
  fc.assert(
    fc.property(fc.array(sets, { maxLength: 6 }), (roles) => {
      const named = roles.map((held, i) => ({ name: `role-${i}`, permissions: held }));
      const managing = managingRoles(named);
      for (const role of named) {
        assert.equal(
          managing.includes(role.name),
          role.permissions.some((each) => each === 'user.manage' || each === '*'),
        );
      }
    }),
  );
  assert.equal(firstUnknownRole(['a', 'b'], [{ name: 'a', permissions: [] }]), 'b');
  assert.equal(firstUnknownRole(['a'], [{ name: 'a', permissions: [] }]), undefined);
});
