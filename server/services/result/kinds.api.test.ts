// Every kind of value from the bench to the signature: specs/result.md, "Kinds and worklists".
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { adoptFile } from '#contract/file.ts';
import { changeCatalogue, getCatalogueState, getTests, publishTest } from '#contract/order.ts';
import { newId } from '#platform/ids.ts';

import { signAs } from '../../testing/sign-as.ts';
import type { ResultDetail, ResultView } from './contract.ts';
import {
  amendResults,
  authoriseResults,
  autoVerifyResults,
  enterDetail,
  enterFromInstrument,
  enterResult,
  listReversals,
  listWorklist,
  signedVersions,
  verifyResults,
  withdrawAmendments,
} from './contract.ts';
import { observe, startBench, stepOf } from './testing.ts';

type Culture = Extract<ResultDetail, { readonly kind: 'culture' }>;

const noGrowthYet: Culture = {
  kind: 'culture',
  stage: 'preliminary',
  growth: 'none',
  incubationHours: 24,
  microscopy: '2–4 pus cells per high power field',
  colonyCount: null,
  isolates: [],
  comment: null,
};
const coli: Culture = {
  ...noGrowthYet,
  stage: 'final',
  growth: 'growth',
  incubationHours: 48,
  colonyCount: '>10^5 CFU/mL',
  isolates: [
    {
      organism: 'Escherichia coli',
      quantity: null,
      comment: null,
      antibiogram: [
        { antibiotic: 'Nitrofurantoin', method: 'disk', measured: '20', interpretation: 'S', isReported: true },
        { antibiotic: 'Ciprofloxacin', method: 'mic', measured: '>4', interpretation: 'R', isReported: true },
        { antibiotic: 'Cefepime', method: 'mic', measured: '4', interpretation: 'SDD', isReported: true },
        { antibiotic: 'Meropenem', method: 'mic', measured: '<=0.25', interpretation: 'S', isReported: false },
      ],
    },
  ],
};

test('kinds of values', async (t) => {
  const bench = await startBench(t, {
    services: ['organization', 'user', 'patient', 'order', 'sample', 'file', 'qc', 'equipment', 'result'],
  });
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  const first = async (code: string): Promise<ResultView> => {
    const [result] = await bench.awaiting([code]);
    assert.ok(result);
    return result;
  };
  const enter = (result: ResultView, detail: ResultDetail, note?: string) =>
    technician.call(enterDetail, {
      resultId: result.id,
      expectedVersion: result.version,
      detail,
      ...(note ? { note } : {}),
    });
  const sign = async (result: ResultView): Promise<ResultView> => {
    const [verified] = await bench.verify([result]);
    assert.ok(verified);
    const [signed] = await bench.sign(pathologist, [verified]);
    assert.ok(signed);
    return signed;
  };
  const isOrderComplete = async (orderId: string) =>
    (await bench.told(orderId))
      .filter(({ type }) => type === 'result.authorised')
      .map(({ payload }) => [payload['isOrderComplete'], payload['isAmendment']]);
  const change = async (changes: Record<string, unknown>) => {
    const { version } = await lab.system.call(getCatalogueState, {});
    await lab.system.call(changeCatalogue, { expectedVersion: version, reason: 'for the test', ...changes });
  };
  const refusedTyping = (result: ResultView, value: string, code: string) =>
    technician.refused(enterResult, { resultId: result.id, expectedVersion: result.version, value }, code);

  await t.test('lab-day 37: a number with < and > in front', async () => {
    const tsh = await first('TSH');
    const low = await bench.enter(tsh, '<0.005');
    assert.equal(low.value, '<0.005', 'a bound is not rounded to another one');
    assert.equal((await bench.enter(low, '> 100')).value, '>100.00');
    await refusedTyping(await bench.result(tsh.orderId, 'TSH'), 'low', 'result.not_a_number');
  });

  await t.test('lab-day 37: a coded value is one of its choices, written as the catalogue writes it', async () => {
    const nitrite = (await bench.awaiting(['URINE_R'])).find(({ analyteCode }) => analyteCode === 'U_NIT');
    assert.equal(nitrite?.kind, 'coded');
    await refusedTyping(nitrite, 'perhaps', 'result.not_a_choice');
    assert.equal((await bench.enter(nitrite, ' positive ')).value, 'Positive');
  });

  await t.test(
    'lab-day 37: a titre is a dilution of its series, and has an order against a decision limit',
    async () => {
      const widal = (await bench.awaiting(['WIDAL'])).find(({ analyteCode }) => analyteCode === 'WIDAL_TO');
      assert.equal(widal?.kind, 'titre');
      await refusedTyping(widal, '1:90', 'result.not_a_choice');
      const entered = await bench.enter(widal, '1/160');
      assert.deepEqual([entered.value, entered.flags], ['1:160', []], 'the starter catalogue has no limit');
      await change({
        bands: [
          {
            analyteCode: 'WIDAL_TO',
            bands: [{ sex: 'any', ageFromDays: 0, text: '<=1:80', kind: 'decision', unit: '{titer}', source: 'test' }],
          },
        ],
      });
      const flagged = await bench.enter(entered, '1:160');
      assert.deepEqual([flagged.value, flagged.flags], ['1:160', ['A']]);
      assert.deepEqual((await bench.enter(flagged, '1:80')).flags, []);
    },
  );

  await t.test('lab-day 37: a text is taken as it is typed', async () => {
    const text = (await bench.awaiting(['PBS'])).find(({ kind }) => kind === 'text');
    assert.ok(text);
    const words = 'Normocytic normochromic red cells. No blasts seen.';
    assert.deepEqual((await bench.enter(text, ` ${words} `)).value, words);
    await refusedTyping(await bench.result(text.orderId, text.analyteCode), '', 'result.empty_value');
  });

  await t.test('lab-day 37: a culture is entered with its findings, and its value sums them up', async () => {
    const awaiting = await first('URINE_CULT');
    assert.equal(awaiting.kind, 'culture');
    await refusedTyping(awaiting, 'No growth', 'result.detail_needed');
    const step = { resultId: awaiting.id, expectedVersion: awaiting.version };
    const wrong = await technician.refused(
      enterDetail,
      { ...step, detail: { kind: 'narrative', sections: [{ title: 'Gross', text: 'x' }], impression: '', codes: [] } },
      'result.wrong_detail',
    );
    assert.equal(wrong.details['expected'], 'culture');
    const [isolate] = coli.isolates;
    assert.ok(isolate);
    const [drug] = isolate.antibiogram;
    assert.ok(drug);
    const twice = {
      ...coli,
      isolates: [{ ...isolate, antibiogram: [drug, { ...drug, interpretation: 'R' as const }] }],
    };
    const refusal = await technician.refused(enterDetail, { ...step, detail: twice }, 'result.bad_detail');
    assert.deepEqual(refusal.details['faults'], ['antibiogram of Escherichia coli: Nitrofurantoin stands twice']);
    await lab.as('desk').refused(enterDetail, { ...step, detail: coli }, 'platform.forbidden');
    const entered = await enter(awaiting, coli, 'Clean catch');
    assert.deepEqual(
      [entered.status, entered.value, entered.note, entered.enteredBy, entered.holds],
      ['entered', 'Growth: Escherichia coli >10^5 CFU/mL', 'Clean catch', 'technician', []],
    );
    assert.deepEqual(entered.detail, coli, 'to the letter, with what is not to be printed');
    await technician.refused(enterDetail, { ...step, detail: coli }, 'result.stale');
    const [one, other] = await Promise.allSettled([
      enter(entered, coli),
      enter(entered, { ...coli, comment: 'Repeat' }),
    ]);
    assert.deepEqual([one.status, other.status].toSorted(), ['fulfilled', 'rejected'], 'of two at once one wins');
    const acts = await lab.changes('result', awaiting.orderId);
    assert.equal(acts.filter((act) => act === 'result.enter_detail').length, 2);
  });

  await t.test(
    'lab-day 36, 37: what an incubator sends for a culture stands there, but is no culture until findings are entered',
    async () => {
      const awaiting = await first('BLOOD_CULT');
      await lab.system.call(enterFromInstrument, {
        observations: [observe(awaiting, 'Positive', { instrument: 'BACTEC' })],
      });
      const sent = await bench.result(awaiting.orderId, 'BLOOD_CULT');
      assert.deepEqual([sent.status, sent.value, sent.detail], ['entered', 'Positive', null]);
      const items = [{ ...stepOf(sent), holdsSeen: [...sent.holds] }];
      const refusal = await technician.refused(verifyResults, { items }, 'result.detail_incomplete');
      assert.deepEqual(refusal.details['missing'], ['findings of the culture']);
      const rules = [{ ...stepOf(sent), rules: ['complete'] }];
      assert.deepEqual(await lab.system.call(autoVerifyResults, { items: rules, ruleSet: 'v1' }), []);
      const entered = await enter(sent, coli);
      assert.deepEqual(
        entered.otherValues.map(({ value, source }) => [value, source]),
        [['Positive', 'BACTEC']],
      );
      assert.equal((await bench.verify([entered]))[0]?.status, 'verified');
    },
  );

  await t.test('lab-day 50: a preliminary culture is signed as interim, goes on, and is no amendment', async () => {
    const awaiting = await first('URINE_CULT');
    const { orderId } = awaiting;
    const entered = await enter(awaiting, noGrowthYet);
    assert.deepEqual([entered.value, entered.holds], ['Preliminary: no growth after 24 h', ['preliminary']]);
    const rules = [{ ...stepOf(entered), rules: ['complete'] }];
    assert.deepEqual(
      await lab.system.call(autoVerifyResults, { items: rules, ruleSet: 'v1' }),
      [],
      'a person has to look',
    );
    const interim = await sign(entered);
    assert.deepEqual(await isOrderComplete(orderId), [[false, false]], 'more is to come');
    const list = await technician.call(listWorklist, { status: 'authorised', isInterimOnly: true });
    assert.ok(
      list.edges.some(({ node }) => node.id === interim.id),
      'to be gone on with',
    );

    const final = await enter(interim, coli);
    assert.deepEqual(
      [final.status, final.value, final.amendment?.kind, final.amendment?.reason, final.amendment?.previousValue],
      ['entered', 'Growth: Escherichia coli >10^5 CFU/mL', 'continued', 'Final result of the culture', interim.value],
    );
    assert.ok((await lab.changes('result', orderId)).includes('result.continue'));
    const signed = await sign(final);
    assert.deepEqual(await isOrderComplete(orderId), [
      [false, false],
      [true, false],
    ]);
    const versions = await pathologist.call(signedVersions, { resultIds: [signed.id] });
    assert.deepEqual(
      versions.map(({ number, signed: { value, authorisedBy }, amendedBy }) => [
        number,
        value,
        authorisedBy,
        amendedBy?.kind ?? null,
      ]),
      [
        [1, 'Preliminary: no growth after 24 h', 'pathologist', 'continued'],
        [2, 'Growth: Escherichia coli >10^5 CFU/mL', 'pathologist', null],
      ],
    );
    const told = (await bench.told(orderId)).map(({ type }) => type);
    assert.ok(!told.includes('result.amended'), 'nothing was corrected');
    const reversals = await pathologist.call(listReversals, { first: 100 });
    assert.ok(
      reversals.edges.every(({ node }) => node.resultId !== signed.id),
      'and no approval taken back',
    );

    const refusal = await technician.refused(
      enterDetail,
      { resultId: signed.id, expectedVersion: signed.version, detail: coli },
      'result.cannot_move',
    );
    assert.deepEqual([refusal.details['status'], refusal.details['move']], ['authorised', 'entered'], 'final is final');
    const [amended] = await pathologist.call(amendResults, { items: [stepOf(signed)], reason: 'Species was wrong' });
    assert.ok(amended);
    assert.deepEqual([amended.amendment?.number, amended.amendment?.kind ?? 'amended'], [2, 'amended']);
    await sign(await enter(amended, { ...coli, comment: 'Corrected' }));
    assert.deepEqual((await isOrderComplete(orderId)).at(-1), [true, true]);
  });

  await t.test('lab-day 50: a next stage that is given up leaves the interim that was signed', async () => {
    const interim = await sign(await enter(await first('BLOOD_CULT'), noGrowthYet));
    const next = await enter(interim, { ...noGrowthYet, incubationHours: 48 });
    assert.deepEqual(
      [next.value, next.amendment?.reason],
      ['Preliminary: no growth after 48 h', 'The next stage of the culture'],
    );
    const [back] = await pathologist.call(withdrawAmendments, { items: [stepOf(next)], reason: 'Wrong patient' });
    assert.deepEqual([back?.status, back?.value, back?.amendment], ['authorised', interim.value, null]);
    const entries = await Promise.allSettled([
      technician.call(enterDetail, { resultId: interim.id, expectedVersion: back?.version ?? 0, detail: coli }),
      technician.call(enterDetail, { resultId: interim.id, expectedVersion: back?.version ?? 0, detail: coli }),
    ]);
    assert.deepEqual(entries.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'], 'opened once');
  });

  await t.test('lab-day 50: the database lets an interim be opened in that one way, whoever asks', async () => {
    const interim = await sign(await enter(await first('URINE_CULT'), noGrowthYet));
    await refusedTyping(interim, 'No growth', 'result.cannot_move');
    await lab.system.call(enterFromInstrument, {
      observations: [observe(interim, 'Positive', { instrument: 'BACTEC' })],
    });
    const still = await bench.result(interim.orderId, 'URINE_CULT');
    assert.deepEqual([still.status, still.value, still.detail], ['authorised', interim.value, noGrowthYet]);
  });

  await t.test('lab-day 37: histopathology: a draft may be kept, but needs its impression to be verified', async () => {
    const awaiting = await first('HISTO_S');
    const draft: ResultDetail = {
      kind: 'narrative',
      sections: [
        { title: 'Specimen', text: 'Gall bladder' },
        { title: 'Gross', text: 'Gall bladder 8 × 3 cm.\nWall 3 mm.' },
        { title: 'Microscopy', text: '' },
      ],
      impression: '',
      codes: [],
    };
    const kept = await enter(awaiting, draft);
    assert.equal(kept.value, 'Impression pending');
    const refusal = await technician.refused(verifyResults, { items: [stepOf(kept)] }, 'result.detail_incomplete');
    assert.deepEqual(refusal.details['missing'], ['impression']);
    const whole = await enter(kept, { ...draft, impression: 'Chronic cholecystitis', codes: ['SNOMED CT|45456005'] });
    assert.deepEqual([whole.value, whole.flags], ['Chronic cholecystitis', []]);
    assert.equal((await sign(whole)).status, 'authorised');
    assert.deepEqual(await isOrderComplete(awaiting.orderId), [[true, false]]);
  });

  await t.test('lab-day 37: an image is of a file of its order, of a kind that can be shown', async () => {
    const [like] = await lab.system.call(getTests, { codes: ['ESR'] });
    assert.ok(like);
    const { container, analytes, ...rest } = like;
    const [analyte] = analytes;
    const named = { code: 'SMEAR_IMG', name: 'Smear picture', loinc: null };
    await change({
      analytes: [{ ...analyte, ...named, kind: 'image', ucum: null, unitDisplay: '', decimals: null, aliases: [] }],
      tests: [
        {
          ...rest,
          ...named,
          shortName: 'Smear',
          reportName: 'Smear picture',
          synonyms: [],
          containerCode: container.code,
          analyteCodes: ['SMEAR_IMG'],
        },
      ],
      bands: [{ analyteCode: 'SMEAR_IMG', bands: [{ sex: 'any', ageFromDays: 0, kind: 'none', source: 'test' }] }],
    });
    const { version } = await lab.system.call(getCatalogueState, {});
    await lab.system.call(publishTest, { code: 'SMEAR_IMG', expectedVersion: version, reason: 'for the test' });
    const awaiting = await first('SMEAR_IMG');
    const file = async (contentType: string, ownerId: string) => {
      const bytes = Buffer.from(`bytes of ${contentType} ${newId()}`);
      const stagingKey = `staging/${newId()}`;
      await lab.runtime.systemCtx('file', lab.labId).ports.files.put(stagingKey, bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const about = { id: newId(), stagingKey, name: 'smear', contentType, sizeBytes: bytes.length, sha256 };
      return (await lab.system.call(adoptFile, { ...about, ownerType: 'order', ownerId })).id;
    };
    const detail = (...fileIds: string[]): ResultDetail => ({ kind: 'image', fileIds, caption: '' });
    const own = await file('image/png', awaiting.orderId);
    const step = { resultId: awaiting.id, expectedVersion: awaiting.version };
    await technician.refused(enterDetail, { ...step, detail: detail(own, newId()) }, 'result.no_such_file');
    await technician.refused(enterDetail, { ...step, detail: detail(own, own) }, 'result.bad_detail');
    const foreign = await file('image/png', newId());
    const refusal = await technician.refused(enterDetail, { ...step, detail: detail(foreign) }, 'result.wrong_file');
    assert.match(refusal.message, /belongs to another order/);
    const text = await file('text/plain', awaiting.orderId);
    await technician.refused(enterDetail, { ...step, detail: detail(text) }, 'result.wrong_file');
    const entered = await enter(awaiting, detail(own, await file('application/pdf', awaiting.patientId)));
    assert.deepEqual([entered.value, entered.detail?.kind], ['2 images', 'image']);
  });
});

test("lab-day 50: in a lab that confirms who signs, going on with a culture is the bench's, signing is not", async (t) => {
  const bench = await startBench(t, { policies: {} });
  const { lab } = bench;
  const pathologist = lab.as('pathologist');
  const [awaiting] = await bench.awaiting(['URINE_CULT']);
  assert.ok(awaiting);
  const step = { resultId: awaiting.id, expectedVersion: awaiting.version };
  const [verified] = await bench.verify([
    await lab.as('technician').call(enterDetail, { ...step, detail: noGrowthYet }),
  ]);
  assert.ok(verified);
  const [interim] = await bench.sign(pathologist, [verified]);
  assert.ok(interim);
  const next = await lab
    .as('technician')
    .call(enterDetail, { resultId: interim.id, expectedVersion: interim.version, detail: coli });
  const [again] = await bench.verify([next]);
  assert.ok(again);
  await pathologist.refused(authoriseResults, { items: [stepOf(again)] }, 'user.not_confirmed');
  const signingToken = await signAs(lab, pathologist);
  const [signed] = await pathologist.call(authoriseResults, { items: [stepOf(again)], signingToken });
  assert.equal(signed?.status, 'authorised');
});
