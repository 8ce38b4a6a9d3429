import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import sql from 'sql-template-tag';

import { listFiles } from '#contract/file.ts';
import { resultsOfOrders } from '#contract/result.ts';
import { deadLetterCalls } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import { composeVersion, Overtaken } from './commands/compose-report.ts';
import { checkReport, composeReport, getReport, linkReport, reportsOfOrders } from './contract.ts';
import { gather } from './gather.ts';
import { runRenderReport } from './jobs/render-report.ts';
import {
  authorise,
  authorisedOrder,
  enterAndVerify,
  openPdf,
  orderAtTheBench,
  reportInState,
  startDay,
} from './lab-day.testing.ts';
import { ReportContent } from './domain/report-content.ts';
import { renderReport } from './rendering/render-report.ts';

/** Null where no pdftotext is installed. */
function textOf(t: TestContext, pdf: Buffer): string | null {
  if (spawnSync('pdftotext', ['-v']).error !== undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), 'nidaan-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'report.pdf'), pdf);
  return execFileSync('pdftotext', ['-layout', join(folder, 'report.pdf'), '-'], { encoding: 'utf8' });
}

const told = (lab: TestLab) =>
  lab.runtime.databaseOf('report').platform((db) =>
    db.rows<{ type: string; entityId: string; payload: { readonly reportId: string; readonly version: number } }>(sql`
      select type, entity_id, payload from lis_report.outbox order by xid, seq`),
  );

const asReportService = (lab: TestLab) => lab.runtime.databaseOf('report');

test('from the desk to the released PDF: the report makes itself when the last result is authorised', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['HGB', 'CREA', 'MP_SMEAR']);
  const first = await enterAndVerify(lab, order.id, { HGB: '8.4', CREA: '0.9' });
  await authorise(day.pathologist, first);
  await lab.settle();
  assert.deepEqual(await lab.as('desk').call(reportsOfOrders, { ids: [order.id] }), [], 'one result is still open');
  assert.equal(await day.pathologist.call(composeReport, { orderId: order.id }), null);

  await authorise(day.pathologist, await enterAndVerify(lab, order.id, { MP_SMEAR: 'Not seen' }));
  const report = await reportInState(lab, order.id, 'released');
  assert.deepEqual(
    [report.number, report.version, report.signedBy, report.patientId],
    [`${order.number}-R1`, 1, 'Dr. Sunita Deshmukh', order.patientId],
  );

  const { url } = await lab.as('desk').call(linkReport, { reportId: report.id });
  const pdf = await openPdf(lab, url);
  assert.equal(pdf.subarray(0, 5).toString('latin1'), '%PDF-');
  assert.equal(createHash('sha256').update(pdf).digest('hex'), report.sha256);
  assert.equal(pdf.length, report.sizeBytes);

  const text = textOf(t, pdf);
  if (text === null) {
    assert.match(pdf.toString('latin1'), /\/Type\s*\/Page\b/);
    assert.ok(pdf.length > 10_000, 'a page with its fonts');
  } else {
    for (const words of [
      'Nidaan Demo Diagnostics',
      'Asha Patil',
      '34 Y',
      'Female',
      report.number,
      'Dr. Sunita Kulkarni',
      'Haemoglobin',
      '8.4',
      'g/dL',
      'Creatinine',
      '0.9',
      'Not seen',
      'Dr. Sunita Deshmukh',
      'MD (Pathology)',
      'MMC 2009/04/1234',
    ]) {
      assert.ok(text.includes(words), `the report says ${words}`);
    }
    // One line: value, unit, range, and the flag that the value is low for a woman of 34.
    assert.match(text, /Haemoglobin\s+8\.4\s+g\/dL\s+\d+\.\d – \d+\.\d\s+L/);
    assert.match(text, /haematology[^]*Malarial[^]*biochemistry[^]*Creatinine/i);
    const code = report.verifyUrl.split('/').at(-1) ?? '';
    assert.ok(text.replaceAll('-', '').includes(code), 'the check code can be typed');
  }

  assert.deepEqual((await lab.audit('report', order.id)).toSorted(), [
    'report.compose',
    'report.link',
    'report.release',
  ]);
  assert.deepEqual((await lab.audit('file', order.id)).toSorted(), ['file.link', 'file.open', 'file.store']);
  assert.deepEqual(
    (await told(lab)).map(({ type, entityId, payload }) => [type, entityId, payload.reportId]),
    [['report.released', order.id, report.id]],
  );
});

test('the same results make no second version, by hand, by event or both at once', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2' });
  const made = await Promise.all(
    Array.from({ length: 4 }, () => day.pathologist.call(composeReport, { orderId: order.id })),
  );
  await lab.settle();
  const report = await reportInState(lab, order.id, 'released');
  for (const one of made) assert.equal(one?.id, report.id);
  assert.equal((await day.pathologist.call(composeReport, { orderId: order.id }))?.id, report.id);
  assert.equal((await lab.as('desk').call(reportsOfOrders, { ids: [order.id] })).length, 1);
  assert.deepEqual(await lab.audit('report', order.id), ['report.compose', 'report.release']);
});

/** As an added analyte does: one more authorised result on the first line of the order. Nothing changes one that is there. */
async function addResult(lab: TestLab, orderId: string, analyteName: string, value: string): Promise<void> {
  const [result] = await lab.system.call(resultsOfOrders, { ids: [orderId] });
  assert.ok(result);
  await lab.runtime.databaseOf('result').transaction(lab.labId, {}, (db) =>
    db.rows(sql`
      insert into lis_result.result
        (id, lab_id, order_id, line_id, patient_id, position, priority_rank, placed_at, test_code, test_name, section, specimen, method,
         analyte_code, analyte_name, kind, unit, choices, barcode, collected_at, received_at, status, value, raw_value, entered_at, entered_by,
         verified_at, verified_by, authorised_at, authorised_by, authorised_by_id)
      select ${newId()}, lab_id, order_id, line_id, patient_id, position + 1, priority_rank, placed_at, test_code, test_name, section, specimen, method,
        'ADDED', ${analyteName}, kind, '%', choices, barcode, collected_at, received_at, status, ${value}, ${value}, entered_at, entered_by,
        verified_at, verified_by, authorised_at, authorised_by, authorised_by_id
      from lis_result.result where lab_id = ${lab.labId} and id = ${result.id}`),
  );
}

test('changed results make the next version; the former is superseded and stays readable', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2' });
  const first = await reportInState(lab, order.id, 'released');
  const firstPdf = await openPdf(lab, (await day.pathologist.call(linkReport, { reportId: first.id })).url);

  await addResult(lab, order.id, 'Added analyte', '45.6');
  const rivals = await Promise.all([1, 2, 3].map(() => day.pathologist.call(composeReport, { orderId: order.id })));
  assert.deepEqual(new Set(rivals.map((one) => one?.version)), new Set([2]));
  const second = await reportInState(lab, order.id, 'released', 2);
  assert.equal(second.number, `${order.number}-R2`);
  const all = await lab.as('desk').call(reportsOfOrders, { ids: [order.id] });
  assert.deepEqual(
    all.map(({ version, status }) => [version, status]),
    [
      [2, 'released'],
      [1, 'superseded'],
    ],
  );

  // P3: what was given out is still what it was.
  const again = await openPdf(lab, (await day.pathologist.call(linkReport, { reportId: first.id })).url);
  assert.deepEqual(again, firstPdf);
  const checked = await lab.system.call(checkReport, { code: first.verifyUrl.split('/').at(-1) ?? '' });
  assert.deepEqual([checked.status, checked.version, checked.sha256], ['superseded', 1, first.sha256]);
  const text = textOf(t, await openPdf(lab, (await day.pathologist.call(linkReport, { reportId: second.id })).url));
  if (text !== null) {
    assert.match(text, /Version\s+2: replaces/);
    assert.doesNotMatch(text, /amended/i, 'a test was added, no value changed');
    assert.match(text, /Haemoglobin\s+13\.2/);
    assert.match(text, /Added analyte\s+45\.6\s+%/);
  }
  assert.deepEqual(
    (await told(lab)).map(({ payload }) => payload.version),
    [1, 2],
  );
});

test('what was gathered before another version came makes no later version', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2' });
  const first = await reportInState(lab, order.id, 'released');
  const ctx = lab.runtime.systemCtx('report', lab.labId);
  await addResult(lab, order.id, 'Added analyte', '45.6');
  const old = await gather(ctx, order, { kind: 'complete' }, new Set());
  assert.ok(old.kind === 'ready');
  const second = await day.pathologist.call(composeReport, { orderId: order.id });
  assert.equal(second?.version, 2);
  await reportInState(lab, order.id, 'released', 2);
  // Slower, and with facts of when version 1 was the newest.
  await assert.rejects(composeVersion(ctx, order, { ...old, basis: first.id }, 1), Overtaken);
  const all = await lab.as('desk').call(reportsOfOrders, { ids: [order.id] });
  assert.deepEqual(
    all.map(({ version }) => version),
    [2, 1],
  );
});

test('a job that runs twice makes one file, one release and the same bytes', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2' });
  const report = await reportInState(lab, order.id, 'released');
  const ctx = lab.runtime.systemCtx('report', lab.labId);
  await runRenderReport(ctx, { reportId: report.id });
  assert.equal((await told(lab)).length, 1);

  // As after a crash between the file and the release: the file is there, the report does not know.
  await asReportService(lab).transaction(lab.labId, {}, (db) =>
    db.rows(
      sql`update lis_report.report set status = 'making', released_at = null, sha256 = null, size_bytes = null where lab_id = ${lab.labId} and id = ${report.id}`,
    ),
  );
  await Promise.all([runRenderReport(ctx, { reportId: report.id }), runRenderReport(ctx, { reportId: report.id })]);
  const again = await lab.as('desk').call(getReport, { reportId: report.id });
  assert.deepEqual([again.status, again.sha256, again.fileId], ['released', report.sha256, report.fileId]);
  assert.equal((await lab.system.call(listFiles, { ownerId: report.id })).edges.length, 1);
  assert.equal((await told(lab)).length, 2, 'the two runs released once');

  // And were the file not there, the stored content would give the same bytes.
  const row = await asReportService(lab).transaction(lab.labId, {}, (db) =>
    db.one<{ content: unknown }>(
      sql`select content from lis_report.report where lab_id = ${lab.labId} and id = ${report.id}`,
    ),
  );
  const pdf = await renderReport(ctx.ports.pdf, ReportContent.parse(row.content));
  assert.equal(createHash('sha256').update(pdf).digest('hex'), report.sha256);
});

/** Puts a file where the shelf writes partial files: every put fails till it is removed. */
function blockShelf(lab: TestLab): string {
  const partial = join(lab.config.dataDir, 'files', 'partial');
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(partial), { recursive: true });
  writeFileSync(partial, 'in the way');
  return partial;
}

test('a PDF that cannot be stored shows as failed, and is made when asked for again', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['HGB']);
  const results = await enterAndVerify(lab, order.id, { HGB: '13.2' });
  const partial = blockShelf(lab);
  await authorise(day.pathologist, results);
  const failed = await reportInState(lab, order.id, 'failed');
  await lab.as('desk').refused(linkReport, { reportId: failed.id }, 'report.not_ready');
  assert.deepEqual([failed.fileId, failed.sha256, failed.releasedAt], [null, null, null]);
  assert.equal(
    (await lab.system.call(checkReport, { code: failed.verifyUrl.split('/').at(-1) ?? '' })).status,
    'failed',
  );

  rmSync(partial);
  const again = await day.pathologist.call(composeReport, { orderId: order.id });
  assert.equal(again?.id, failed.id);
  const released = await reportInState(lab, order.id, 'released');
  assert.equal(released.id, failed.id);
  const acts = await lab.audit('report', order.id);
  assert.equal(acts.filter((act) => act === 'report.release').length, 1);
  assert.ok(acts.includes('report.render_failed'));
});

test('a PDF that could not be stored is tried again without anyone asking', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['HGB']);
  const results = await enterAndVerify(lab, order.id, { HGB: '13.2' });
  const partial = blockShelf(lab);
  await authorise(day.pathologist, results);
  const failed = await reportInState(lab, order.id, 'failed');
  rmSync(partial);
  assert.equal((await reportInState(lab, order.id, 'released')).id, failed.id);
});

test('a report of a superseded version that has no PDF is not made any more', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await authorisedOrder(day, { HGB: '13.2' });
  const report = await reportInState(lab, order.id, 'released');
  await asReportService(lab).transaction(lab.labId, {}, (db) =>
    db.rows(
      sql`update lis_report.report set status = 'superseded', released_at = null where lab_id = ${lab.labId} and id = ${report.id}`,
    ),
  );
  await runRenderReport(lab.runtime.systemCtx('report', lab.labId), { reportId: report.id });
  assert.equal((await lab.as('desk').call(getReport, { reportId: report.id })).status, 'superseded');
  assert.equal((await told(lab)).length, 1);
});

test('nobody without a registration number signs a report: by hand it is refused, by event it waits for an operator', async (t) => {
  const lab = await startLab(t);
  const day = await startDay(lab);
  const order = await orderAtTheBench(lab, ['HGB']);
  await authorise(day.unregistered, await enterAndVerify(lab, order.id, { HGB: '13.2' }));
  await assert.rejects(day.pathologist.call(composeReport, { orderId: order.id }), { code: 'report.signatory_unfit' });
  const waiting = () =>
    asReportService(lab).platform((db) =>
      db.rows<{ state: string; lastError: string; attempts: number }>(sql`
        select state, last_error, attempts from lis_report.inbox where entity_id = ${order.id} and state <> 'done' and attempts > 0`),
    );
  for (let turn = 0; turn < 200 && (await waiting()).length === 0; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 25));
  const [event] = await waiting();
  assert.equal(event?.lastError, 'report.signatory_unfit');
  assert.deepEqual(await lab.as('desk').call(reportsOfOrders, { ids: [order.id] }), []);

  // After the last try the event is parked where an operator sees it; the tries themselves are the platform's.
  await asReportService(lab).platform((db) =>
    db.rows(
      sql`update lis_report.inbox set state = 'parked', attempts = 12 where entity_id = ${order.id} and state = 'waiting' and attempts > 0`,
    ),
  );
  const parked = await lab.as('manager').call(deadLetterCalls('report').list, {});
  assert.deepEqual(
    parked.map(({ consumer, lastError, entityId }) => [consumer, lastError, entityId]),
    [['on-result-authorised', 'report.signatory_unfit', order.id]],
  );
});
