import assert from 'node:assert/strict';
import { test } from 'node:test';

import { aadhaarField } from './draft-content.ts';

// Passes the check of Aadhaar numbers.
const aadhaar = '2341 2341 2346';

test('an Aadhaar number is found however deep, as text, as number, and as a name', () => {
  assert.equal(aadhaarField({ name: 'Lakshmi', tests: ['CBC'] }), undefined);
  assert.equal(aadhaarField({ notes: `id ${aadhaar}` }), 'notes');
  assert.equal(aadhaarField({ patient: { ids: [{ other: 234123412346 }] } }), 'other');
  assert.equal(aadhaarField({ patient: { ids: ['x', aadhaar] } }), 'ids');
  assert.equal(aadhaarField({ [aadhaar]: true }), 'of that name');
});

test('a mobile number with 91 in front is none', () => {
  for (let last = 0; last < 10; last += 1) assert.equal(aadhaarField({ mobile: `91987654321${last}` }), undefined);
});
