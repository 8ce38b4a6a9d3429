import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql } from 'graphql';
import sql from 'sql-template-tag';

import { getFile } from '#contract/file.ts';
import { updateLab, getLab } from '#contract/organization.ts';
import { anonymous } from '#platform/actor.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import { checkReport, composeReport, getReport, linkReport, reportsOfOrders } from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import { authorisedOrder, orderAtTheBench, reportInState, startDay } from './lab-day.testing.ts';

const asReportService = (lab: TestLab) => lab.runtime.databaseOf('report');

test('the check code tells anyone genuine or not, and nothing of the patient', async (t) => {
  const lab = await startLab(t, { env: { PUBLIC_URL: 'https://lab.example' } });
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '8.4' });
  const report = await reportInState(lab, order.id, 'released');
  const code = /^https:\/\/lab\.example\/r\/([0-9A-HJKMNP-TV-Z]{24})$/.exec(report.verifyUrl)?.[1] ?? '';
  const check = (typed: string) =>
    lab.runtime.dispatcher.call(checkReport, { code: typed }, lab.runtime.scopeOf(anonymous));
  const expected = {
    labName: 'Nidaan Demo Diagnostics',
    number: report.number,
    version: 1,
    status: 'released',
    releasedAt: report.releasedAt,
    signedBy: 'Dr. Sunita Deshmukh',
    sha256: report.sha256,
    isPartial: false,
    isAmended: false,
    supersededBy: null,
  };
  assert.deepEqual(await check(code), expected);
  assert.deepEqual(await check(code.toLowerCase().replace(/(.{4})/g, '$1-')), expected);
  for (const wrong of [
    '',
    'x',
    code.slice(1),
    `${code.slice(0, -1)}${code.endsWith('Z') ? 'Y' : 'Z'}`,
    "' or 1=1 --",
  ]) {
    await lab.system.refused(checkReport, { code: wrong }, 'report.unknown_check_code');
  }
  // The paper keeps the lab's name it was printed with.
  const { version } = await lab.system.call(getLab, {});
  await lab.as('manager').call(updateLab, { name: 'Renamed', expectedVersion: version });
  assert.equal((await check(code)).labName, 'Nidaan Demo Diagnostics');
});

test('each act needs its right, and another lab sees nothing', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2' });
  const report = await reportInState(lab, order.id, 'released');
  for (const role of ['phlebotomist', 'accountant']) {
    const actor = lab.as(role);
    await actor.refused(getReport, { reportId: report.id }, 'platform.forbidden');
    await actor.refused(reportsOfOrders, { ids: [order.id] }, 'platform.forbidden');
    await actor.refused(linkReport, { reportId: report.id }, 'platform.forbidden');
  }
  await lab.as('desk').refused(composeReport, { orderId: order.id }, 'platform.forbidden');
  await lab.as('desk').refused(linkReport, { reportId: newId() }, 'report.not_found');
  await lab.as('pathologist').refused(composeReport, { orderId: newId() }, 'order.not_found');

  const foreign = lab.as('admin', newId());
  await foreign.refused(getReport, { reportId: report.id }, 'report.not_found');
  await foreign.refused(linkReport, { reportId: report.id }, 'report.not_found');
  await foreign.refused(getFile, { fileId: report.fileId ?? newId() }, 'file.not_found');
  await foreign.refused(composeReport, { orderId: order.id }, 'order.not_found');
  assert.deepEqual(await foreign.call(reportsOfOrders, { ids: [order.id] }), []);
});

test('over GraphQL a report is composed, read and linked with the same rights', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2' });
  const report = await reportInState(lab, order.id, 'released');
  const schema = buildSchema([graphqlModule]);
  const ask = async (role: string, source: string, id: string) => {
    const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(lab.as(role).actor));
    const reply = await graphql({ schema, source, variableValues: { id }, contextValue });
    return reply.errors ? reply.errors.map((error) => error.message) : JSON.parse(JSON.stringify(reply.data));
  };
  const fields =
    'id orderId patientId number version status fileId sha256 sizeBytes verifyUrl composedAt releasedAt signedBy isPartial isAmended supersededBy';
  assert.deepEqual(await ask('desk', `query ($id: ID!) { report(id: $id) { ${fields} } }`, report.id), { report });
  assert.deepEqual(
    await ask('pathologist', `mutation ($id: ID!) { composeReport(orderId: $id) { ${fields} } }`, order.id),
    { composeReport: report },
  );
  const unfinished = await orderAtTheBench(lab, ['HGB']);
  assert.deepEqual(
    await ask('pathologist', 'mutation ($id: ID!) { composeReport(orderId: $id) { id } }', unfinished.id),
    {
      composeReport: null,
    },
  );
  assert.deepEqual(
    await ask(
      'pathologist',
      'mutation ($id: ID!) { composeReport(orderId: $id, isPartial: true, section: "X") { id } }',
      unfinished.id,
    ),
    ['The order has no tests of a section X; its sections are HAEMATOLOGY.'],
  );
  const linked = await ask('desk', 'mutation ($id: ID!) { linkReport(reportId: $id) { url expiresAt } }', report.id);
  assert.match(linked.linkReport.url, /^http:\/\/localhost:8000\/files\/[\w-]{95}$/);
  assert.deepEqual(await ask('phlebotomist', 'mutation ($id: ID!) { linkReport(reportId: $id) { url } }', report.id), [
    'Your roles do not include the permission report.read.',
  ]);
});

test('the database itself refuses to change what a version says, or to remove it', async (t) => {
  const lab = await startLab(t, { services: ['report'] });
  const database = asReportService(lab);
  for (const statement of [
    sql`update lis_report.report set content = '{}'`,
    sql`update lis_report.report set check_code = 'x'`,
    sql`update lis_report.report set basis = 'x'`,
    sql`update lis_report.report set printed = '[]'`,
    sql`delete from lis_report.report`,
  ]) {
    await assert.rejects(
      database.transaction(lab.labId, {}, (db) => db.rows(statement)),
      /permission denied/,
    );
  }
  // The role that looks up check codes sees no content.
  await assert.rejects(
    database.platform((db) => db.rows(sql`select content from lis_report.report`)),
    /permission denied/,
  );
});

test('reports of orders and check codes are found by index among many', async (t) => {
  const lab = await startLab(t, { services: ['report'] });
  const ctx = lab.runtime.systemCtx('report', lab.labId);
  const plan = await ctx.transaction(async (tx) => {
    await tx.rows(sql`
      insert into lis_report.report
        (id, lab_id, order_id, patient_id, number, version, status, basis, content, check_code, file_id, signed_by, composed_at)
      select gen_random_uuid(), ${lab.labId}, gen_random_uuid(), gen_random_uuid(), n::text, 1, 'making', 'b', '{}', 'CODE' || n, gen_random_uuid(), 'x', now()
      from generate_series(1, 5000) as n`);
    const explained = await tx.rows<object>(sql`
      explain select id from lis_report.report
      where lab_id = ${lab.labId} and order_id = any(${[newId(), newId()]}::uuid[])
      order by order_id, version desc limit 2000`);
    return JSON.stringify(explained);
  });
  assert.match(plan, /report_version_key/);
  assert.doesNotMatch(plan, /Seq Scan/);
  const byCode = await asReportService(lab).platform((db) =>
    db.rows<object>(sql`explain select lab_id, id from lis_report.report where check_code = 'CODE77'`),
  );
  assert.match(JSON.stringify(byCode), /report_check_code_key/);
});
