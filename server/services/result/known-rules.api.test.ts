// Rules of the catalogue that are kept between batches: specs/result.md RES-88.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changeCatalogue, getCatalogueState } from '#contract/order.ts';

import { rulesFor } from './known-rules.ts';
import { startBench } from './testing.ts';

test('kept rules are those of the catalogue as it is, whoever asked for what before', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const ctx = lab.runtime.systemCtx('result', lab.labId);
  const change = async (changes: object) => {
    const { version: expectedVersion } = await lab.system.call(getCatalogueState, {});
    await lab.system.call(changeCatalogue, { expectedVersion, reason: 'for the test', ...changes });
  };
  const ask = (...codes: string[]) => rulesFor(ctx, new Set(codes), []);

  const sodium = await ask('NA');
  assert.ok(sodium.rulesOf('NA'));
  // Another batch, other analytes: the first are still known, and rules come with the analytes they read alone.
  const lipids = await ask('CHOL', 'TRIG', 'LDL', 'LDL_D');
  const again = await ask('NA');
  assert.deepEqual(again.rulesOf('NA'), sodium.rulesOf('NA'));
  assert.deepEqual(again.consistency, sodium.consistency);
  assert.ok(lipids.consistency.some(({ code }) => code === 'LDLD_ABOVE_CHOL'));
  assert.ok(!again.consistency.some(({ code }) => code === 'LDLD_ABOVE_CHOL'));
  assert.equal((await ask('NO_SUCH')).rulesOf('NO_SUCH'), undefined);
  assert.deepEqual((await ask()).consistency, []);
  // What only a formula reads is known as well.
  const { formula } = lipids.rulesOf('LDL') ?? {};
  assert.ok(formula);
  assert.ok((await rulesFor(ctx, new Set(['LDL']), [formula])).rulesOf('HDL'));
  assert.equal(lipids.parse('1 +'), undefined);
  assert.deepEqual(lipids.parse('CHOL - HDL')?.inputs, ['CHOL', 'HDL']);

  // Changed: the next who asks has the change, also for an analyte that is not in the change.
  await change({
    indexRules: [
      {
        analyteCode: 'NA',
        rules: [{ index: 'L', limit: '2', effect: 'lowered', action: 'hold', comment: 'Lipaemic' }],
      },
    ],
    consistency: [{ code: 'NA_K', message: 'm', contradiction: 'NA < K', inputs: ['NA', 'K'], holds: ['NA'] }],
  });
  assert.deepEqual(
    (await ask('NA')).rulesOf('NA')?.indexRules.map(({ comment }) => comment),
    ['Lipaemic'],
  );
  assert.ok((await ask('K')).consistency.some(({ code }) => code === 'NA_K'));
  await change({ retire: [{ kind: 'consistency', code: 'NA_K' }], indexRules: [{ analyteCode: 'NA', rules: [] }] });
  assert.deepEqual((await ask('NA')).rulesOf('NA'), sodium.rulesOf('NA'));
  assert.ok(!(await ask('K')).consistency.some(({ code }) => code === 'NA_K'));
});
