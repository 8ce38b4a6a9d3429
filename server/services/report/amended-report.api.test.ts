// Signed values that are amended, and the versions that follow (lab-day 58, P3).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { withdrawAmendments } from '#contract/result.ts';
import { createUser } from '#contract/user.ts';

import { startGateway } from '../../testing/start-gateway.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import { checkReport, composeReport, getReport, linkReport, reportsOfOrders } from './contract.ts';
import { ReportContent } from './domain/report-content.ts';
import {
  amend,
  amendTo,
  authorise,
  authorisedOrder,
  enterAndVerify,
  openPdf,
  orderAtTheBench,
  pdfOf,
  releasedFacts,
  reportInState,
  startDay,
} from './lab-day.testing.ts';
import { needsPoppler, pagesOfPdf } from './rendering/pdf-text.testing.ts';

const codeOf = (url: string) => url.split('/').at(-1) ?? '';
const versionsOf = async (lab: TestLab, orderId: string) =>
  (await lab.as('desk').call(reportsOfOrders, { ids: [orderId] })).map(({ version, status }) => [version, status]);

test('lab-day 58: an amended value makes a version that says what changed; the old one stays, and is told to be superseded', async (t) => {
  const lab = await startLab(t, { env: { PUBLIC_URL: 'https://lab.example' } });
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2', CREA: '0.9' });
  const first = await reportInState(lab, order.id, 'released');
  const firstPdf = await pdfOf(lab, first.id);

  await t.test('while it is open the old one stands', async () => {
    await amend(day, order.id, 'HGB', 'Tubes exchanged at the bench');
    await lab.settle();
    for (const isPartial of [false, true]) {
      const standing = await day.pathologist.call(composeReport, { orderId: order.id, isPartial });
      assert.deepEqual([standing?.id, standing?.status], [first.id, 'released']);
    }
    assert.deepEqual(await versionsOf(lab, order.id), [[1, 'released']]);
    assert.equal((await lab.system.call(checkReport, { code: codeOf(first.verifyUrl) })).status, 'released');
  });

  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { HGB: '11.4' }));
  const second = await reportInState(lab, order.id, 'released', 2);
  assert.deepEqual([second.number, second.isAmended, second.isPartial], [`${order.number}-R2`, true, false]);
  assert.deepEqual(await versionsOf(lab, order.id), [
    [2, 'released'],
    [1, 'superseded'],
  ]);

  await t.test('the old PDF is still what it was, and its code names the new one', async () => {
    const old = await lab.as('desk').call(getReport, { reportId: first.id });
    assert.deepEqual([old.status, old.supersededBy, old.sha256], ['superseded', second.number, first.sha256]);
    const again = await openPdf(lab, (await lab.as('desk').call(linkReport, { reportId: first.id })).url);
    assert.deepEqual(again, firstPdf);
    assert.equal(createHash('sha256').update(again).digest('hex'), first.sha256);
    const checked = await lab.system.call(checkReport, { code: codeOf(first.verifyUrl) });
    assert.deepEqual([checked.status, checked.supersededBy], ['superseded', second.number]);
    const { listen } = await startGateway(t, lab);
    const page = await (await fetch(`${await listen()}/r/${codeOf(first.verifyUrl)}`)).text();
    assert.ok(page.includes('Superseded') && page.includes(second.number));
  });

  await t.test('the event tells that whoever got the old one has to get this one', async () => {
    assert.deepEqual(
      (await releasedFacts(lab)).map(({ version, isAmended, isPartial }) => [version, isAmended, isPartial]),
      [
        [1, false, false],
        [2, true, false],
      ],
    );
  });

  await t.test('a second amendment makes a third version, which tells of both', async () => {
    await amendTo(day, order.id, { CREA: '1.9' }, 'Decimal point misplaced');
    const third = await reportInState(lab, order.id, 'released', 3);
    const checked = await lab.system.call(checkReport, { code: codeOf(first.verifyUrl) });
    assert.equal(checked.supersededBy, third.number, 'the version that stands now');
    if (!needsPoppler(t)) return;
    const words = pagesOfPdf(await pdfOf(lab, third.id)).join(' ');
    assert.match(words, /Haemoglobin 13\.2 g\/dL 11\.4 g\/dL Tubes exchanged at the bench/);
    assert.match(words, /Creatinine 0\.90 mg\/dL 1\.90 mg\/dL Decimal point misplaced/);
  });

  if (!needsPoppler(t)) return;
  const words = pagesOfPdf(await pdfOf(lab, second.id)).join(' ');
  assert.ok(words.includes('AMENDED REPORT'));
  assert.ok(words.includes(`This report replaces ${first.number}`));
  assert.match(words, /Haemoglobin 13\.2 g\/dL 11\.4 g\/dL Tubes exchanged at the bench/);
  assert.match(words, /pathologist, \d\d \w{3} \d{4}, \d\d:\d\d/, 'by whom and when');
  assert.ok(!pagesOfPdf(firstPdf).join(' ').includes('AMENDED'));
});

test('a report names who drew and who amended as people, not by their logins', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const add = (username: string, name: string, role: string) =>
    lab.system.call(createUser, { username, name, password: 'monsoon-1994', roles: [role] });
  await add('phlebotomist', 'Lata Shinde', 'phlebotomist');
  await add('pathologist', 'Dr. Meera Joshi', 'pathologist');
  const order = await authorisedOrder(day, { HGB: '13.2' });
  await reportInState(lab, order.id, 'released');
  await amendTo(day, order.id, { HGB: '11.4' }, 'Tubes exchanged');
  await reportInState(lab, order.id, 'released', 2);
  const contents = await lab.runtime.databaseOf('report').transaction(lab.labId, {}, (db) =>
    db.rows<{ readonly content: unknown }>(sql`
      select content from lis_report.report where lab_id = ${lab.labId} and order_id = ${order.id} order by version`),
  );
  const said = contents.map(({ content }) => ReportContent.parse(content));
  assert.deepEqual(
    said.map(({ times, report }) => [times.collectedBy, report.changes?.map(({ by }) => by)]),
    [
      ['Lata Shinde', undefined],
      ['Lata Shinde', ['Dr. Meera Joshi']],
    ],
  );
});

test('an amendment that is given up leaves the report as it is', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2', CREA: '0.9' });
  const first = await reportInState(lab, order.id, 'released');
  const opened = await amend(day, order.id, 'HGB', 'Looked wrong');
  await day.pathologist.call(withdrawAmendments, {
    items: [{ resultId: opened.id, expectedVersion: opened.version }],
    reason: 'Was right',
  });
  await lab.settle();
  assert.equal((await day.pathologist.call(composeReport, { orderId: order.id }))?.id, first.id);
  assert.deepEqual(await versionsOf(lab, order.id), [[1, 'released']]);
});

test('a value amended before any report showed it makes an ordinary report', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['HGB', 'CREA']);
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { HGB: '13.2' }));
  await amendTo(day, order.id, { HGB: '11.4' }, 'Tubes exchanged');
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { CREA: '0.9' }));
  const report = await reportInState(lab, order.id, 'released');
  assert.deepEqual([report.version, report.isAmended], [1, false]);
});

test('lab-day 51, 58: an interim report is replaced at once when a value it shows is amended', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['HGB', 'CREA', 'MP_SMEAR']);
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { HGB: '13.2' }));
  await day.pathologist.call(composeReport, { orderId: order.id, isPartial: true });
  await reportInState(lab, order.id, 'released');
  // Signed meanwhile, and not asked for: an amendment releases no more than was released.
  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { CREA: '0.9' }));
  await lab.settle();
  assert.deepEqual(await versionsOf(lab, order.id), [[1, 'released']]);

  await amendTo(day, order.id, { HGB: '11.4' }, 'Tubes exchanged');
  const second = await reportInState(lab, order.id, 'released', 2);
  assert.deepEqual([second.isAmended, second.isPartial], [true, true]);
  if (!needsPoppler(t)) return;
  const words = pagesOfPdf(await pdfOf(lab, second.id)).join(' ');
  assert.match(words, /Haemoglobin 13\.2 g\/dL 11\.4 g\/dL Tubes exchanged/);
  assert.match(words, /Pending: not part of this interim report .*Creatinine/);
});
