import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';

import { findLikely, getPatient, registerPatient, searchPatients, updatePatient } from './contract.ts';
import { runIndexNames } from './jobs/index-names.ts';
import { asOwner, labWithDesk, namesFound } from './desk.testing.ts';

test('lab-day 6, PAT-14: a name is found however it is spelled, in Latin letters and in Indian scripts', async (t) => {
  const { desk, register } = await labWithDesk(t);
  for (const name of [
    'Vijayalakshmi Iyer',
    'लक्ष्मी पाटील',
    'Mohammed Shaikh',
    'Rameshbhai Patel',
    'રમેશ પટેલ',
    'Sunil Rao',
  ])
    await register(name);
  const cases: readonly [text: string, found: readonly string[]][] = [
    ['vijaya lakshmi', ['Vijayalakshmi Iyer']],
    ['Wijaylaxmi Aiyar', ['Vijayalakshmi Iyer']],
    ['विजयालक्ष्मी', ['Vijayalakshmi Iyer']],
    ['laxmi', ['लक्ष्मी पाटील']],
    ['Lakshmi Patil', ['लक्ष्मी पाटील']],
    ['mohd sheikh', ['Mohammed Shaikh']],
    ['मोहम्मद', ['Mohammed Shaikh']],
    ['ramesh patel', ['Rameshbhai Patel', 'રમેશ પટેલ']],
    ['रमेश', ['રમેશ પટેલ', 'Rameshbhai Patel']],
    ['suneel', ['Sunil Rao']],
    ['v iyer', ['Vijayalakshmi Iyer']],
    ['anil', []],
    ['sunil patel', []],
  ];
  for (const [text, found] of cases) assert.deepEqual(await namesFound(desk, text), found, text);
});

test('lab-day 6, PAT-15: whole words come first, then beginnings, pieces and sounds, each newest first; none twice', async (t) => {
  const { desk, register, clock } = await labWithDesk(t);
  const names = [
    'Ram Rao',
    'Ramesh Rao',
    'Sitaram Rao',
    'Raam Nair',
    'Ram Nair',
    'Ramu Nair',
    'Jairam Nair',
    'Rahim Khan',
  ];
  for (const name of names) await register(name);
  const expected = ['Ram Nair', 'Ram Rao', 'Ramu Nair', 'Ramesh Rao', 'Jairam Nair', 'Sitaram Rao', 'Raam Nair'];
  assert.deepEqual(await namesFound(desk, 'ram'), expected);
  for (const first of [1, 2, 3]) {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: { edges: readonly { node: { name: string } }[]; endCursor: string | null; hasNextPage: boolean } =
        await desk.call(searchPatients, { text: 'ram', first, after });
      seen.push(...page.edges.map((edge) => edge.node.name));
      // Somebody registered meanwhile comes on no later page.
      clock.advance(1000);
      after = page.hasNextPage ? page.endCursor : null;
    } while (after !== null);
    assert.deepEqual(seen, expected);
  }
  // A place in one list is none in a list with fewer ways to look.
  const place = (way: unknown) =>
    Buffer.from(JSON.stringify([way, '2026-11-24T20:00:00Z', newId()])).toString('base64url');
  await desk.call(searchPatients, { text: 'ram', after: place(3) });
  await desk.refused(searchPatients, { text: '9876543210', after: place(3) }, 'platform.bad_cursor');
  for (const way of [4, -1, 0.5, '0'])
    await desk.refused(searchPatients, { text: 'ram', after: place(way) }, 'platform.bad_cursor');
});

test('lab-day 6, PAT-15: ABHA number and address find their one patient; a mobile finds the whole family', async (t) => {
  const { desk, register } = await labWithDesk(t);
  const asha = await register('Asha Rao', { mobile: '9876543210', abhaNumber: '91 1234 5678 9012' });
  await register('Ravi Rao', { mobile: '9876543210' });
  await register('Meena Nair', { mobile: '9876500000' });
  await desk.call(updatePatient, { patientId: asha.id, expectedVersion: 1, abhaAddress: 'Asha.Rao@ABDM' });
  for (const text of ['91-1234-5678-9012', '91123456789012', 'asha.rao@abdm', ' ASHA.RAO@abdm', asha.mrn])
    assert.deepEqual(await namesFound(desk, text), ['Asha Rao'], text);
  assert.deepEqual(await namesFound(desk, '98765 43210'), ['Ravi Rao', 'Asha Rao']);
  assert.deepEqual(await namesFound(desk, '98765'), ['Meena Nair', 'Ravi Rao', 'Asha Rao']);
  assert.deepEqual(await namesFound(desk, 'asha.rao@sbx'), []);
});

test('lab-day 8, PAT-16: an ABHA number or address in use is refused, naming field and patient, also at the same moment', async (t) => {
  const { desk, register, ...lab } = await labWithDesk(t);
  const asha = await register('Asha Rao', { abhaNumber: '91-1234-5678-9012' });
  assert.equal(asha.abhaNumber, '91-1234-5678-9012');
  const other = { name: 'Ravi Rao', sex: 'male', bornOn: '1990-01-01' } as const;
  const taken = await desk.refused(registerPatient, { ...other, abhaNumber: '91123456789012' }, 'patient.id_taken');
  assert.deepEqual(taken.details, { field: 'abhaNumber', patientId: asha.id });
  assert.ok(taken.message.includes('abhaNumber'));
  const ravi = await desk.call(registerPatient, { ...other, abhaAddress: 'Ravi.Rao@sbx', language: 'mr' });
  assert.deepEqual([ravi.abhaAddress, ravi.language], ['ravi.rao@sbx', 'mr']);
  const change = { patientId: asha.id, expectedVersion: 1 };
  const address = await desk.refused(updatePatient, { ...change, abhaAddress: 'RAVI.RAO@sbx' }, 'patient.id_taken');
  assert.deepEqual(address.details, { field: 'abhaAddress', patientId: ravi.id });
  // Its own number again is no clash, and one given up is free.
  await desk.call(updatePatient, { ...change, abhaNumber: '91123456789012' });
  await desk.call(updatePatient, { ...change, expectedVersion: 2, abhaNumber: null });
  const both = await Promise.allSettled(
    ['Uma', 'Tara'].map((name) => desk.call(registerPatient, { ...other, name, abhaNumber: '91123456789012' })),
  );
  assert.deepEqual(both.map((each) => each.status).sort(), ['fulfilled', 'rejected']);
  for (const each of both) if (each.status === 'rejected') assert.equal(each.reason.code, 'patient.id_taken');
  // Another lab has people of its own.
  for (const [field, input] of [
    ['abhaNumber', { abhaNumber: '9112345678901' }],
    ['abhaAddress', { abhaAddress: '9876543210' }],
    ['language', { language: 'Hindi' }],
  ] as const) {
    const refusal = await desk.refused(registerPatient, { ...other, name: 'X', ...input }, 'platform.invalid_input');
    assert.ok(refusal.message.includes(field), refusal.message);
  }
  assert.equal((await lab.system.call(getPatient, { patientId: ravi.id })).version, 1);
});

test('lab-day 7, lab-day 9, PAT-17: who it may be is shown before saving, most likely first and with reasons', async (t) => {
  const { desk, register, ...lab } = await labWithDesk(t);
  const same = await register('Ramesh Patil', { mobile: '9876543210', bornOn: '1980-05-01' });
  const spelled = await register('Rameshbhai Pateel', { mobile: '9876543210', bornOn: '1979-01-01' });
  await register('Suresh Patil', { mobile: '9876543210' });
  await register('Ramesh Patil', { bornOn: '1930-01-01' });
  const likely = await desk.call(findLikely, {
    name: 'Mr. Ramesh Patil',
    sex: 'other',
    bornOn: '1980-05-01',
    mobile: '98765 43210',
  });
  assert.deepEqual(
    likely.map(({ patient, score, reasons }) => [patient.id, score, reasons]),
    [
      [same.id, 99, ['same_name', 'same_mobile', 'same_born_on']],
      [spelled.id, 65, ['sounds_alike', 'same_mobile']],
    ],
  );
  // An age is enough, and so is nothing yet.
  const aged = await desk.call(findLikely, { name: 'Ramesh Patil', sex: 'other', age: { years: 46 } });
  assert.deepEqual(
    aged.map(({ patient, reasons }) => [patient.id, reasons]),
    [
      [same.id, ['same_name', 'close_age']],
      [spelled.id, ['sounds_alike', 'close_age']],
    ],
  );
  assert.equal((await desk.call(findLikely, { name: 'Ramesh Patil', sex: 'other' })).length, 2);
  assert.deepEqual(await desk.call(findLikely, { name: 'Nobody Here', sex: 'other', mobile: '9876543210' }), []);
  await desk.refused(findLikely, { name: 'Ramesh', sex: 'male', mobile: '12' }, 'patient.bad_mobile');
  assert.deepEqual(await lab.as('desk', newId()).call(findLikely, { name: 'Ramesh Patil', sex: 'other' }), []);
  await lab.as('unknown').refused(findLikely, { name: 'Ramesh Patil', sex: 'other' }, 'platform.forbidden');
});

test('lab-day 9, PAT-5: a name that sounds alike with the same mobile is a likely duplicate too', async (t) => {
  const { desk, register } = await labWithDesk(t);
  const first = await register('Ramesh Patil', { mobile: '9876543210' });
  const again = { name: 'रमेश पाटील', sex: 'other', bornOn: '1990-01-01', mobile: '9876543210' } as const;
  const refusal = await desk.refused(registerPatient, again, 'patient.possible_duplicate');
  assert.deepEqual(refusal.details, { patientIds: [first.id] });
  await desk.call(registerPatient, { ...again, mobile: null, bornOn: '1980-01-01' });
  const outcomes = await Promise.allSettled(
    ['Mohd Ali', 'Mohammed Ali'].map((name) => desk.call(registerPatient, { ...again, name, mobile: '9000000001' })),
  );
  assert.deepEqual(outcomes.map((each) => each.status).sort(), ['fulfilled', 'rejected']);
});

test('PAT-18: patients of before there was an index of sounds are taken up by the job that the migration schedules', async (t) => {
  const { desk, register, ...lab } = await labWithDesk(t);
  const { id } = await register('Vijayalakshmi Iyer');
  const ctx = lab.runtime.systemCtx('patient', lab.labId);
  // As migration 0003 finds them.
  await ctx.transaction(async (tx) => {
    await tx.rows(sql`delete from lis_patient.name_term where lab_id = ${lab.labId}`);
    await tx.rows(
      sql`update lis_patient.patient set name_sound = null, is_indexed = false where lab_id = ${lab.labId}`,
    );
  });
  assert.deepEqual(await namesFound(desk, 'vijaylaxmi'), []);
  const migration = await readFile(new URL('./migrations/0003-names-by-word-and-sound.sql', import.meta.url), 'utf8');
  const [, schedule] = /(alter table lis_patient\.patient no force[\s\S]*)/.exec(migration) ?? [];
  assert.ok(schedule);
  await asOwner(ctx, schedule);
  await lab.settle();
  assert.deepEqual(await namesFound(desk, 'vijaylaxmi'), ['Vijayalakshmi Iyer']);
  await runIndexNames(ctx);
  const likely = await desk.call(findLikely, { name: 'Vijaylaxmi Aiyar', sex: 'other', age: { years: 46 } });
  assert.equal(likely[0]?.patient.id, id);
});
