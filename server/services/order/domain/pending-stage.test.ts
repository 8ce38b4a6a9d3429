import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { LineFacts, ResultFact, TubeFact } from './pending-stage.ts';
import { pendingStage } from './pending-stage.ts';

const line = { id: 'L', status: 'open', isOutsourced: false, promisedAt: '2026-11-25T08:00:00.000Z' } as const;
const placedAt = '2026-11-25T05:00:00.000Z';

function tube(fields: Partial<TubeFact>): TubeFact {
  return {
    lineIds: ['L'],
    status: 'received',
    collectedAt: '2026-11-25T05:10:00.000Z',
    receivedAt: '2026-11-25T05:20:00.000Z',
    rejectedAt: null,
    rejectReason: null,
    rejectDecision: null,
    referralLabId: null,
    ...fields,
  };
}
function result(fields: Partial<ResultFact>): ResultFact {
  return {
    id: 'R',
    lineId: 'L',
    status: 'awaiting',
    holds: [],
    collectedAt: null,
    receivedAt: null,
    enteredAt: null,
    verifiedAt: null,
    authorisedAt: null,
    ...fields,
  };
}
const stage = (facts: Partial<LineFacts>) =>
  pendingStage({ line, placedAt, tubes: [], results: [], criticals: [], cancelled: null, ...facts });

const entered = { status: 'entered', enteredAt: '2026-11-25T06:00:00.000Z' } as const;
const verified = { status: 'verified', verifiedAt: '2026-11-25T06:30:00.000Z' } as const;

test('why is this pending: each stage in lab words', () => {
  const planned = tube({ status: 'planned', collectedAt: null, receivedAt: null });
  const cases: readonly (readonly [Partial<LineFacts>, string, RegExp, string | null])[] = [
    [{}, 'not_drawn', /not drawn/i, placedAt],
    [{ tubes: [planned], results: [result({ status: 'expected' })] }, 'not_drawn', /not drawn/i, placedAt],
    [
      { tubes: [tube({ status: 'collected', receivedAt: null })], results: [result({})] },
      'not_received',
      /not received/,
      '2026-11-25T05:10:00.000Z',
    ],
    [
      {
        tubes: [tube({ status: 'rejected', rejectReason: 'wrong_tube', rejectedAt: '2026-11-25T05:25:00.000Z' })],
        results: [result({ status: 'expected' })],
      },
      'rejected',
      /wrong tube.*nobody has decided/,
      '2026-11-25T05:25:00.000Z',
    ],
    [{ tubes: [tube({})], results: [result({})] }, 'awaiting_value', /no value yet/, '2026-11-25T05:20:00.000Z'],
    [
      { tubes: [tube({})], results: [result({}), result(entered), result(verified)] },
      'awaiting_value',
      /1 of 3 values/,
      '2026-11-25T05:20:00.000Z',
    ],
    [
      { tubes: [tube({})], results: [result({ ...entered, holds: ['delta', 'absurd'] }), result(verified)] },
      'held',
      /absurd, delta/,
      entered.enteredAt,
    ],
    [
      { tubes: [tube({})], results: [result({ ...entered, holds: ['delta', 'qc_failed'] })] },
      'qc_hold',
      /quality control.*qc failed/,
      entered.enteredAt,
    ],
    [{ tubes: [tube({})], results: [result(entered)] }, 'awaiting_verification', /verified/, entered.enteredAt],
    [
      {
        tubes: [tube({})],
        results: [result(verified)],
        criticals: [{ resultId: 'R', status: 'open', foundAt: '2026-11-25T06:10:00.000Z' }],
      },
      'critical_call_missing',
      /critical/,
      '2026-11-25T06:10:00.000Z',
    ],
    [
      {
        tubes: [tube({})],
        results: [result(verified)],
        criticals: [{ resultId: 'R', status: 'told', foundAt: '2026-11-25T06:10:00.000Z' }],
      },
      'awaiting_authorisation',
      /signature/,
      verified.verifiedAt,
    ],
    [
      { line: { ...line, isOutsourced: true }, tubes: [tube({})], results: [result({})] },
      'sent_out',
      /referral lab/,
      '2026-11-25T05:20:00.000Z',
    ],
    [
      { results: [result({ status: 'authorised', authorisedAt: '2026-11-25T07:00:00.000Z' })] },
      'authorised',
      /Signed/,
      '2026-11-25T07:00:00.000Z',
    ],
    [
      {
        line: { ...line, status: 'cancelled' },
        cancelled: { reason: 'asked for by mistake', at: '2026-11-25T05:05:00.000Z' },
      },
      'cancelled',
      /asked for by mistake/,
      '2026-11-25T05:05:00.000Z',
    ],
  ];
  for (const [facts, expected, words, since] of cases) {
    const found = stage(facts);
    assert.equal(found.stage, expected);
    assert.match(found.words, words);
    assert.equal(found.since, since, expected);
  }
});

test('a tube drawn again counts by itself; one to be run with a comment is at the bench', () => {
  const old = tube({ status: 'rejected', rejectReason: 'clotted', rejectDecision: 'recollect' });
  const fresh = tube({ status: 'planned', collectedAt: null, receivedAt: null });
  assert.equal(stage({ tubes: [old, fresh], results: [result({ status: 'expected' })] }).stage, 'not_drawn');
  const used = tube({ status: 'rejected', rejectReason: 'haemolysed', rejectDecision: 'run_with_comment' });
  assert.equal(stage({ tubes: [used], results: [result({})] }).stage, 'awaiting_value');
});

test('a signed test is not pending, whatever is found out about its tube afterwards', () => {
  const rejected = tube({ status: 'rejected', rejectReason: 'other' });
  assert.equal(stage({ tubes: [rejected], results: [result({ status: 'authorised' })] }).stage, 'authorised');
});
