import assert from 'node:assert/strict';
import { test } from 'node:test';

import { labelOf, shortTime } from './label-text.ts';
import type { Tube } from './tube-store.ts';

const tube: Tube = {
  id: '0199a000-0000-7000-8000-00000000000a',
  orderId: '0199a000-0000-7000-8000-00000000000b',
  patientId: '0199a000-0000-7000-8000-00000000000c',
  priority: 'stat',
  accession: 'N261125000016',
  barcode: 'ROLL-77',
  isPreprinted: true,
  containerCode: 'FLUORIDE',
  containerName: 'Fluoride tube',
  capColour: 'Grey',
  additive: 'Sodium fluoride',
  volumeMl: 2,
  orderOfDraw: 6,
  specimen: 'Plasma',
  section: 'BIOCHEMISTRY',
  draw: 'fasting',
  lineIds: ['0199a000-0000-7000-8000-00000000000d'],
  testCodes: ['GLU_F', 'X'],
  status: 'collected',
  statusAt: '2026-11-25T04:00:00Z',
  collectedAt: '2026-11-25T19:05:00Z',
  collectedBy: 'phlebo',
  isIdentityChecked: true,
  receivedAt: null,
  receivedBy: null,
  labelsPrinted: 0,
  priorityRank: 0,
  needsMl: 0.4,
  drawMinutes: 0,
  manifestId: null,
  rackCode: null,
  rackPosition: null,
  keptFrom: null,
  notDrawnAt: null,
  notDrawnReason: null,
  rescheduledTo: null,
  rejectedAt: null,
  rejectedBy: null,
  rejectReason: null,
  rejectDecision: null,
  replacesTubeId: null,
  parentTubeId: null,
  remainingMl: 2,
  location: null,
  referralLabId: null,
  version: 2,
};
const facts = {
  patient: { name: 'Lakshmi Raman', sex: 'female', bornOn: '1992-05-01' },
  labName: 'Pune Lab',
  shortNames: new Map([['GLU_F', 'FBS']]),
  now: '2026-11-25T20:00:00Z',
} as const;

test('a label tells whose, which tube, when, how urgent and what for', () => {
  assert.deepEqual(labelOf(tube, facts), {
    accession: 'N261125000016',
    patientName: 'Lakshmi Raman',
    ageSex: '34 Y / F',
    tubeName: 'fasting, Fluoride tube',
    capColour: 'Grey',
    drawnAt: '26-11 00:35',
    priority: 'stat',
    tests: ['FBS', 'X'],
    labName: 'Pune Lab',
  });
});

test('before the draw the label shows no time', () => {
  const label = labelOf({ ...tube, draw: null, collectedAt: null }, facts);
  assert.equal('drawnAt' in label, false);
  assert.equal(label.tubeName, 'Fluoride tube');
});

test('times are Indian', () => {
  assert.equal(shortTime('2026-01-04T18:30:00Z'), '05-01 00:00');
});
