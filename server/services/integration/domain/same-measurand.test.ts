import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hasTimedDraws, timedDrawOn } from './same-measurand.ts';

test('glucose belongs to the one timed draw its tube carries', () => {
  for (const code of ['GLU_F', 'GLU_PP', 'GLU_1H', 'GLU_2H', 'GCT'])
    assert.equal(timedDrawOn('GLU', ['HBA1C', code, code]), code);
});

test('a tube that carries glucose itself, two timed draws or none leaves nothing to decide', () => {
  assert.equal(timedDrawOn('GLU', ['GLU', 'GLU_F']), undefined);
  assert.equal(timedDrawOn('GLU', ['GLU_F', 'GLU_PP']), undefined);
  assert.equal(timedDrawOn('GLU', ['CREA']), undefined);
  assert.equal(timedDrawOn('CREA', ['GLU_F']), undefined);
  assert.deepEqual([hasTimedDraws('GLU'), hasTimedDraws('GLU_F'), hasTimedDraws('CREA')], [true, false, false]);
});
