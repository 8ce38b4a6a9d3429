import assert from 'node:assert/strict';
import { test } from 'node:test';

import { signaturesOf } from './signatures.ts';

const deshmukh = { id: 'd', name: 'Dr. Deshmukh', qualification: 'MD (Pathology)', registrationNumber: 'MMC 1' };
const rao = { id: 'r', name: 'Dr. Rao', qualification: null, registrationNumber: 'KMC 2' };
const by = (authorisedById: string | null, testName: string, authorisedAt: string | null) => ({
  authorisedById,
  testName,
  authorisedAt,
});

test('who authorised everything signs alone', () => {
  const signatures = signaturesOf(
    [by('d', 'CBC', '2026-11-25T06:00:00Z'), by('d', 'ESR', '2026-11-25T05:00:00Z')],
    [rao, deshmukh],
  );
  assert.deepEqual(signatures, {
    signatory: { name: 'Dr. Deshmukh', qualification: 'MD (Pathology)', registrationNumber: 'MMC 1' },
    others: [],
  });
});

test('who authorised last signs; the others are named with their tests', () => {
  const signatures = signaturesOf(
    [
      by('r', 'TSH', '2026-11-25T06:00:00Z'),
      by('d', 'CBC', '2026-11-25T06:30:00Z'),
      by('r', 'TSH', '2026-11-25T06:00:00Z'),
      by('r', 'Ferritin', '2026-11-25T06:01:00.500Z'),
      by('d', 'ESR', '2026-11-25T04:00:00Z'),
    ],
    [rao, deshmukh],
  );
  assert.equal(signatures?.signatory.name, 'Dr. Deshmukh');
  assert.deepEqual(signatures?.others, ['Authorised by Dr. Rao, Reg. No. KMC 2: TSH, Ferritin.']);
});

test('nobody signs without a registration number, nor for someone who is not there', () => {
  const result = by('d', 'CBC', '2026-11-25T06:00:00Z');
  assert.equal(signaturesOf([result], [{ ...deshmukh, registrationNumber: null }]), undefined);
  assert.equal(signaturesOf([result], [{ ...deshmukh, registrationNumber: '  ' }]), undefined);
  assert.equal(signaturesOf([result], [rao]), undefined);
  assert.equal(
    signaturesOf([result, by('r', 'TSH', '2026-11-25T05:00:00Z')], [deshmukh, { ...rao, registrationNumber: null }]),
    undefined,
  );
  assert.equal(signaturesOf([by(null, 'CBC', '2026-11-25T06:00:00Z')], [deshmukh]), undefined);
  assert.equal(signaturesOf([by('d', 'CBC', null)], [deshmukh]), undefined);
  assert.equal(signaturesOf([], [deshmukh]), undefined);
});

test('a long list of tests is spread over notes, none left out', () => {
  const many = Array.from({ length: 26 }, (_, n) => by('r', `Test ${n + 1}`, '2026-11-25T06:00:00Z'));
  const notes = signaturesOf([...many, by('d', 'CBC', '2026-11-25T07:00:00Z')], [rao, deshmukh])?.others;
  assert.equal(notes?.length, 2);
  assert.match(notes?.[0] ?? '', /: Test 1, Test 2, .*Test 25\.$/);
  assert.equal(notes?.[1], 'Authorised by Dr. Rao, Reg. No. KMC 2: Test 26.');
});
