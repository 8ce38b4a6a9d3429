import assert from 'node:assert/strict';
import { test } from 'node:test';

import { calendarDay } from '@nidaan/values';
import writeExcel from 'write-excel-file/node';

import { savePartner } from '#contract/organization.ts';
import { getPatients, registerPatient, searchPatients } from '#contract/patient.ts';
import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import {
  discardDraft,
  getOrders,
  getUpload,
  importOrders,
  listDrafts,
  listOrders,
  listUploadRows,
  placeOrder,
  saveDraft,
} from './contract.ts';
import { placeCamp } from './jobs/place-camp.ts';
import { pruneDrafts } from './jobs/prune-drafts.ts';
import { registered, startDesk } from './orders.testing.ts';

test('ORD-50 lab-day 19: what is typed is kept for its user, saved again and again, and goes when the order is placed', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const id = newId();
  await desk.call(saveDraft, { id, content: { name: 'Lak' } });
  await desk.call(saveDraft, { id, content: { name: 'Lakshmi', items: ['CBC'] } });
  const other = newId();
  await desk.call(saveDraft, { id: other, content: { name: 'Asha' } });
  const drafts = (await desk.call(listDrafts, {})).edges.map((edge) => edge.node);
  assert.deepEqual(
    drafts.map((draft) => draft.content),
    [{ name: 'Asha' }, { name: 'Lakshmi', items: ['CBC'] }],
  );
  // Another person of the desk, even with the same id, has drafts of their own.
  const colleague = lab.as('desk');
  await colleague.call(saveDraft, { id, content: { name: 'Someone else' } });
  assert.equal((await colleague.call(listDrafts, {})).edges.length, 1);
  assert.equal((await lab.as('admin', newId()).call(listDrafts, {})).edges.length, 0);

  await desk.call(placeOrder, { id, patientId: await registered(lab), items: ['CBC'] });
  assert.deepEqual(
    (await desk.call(listDrafts, {})).edges.map((edge) => edge.node.id),
    [other],
  );
  assert.equal((await colleague.call(listDrafts, {})).edges.length, 1);
  assert.deepEqual(await desk.call(discardDraft, { id: other }), { isDiscarded: true });
  assert.deepEqual(await desk.call(discardDraft, { id: other }), { isDiscarded: false });
});

test('ORD-51 a draft is small, holds no Aadhaar number, and there are not too many of them', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  await desk.refused(saveDraft, { id: newId(), content: { notes: 'x'.repeat(17_000) } }, 'order.draft_too_large');
  const refusal = await desk.refused(
    saveDraft,
    { id: newId(), content: { patient: { id: '2341 2341 2346' } } },
    'order.draft_refused',
  );
  assert.doesNotMatch(refusal.message, /2341/);
  const ids = Array.from({ length: 50 }, () => newId());
  for (const id of ids) await desk.call(saveDraft, { id, content: {} });
  await desk.refused(saveDraft, { id: newId(), content: {} }, 'order.too_many_drafts');
  await desk.call(saveDraft, { id: ids[0] ?? '', content: { more: true } });
  await lab.system.refused(saveDraft, { id: newId(), content: {} }, 'platform.unauthenticated');
  await lab.as('technician').refused(saveDraft, { id: newId(), content: {} }, 'platform.forbidden');
});

test('ORD-52 drafts nobody touched for 30 days are forgotten', async (t) => {
  const clock = createManualClock('2026-11-25T05:00:00.000Z');
  const lab = await startDesk(t, { clock });
  const desk = lab.as('desk');
  const [old, fresh] = [newId(), newId()];
  await desk.call(saveDraft, { id: old, content: {} });
  clock.advance(20 * 86_400_000);
  await desk.call(saveDraft, { id: fresh, content: {} });
  clock.advance(11 * 86_400_000);
  await pruneDrafts(lab.runtime.systemCtx('order', lab.labId));
  assert.deepEqual(
    (await desk.call(listDrafts, {})).edges.map((edge) => edge.node.id),
    [fresh],
  );
});

const csv = (...rows: readonly string[]) =>
  Buffer.from(['name,sex,born_on,age,mobile,tests,fasting', ...rows].join('\n')).toString('base64');

const dayFromNow = (days: number) => calendarDay(new Date(Date.now() + days * 86_400_000).toISOString());

async function camp(lab: TestLab): Promise<string> {
  const partner = await lab.as('manager').call(savePartner, {
    kind: 'camp',
    code: 'CAMP-1',
    name: 'School camp',
    fromDay: dayFromNow(-10),
    toDay: dayFromNow(10),
  });
  return partner.id;
}

test('ORD-53 a dry run names row and column of every fault and stores nothing; a file with faults is refused whole', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const sourceId = await camp(lab);
  const content = csv('Asha Patil,F,,45,9876543210,CBC,yes', 'Ravi,X,,,98765,NOPE;CBC,', ',M,1980-01-01,,,CBC,no');
  const upload = { uploadId: newId(), sourceId, fileName: 'camp.csv', format: 'csv', content } as const;
  const dry = await desk.call(importOrders, { ...upload, isDryRun: true });
  assert.equal(dry.upload, null);
  assert.deepEqual(dry.faults.map((fault) => `${fault.row} ${fault.column}`).toSorted(), [
    '3 age',
    '3 mobile',
    '3 sex',
    '3 tests',
    '4 name',
  ]);
  const refusal = await desk.refused(importOrders, upload, 'order.bad_file');
  assert.match(refusal.message, /row 3, column sex/);
  await desk.refused(getUploadOf(upload.uploadId).call, getUploadOf(upload.uploadId).input, 'order.upload_not_found');
  assert.equal((await desk.call(listOrders, {})).edges.length, 0);
  const noSheet = { ...upload, format: 'xlsx', content: Buffer.from('no zip').toString('base64') } as const;
  await desk.refused(importOrders, noSheet, 'order.bad_file');
  await desk.refused(importOrders, { ...upload, sourceId: newId() }, 'order.bad_source');
  await lab.as('technician').refused(importOrders, upload, 'platform.forbidden');
});

const getUploadOf = (uploadId: string) => ({ call: getUpload, input: { uploadId } });

test('ORD-54 a camp is registered and ordered in the background; sent again nothing is made twice', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const sourceId = await camp(lab);
  const people = Array.from(
    { length: 104 },
    (_, at) => `Person ${at} Kamble,${at % 2 ? 'M' : 'F'},,${20 + (at % 50)},,CBC;LFT,yes`,
  );
  const upload = { uploadId: newId(), sourceId, fileName: 'camp.csv', format: 'csv', content: csv(...people) } as const;
  const [one, two] = await Promise.all([desk.call(importOrders, upload), desk.call(importOrders, upload)]);
  assert.deepEqual([one.rows, two.rows], [104, 104]);
  // Two workers at the same rows, as when a job is run again while the first is not dead after all.
  const system = lab.runtime.systemCtx('order', lab.labId);
  await Promise.all([placeCamp(system, upload), placeCamp(system, upload)]);
  await lab.settle();
  const done = await desk.call(getUpload, { uploadId: upload.uploadId });
  assert.deepEqual([done.rows, done.waiting, done.placed, done.refused, done.possibleDuplicates], [104, 0, 104, 0, 0]);
  await desk.call(importOrders, upload);
  await lab.settle();
  const page = await desk.call(listUploadRows, { uploadId: upload.uploadId, first: 100 });
  const rest = await desk.call(listUploadRows, { uploadId: upload.uploadId, first: 100, after: page.endCursor });
  const rows = [...page.edges, ...rest.edges].map((edge) => edge.node);
  assert.equal(new Set(rows.map((row) => row.orderId)).size, 104);
  const [first] = await desk.call(getOrders, { ids: [rows[0]?.orderId ?? ''] });
  assert.deepEqual(
    [first?.source, first?.sourceId, first?.placedBy, first?.isFasting],
    ['camp', sourceId, 'desk', true],
  );
  const [person] = await desk.call(getPatients, { ids: [rows[0]?.patientId ?? ''] });
  assert.deepEqual([person?.name, person?.isBornOnApproximate], ['Person 0 Kamble', true]);
  let orders = 0;
  for (let after: string | null = null; ;) {
    const list: Awaited<ReturnType<typeof desk.call<typeof listOrders>>> = await desk.call(listOrders, {
      first: 100,
      after,
    });
    orders += list.edges.length;
    if (!list.hasNextPage) break;
    after = list.endCursor;
  }
  assert.equal(orders, 104);
  // The same id with another file, or of another lab, is refused.
  await desk.refused(importOrders, { ...upload, content: csv('Asha Patil,F,,45,,CBC,') }, 'order.upload_taken');
  const foreign = lab.as('admin', newId());
  await foreign.refused(getUpload, { uploadId: upload.uploadId }, 'order.upload_not_found');
  assert.equal((await foreign.call(listUploadRows, { uploadId: upload.uploadId })).edges.length, 0);
  assert.deepEqual(await lab.changes('order', upload.uploadId), ['order.import']);
});

test('ORD-55 lab-day 9: who may be registered already is listed, not guessed, until a person has chosen', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const sourceId = await camp(lab);
  const known = { name: 'Asha Patil', sex: 'female', bornOn: '1981-01-01', mobile: '9876543210' } as const;
  const asha = await desk.call(registerPatient, known);
  const content = csv(
    'Asha Patil,F,1981-01-01,,9876543210,CBC,',
    'Asha Patil,F,1999-05-05,,9876543210,CBC,',
    'Ravi Shinde,M,,45,9876543210,CBC,',
  );
  const upload = { uploadId: newId(), sourceId, fileName: 'camp.csv', format: 'csv', content } as const;
  await desk.call(importOrders, upload);
  await lab.settle();
  const rows = async (status?: 'possible_duplicate' | 'placed') =>
    (await desk.call(listUploadRows, { uploadId: upload.uploadId, status })).edges.map((edge) => edge.node);
  const open = await rows('possible_duplicate');
  assert.deepEqual(
    open.map((row) => row.row),
    [2, 3],
  );
  assert.ok(open.every((row) => row.possiblePatientIds.includes(asha.id)));
  assert.equal((await rows('placed')).length, 1);
  const choices = [
    { row: 2, patientId: asha.id },
    { row: 3, isKnownToDiffer: true },
  ];
  await desk.call(importOrders, { ...upload, choices });
  await lab.settle();
  const placed = await rows('placed');
  assert.equal(placed.length, 3);
  assert.equal(placed[0]?.patientId, asha.id);
  assert.notEqual(placed[1]?.patientId, asha.id);
  assert.equal((await desk.call(searchPatients, { text: 'Asha Patil' })).edges.length, 2);
  assert.deepEqual(await lab.changes('order', upload.uploadId), ['order.import', 'order.import_choices']);
});

test('ORD-56 a spreadsheet is read as well, mobile numbers and days as cells of their own kinds', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const sourceId = await camp(lab);
  const sheet = await writeExcel([
    ['name', 'sex', 'born_on', 'mobile', 'tests'].map((value) => ({ value })),
    [
      { value: 'Ravi Shinde' },
      { value: 'M' },
      { value: new Date('1980-12-31T00:00:00Z'), type: Date, format: 'dd/mm/yyyy' },
      { value: 9_876_543_210, type: Number },
      { value: 'CBC' },
    ],
  ]).toBuffer();
  const content = Buffer.from(sheet).toString('base64');
  const upload = { uploadId: newId(), sourceId, fileName: 'camp.xlsx', format: 'xlsx', content } as const;
  assert.deepEqual((await desk.call(importOrders, { ...upload, isDryRun: true })).faults, []);
  await desk.call(importOrders, upload);
  await lab.settle();
  const [row] = (await desk.call(listUploadRows, { uploadId: upload.uploadId })).edges;
  const [person] = await desk.call(getPatients, { ids: [row?.node.patientId ?? ''] });
  assert.deepEqual([person?.bornOn, person?.mobile, person?.sex], ['1980-12-31', '+919876543210', 'male']);
});
