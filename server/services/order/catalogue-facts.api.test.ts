import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newId } from '#platform/ids.ts';

import { change, startCatalogueLab } from './catalogue.lab.testing.ts';
import { catalogueHistory, getRules, getTests, searchCatalogue } from './contract.ts';

test('lab-day 11: timed draws, stability, volume and consent come with the test; the desk sees consent on the panel', async (t) => {
  const lab = await startCatalogueLab(t);
  const tests = await lab
    .as('technician')
    .call(getTests, { codes: ['GLU_PP', 'HIV', 'URINE_CULT', 'HISTO_S', 'FNAC'] });
  assert.deepEqual(tests[0]?.timedDraw, { name: '2 h after food', afterMinutes: 120 });
  assert.deepEqual(tests[0]?.analytes[0]?.measuredAs, 'GLU');
  assert.deepEqual(tests[0]?.stability, [
    { storage: 'room', hours: 24 },
    { storage: 'refrigerated', hours: 72 },
  ]);
  assert.equal(tests[0]?.minVolumeMl, 0.1);
  assert.equal(tests[1]?.needsConsent, true);
  assert.deepEqual(
    tests.slice(2).map(({ analytes }) => analytes[0]?.kind),
    ['culture', 'narrative', 'narrative'],
  );
  const found = async (text: string) => (await lab.as('desk').call(searchCatalogue, { text })).edges[0]?.node;
  assert.deepEqual((await found('ANTENATAL'))?.needsConsent, true);
  assert.deepEqual((await found('LFT'))?.needsConsent, false);
  assert.deepEqual((await found('OGTT'))?.testCodes, ['GLU_F', 'GLU_1H', 'GLU_2H']);
});

test('lab-day 11: the desk sees what is sent out and what is in scope; a panel is in scope when all of it is', async (t) => {
  const lab = await startCatalogueLab(t);
  const [tsh, t3, t4] = await lab.as('manager').call(getTests, { codes: ['TSH', 'T3', 'T4'] });
  assert.ok(tsh && t3 && t4);
  const given = ({ container, analytes, ...rest }: typeof tsh) => ({
    ...rest,
    containerCode: container.code,
    analyteCodes: analytes.map(({ code }) => code),
  });
  const item = async (code: string) => (await lab.as('desk').call(searchCatalogue, { text: code })).edges[0]?.node;
  await change(lab, {
    tests: [
      { ...given(tsh), isInScope: true },
      { ...given(t3), isInScope: true, referralLabId: newId() },
    ],
  });
  assert.deepEqual([(await item('THYROID'))?.isInScope, (await item('THYROID'))?.isOutsourced], [false, true]);
  await change(lab, { tests: [{ ...given(t4), isInScope: true }] });
  assert.equal((await item('THYROID'))?.isInScope, true);
  assert.deepEqual([(await item('TSH'))?.isOutsourced, (await item('T3'))?.isOutsourced], [false, true]);
});

test('lab-day 42: rules over several analytes come with each they read, and with what is derived from them', async (t) => {
  const lab = await startCatalogueLab(t);
  await change(lab, {
    reflex: [
      {
        code: 'FT4_BY_TSH',
        name: 'FT4 when TSH is high',
        when: 'TSH > 10',
        inputs: ['TSH'],
        addTestCode: 'FT4',
        billing: 'ask',
      },
    ],
    consistency: [
      { code: 'LDL_NEGATIVE', message: 'LDL below zero', contradiction: 'LDL < 0', inputs: ['LDL'], holds: ['LDL'] },
    ],
    interpretations: [
      { analyteCode: 'TSH', rules: [{ position: 1, when: 'TSH > 10', text: 'Suggests hypothyroidism.' }] },
    ],
    deltas: [
      {
        analyteCode: 'K',
        rules: [
          { mode: 'absolute', limit: '1.0', direction: 'any', lookBackDays: 3, isMixUpMarker: false, source: 'ours' },
        ],
      },
    ],
    indexRules: [
      {
        analyteCode: 'K',
        rules: [{ index: 'H', limit: '100', effect: 'raised', action: 'hold', comment: 'Haemolysed.' }],
      },
    ],
  });
  const rulesOf = async (...analyteCodes: string[]) => lab.as('technician').call(getRules, { analyteCodes });
  const tsh = await rulesOf('TSH', 'NO_SUCH', 'TSH');
  assert.deepEqual(
    tsh.analytes.map(({ analyteCode, interpretations }) => [analyteCode, interpretations.length]),
    [['TSH', 1]],
  );
  assert.ok(tsh.reflex.some(({ code }) => code === 'FT4_BY_TSH'));
  const k = await rulesOf('K');
  assert.deepEqual([k.analytes[0]?.deltas[0]?.limit, k.analytes[0]?.indexRules[0]?.action], ['1.0', 'hold']);
  // TRIG is read by the formula of LDL, so a rule over LDL comes with it.
  assert.ok((await rulesOf('TRIG')).consistency.some(({ code }) => code === 'LDL_NEGATIVE'));
  assert.ok((await rulesOf('LDL')).analytes[0]?.formula?.includes('TRIG'));

  // Who has kept an answer is told in one word that it stands.
  const knownVersion = k.version;
  const asked = { analyteCodes: ['K'], knownVersion };
  assert.deepEqual(await lab.as('technician').call(getRules, asked), {
    version: knownVersion,
    isUnchanged: true,
    analytes: [],
    consistency: [],
    reflex: [],
  });

  await change(lab, {
    retire: [{ kind: 'reflex', code: 'FT4_BY_TSH' }],
    interpretations: [{ analyteCode: 'TSH', rules: [] }],
  });
  const again = await lab.as('technician').call(getRules, asked);
  assert.deepEqual([again.isUnchanged, again.version === knownVersion, again.analytes.length], [false, false, 1]);
  const after = await rulesOf('TSH');
  assert.ok(!after.reflex.some(({ code }) => code === 'FT4_BY_TSH'));
  assert.deepEqual(after.analytes[0]?.interpretations, []);
  const gone = await lab.as('manager').call(catalogueHistory, { entry: { kind: 'reflex', code: 'FT4_BY_TSH' } });
  assert.equal(gone.edges[0]?.node.after, null);
});
