// Reports released in part, by hand, till the order is complete (lab-day 51).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addTests, cancelLines, getOrder } from '#contract/order.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import { checkReport, composeReport, getReport, reportsOfOrders } from './contract.ts';
import {
  authorise,
  authorisedOrder,
  enterAndVerify,
  orderAtTheBench,
  pdfOf,
  releasedFacts,
  reportInState,
  startDay,
} from './lab-day.testing.ts';
import { needsPoppler, pagesOfPdf } from './rendering/pdf-text.testing.ts';

test('lab-day 51: what is signed is released as interim, the rest pending; the final report supersedes it', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['HGB', 'CREA', 'MP_SMEAR']);
  const partly = { orderId: order.id, isPartial: true };
  assert.equal(await day.pathologist.call(composeReport, partly), null, 'nothing is signed');
  const verified = await enterAndVerify(lab, order.id, { HGB: '8.4', CREA: '0.9' });
  assert.equal(await day.pathologist.call(composeReport, partly), null, 'verified is not signed');
  await authorise(
    day.pathologist,
    verified.filter(({ analyteCode }) => analyteCode === 'HGB'),
  );
  await lab.settle();
  assert.deepEqual(await lab.as('desk').call(reportsOfOrders, { ids: [order.id] }), [], 'in part by hand alone');
  await lab.as('desk').refused(composeReport, partly, 'platform.forbidden');

  const made = await Promise.all([1, 2].map(() => day.pathologist.call(composeReport, partly)));
  assert.equal(made[0]?.id, made[1]?.id);
  const interim = await reportInState(lab, order.id, 'released');
  assert.deepEqual([interim.id, interim.isPartial, interim.isAmended], [made[0]?.id, true, false]);
  assert.equal((await day.pathologist.call(composeReport, partly))?.id, interim.id, 'nothing new is no new version');
  assert.equal(await day.pathologist.call(composeReport, { orderId: order.id }), null, 'no final report yet');

  await authorise(
    day.pathologist,
    verified.filter(({ analyteCode }) => analyteCode === 'CREA'),
  );
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { MP_SMEAR: 'Not seen' }));
  const final = await reportInState(lab, order.id, 'released', 2);
  assert.deepEqual([final.isPartial, final.isAmended], [false, false]);
  assert.equal((await day.pathologist.call(composeReport, partly))?.id, final.id, 'a report in part adds nothing');
  const old = await lab.as('desk').call(getReport, { reportId: interim.id });
  assert.deepEqual([old.status, old.supersededBy], ['superseded', final.number]);
  const checked = await lab.system.call(checkReport, { code: interim.verifyUrl.split('/').at(-1) ?? '' });
  assert.deepEqual([checked.isPartial, checked.supersededBy], [true, final.number]);
  assert.deepEqual(
    (await releasedFacts(lab)).map(({ version, isPartial }) => [version, isPartial]),
    [
      [1, true],
      [2, false],
    ],
  );

  if (!needsPoppler(t)) return;
  const words = pagesOfPdf(await pdfOf(lab, interim.id)).join(' ');
  assert.ok(words.includes('INTERIM REPORT'));
  assert.match(words, /Haemoglobin 8\.4 g\/dL/);
  const [, pending = ''] = words.split('Pending: not part of this interim report');
  assert.match(pending, /Creatinine.* expected by .*Malaria/i);
  assert.ok(!words.includes('0.90'), 'what is verified and not signed is not printed');
  const whole = pagesOfPdf(await pdfOf(lab, final.id)).join(' ');
  assert.ok(whole.includes('Final report') && whole.includes(`replaces ${interim.number}`));
  assert.ok(!/Pending|INTERIM|AMENDED/.test(whole));
});

test('lab-day 51: section by section, each version with what was released before', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['HGB', 'CREA', 'MP_SMEAR', 'TSH']);
  await authorise(
    day.pathologist,
    await enterAndVerify(lab, order.id, { HGB: '13.2', CREA: '0.9', MP_SMEAR: 'Not seen' }),
  );
  const ofSection = (section: string) =>
    day.pathologist.call(composeReport, { orderId: order.id, isPartial: true, section });
  assert.equal(await ofSection('IMMUNOASSAY'), null);
  await assert.rejects(ofSection('BIOCHEM'), {
    code: 'report.no_such_section',
    message: /BIOCHEM; its sections are (?=.*BIOCHEMISTRY)(?=.*HAEMATOLOGY)(?=.*IMMUNOASSAY)/,
  });
  assert.equal((await ofSection('BIOCHEMISTRY'))?.version, 1);
  const first = await reportInState(lab, order.id, 'released');
  assert.equal((await ofSection('IMMUNOASSAY'))?.id, first.id, 'nothing of it is signed: what was released stands');
  assert.equal((await ofSection('HAEMATOLOGY'))?.version, 2);
  const second = await reportInState(lab, order.id, 'released', 2);
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { TSH: '2.1' }));
  assert.equal((await reportInState(lab, order.id, 'released', 3)).isPartial, false);
  if (!needsPoppler(t)) return;
  const [one = '', two = ''] = await Promise.all(
    [first, second].map(async ({ id }) => pagesOfPdf(await pdfOf(lab, id)).join(' ')),
  );
  assert.match(one, /Creatinine 0\.90 .*Pending: not part of this interim report .*Haemoglobin/);
  assert.match(two, /Haemoglobin 13\.2 .*Creatinine 0\.90 .*Pending: not part of this interim report/);
  assert.ok(!two.split('Pending:')[1]?.includes('Haemoglobin'));
});

test('a test taken back is left out; when it was the last one open, the report becomes final', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['HGB', 'CREA']);
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { HGB: '13.2' }));
  await day.pathologist.call(composeReport, { orderId: order.id, isPartial: true });
  const interim = await reportInState(lab, order.id, 'released');
  const { version, lines } = await lab.system.call(getOrder, { orderId: order.id });
  await day.pathologist.call(cancelLines, {
    orderId: order.id,
    lineIds: lines.filter(({ testCode }) => testCode === 'CREA').map(({ id }) => id),
    reason: 'Not wanted',
    expectedVersion: version,
  });
  const final = await reportInState(lab, order.id, 'released', 2);
  assert.deepEqual([interim.isPartial, final.isPartial], [true, false]);
  if (!needsPoppler(t)) return;
  assert.doesNotMatch(pagesOfPdf(await pdfOf(lab, final.id)).join(' '), /Creatinine/);
});

test('a test added after the final report: that one stands till the new test is signed, and the next is not amended', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2' });
  const first = await reportInState(lab, order.id, 'released');
  await lab.as('desk').call(addTests, { orderId: order.id, requestId: newId(), items: ['MP_SMEAR'] });
  await lab.settle();
  assert.equal(await day.pathologist.call(composeReport, { orderId: order.id }), null);
  const same = await day.pathologist.call(composeReport, { orderId: order.id, isPartial: true });
  assert.deepEqual([same?.id, same?.status], [first.id, 'released']);
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { MP_SMEAR: 'Not seen' }));
  const second = await reportInState(lab, order.id, 'released', 2);
  assert.deepEqual([second.isPartial, second.isAmended], [false, false]);
});
