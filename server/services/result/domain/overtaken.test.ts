// What an owner's news would leave alone is not overtaken by it: specs/result.md RES-126.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Bound, Owners, TubeNow, ToSign } from './overtaken.ts';
import { overtakenBy } from './overtaken.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 25, 4, minute)).toISOString();

/** A verified value, entered at minute 10. What the rules do not read is left out. */
function rowOf(given: Partial<ToSign> = {}): ToSign {
  const row: Partial<ToSign> = {
    status: 'verified',
    analyteCode: 'HGB',
    measuredAs: null,
    source: 'XN-550',
    readFrom: null,
    value: '13.1',
    rawValue: '13.1',
    holds: [],
    collectedAt: at(0),
    enteredAt: at(10),
    person: { sex: 'female', ageDays: 12_000 },
    amendment: null,
    tubeComment: null,
    ...given,
  };
  return row as ToSign;
}

function ownersOf(given: {
  readonly tube?: Partial<TubeNow>;
  readonly failed?: Bound;
  readonly blocked?: Bound;
  readonly sex?: 'male';
  readonly line?: 'cancelled';
}): Owners {
  const tube: TubeNow = { barcode: 'A1', status: 'received', rejectedAt: null, rejectDecision: null, ...given.tube };
  return {
    tubeOf: () => tube,
    failedOf: () => given.failed,
    blockedOf: () => given.blocked,
    personOf: () => ({ sex: given.sex ?? 'female', ageDays: 12_000 }),
    lineOf: () => ({ status: given.line ?? 'open' }),
  };
}

const amendedAt = (minute: number): Partial<ToSign> => ({
  amendment: { number: 1, reason: 'x', at: at(minute), by: 'path', previousValue: '13.1' },
});

test('RES-126 what stands is signed; each owner takes back what its news would', () => {
  const rejected = { status: 'rejected', rejectedAt: at(20) } as const;
  const accepted = { status: 'received', rejectedAt: at(20), rejectDecision: 'run_with_comment' } as const;
  const cases: readonly [string, Partial<ToSign>, Parameters<typeof ownersOf>[0], string | null][] = [
    ['nothing happened', {}, {}, null],
    ['rejected', {}, { tube: rejected }, 'tube_rejected'],
    ['rejected, then amended', amendedAt(21), { tube: rejected }, null],
    ['amended, then rejected', amendedAt(19), { tube: rejected }, 'tube_rejected'],
    ['run after all, value of before', {}, { tube: accepted }, 'tube_rejected'],
    ['run after all, value of after', { enteredAt: at(25), tubeComment: 'clot' }, { tube: accepted }, null],
    ['run after all, test added later', { enteredAt: at(25) }, { tube: accepted }, null],
    ['control failed, none was good', {}, { failed: { since: null } }, 'control_failed'],
    ['control failed since', {}, { failed: { since: at(10) } }, 'control_failed'],
    ['measured before the last good control', {}, { failed: { since: at(11) } }, null],
    ['held already: locked says more', { holds: ['qc_failed'] }, { failed: { since: null } }, null],
    ['typed, read from nothing', { source: 'manual' }, { failed: { since: null }, blocked: { since: at(1) } }, null],
    ['blocked before the value', {}, { blocked: { since: at(9) } }, 'instrument_blocked'],
    ['blocked after the value', {}, { blocked: { since: at(11) } }, null],
    ['sex corrected', {}, { sex: 'male' }, 'patient_corrected'],
    ['held for want of a person', { person: null }, { sex: 'male' }, null],
    ['opened with the value as signed', amendedAt(11), { sex: 'male' }, null],
    ['opened, and entered anew', amendedAt(9), { sex: 'male' }, 'patient_corrected'],
    ['cancelled', {}, { line: 'cancelled' }, 'test_cancelled'],
    ['signed once: a cancellation leaves it', amendedAt(11), { line: 'cancelled' }, null],
  ];
  for (const [name, row, owners, because] of cases)
    assert.equal(overtakenBy(rowOf(row), ownersOf(owners)), because, name);
});
