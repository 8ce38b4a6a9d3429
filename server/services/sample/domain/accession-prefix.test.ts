import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessionLetters } from './accession-prefix.ts';

test('a prefix of letters stands as it is; digits are left out; without letters the code serves', () => {
  assert.equal(accessionLetters({ accessionPrefix: 'PUN', code: 'PUNE' }), 'PUN');
  assert.equal(accessionLetters({ accessionPrefix: 'P2', code: 'PUNE' }), 'P');
  assert.equal(accessionLetters({ accessionPrefix: '42', code: 'PUNECITY1' }), 'PUNE');
  assert.equal(accessionLetters({ accessionPrefix: '42', code: '4711' }), 'L');
});
