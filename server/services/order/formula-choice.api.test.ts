import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql } from 'graphql';

import { createLab } from '#contract/organization.ts';
import { enterResult, resultsOfOrders } from '#contract/result.ts';
import { collectTube, planTubes, receiveTubes } from '#contract/sample.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import {
  bindFormula,
  changeCatalogue,
  getCatalogueState,
  listAnalytes,
  listFormulas,
  placeOrder,
  seedCatalogue,
} from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import { registered, startDesk } from './orders.testing.ts';

const LIPIDS = { tc: 'CHOL', hdl: 'HDL', tg: 'TRIG' };

test('ORD-22 the formulas of the house are listed and bound to the analytes of the lab, or the binding is refused', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const formulas = await desk.call(listFormulas, {});
  const ldl = formulas.filter(({ name }) => name.startsWith('ldl_') && name !== 'ldl_hdl_ratio');
  assert.deepEqual(
    ldl.map(({ name, inputs, unit, source }) => [name, inputs.toSorted(), unit, source]),
    [
      ['ldl_friedewald', ['hdl', 'tc', 'tg'], 'mg/dL', 'Friedewald 1972'],
      ['ldl_martin_hopkins_180', ['hdl', 'tc', 'tg'], 'mg/dL', 'Martin 2013'],
      ['ldl_sampson_nih', ['hdl', 'tc', 'tg'], 'mg/dL', 'Sampson 2020'],
    ],
  );
  const bind = (name: string, names: Readonly<Record<string, string>>) => desk.call(bindFormula, { name, names });
  assert.deepEqual(await bind('non_hdl', { tc: 'CHOL', hdl: 'HDL' }), { formula: 'CHOL - HDL', unit: 'mg/dL' });
  // Age and sex are the patient's.
  const egfr = await bind('egfr_ckdepi_2021', { creatinine_mg_dl: 'CREA' });
  assert.match(egfr.formula, /^if\(AGE_YEARS < 18.*SEX = 'female'.*CREA \/ 0\.7/);
  // Of two that may stand for each other one is enough.
  const homa = await bind('homa_ir', { glucose_mg_dl: 'GLU_F', insulin_uu_ml: 'INSULIN_F' });
  assert.equal(
    homa.formula,
    "coalesce(blank('glucose_mmol_l is not bound') * INSULIN_F / 22.5, GLU_F * INSULIN_F / 405)",
  );
  const bad = [
    ['no_such', {}, /no such formula/],
    ['rcv_lognormal_pct', {}, /two limits/],
    ['non_hdl', { tc: 'CHOL' }, /hdl are not bound/],
    ['non_hdl', { ...LIPIDS }, /not tg/],
    ['non_hdl', { tc: 'CHOL', hdl: 'NOPE' }, /NOPE is no analyte/],
  ] as const;
  for (const [name, names, message] of bad) {
    assert.match((await desk.refused(bindFormula, { name, names }, 'order.cannot_bind_formula')).message, message);
  }
  const shown = await graphql({
    schema: buildSchema([graphqlModule]),
    source: `{ formulas { name inputs unit source texts }
      boundFormula(name: "non_hdl", inputs: [{ input: "tc", analyteCode: "CHOL" }, { input: "hdl", analyteCode: "HDL" }]) { formula unit } }`,
    contextValue: createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(desk.actor)),
  });
  assert.equal(shown.errors, undefined);
  const seen = JSON.parse(JSON.stringify(shown.data));
  assert.deepEqual(seen.formulas, formulas);
  assert.equal(seen.boundFormula.formula, 'CHOL - HDL');
});

async function useForLdl(lab: TestLab, name: string): Promise<void> {
  const manager = lab.as('admin');
  const { formula } = await manager.call(bindFormula, { name, names: LIPIDS });
  const ldl = (await manager.call(listAnalytes, {})).find(({ code }) => code === 'LDL');
  const { version } = await manager.call(getCatalogueState, {});
  assert.ok(ldl);
  const change = { analytes: [{ ...ldl, formula }], expectedVersion: version, reason: `LDL by ${name}` };
  assert.equal((await manager.call(changeCatalogue, change)).changedCount, 1);
}

/** An LDL alone, its inputs typed at the bench; the value that comes of it. */
async function ldlOf(lab: TestLab, values: Readonly<Record<string, string>>): Promise<string | null> {
  const technician = lab.as('technician');
  const patientId = await registered(lab, `Asha ${newId()}`);
  const order = await lab.as('desk').call(placeOrder, { patientId, items: ['LDL'] });
  await lab.settle();
  const tubes = await lab.system.call(planTubes, { orderId: order.id });
  for (const { barcode } of tubes) await lab.as('phlebotomist').call(collectTube, { barcode });
  await technician.call(receiveTubes, { barcodes: tubes.map((tube) => tube.barcode) });
  await lab.settle();
  const results = () => lab.system.call(resultsOfOrders, { ids: [order.id] });
  for (const [code, value] of Object.entries(values)) {
    const result = (await results()).find(({ analyteCode }) => analyteCode === code);
    assert.ok(result, code);
    await technician.call(enterResult, { resultId: result.id, value, expectedVersion: result.version });
  }
  return (await results()).find(({ analyteCode }) => analyteCode === 'LDL')?.value ?? null;
}

test('ORD-22 lab-day 39: an LDL alone is calculated, and by another formula as soon as the lab chooses one', async (t) => {
  const services = ['organization', 'user', 'patient', 'order', 'sample', 'result'] as const;
  const lab = await startLab(t, { services });
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  await lab.system.call(seedCatalogue, {});
  // By hand. Friedewald: 200 - 50 - 150/5 = 120.
  const values = { CHOL: '200', HDL: '50', TRIG: '150' };
  assert.equal(await ldlOf(lab, values), '120');
  // Sampson: 200/0.948 - 50/0.971 - (150/8.56 + 150 x 150/2140 - 150^2/16100) - 9.44 = 123.4
  await useForLdl(lab, 'ldl_sampson_nih');
  assert.equal(await ldlOf(lab, values), '123');
  // Triglycerides above Friedewald's limit: 260/0.948 - 40/0.971 - (500/8.56 + 500 x 220/2140 - 250000/16100) - 9.44 = 129.3
  const high = { CHOL: '260', HDL: '40', TRIG: '500' };
  assert.equal(await ldlOf(lab, high), '129');
  await useForLdl(lab, 'ldl_friedewald');
  assert.equal(await ldlOf(lab, high), null);
  // Martin 2013, triglycerides 147 to 154 and non-HDL 130 to 159: 5.7. 200 - 50 - 150/5.7 = 123.7
  await useForLdl(lab, 'ldl_martin_hopkins_180');
  assert.equal(await ldlOf(lab, values), '124');
});
