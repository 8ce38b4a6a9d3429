import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newId } from '#platform/ids.ts';

import { consents, mergePatients, patientTrail, recordConsent, undoMerge } from './contract.ts';
import { labWithDesk } from './desk.testing.ts';

const verbal = { how: 'verbal', isGiven: true } as const;

test('lab-day 14, PAT-19: consents are given and withdrawn with day, way and person; the history stays', async (t) => {
  const { desk, register, clock, ...lab } = await labWithDesk(t);
  const { id: patientId } = await register('Asha Rao');
  const given = await desk.call(recordConsent, { patientId, purpose: 'message_whatsapp', ...verbal });
  // Half past one at night in India.
  assert.deepEqual([given.takenOn, given.isGiven, given.by, given.isCurrent], ['2026-11-25', true, 'desk', true]);
  clock.advance(1000);
  await desk.call(recordConsent, {
    patientId,
    purpose: 'message_sms',
    how: 'otp',
    isGiven: true,
    takenOn: '2026-11-20',
  });
  clock.advance(1000);
  await desk.call(recordConsent, {
    patientId,
    purpose: 'message_whatsapp',
    how: 'verbal',
    isGiven: false,
    note: 'by phone',
  });
  const all = await lab.as('technician').call(consents, { ids: [patientId, newId()] });
  assert.deepEqual(
    all.map((each) => [each.purpose, each.isGiven, each.isCurrent, each.how]),
    [
      ['message_whatsapp', false, true, 'verbal'],
      ['message_whatsapp', true, false, 'verbal'],
      ['message_sms', true, true, 'otp'],
    ],
  );
  const trail = await lab.system.call(patientTrail, { caseIds: [patientId] });
  assert.equal(trail.filter((entry) => entry.act === 'patient.record_consent').length, 3);
  await desk.refused(
    recordConsent,
    { patientId, purpose: 'testing', ...verbal, takenOn: '2026-11-26' },
    'patient.consent_in_future',
  );
  await desk.refused(recordConsent, { patientId: newId(), purpose: 'testing', ...verbal }, 'patient.not_found');
  await desk.refused(
    recordConsent,
    { patientId, purpose: 'testing', ...verbal, note: 'UID 2341 2341 2346' },
    'platform.invalid_input',
  );
  await lab.as('technician').refused(recordConsent, { patientId, purpose: 'testing', ...verbal }, 'platform.forbidden');
  const foreign = lab.as('desk', newId());
  assert.deepEqual(await foreign.call(consents, { ids: [patientId] }), []);
  await foreign.refused(recordConsent, { patientId, purpose: 'testing', ...verbal }, 'patient.not_found');
});

test('lab-day 14, PAT-19: HIV and genetic tests and research need the signed form; a refusal needs none', async (t) => {
  const { desk, register } = await labWithDesk(t);
  const { id: patientId } = await register('Asha Rao');
  for (const purpose of ['hiv_test', 'genetic_test', 'research'] as const) {
    const refusal = await desk.refused(recordConsent, { patientId, purpose, ...verbal }, 'patient.consent_form_needed');
    assert.deepEqual(refusal.details, { purpose });
    await desk.refused(recordConsent, { patientId, purpose, ...verbal, how: 'written' }, 'patient.consent_form_needed');
    await desk.call(recordConsent, { patientId, purpose, how: 'verbal', isGiven: false });
  }
  await desk.refused(
    recordConsent,
    { patientId, purpose: 'hiv_test', how: 'written', isGiven: true, fileId: newId() },
    'file.not_found',
  );
});

test('PAT-19: a consent sent twice is recorded once, also at the same moment', async (t) => {
  const { desk, register, ...lab } = await labWithDesk(t);
  const { id: patientId } = await register('Asha Rao');
  const other = await register('Ravi Rao');
  const input = { id: newId(), patientId, purpose: 'testing', ...verbal } as const;
  const [a, b] = await Promise.all([desk.call(recordConsent, input), desk.call(recordConsent, input)]);
  assert.deepEqual(a, b);
  assert.equal((await desk.call(consents, { ids: [patientId] })).length, 1);
  assert.equal((await lab.audit('patient', patientId)).filter((act) => act === 'patient.record_consent').length, 1);
  await desk.refused(recordConsent, { ...input, patientId: other.id }, 'patient.not_found');
});

test('lab-day 9, PAT-19: after a merge the last word of the person counts, whichever record it was taken under', async (t) => {
  const { desk, manager, register, clock } = await labWithDesk(t);
  const a = await register('Asha Rao');
  const b = await register('Asha Rav');
  await desk.call(recordConsent, { patientId: a.id, purpose: 'abdm_sharing', how: 'otp', isGiven: true });
  clock.advance(1000);
  await desk.call(recordConsent, { patientId: b.id, purpose: 'abdm_sharing', how: 'verbal', isGiven: false });
  const current = async (id: string) =>
    (await desk.call(consents, { ids: [id] }))
      .filter((each) => each.isCurrent)
      .map((each) => [each.isGiven, each.recordId]);
  await manager.call(mergePatients, { survivorId: a.id, patientId: b.id, reason: 'same person' });
  assert.deepEqual(await current(a.id), [[false, b.id]]);
  assert.deepEqual(await current(b.id), [[false, b.id]]);
  await manager.call(undoMerge, { patientId: b.id, reason: 'two sisters' });
  assert.deepEqual(await current(a.id), [[true, a.id]]);
});
