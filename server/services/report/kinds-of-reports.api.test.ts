// Cultures, narratives and pictures on paper; what other laboratories did; tubes run with a comment.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { adoptFile } from '#contract/file.ts';
import { changeCatalogue, getCatalogueState, getTests } from '#contract/order.ts';
import { savePartner } from '#contract/organization.ts';
import { enterDetail, resultsOfOrders, verifyResults } from '#contract/result.ts';
import type { ResultDetail, ResultView } from '#contract/result.ts';
import { decideRejected, planTubes, rejectTube } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import { composeReport, reportsOfOrders } from './contract.ts';
import { authorise, enterAndVerify, orderAtTheBench, pdfOf, reportInState, startDay } from './lab-day.testing.ts';
import { needsPoppler, pagesOfPdf } from './rendering/pdf-text.testing.ts';
import { greyPng } from './rendering/sample-details.ts';

async function enterAndVerifyDetail(
  lab: TestLab,
  orderId: string,
  testCode: string,
  detail: ResultDetail,
): Promise<readonly ResultView[]> {
  const technician = lab.as('technician');
  const all = await technician.call(resultsOfOrders, { ids: [orderId] });
  const own = all.find((result) => result.testCode === testCode);
  assert.ok(own);
  const { id, version, holds } = await technician.call(enterDetail, {
    resultId: own.id,
    expectedVersion: own.version,
    detail,
  });
  return technician.call(verifyResults, { items: [{ resultId: id, expectedVersion: version, holdsSeen: holds }] });
}

const culture = (stage: 'preliminary' | 'final'): Extract<ResultDetail, { readonly kind: 'culture' }> => ({
  kind: 'culture',
  stage,
  growth: 'growth',
  incubationHours: stage === 'final' ? 48 : 18,
  microscopy: 'Gram-negative bacilli',
  colonyCount: '>10^5 CFU/mL',
  isolates: [
    {
      organism: stage === 'final' ? 'Escherichia coli' : 'Gram-negative bacilli, to be identified',
      quantity: null,
      comment: null,
      antibiogram:
        stage === 'final'
          ? [
              { antibiotic: 'Nitrofurantoin', method: 'disk', measured: '21', interpretation: 'S', isReported: true },
              { antibiotic: 'Colistin', method: 'mic', measured: '0.5', interpretation: 'I', isReported: false },
              { antibiotic: 'Ampicillin', method: 'mic', measured: '>=32', interpretation: 'R', isReported: true },
            ]
          : [],
    },
  ],
  comment: null,
});

test('lab-day 50: a signed preliminary culture is released as interim, and superseded by the final one, not amended', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['URINE_CULT']);
  await authorise(day.pathologist, await enterAndVerifyDetail(lab, order.id, 'URINE_CULT', culture('preliminary')));
  const interim = await reportInState(lab, order.id, 'released');
  assert.deepEqual([interim.isPartial, interim.isAmended], [true, false]);

  const verified = await enterAndVerifyDetail(lab, order.id, 'URINE_CULT', culture('final'));
  await lab.settle();
  for (const isPartial of [true, false]) {
    const standing = await day.pathologist.call(composeReport, { orderId: order.id, isPartial });
    assert.equal(standing?.id, interim.id, 'what was signed of it stands till the next stage is signed');
  }
  await authorise(day.pathologist, verified);
  const final = await reportInState(lab, order.id, 'released', 2);
  assert.deepEqual([final.isPartial, final.isAmended], [false, false]);
  if (!needsPoppler(t)) return;
  const before = pagesOfPdf(await pdfOf(lab, interim.id)).join(' ');
  assert.match(before, /INTERIM REPORT.*PRELIMINARY REPORT.*Incubation 18 hours.*to be identified/);
  const words = pagesOfPdf(await pdfOf(lab, final.id)).join(' ');
  assert.match(words, /Final report.*Final culture report.*Organism: Escherichia coli/);
  assert.match(words, /Nitrofurantoin Zone 21 mm S Ampicillin MIC >=32 mg\/L R/);
  assert.ok(!/Colistin|AMENDED|PRELIMINARY/.test(words));
});

test('lab-day 50: a second preliminary stage replaces the first on the report, and is no amendment', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['URINE_CULT']);
  const stage = async (detail: ResultDetail, version: number) => {
    await authorise(day.pathologist, await enterAndVerifyDetail(lab, order.id, 'URINE_CULT', detail));
    return reportInState(lab, order.id, 'released', version);
  };
  await stage({ ...culture('preliminary'), growth: 'pending', isolates: [] }, 1);
  const second = await stage(culture('preliminary'), 2);
  const third = await stage({ ...culture('preliminary'), incubationHours: 24 }, 3);
  for (const report of [second, third]) assert.deepEqual([report.isPartial, report.isAmended], [true, false]);
  if (!needsPoppler(t)) return;
  const words = pagesOfPdf(await pdfOf(lab, third.id)).join(' ');
  assert.match(words, /INTERIM REPORT.*PRELIMINARY REPORT.*Incubation 24 hours/);
  assert.ok(!/AMENDED|next stage/i.test(words));
});

test('lab-day 50, 51: while a culture goes on, other tests are released beside what was signed of it', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['URINE_CULT', 'CREA', 'HGB']);
  await authorise(day.pathologist, await enterAndVerifyDetail(lab, order.id, 'URINE_CULT', culture('preliminary')));
  await day.pathologist.call(composeReport, { orderId: order.id, isPartial: true });
  await reportInState(lab, order.id, 'released');
  await enterAndVerifyDetail(lab, order.id, 'URINE_CULT', culture('final'));
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { CREA: '0.9' }));
  assert.equal((await day.pathologist.call(composeReport, { orderId: order.id, isPartial: true }))?.version, 2);
  const second = await reportInState(lab, order.id, 'released', 2);
  assert.deepEqual([second.isPartial, second.isAmended], [true, false]);
  if (!needsPoppler(t)) return;
  const words = pagesOfPdf(await pdfOf(lab, second.id)).join(' ');
  assert.match(words, /Creatinine 0\.90 .*PRELIMINARY REPORT.*to be identified/);
  assert.ok(!words.includes('Escherichia'), 'verified is not signed');
  assert.match(words, /Pending: not part of this interim report .*Haemoglobin/);
});

test('a narrative is printed with its sections and impression', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const [pap] = (await lab.system.call(getTests, { codes: ['PAP'] })).filter(({ section }) => section === 'CYTOLOGY');
  assert.ok(pap);
  const order = await orderAtTheBench(lab, ['PAP']);
  const detail: ResultDetail = {
    kind: 'narrative',
    sections: [
      { title: 'Adequacy', text: 'Satisfactory for evaluation.' },
      { title: 'Findings', text: 'Squamous cells without atypia.' },
    ],
    impression: 'Negative for intraepithelial lesion or malignancy.',
    codes: [],
  };
  await authorise(day.pathologist, await enterAndVerifyDetail(lab, order.id, 'PAP', detail));
  const report = await reportInState(lab, order.id, 'released');
  if (!needsPoppler(t)) return;
  assert.match(
    pagesOfPdf(await pdfOf(lab, report.id)).join(' '),
    /CYTOLOGY.*Adequacy Satisfactory for evaluation\. Findings Squamous cells without atypia\. Impression Negative for/,
  );
});

async function storePicture(lab: TestLab, ownerId: string, bytes: Buffer): Promise<string> {
  const stagingKey = `staging/${newId()}`;
  await lab.runtime.systemCtx('file', lab.labId).ports.files.put(stagingKey, bytes);
  const { id } = await lab.system.call(adoptFile, {
    id: newId(),
    stagingKey,
    name: 'smear.png',
    contentType: 'image/png',
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ownerType: 'order',
    ownerId,
  });
  return id;
}

test('a picture of the file service is in the PDF; one that is damaged does not keep the report back', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const manager = lab.as('manager');
  const { version } = await manager.call(getCatalogueState, {});
  const [pap] = await lab.system.call(getTests, { codes: ['PAP'] });
  assert.ok(pap);
  const [analyte] = pap.analytes;
  assert.ok(analyte);
  await manager.call(changeCatalogue, {
    analytes: [{ ...analyte, kind: 'image' }],
    expectedVersion: version,
    reason: 'Reported by photographs',
  });
  const damaged = greyPng(240, 160);
  damaged.fill(0x55, 41, damaged.length - 16);
  for (const [picture, words] of [
    [greyPng(240, 160), 'Mesothelial cells'],
    [damaged, '1 image on file with the laboratory'],
  ] as const) {
    const order = await orderAtTheBench(lab, ['PAP']);
    const fileId = await storePicture(lab, order.id, picture);
    const detail: ResultDetail = { kind: 'image', fileIds: [fileId], caption: 'Mesothelial cells' };
    await authorise(day.pathologist, await enterAndVerifyDetail(lab, order.id, 'PAP', detail));
    const report = await reportInState(lab, order.id, 'released');
    const pdf = await pdfOf(lab, report.id);
    assert.equal(/\/Subtype\s*\/Image/.test(pdf.toString('latin1')), picture !== damaged);
    assert.equal(createHash('sha256').update(pdf).digest('hex'), report.sha256);
    if (needsPoppler(t)) assert.ok(pagesOfPdf(pdf).join(' ').includes(words));
  }
});

test('lab-day 31, 55: a test sent out names the laboratory that did it; what is out of scope is marked', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const manager = lab.as('manager');
  const partner = { kind: 'referral_lab', code: 'METRO', name: 'Metro Reference Laboratory' } as const;
  const { id: referralLabId } = await manager.call(savePartner, partner);
  const tests = await lab.system.call(getTests, { codes: ['T3', 'TSH'] });
  const { version } = await manager.call(getCatalogueState, {});
  await manager.call(changeCatalogue, {
    tests: tests.map(({ container, analytes, ...rest }) => ({
      ...rest,
      containerCode: container.code,
      analyteCodes: analytes.map(({ code }) => code),
      reportName: rest.code === 'TSH' ? 'Thyroid stimulating hormone, third generation' : rest.reportName,
      isInScope: rest.code === 'TSH',
      referralLabId: rest.code === 'T3' ? referralLabId : null,
    })),
    expectedVersion: version,
    reason: 'Sent out from today',
  });
  const order = await orderAtTheBench(lab, ['T3', 'TSH']);
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { T3: '1.1', TSH: '2.1' }));
  const report = await reportInState(lab, order.id, 'released');
  if (!needsPoppler(t)) return;
  const words = pagesOfPdf(await pdfOf(lab, report.id)).join(' ');
  assert.match(words, /\* .*Outsourced: tested at Metro Reference Laboratory/);
  assert.ok(words.includes('* not within the scope of the laboratory’s accreditation'));
  assert.ok(
    words.includes('Thyroid stimulating hormone, third generation Specimen'),
    'unmarked, by its name on reports',
  );
});

test('lab-day 29: the comment on a rejected tube that was run all the same is on the report', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const technician = lab.as('technician');
  const order = await orderAtTheBench(lab, ['CREA']);
  const [tube] = await lab.system.call(planTubes, { orderId: order.id });
  const barcode = tube?.barcode ?? '';
  await technician.call(rejectTube, { barcode, reasonCode: 'haemolysed' });
  await lab.settle();
  const comment = 'Haemolysed specimen, run at the request of the physician';
  await technician.call(decideRejected, { barcode, decision: 'run_with_comment', comment });
  await lab.settle();
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { CREA: '0.9' }));
  await reportInState(lab, order.id, 'released');
  const [report] = await lab.as('desk').call(reportsOfOrders, { ids: [order.id] });
  if (!report || !needsPoppler(t)) return;
  const words = pagesOfPdf(await pdfOf(lab, report.id)).join(' ');
  assert.match(words, /Creatinine 0\.90 .*Haemolysed specimen, run at the request of the physician/);
});
