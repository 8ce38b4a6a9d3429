import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { isMrn, mrn, verhoeffDigit } from '@nidaan/values';
import sql from 'sql-template-tag';

import { createManualClock } from '#platform/clock.ts';
import type { CallInput } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';
import { createLab } from '#contract/organization.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestActor } from '../../testing/start-lab.ts';
import { getPatient, getPatients, patientTrail, registerPatient, searchPatients, updatePatient } from './contract.ts';

const labOf = (id: string, code: string, accessionPrefix: string) => ({
  id,
  code,
  name: `Lab ${code}`,
  addressLines: ['1 MG Road'],
  phone: '+91 20 1',
  email: 'a@home.example',
  registrationNumber: 'X/1',
  accessionPrefix,
});

async function start(t: TestContext) {
  // Half past one at night in India, still the day before in UTC.
  const clock = createManualClock('2026-11-24T20:00:00.000Z');
  const lab = await startLab(t, { services: ['organization', 'patient'], clock });
  await lab.system.call(createLab, labOf(lab.labId, 'HOME', 'HOM'));
  const desk = lab.as('desk');
  const told = async () =>
    await lab.runtime.systemCtx('patient', lab.labId).db.rows<{ type: string; payload: object }>(sql`
      select type, payload from lis_patient.outbox where lab_id = ${lab.labId} order by seq`);
  return { ...lab, clock, desk, told };
}

const ramesh = { name: 'Ramesh Kumar', sex: 'male', bornOn: '1992-03-01', mobile: '98765 43210' } as const;

async function names(actor: TestActor, text: string): Promise<readonly string[]> {
  return (await actor.call(searchPatients, { text, first: 100 })).edges.map((edge) => edge.node.name);
}

test('PAT-1: a registered patient has a record number, one form of mobile, and is told without name or number', async (t) => {
  const { desk, told, ...lab } = await start(t);
  const patient = await desk.call(registerPatient, {
    ...ramesh,
    name: '  Ramesh Kumar ',
    email: 'r@example.in',
    address: '2 Lane, Pune',
  });
  assert.deepEqual(
    { ...patient, id: '' },
    {
      id: '',
      mrn: mrn({ prefix: 'HOM', serial: 1 }),
      name: 'Ramesh Kumar',
      sex: 'male',
      bornOn: '1992-03-01',
      isBornOnApproximate: false,
      mobile: '+919876543210',
      email: 'r@example.in',
      address: '2 Lane, Pune',
      registeredAt: '2026-11-24T20:00:00.000Z',
      abhaNumber: null,
      abhaAddress: null,
      language: 'en',
      mergedIntoId: null,
      samePersonIds: [patient.id],
      version: 1,
    },
  );
  assert.deepEqual(await desk.call(getPatient, { patientId: patient.id }), patient);
  assert.deepEqual(await desk.call(getPatients, { ids: [patient.id, newId()] }), [patient]);
  assert.deepEqual(await told(), [
    {
      type: 'patient.registered',
      payload: {
        patientId: patient.id,
        sex: 'male',
        bornOn: '1992-03-01',
        isBornOnApproximate: false,
        at: '2026-11-24T20:00:00.000Z',
      },
    },
  ]);
  assert.deepEqual(await lab.audit('patient', patient.id), ['patient.register', 'patient.view']);
  await lab.settle();
});

test('lab-day 7, PAT-2: an age gives an approximate day of birth; the day is judged by the calendar of the lab', async (t) => {
  const { desk } = await start(t);
  const { bornOn: _, ...unborn } = ramesh;
  const aged = await desk.call(registerPatient, { ...unborn, age: { years: 34 } });
  assert.deepEqual([aged.bornOn, aged.isBornOnApproximate], ['1992-11-25', true]);
  const newborn = await desk.call(registerPatient, { name: 'Baby of Asha', sex: 'female', bornOn: '2026-11-25' });
  assert.equal(newborn.bornOn, '2026-11-25');
  await desk.refused(registerPatient, { ...ramesh, bornOn: '2026-11-26' }, 'patient.born_in_future');
  await desk.refused(registerPatient, unborn, 'patient.born_on_or_age');
  await desk.refused(registerPatient, { ...ramesh, age: { years: 34 } }, 'patient.born_on_or_age');
});

test('PAT-3: input that cannot be is refused, naming the field', async (t) => {
  const { desk } = await start(t);
  const { bornOn: _, ...unborn } = ramesh;
  await desk.refused(registerPatient, { ...ramesh, mobile: '12345' }, 'patient.bad_mobile');
  const bad: readonly [field: string, input: CallInput<typeof registerPatient>][] = [
    ['name', { ...ramesh, name: ' ' }],
    ['name', { ...ramesh, name: '---' }],
    ['name', { ...ramesh, name: 'a\u0007b' }],
    ['bornOn', { ...ramesh, bornOn: '1990-02-30' }],
    ['bornOn', { ...ramesh, bornOn: '0992-03-01' }],
    ['email', { ...ramesh, email: 'nobody' }],
    ['age', { ...unborn, age: {} }],
    ['age', { ...unborn, age: { years: 130, months: 1560 } }],
    ['age.years', { ...unborn, age: { years: 131 } }],
  ];
  for (const [field, input] of bad) {
    const refusal = await desk.refused(registerPatient, input, 'platform.invalid_input');
    assert.ok(refusal.message.includes(`${field}: `), refusal.message);
  }
});

test('PAT-4: an Aadhaar number is refused in any field, at registration and correction, and kept nowhere', async (t) => {
  const { desk, ...lab } = await start(t);
  const body = '23412341234';
  const aadhaar = body + verhoeffDigit(body);
  const grouped = aadhaar.replace(/(\d{4})(?=\d)/g, '$1 ');
  const patient = await desk.call(registerPatient, ramesh);
  const fields = {
    name: `Asha ${grouped}`,
    mobile: grouped,
    email: `${aadhaar}@example.in`,
    address: `UID ${grouped}`,
  };
  for (const [field, value] of Object.entries(fields)) {
    const refusal = await desk.refused(
      registerPatient,
      { ...ramesh, name: 'Asha', [field]: value },
      'patient.aadhaar_refused',
    );
    assert.deepEqual(refusal.details, { field });
    await desk.refused(
      updatePatient,
      { patientId: patient.id, expectedVersion: 1, [field]: value },
      'patient.aadhaar_refused',
    );
  }
  const ctx = lab.runtime.systemCtx('patient', lab.labId);
  const rows = await ctx.db.rows(sql`
    select row_to_json(p)::text as t from lis_patient.patient as p union all select row_to_json(n)::text from lis_patient.name_part as n
    union all select row_to_json(a)::text from lis_patient.audit as a union all select row_to_json(o)::text from lis_patient.outbox as o`);
  assert.ok(rows.length > 3 && !JSON.stringify(rows).replaceAll(' ', '').includes(aadhaar));
});

test('PAT-5: a likely duplicate is named; the desk may say that it is someone else', async (t) => {
  const { desk } = await start(t);
  const first = await desk.call(registerPatient, ramesh);
  const alike = [
    { ...ramesh, name: 'Mr. RAMESH  kumar', bornOn: '1990-01-01' },
    { ...ramesh, mobile: null },
    { ...ramesh, mobile: '9000000001' },
  ];
  for (const input of alike) {
    const refusal = await desk.refused(registerPatient, input, 'patient.possible_duplicate');
    assert.deepEqual(refusal.details, { patientIds: [first.id] });
  }
  const others = [
    { ...ramesh, name: 'Rameshwar Kumar' },
    { ...ramesh, sex: 'other' as const },
    { ...ramesh, bornOn: '1961-01-01', mobile: '9000000002' },
    { ...ramesh, isKnownToDiffer: true },
  ];
  for (const input of others) await desk.call(registerPatient, input);
  assert.equal((await names(desk, '9876543210')).length, 4);
});

test('PAT-5: the same person registered at two desks at the same moment is registered once', async (t) => {
  const { desk } = await start(t);
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => desk.call(registerPatient, ramesh)));
  assert.equal(outcomes.filter((each) => each.status === 'fulfilled').length, 1);
  for (const each of outcomes)
    if (each.status === 'rejected') assert.equal(each.reason.code, 'patient.possible_duplicate');
});

test('PAT-6: a registration sent again with its id registers once, also at the same moment', async (t) => {
  const { desk, told, ...lab } = await start(t);
  const id = newId();
  const twice = await Promise.all([
    desk.call(registerPatient, { ...ramesh, id }),
    desk.call(registerPatient, { ...ramesh, id }),
  ]);
  assert.deepEqual(twice[0], twice[1]);
  assert.deepEqual(await desk.call(registerPatient, { ...ramesh, id }), twice[0]);
  assert.deepEqual(await lab.audit('patient', id), ['patient.register']);
  assert.equal((await told()).length, 1);
  // One id under two names: the first stands.
  const other = newId();
  const both = await Promise.all(
    ['Anil Rao', 'Sunil Rao'].map((name) => desk.call(registerPatient, { ...ramesh, name, id: other })),
  );
  assert.deepEqual(both[0], both[1]);
  assert.equal((await names(desk, 'rao')).length, 1);
});

test('PAT-7: a name that would turn the writing beside it is refused', async (t) => {
  const { desk } = await start(t);
  await desk.refused(registerPatient, { ...ramesh, name: 'Ramesh \u202eramuK' }, 'platform.invalid_input');
});

test('PAT-7: record numbers are consecutive, never given twice, and each lab counts its own', async (t) => {
  const { desk, ...lab } = await start(t);
  const made = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      desk.call(registerPatient, { name: `Patient ${'abcdefghijkl'[i]}`, sex: 'female', bornOn: '1990-01-01' }),
    ),
  );
  assert.deepEqual(
    made.map((patient) => patient.mrn).sort(),
    Array.from({ length: 12 }, (_, i) => mrn({ prefix: 'HOM', serial: i + 1 })),
  );
  assert.ok(made.every((patient) => isMrn(patient.mrn)));
  const there = newId();
  await lab.system.call(createLab, labOf(there, 'PUNE', 'PUNE'));
  const foreign = await lab.as('desk', there).call(registerPatient, ramesh);
  assert.equal(foreign.mrn, mrn({ prefix: 'PUNE', serial: 1 }));
});

test('PAT-8: a correction needs the version that was seen, is told, and the trail shows both values', async (t) => {
  const { desk, told, ...lab } = await start(t);
  const { bornOn: _, ...unborn } = ramesh;
  const before = await desk.call(registerPatient, { ...unborn, age: { years: 34 }, email: 'r@example.in' });
  const correction = {
    patientId: before.id,
    name: 'Rajesh Kumar',
    bornOn: '1992-12-24',
    email: null,
    mobile: '+91 90000 00009',
  };
  const after = await desk.call(updatePatient, { ...correction, expectedVersion: 1 });
  assert.deepEqual(after, {
    ...before,
    name: 'Rajesh Kumar',
    bornOn: '1992-12-24',
    isBornOnApproximate: false,
    email: null,
    mobile: '+919000000009',
    version: 2,
  });
  const stale = await desk.refused(updatePatient, { ...correction, expectedVersion: 1 }, 'patient.stale');
  assert.deepEqual(stale.details, { version: 2 });
  await desk.refused(
    updatePatient,
    { patientId: before.id, expectedVersion: 2, bornOn: '2026-11-26' },
    'patient.born_in_future',
  );
  await desk.refused(updatePatient, { patientId: before.id, expectedVersion: 2, mobile: '123' }, 'patient.bad_mobile');
  await desk.refused(updatePatient, { patientId: newId(), expectedVersion: 1 }, 'patient.not_found');
  assert.deepEqual(
    (await told()).map((event) => event.type),
    ['patient.registered', 'patient.changed'],
  );
  const trail = await lab.system.call(patientTrail, { caseIds: [before.id] });
  assert.deepEqual(
    trail.map((entry) => [entry.act, entry.actorName]),
    [
      ['patient.register', 'desk'],
      ['patient.update', 'desk'],
    ],
  );
  assert.deepEqual(trail[1]?.facts, {
    version: 2,
    changes: {
      name: { from: 'Ramesh Kumar', to: 'Rajesh Kumar' },
      bornOn: { from: '1992-11-25', to: '1992-12-24' },
      isBornOnApproximate: { from: true, to: false },
      mobile: { from: '+919876543210', to: '+919000000009' },
      email: { from: 'r@example.in', to: null },
    },
  });
  // Found by the new name and number, no more by the old ones.
  assert.deepEqual(await names(desk, 'rames'), []);
  assert.deepEqual(await names(desk, 'ajes kum'), ['Rajesh Kumar']);
  assert.deepEqual(await names(desk, '43210'), []);
});

test('PAT-8: of two corrections at the same moment one is told that it came second', async (t) => {
  const { desk } = await start(t);
  const { id } = await desk.call(registerPatient, ramesh);
  const outcomes = await Promise.allSettled(
    ['A', 'B'].map((letter) =>
      desk.call(updatePatient, { patientId: id, expectedVersion: 1, address: `${letter} Road` }),
    ),
  );
  assert.deepEqual(outcomes.map((each) => each.status).sort(), ['fulfilled', 'rejected']);
  for (const each of outcomes) if (each.status === 'rejected') assert.equal(each.reason.code, 'patient.stale');
});

test('PAT-9: one box finds by any piece of the name, by mobile for the whole family, by its last digits, by record number', async (t) => {
  const { desk, clock } = await start(t);
  const people = [
    ['Venkatraman Iyer', '9876543210'],
    ['Vijayalakshmi Iyer', '9876543210'],
    ["Lata D'Souza", '9123406789'],
    ['राम कुमार', null],
    ['Om Rao', '9876500000'],
  ] as const;
  const mrns: string[] = [];
  for (const [name, mobile] of people) {
    clock.advance(1000);
    mrns.push((await desk.call(registerPatient, { name, sex: 'other', bornOn: '1980-01-01', mobile })).mrn);
  }
  assert.deepEqual(await names(desk, ''), people.map(([name]) => name).toReversed());
  assert.deepEqual(await names(desk, 'iyer'), ['Vijayalakshmi Iyer', 'Venkatraman Iyer']);
  assert.deepEqual(await names(desk, 'RAMAN'), ['Venkatraman Iyer']);
  assert.deepEqual(await names(desk, 'iy lakshmi'), ['Vijayalakshmi Iyer']);
  assert.deepEqual(await names(desk, 'v'), ['Vijayalakshmi Iyer', 'Venkatraman Iyer']);
  assert.deepEqual(await names(desk, 'Smt. Souza'), ["Lata D'Souza"]);
  assert.deepEqual(await names(desk, 'कुमार'), ['राम कुमार']);
  assert.deepEqual(await names(desk, '+91 98765-43210'), ['Vijayalakshmi Iyer', 'Venkatraman Iyer']);
  assert.deepEqual(await names(desk, '6789'), ["Lata D'Souza"]);
  assert.deepEqual(await names(desk, '98765'), ['Om Rao', 'Vijayalakshmi Iyer', 'Venkatraman Iyer']);
  assert.deepEqual(await names(desk, (mrns[3] ?? '').toLowerCase()), ['राम कुमार']);
  for (const nobody of ['zz', 'om iyer', '%', '_', "' or 1=1", '9999', mrn({ prefix: 'HOM', serial: 77 })])
    assert.deepEqual(await names(desk, nobody), [], nobody);
});

test('PAT-10: pages neither repeat nor lose a patient while others are registered', async (t) => {
  const { desk, clock } = await start(t);
  const register = (name: string) => desk.call(registerPatient, { name, sex: 'female', bornOn: '1980-01-01' });
  // Three at each instant, so that the id has to break the tie.
  for (let turn = 0; turn < 4; turn += 1) {
    clock.advance(1000);
    for (const letter of 'abc') await register(`Old ${letter}${'abcd'[turn]}`);
  }
  const seen: string[] = [];
  let after: string | null = null;
  for (let turn = 0; turn < 10; turn += 1) {
    const page: { edges: readonly { node: { name: string } }[]; endCursor: string | null; hasNextPage: boolean } =
      await desk.call(searchPatients, { first: 5, after, text: 'old' });
    seen.push(...page.edges.map((edge) => edge.node.name));
    clock.advance(1000);
    await register(`Old new${'abcdefghij'[turn]}`);
    after = page.endCursor;
    if (!page.hasNextPage) break;
  }
  assert.equal(seen.length, 12);
  assert.equal(new Set(seen).size, 12);
  assert.ok(seen.slice(0, 3).every((name) => name.endsWith('d')) && seen.slice(-3).every((name) => name.endsWith('a')));
  for (const key of [['x', newId()], ['2026-11-24T20:00:00Z', 'x'], ['0000-01-01T00:00:00Z', newId()], [1]]) {
    await desk.refused(
      searchPatients,
      { after: Buffer.from(JSON.stringify(key)).toString('base64url') },
      'platform.bad_cursor',
    );
  }
  await desk.refused(searchPatients, { first: 101 }, 'platform.invalid_input');
});

test('PAT-11: another lab finds and touches nobody here; each act needs its permission', async (t) => {
  const { desk, ...lab } = await start(t);
  const patient = await desk.call(registerPatient, ramesh);
  const foreign = lab.as('desk', newId());
  for (const text of ['', 'ramesh', '9876543210', '3210', patient.mrn])
    assert.deepEqual(await names(foreign, text), [], text);
  await foreign.refused(getPatient, { patientId: patient.id }, 'patient.not_found');
  assert.deepEqual(await foreign.call(getPatients, { ids: [patient.id] }), []);
  await foreign.refused(
    updatePatient,
    { patientId: patient.id, expectedVersion: 1, name: 'Mine' },
    'patient.not_found',
  );
  assert.deepEqual(await lab.as('admin', foreign.actor.labId ?? '').call(patientTrail, { caseIds: [patient.id] }), []);

  await lab.as('technician').refused(registerPatient, ramesh, 'platform.forbidden');
  await lab
    .as('technician')
    .refused(updatePatient, { patientId: patient.id, expectedVersion: 1 }, 'platform.forbidden');
  assert.deepEqual(await names(lab.as('technician'), 'ramesh'), ['Ramesh Kumar']);
  const nobody = lab.as('unknown');
  await nobody.refused(searchPatients, {}, 'platform.forbidden');
  await nobody.refused(getPatient, { patientId: patient.id }, 'platform.forbidden');
  await nobody.refused(getPatients, { ids: [patient.id] }, 'platform.forbidden');
});
