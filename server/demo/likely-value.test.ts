import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSeeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import { getRanges, listAnalytes, seedCatalogue } from '#contract/order.ts';

import { startLab } from '../testing/start-lab.ts';
import { likelyValue } from './likely-value.ts';

test('lab-day 38: what the demo types lies within the physiological limits of the starter set', async (t) => {
  const lab = await startLab(t, { services: ['organization', 'order'] });
  await lab.system.call(seedCatalogue, {});
  const analytes = (await lab.system.call(listAnalytes, {})).filter(({ kind }) => kind === 'numeric');
  assert.ok(analytes.length > 200);
  const bands = await lab.system.call(getRanges, { analyteCodes: analytes.map(({ code }) => code) });
  const bandsOf = Map.groupBy(bands, ({ analyteCode }) => analyteCode);
  const random = createSeeded(7);
  for (const { code, kind } of analytes) {
    const own = bandsOf.get(code) ?? [];
    for (let round = 0; round < 200; round += 1) {
      const value = Number(likelyValue({ kind }, own, random));
      for (const { absurdLow, absurdHigh } of own) {
        assert.ok(absurdLow !== null && absurdHigh !== null, code);
        assert.ok(value >= Number(absurdLow) && value <= Number(absurdHigh), `${code} ${value}`);
      }
    }
  }
});
