import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { graphql } from 'graphql';
import sql from 'sql-template-tag';

import { createManualClock } from '#platform/clock.ts';
import type { CallInput } from '#platform/contract.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import { adoptFile, getFile, linkFile, linkFileForUser, listFiles, openLink, uploadFile } from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';

const pdfBytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(2000)]);

const startFiles = (t: TestContext, options: Parameters<typeof startLab>[1] = {}) =>
  startLab(t, { services: ['file'], ...options });

const shelf = (lab: TestLab) => lab.runtime.systemCtx('file', lab.labId).ports.files;

/** Puts bytes into the staging corner and returns what a caller would say of them. */
/** As people stage it; a report's own file is made by changing the owner type. */
type Staged = CallInput<typeof adoptFile> & { readonly ownerType: 'order' };

async function staged(lab: TestLab, bytes: Buffer, over: Partial<Omit<Staged, 'ownerType'>> = {}): Promise<Staged> {
  const stagingKey = `staging/${newId()}`;
  await shelf(lab).put(stagingKey, bytes);
  return {
    id: newId(),
    stagingKey,
    name: 'report.pdf',
    contentType: 'application/pdf',
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ownerId: newId(),
    ...over,
    ownerType: 'order',
  };
}

const headOf = (bytes: Buffer) => bytes.subarray(0, 512).toString('base64');

test('staged bytes become a file once, however often they are sent', async (t) => {
  const lab = await startFiles(t);
  const caseId = newId();
  const input = await staged(lab, pdfBytes, { caseId });
  const file = await lab.system.call(adoptFile, input);
  assert.equal(file.sizeBytes, 2009);
  assert.equal(file.storedBy, 'test');
  assert.equal(await shelf(lab).has(input.stagingKey), false);
  // The staging copy is gone and still the answer is the same.
  assert.deepEqual(await lab.system.call(adoptFile, input), file);
  assert.deepEqual(await lab.as('desk').call(getFile, { fileId: file.id }), file);
  assert.deepEqual(await lab.audit('file', caseId), ['file.store']);
  const told = await lab.runtime
    .databaseOf('file')
    .platform((db) => db.rows<{ type: string }>(sql`select type from lis_file.outbox`));
  assert.deepEqual(
    told.map((event) => event.type),
    ['file.stored'],
  );
});

test('bytes that are not those announced are refused and leave nothing', async (t) => {
  const lab = await startFiles(t);
  const short = await staged(lab, pdfBytes, { sizeBytes: pdfBytes.length - 1 });
  await lab.system.refused(adoptFile, short, 'file.content_differs');
  const long = await staged(lab, pdfBytes, { sizeBytes: pdfBytes.length + 1 });
  await lab.system.refused(adoptFile, long, 'file.content_differs');
  const other = await staged(lab, pdfBytes, { sha256: createHash('sha256').update('other').digest('hex') });
  await lab.system.refused(adoptFile, other, 'file.content_differs');
  for (const input of [short, long, other]) {
    await lab.system.refused(getFile, { fileId: input.id }, 'file.not_found');
    assert.equal(
      await shelf(lab).has(`${lab.labId}/${new Date().getUTCFullYear()}/${input.id}-${input.sha256.slice(0, 32)}`),
      false,
    );
  }
  await lab.system.refused(adoptFile, { ...other, stagingKey: `staging/${newId()}` }, 'platform.file_missing');
  await lab.system.refused(adoptFile, { ...other, stagingKey: '../../etc/passwd' }, 'platform.invalid_input');
});

test('an id in use with other bytes or another owner is refused, and the first file keeps its bytes', async (t) => {
  const lab = await startFiles(t);
  const first = await staged(lab, pdfBytes);
  await lab.system.call(adoptFile, first);
  await lab.system.refused(
    adoptFile,
    { ...(await staged(lab, Buffer.from('%PDF-other'))), id: first.id },
    'file.id_taken',
  );
  await lab.system.refused(adoptFile, { ...first, ownerId: newId() }, 'file.id_taken');
  const link = await lab.system.call(linkFile, { fileId: first.id });
  const opened = await lab.system.call(openLink, { token: link.url.split('/').at(-1) ?? '' });
  assert.deepEqual(await buffer(await shelf(lab).get(opened.key)), pdfBytes);
});

test('two at once with one id: the same bytes are one file; with other bytes one wins and the other is told', async (t) => {
  const lab = await startFiles(t);
  const input = await staged(lab, pdfBytes);
  const again = { ...(await staged(lab, pdfBytes)), id: input.id, ownerId: input.ownerId };
  const [one, two] = await Promise.all([lab.system.call(adoptFile, input), lab.system.call(adoptFile, again)]);
  assert.deepEqual(one, two);

  const id = newId();
  const rivals = await Promise.all([
    staged(lab, Buffer.from('%PDF-a'), { id }),
    staged(lab, Buffer.from('%PDF-b'), { id }),
  ]);
  const outcomes = await Promise.allSettled(rivals.map((rival) => lab.system.call(adoptFile, rival)));
  assert.deepEqual(outcomes.map((outcome) => outcome.status).toSorted(), ['fulfilled', 'rejected']);
  const kept = await lab.system.call(getFile, { fileId: id });
  const link = await lab.system.call(linkFile, { fileId: id });
  const opened = await lab.system.call(openLink, { token: link.url.split('/').at(-1) ?? '' });
  const bytes = await buffer(await shelf(lab).get(opened.key));
  assert.equal(createHash('sha256').update(bytes).digest('hex'), kept.sha256);
});

test('an upload is judged by its bytes, not by its name or what the sender says', async (t) => {
  const lab = await startFiles(t);
  const desk = lab.as('desk');
  const csv = Buffer.from('code,price\nHGB,80.00\n');
  const file = await desk.call(uploadFile, {
    ...(await staged(lab, csv, { name: 'prices.csv', contentType: 'text/html' })),
    head: headOf(csv),
  });
  assert.equal(file.contentType, 'text/csv');
  assert.equal(file.storedBy, 'desk');

  const zip = Buffer.from('PK\u0003\u0004 pretending');
  const refusal = await desk.refused(
    uploadFile,
    { ...(await staged(lab, zip)), head: headOf(zip) },
    'file.type_refused',
  );
  assert.equal(refusal.status, 415);
  assert.match(refusal.message, /application\/zip/);
  // The head says PDF, the bytes on the shelf do not.
  const lying = await staged(lab, zip);
  await desk.refused(uploadFile, { ...lying, head: headOf(pdfBytes) }, 'file.type_refused');
  await desk.refused(getFile, { fileId: lying.id }, 'file.not_found');
  const page = Buffer.from('<html><script>alert(1)</script>');
  await desk.refused(
    uploadFile,
    { ...(await staged(lab, page, { name: 'a.txt' })), head: headOf(page) },
    'file.type_refused',
  );
});

test('an upload over the limit is refused with the limit', async (t) => {
  const lab = await startFiles(t, { env: { UPLOAD_MAX_BYTES: '2048' } });
  const large = Buffer.concat([pdfBytes, Buffer.alloc(40)]);
  const refusal = await lab
    .as('desk')
    .refused(uploadFile, { ...(await staged(lab, large)), head: headOf(large) }, 'file.too_large');
  assert.deepEqual([refusal.status, refusal.details], [413, { maxBytes: 2048 }]);
  const asReport = { ...(await staged(lab, pdfBytes)), head: headOf(pdfBytes), ownerType: 'report' } as never;
  await lab.as('desk').refused(uploadFile, asReport, 'platform.invalid_input');
  const named = { ...(await staged(lab, pdfBytes)), head: headOf(pdfBytes), name: 'aadhaar 4991 1866 5246.pdf' };
  await lab.as('desk').refused(uploadFile, named, 'platform.invalid_input');
  await lab.as('desk').call(uploadFile, { ...(await staged(lab, pdfBytes)), head: headOf(pdfBytes) });
});

test('a link opens until it expires, then says so', async (t) => {
  const clock = createManualClock('2026-11-25T06:00:00.000Z');
  const lab = await startFiles(t, { clock, env: { FILE_LINK_SECONDS: '60', PUBLIC_URL: 'https://lab.example' } });
  const caseId = newId();
  const { id } = await lab.system.call(adoptFile, await staged(lab, pdfBytes, { caseId }));
  const { url, expiresAt } = await lab.as('desk').call(linkFileForUser, { fileId: id });
  assert.equal(expiresAt, '2026-11-25T06:01:00.000Z');
  const token = /^https:\/\/lab\.example\/files\/([\w-]+)$/.exec(url)?.[1] ?? '';
  const nobody = { ...lab.system.actor, kind: 'anonymous' as const, labId: null, permissions: [] };
  const open = () => lab.runtime.dispatcher.call(openLink, { token }, lab.runtime.scopeOf(nobody));
  clock.advance(60_000);
  const opened = await open();
  assert.equal(opened.sizeBytes, pdfBytes.length);
  assert.deepEqual(await buffer(await shelf(lab).get(opened.key)), pdfBytes);
  clock.advance(1);
  await lab.system.refused(openLink, { token }, 'file.link_expired');
  await lab.system.refused(
    openLink,
    { token: `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}` },
    'file.link_invalid',
  );
  await lab.system.refused(openLink, { token: '' }, 'file.link_invalid');
  assert.deepEqual((await lab.audit('file', caseId)).toSorted(), ['file.link', 'file.open', 'file.store']);
});

test('a report is linked only for who may read reports; links by service are for services', async (t) => {
  const lab = await startFiles(t);
  const report = await lab.system.call(adoptFile, { ...(await staged(lab, pdfBytes)), ownerType: 'report' });
  const form = await lab.system.call(adoptFile, await staged(lab, pdfBytes));
  await lab.as('accountant').call(linkFileForUser, { fileId: form.id });
  await lab.as('accountant').refused(linkFileForUser, { fileId: report.id }, 'platform.forbidden');
  await lab.as('pathologist').call(linkFileForUser, { fileId: report.id });
  await lab.as('admin').refused(linkFile, { fileId: form.id }, 'platform.forbidden');
  await lab.as('admin').refused(adoptFile, await staged(lab, pdfBytes), 'platform.forbidden');
  await lab.as('phlebotomist').refused(linkFileForUser, { fileId: form.id }, 'platform.forbidden');
  await lab.as('phlebotomist').refused(getFile, { fileId: form.id }, 'platform.forbidden');
  await lab
    .as('phlebotomist')
    .refused(uploadFile, { ...(await staged(lab, pdfBytes)), head: headOf(pdfBytes) }, 'platform.forbidden');
});

test('another lab sees nothing, and may use the same id for its own', async (t) => {
  const lab = await startFiles(t);
  const input = await staged(lab, pdfBytes);
  await lab.system.call(adoptFile, input);
  const foreign = lab.as('admin', newId());
  await foreign.refused(getFile, { fileId: input.id }, 'file.not_found');
  await foreign.refused(linkFileForUser, { fileId: input.id }, 'file.not_found');
  assert.equal((await foreign.call(listFiles, { ownerId: input.ownerId })).edges.length, 0);
  const own = await foreign.call(uploadFile, {
    ...(await staged(lab, Buffer.from('text'), { id: input.id })),
    head: headOf(Buffer.from('text')),
  });
  assert.equal(own.contentType, 'text/plain');
  assert.equal((await lab.system.call(getFile, { fileId: input.id })).contentType, 'application/pdf');
});

test('files of an owner come newest first, page by page, by their index', async (t) => {
  const clock = createManualClock('2026-11-25T06:00:00.000Z');
  const lab = await startFiles(t, { clock });
  const ownerId = newId();
  for (const name of ['a.pdf', 'b.pdf', 'c.pdf']) {
    await lab.system.call(adoptFile, await staged(lab, pdfBytes, { ownerId, name }));
    clock.advance(1000);
  }
  const first = await lab.as('desk').call(listFiles, { ownerId, first: 2 });
  assert.deepEqual(
    first.edges.map((edge) => edge.node.name),
    ['c.pdf', 'b.pdf'],
  );
  assert.equal(first.hasNextPage, true);
  const second = await lab.as('desk').call(listFiles, { ownerId, first: 2, after: first.endCursor });
  assert.deepEqual(
    second.edges.map((edge) => edge.node.name),
    ['a.pdf'],
  );
  assert.equal(second.hasNextPage, false);
  await lab.as('desk').refused(listFiles, { ownerId, after: 'rubbish' }, 'platform.bad_cursor');

  const plan = await lab.runtime.systemCtx('file', lab.labId).transaction(async (tx) => {
    await tx.rows(sql`
      insert into lis_file.file (lab_id, id, key, name, content_type, size_bytes, sha256, owner_type, owner_id, stored_at, stored_by)
      select ${lab.labId}, gen_random_uuid(), 'k', 'n', 'text/plain', 1, repeat('0', 64), 'order', gen_random_uuid(), now(), 'x'
      from generate_series(1, 5000)`);
    return tx.rows<{ 'QUERY PLAN': string }>(sql`
      explain select id from lis_file.file
      where lab_id = ${lab.labId} and owner_id = ${ownerId} and (stored_at, id) < ('infinity'::timestamptz, ${ownerId}::uuid)
      order by stored_at desc, id desc limit 21`);
  });
  const text = JSON.stringify(plan);
  assert.match(text, /file_by_owner/);
  assert.doesNotMatch(text, /Seq Scan|Sort/);
});

test('over GraphQL files are seen and linked with the same rights', async (t) => {
  const lab = await startFiles(t);
  const file = await lab.system.call(adoptFile, await staged(lab, pdfBytes));
  const schema = buildSchema([graphqlModule]);
  const ask = async (role: string, source: string, id: string) => {
    const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(lab.as(role).actor));
    const reply = await graphql({ schema, source, variableValues: { id }, contextValue });
    return reply.errors ? reply.errors.map((error) => error.message) : JSON.parse(JSON.stringify(reply.data));
  };
  const fields = 'id name contentType sizeBytes sha256 ownerType ownerId storedAt storedBy';
  assert.deepEqual(await ask('desk', `query ($id: ID!) { file(id: $id) { ${fields} } }`, file.id), { file });
  const listed = await ask(
    'desk',
    `query ($id: ID!) { files(ownerId: $id, first: 5) { nodes { ${fields} } pageInfo { hasNextPage } } }`,
    file.ownerId,
  );
  assert.deepEqual(listed, { files: { nodes: [file], pageInfo: { hasNextPage: false } } });
  const linked = await ask('desk', 'mutation ($id: ID!) { linkFile(fileId: $id) { url expiresAt } }', file.id);
  assert.match(linked.linkFile.url, /\/files\/[\w-]{95}$/);
  assert.deepEqual(await ask('phlebotomist', 'mutation ($id: ID!) { linkFile(fileId: $id) { url } }', file.id), [
    'Your roles do not include the permission file.read.',
  ]);
});
