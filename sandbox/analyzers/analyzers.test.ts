import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseAstm, readAstmResults } from '@nidaan/astm';
import { parseMessage, readOru } from '@nidaan/hl7v2';
import fc from 'fast-check';

import { countBlood } from './blood-count.ts';
import { createCbcAnalyzer } from './cbc-analyzer.ts';
import { createChemistryAnalyzer } from './chemistry-analyzer.ts';
import { bloodControl, readControl, serumControl } from './control-material.ts';
import { measureSerum, serumCodes } from './serum.ts';

const at = { host: '127.0.0.1', port: 1, seed: 7, instrument: 'SIM' };

test('a count obeys the rules of blood: MCV, MCH, MCHC and the differential fit each other', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.boolean(),
      fc.constantFrom('male' as const, 'female' as const),
      (seed, abnormal, sex) => {
        const values = new Map(
          countBlood({ barcode: 'X', sex, abnormal }, seed).map(({ name, value }) => [name, Number(value)]),
        );
        const of = (name: string): number => values.get(name) ?? Number.NaN;
        // Each was rounded on its own, so the identities hold within the last decimals.
        assert.ok(Math.abs(of('MCV') - (of('HCT') * 10) / of('RBC')) < 0.5);
        assert.ok(Math.abs(of('MCH') - (of('HGB') * 10) / of('RBC')) < 0.5);
        assert.ok(Math.abs(of('MCHC') - (of('HGB') * 100) / of('HCT')) < 0.5);
        const shares = ['NEU%', 'LYM%', 'MON%', 'EOS%', 'BAS%'].reduce((sum, name) => sum + of(name), 0);
        assert.ok(Math.abs(shares - 100) < 0.4);
        assert.ok(Math.abs(of('NEU#') - (of('NEU%') * of('WBC')) / 100) < 0.02);
        assert.ok([...values.values()].every((value) => value >= 0));
      },
    ),
  );
});

test('the same seed gives the same values; a sick patient is pale', () => {
  assert.deepEqual(countBlood({ barcode: 'X' }, 3), countBlood({ barcode: 'X' }, 3));
  assert.notDeepEqual(countBlood({ barcode: 'X' }, 3), countBlood({ barcode: 'X' }, 4));
  const hgb = (abnormal: boolean) =>
    Number(countBlood({ barcode: 'X', abnormal }, 3).find(({ name }) => name === 'HGB')?.value);
  assert.ok(hgb(true) < hgb(false) - 2);
});

test('LDL is what Friedewald leaves of the cholesterol', () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, abnormal) => {
      const values = new Map(
        measureSerum({ barcode: 'X', abnormal }, serumCodes, seed).map(({ code, value }) => [code, Number(value)]),
      );
      const of = (code: string): number => values.get(code) ?? Number.NaN;
      assert.ok(Math.abs(of('LDL') - (of('CHOL') - of('HDL') - of('TRIG') / 5)) <= 2);
    }),
  );
});

test('the messages read back as what was measured', () => {
  const oru = readOru(parseMessage(createCbcAnalyzer(at).message({ barcode: 'TUBE-1' })));
  assert.equal(oru.groups[0]?.specimenIds[0]?.id, 'TUBE-1');
  const hgb = oru.groups[0]?.observations.find(({ code }) => code === '718-7');
  assert.equal(hgb?.values[0], countBlood({ barcode: 'TUBE-1' }, 8).find(({ name }) => name === 'HGB')?.value);

  const [message] = parseAstm(
    createChemistryAnalyzer(at)
      .records({ barcode: 'TUBE-2', tests: ['GLUC', 'CREA'] })
      .join('\r'),
  ).messages;
  assert.ok(message);
  const [specimen] = readAstmResults(message).specimens;
  assert.equal(specimen?.ids[0]?.value, 'TUBE-2');
  assert.deepEqual(
    specimen?.tests.map((codes) => codes[0]?.value),
    ['GLUC', 'CREA'],
  );
  assert.deepEqual(
    specimen?.observations.map(({ codes, valueText }) => [codes[0]?.value, valueText]),
    measureSerum({ barcode: 'TUBE-2' }, ['GLUC', 'CREA'], 8).map(({ code, value }) => [code, value]),
  );
});

test('a control says that it is one, and reads as far from its mean as asked', () => {
  const [normal, high] = serumControl.levels;
  const [blood] = bloodControl.levels;
  assert.ok(normal && high && blood);
  // 5.40 + 3 × 0.18.
  assert.equal(readControl(high, (code) => (code === 'CREA' ? 3 : 0)).values['CREA'], '5.94');
  const records = createChemistryAnalyzer(at).controlRecords(readControl(normal, () => 0));
  const [message] = parseAstm(records.join('\r')).messages;
  assert.ok(message);
  const [specimen] = readAstmResults(message).specimens;
  assert.deepEqual(
    [specimen?.ids[0]?.value, specimen?.observations[0]?.codes[0]?.value, specimen?.observations[0]?.valueText],
    ['QC-SERUM-1', 'GLUC', '92'],
  );
  assert.equal(records.find((record) => record.startsWith('O|'))?.split('|')[11], 'Q');

  const oru = readOru(parseMessage(createCbcAnalyzer(at).controlMessage(readControl(blood, () => 1))));
  assert.equal(oru.processingId, 'Q');
  assert.equal(oru.groups[0]?.observations.find(({ code }) => code === '718-7')?.values[0], '13.6');
});

test('what a tube is told to read is read, and the rest is made up around it', () => {
  const values = measureSerum({ barcode: 'X', values: { TRIG: '612' } }, ['TRIG', 'CHOL'], 3);
  assert.deepEqual(values[0]?.value, '612');
  assert.notEqual(values[1]?.value, '612');
});
