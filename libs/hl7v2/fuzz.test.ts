import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz.testing.ts';

test('50,000 damaged messages: only Hl7Error, and no OBX lost', (t) => {
  const seed = 20_260_131;
  const { taken, refused } = fuzz(50_000, seed);
  t.diagnostic(`seed ${String(seed)}: ${String(taken)} taken, ${String(refused)} refused by name`);
  assert.ok(taken > 20_000, `${String(taken)} taken`);
});
