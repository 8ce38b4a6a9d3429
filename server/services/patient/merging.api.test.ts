import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { newId } from '#platform/ids.ts';

import type { PatientView } from './contract.ts';
import {
  getPatient,
  getPatients,
  mergePatients,
  patientTrail,
  registerPatient,
  undoMerge,
  updatePatient,
} from './contract.ts';
import { labWithDesk, namesFound } from './desk.testing.ts';

const why = { reason: 'same person, seen together' };

test('lab-day 9, PAT-20: after a merge the survivor’s facts stand under both ids, and both histories are the person’s', async (t) => {
  const { desk, manager, register, told, ...lab } = await labWithDesk(t);
  const old = await register('Ramesh Patil', { mobile: '9876543210', bornOn: '1980-05-01' });
  const survivor = await register('Rameshbhai Pateel', { bornOn: '1981-06-02' });
  const before = (await told()).length;
  const merged = await manager.call(mergePatients, { survivorId: survivor.id, patientId: old.id, ...why });
  const both = [survivor.id, old.id];
  assert.deepEqual(merged, { ...survivor, samePersonIds: both });
  assert.deepEqual(await desk.call(getPatient, { patientId: old.id }), {
    ...survivor,
    id: old.id,
    mergedIntoId: survivor.id,
    samePersonIds: both,
  });
  assert.deepEqual(
    new Map(
      (await desk.call(getPatients, { ids: [old.id, survivor.id] })).map((each) => [
        each.id,
        [each.name, each.mergedIntoId],
      ]),
    ),
    new Map([
      [old.id, [survivor.name, survivor.id]],
      [survivor.id, [survivor.name, null]],
    ]),
  );
  assert.deepEqual(
    (await told())
      .slice(before)
      .map(({ type, payload }) => [type, payload['patientId'], payload['bornOn'] ?? payload['survivorId']]),
    [
      ['patient.merged', old.id, survivor.id],
      ['patient.changed', old.id, '1981-06-02'],
    ],
  );
  // One person in every list, found by both names and by the numbers of either record.
  for (const text of ['', 'patil', 'rameshbhai', 'pateel', '9876543210', old.mrn, survivor.mrn])
    assert.deepEqual(await namesFound(desk, text), ['Rameshbhai Pateel'], text);
  for (const id of both) {
    const trail = await lab.system.call(patientTrail, { caseIds: [id] });
    assert.deepEqual(trail.at(-1)?.facts, { patientId: old.id, survivorId: survivor.id, ...why, broughtAlong: [] });
    assert.equal(trail.at(-1)?.actorName, 'manager');
  }
});

test('lab-day 9, PAT-21: undone, a record has exactly its old facts; what was corrected since stays with the survivor', async (t) => {
  const { desk, manager, register, told } = await labWithDesk(t);
  const old = await register('Ramesh Patil', { mobile: '9876543210', abhaNumber: '91-1234-5678-9012' });
  const survivor = await register('Asha Rao');
  await manager.call(mergePatients, { survivorId: survivor.id, patientId: old.id, ...why });
  const refusal = await desk.refused(
    updatePatient,
    { patientId: old.id, expectedVersion: 1, name: 'X' },
    'patient.is_merged',
  );
  assert.deepEqual(refusal.details, { patientId: old.id, survivorId: survivor.id });
  const before = (await told()).length;
  const corrected = await desk.call(updatePatient, {
    patientId: survivor.id,
    expectedVersion: 1,
    name: 'Asha Rav',
    sex: 'female',
  });
  // Under the id of the merged record the facts have changed as well.
  assert.deepEqual(
    (await told()).slice(before).map(({ type, payload }) => [type, payload['patientId'], payload['sex']]),
    [
      ['patient.changed', survivor.id, 'female'],
      ['patient.changed', old.id, 'female'],
    ],
  );
  assert.deepEqual(await manager.call(undoMerge, { patientId: old.id, reason: 'two people' }), old);
  assert.deepEqual(await desk.call(getPatient, { patientId: survivor.id }), {
    ...corrected,
    samePersonIds: [survivor.id],
  });
  assert.deepEqual(await namesFound(desk, 'patil'), ['Ramesh Patil']);
  assert.deepEqual(await namesFound(desk, 'asha'), ['Asha Rav']);
  assert.deepEqual(await namesFound(desk, '9876543210'), ['Ramesh Patil']);
  await manager.refused(undoMerge, { patientId: old.id, reason: 'again' }, 'patient.not_merged');
});

test('PAT-21: a survivor may take over an ABHA number; it is given back before the merge can be undone', async (t) => {
  const { desk, manager, register } = await labWithDesk(t);
  const old = await register('Ramesh Patil', { abhaNumber: '91-1234-5678-9012' });
  const survivor = await register('Rameshbhai Patil');
  await manager.call(mergePatients, { survivorId: survivor.id, patientId: old.id, ...why });
  const taken = await desk.refused(
    registerPatient,
    { name: 'Z', sex: 'other', bornOn: '1990-01-01', abhaNumber: '91-1234-5678-9012' },
    'patient.id_taken',
  );
  assert.deepEqual(taken.details, { field: 'abhaNumber', patientId: survivor.id });
  const change = { patientId: survivor.id, abhaNumber: '91-1234-5678-9012' };
  await desk.call(updatePatient, { ...change, expectedVersion: 1 });
  const refusal = await manager.refused(undoMerge, { patientId: old.id, reason: 'two' }, 'patient.id_taken');
  assert.deepEqual(refusal.details, { field: 'abhaNumber', patientId: survivor.id });
  await desk.call(updatePatient, { ...change, abhaNumber: null, expectedVersion: 2 });
  assert.equal((await manager.call(undoMerge, { patientId: old.id, reason: 'two' })).abhaNumber, old.abhaNumber);
});

test('PAT-22: what cannot be merged is refused and says why; the same merge sent again changes nothing', async (t) => {
  const { desk, manager, register, ...lab } = await labWithDesk(t);
  const [a, b, c] = [await register('Asha'), await register('Bina'), await register('Chitra')];
  const merge = (survivorId: string, patientId: string) => ({ survivorId, patientId, ...why });
  await manager.refused(mergePatients, merge(a.id, a.id), 'patient.merge_with_itself');
  await manager.refused(mergePatients, merge(a.id, newId()), 'patient.not_found');
  await manager.refused(undoMerge, { patientId: newId(), ...why }, 'patient.not_found');
  await desk.refused(mergePatients, merge(a.id, b.id), 'platform.forbidden');
  await desk.refused(undoMerge, { patientId: b.id, ...why }, 'platform.forbidden');
  await lab.as('manager', newId()).refused(mergePatients, merge(a.id, b.id), 'patient.not_found');
  await manager.refused(mergePatients, { ...merge(a.id, b.id), reason: ' ' }, 'platform.invalid_input');
  const once = await manager.call(mergePatients, merge(a.id, b.id));
  assert.deepEqual(await manager.call(mergePatients, merge(a.id, b.id)), once);
  assert.equal((await lab.audit('patient', b.id)).filter((act) => act === 'patient.merge').length, 1);
  for (const [survivorId, patientId] of [
    [b.id, c.id],
    [c.id, b.id],
    [b.id, a.id],
  ] as const) {
    const refusal = await manager.refused(mergePatients, merge(survivorId, patientId), 'patient.is_merged');
    assert.deepEqual(refusal.details, { patientId: b.id, survivorId: a.id });
  }
  // A chain: who was merged into Asha comes along, and goes with her again.
  await manager.call(mergePatients, merge(c.id, a.id));
  assert.deepEqual((await desk.call(getPatient, { patientId: b.id })).mergedIntoId, c.id);
  await manager.call(undoMerge, { patientId: a.id, ...why });
  assert.deepEqual(await desk.call(getPatient, { patientId: b.id }), {
    ...a,
    id: b.id,
    mergedIntoId: a.id,
    samePersonIds: [a.id, b.id],
  });
});

test('PAT-22: of two merges of one record at the same moment one wins, and two crosswise make no circle', async (t) => {
  const { manager, register } = await labWithDesk(t);
  const [a, b, c] = [await register('Asha'), await register('Bina'), await register('Chitra')];
  const outcomes = async (...pairs: readonly (readonly [survivorId: string, patientId: string])[]) =>
    (
      await Promise.allSettled(
        pairs.map(([survivorId, patientId]) => manager.call(mergePatients, { survivorId, patientId, ...why })),
      )
    )
      .map((each) => (each.status === 'fulfilled' ? 'ok' : String(each.reason.code)))
      .sort();
  assert.deepEqual(await outcomes([a.id, c.id], [b.id, c.id]), ['ok', 'patient.is_merged']);
  assert.deepEqual(await outcomes([a.id, b.id], [b.id, a.id]), ['ok', 'patient.is_merged']);
});

const PEOPLE = 6;
type Step =
  | { readonly do: 'merge'; readonly a: number; readonly b: number }
  | { readonly do: 'undo'; readonly a: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('merge' as const), a: fc.nat(PEOPLE - 1), b: fc.nat(PEOPLE - 1) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const), a: fc.nat(PEOPLE - 1) }) },
);

test('lab-day 9, PAT-23: whatever is merged and undone, "the same person" stays an equivalence; all undone, all is as before', async (t) => {
  const { desk, manager, register } = await labWithDesk(t);
  const people: PatientView[] = [];
  for (let i = 0; i < PEOPLE; i += 1) people.push(await register(`Person ${'ABCDEF'[i]}`));
  const ids = people.map((person) => person.id);
  const start = people.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const viewAll = async () => (await desk.call(getPatients, { ids })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const attempt = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'ok',
      (error: { code: string }) => error.code,
    );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      // The model: who was merged into whom.
      const into = new Map<string, string>();
      const rootOf = (id: string): string => {
        const next = into.get(id);
        return next === undefined ? id : rootOf(next);
      };
      for (const each of steps) {
        const [a = '', b = ''] = [ids[each.a], each.do === 'merge' ? ids[each.b] : undefined];
        if (each.do === 'merge') {
          const isAgain = into.get(b) === a && !into.has(a);
          const expected =
            a === b
              ? 'patient.merge_with_itself'
              : isAgain || (!into.has(a) && !into.has(b))
                ? 'ok'
                : 'patient.is_merged';
          assert.equal(await attempt(manager.call(mergePatients, { survivorId: a, patientId: b, ...why })), expected);
          if (expected === 'ok') into.set(b, a);
        } else {
          const expected = into.has(a) ? 'ok' : 'patient.not_merged';
          assert.equal(await attempt(manager.call(undoMerge, { patientId: a, ...why })), expected);
          into.delete(a);
        }
      }
      const views = new Map((await viewAll()).map((view) => [view.id, view]));
      for (const id of ids) {
        const view = views.get(id);
        const root = rootOf(id);
        assert.deepEqual([...(view?.samePersonIds ?? [])].sort(), ids.filter((other) => rootOf(other) === root).sort());
        assert.equal(view?.mergedIntoId ?? id, root);
        assert.equal(view?.name, people.find((person) => person.id === root)?.name);
      }
      assert.equal((await namesFound(desk, 'person')).length, new Set(ids.map(rootOf)).size);
      for (const id of into.keys()) await manager.call(undoMerge, { patientId: id, ...why });
      assert.deepEqual(await viewAll(), start);
      assert.equal((await namesFound(desk, 'person')).length, PEOPLE);
    }),
    { numRuns: 15 },
  );
});
