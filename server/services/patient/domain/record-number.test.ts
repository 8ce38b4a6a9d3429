import assert from 'node:assert/strict';
import { test } from 'node:test';

import { recordNumberPrefix } from './record-number.ts';

test('record numbers begin with the letters of the accession prefix, else of the code', () => {
  assert.equal(recordNumberPrefix({ accessionPrefix: 'N', code: 'DEMO' }), 'N');
  assert.equal(recordNumberPrefix({ accessionPrefix: 'P1', code: 'DEMO' }), 'P');
  assert.equal(recordNumberPrefix({ accessionPrefix: '42', code: 'PUNECITY' }), 'PUNE');
  assert.equal(recordNumberPrefix({ accessionPrefix: '42', code: '77' }), 'P');
});
