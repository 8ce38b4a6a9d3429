// What each scene of the demo day must have come to, whichever way the services are laid out.
import assert from 'node:assert/strict';

import type { Scene } from './day-table.ts';

export function assertScenes(scenes: readonly Scene[]): void {
  const factsOf = (name: string): Scene['facts'] => {
    const scene = scenes.find((each) => each.name === name);
    assert.ok(scene, `the scene ${name} was played`);
    return scene.facts;
  };

  const { pairs, instruments } = factsOf('controls');
  // 12 tests of the serum control, 8 of the blood control.
  assert.deepEqual([pairs, instruments], [20, ['SIM-CBC', 'SIM-CHEM']]);

  const failed = factsOf('failed control');
  assert.deepEqual([failed['rules'], failed['lateWasHeld'], failed['status']], [['1_3s'], true, 'lifted']);
  assert.equal(typeof failed['held'], 'number');
  assert.ok(Number(failed['held']) >= 1 && Number(failed['lookBack']) >= Number(failed['held']));

  assert.deepEqual(factsOf('critical value'), {
    flags: ['LL'],
    refusal: 'result.critical_uncalled',
    status: 'told',
    wasReadBack: true,
    by: 'tech',
  });

  const tube = factsOf('haemolysed tube');
  assert.notEqual(tube['first'], tube['second']);
  assert.equal(tube['replaces'], true);
  assert.deepEqual([tube['labels'], tube['valuesFrom']], [[tube['second']], [tube['second']]]);

  assert.deepEqual(factsOf('tolerance test'), {
    tubes: 3,
    slots: { GLU_F: '94', GLU_1H: '171', GLU_2H: '132' },
    barcodes: 3,
  });

  assert.deepEqual(factsOf('amended report'), {
    reports: [
      { version: 2, status: 'released', isAmended: true },
      { version: 1, status: 'superseded', isAmended: false },
    ],
    supersededBy: true,
    signedValues: ['9.6', '6.9'],
  });

  assert.deepEqual(factsOf('urine culture'), {
    reports: [
      { version: 2, status: 'released', isPartial: false },
      { version: 1, status: 'superseded', isPartial: true },
    ],
    stage: 'final',
    antibiogram: 7,
  });

  assert.deepEqual(factsOf('high triglycerides'), {
    ldl: null,
    blankReason: 'triglycerides 400 mg/dL or more',
    rule: 'TRIG_LDL_D',
    added: 'LDL_D',
    onTheSameTube: true,
  });

  const automatic = factsOf('automatic verification');
  assert.deepEqual(
    [automatic['byRules'], automatic['hasRules'], automatic['heldOutcome'], automatic['heldBy']],
    [['ALP', 'CREA'], true, 'held', ['in_verification_limits']],
  );

  const added = factsOf('added test');
  assert.deepEqual([added['tubes'], added['testsOfTube']], [1, ['ALB', 'TP']]);
  assert.deepEqual(added['origins'], ['ALB ordered', 'TP added']);
  assert.match(String(added['location']), /^SERUM-1\/[A-H]\d+$/);

  assert.deepEqual(factsOf('referral lab'), { status: 'sent', tubes: 1, isOpen: true });
  assert.deepEqual(factsOf('duplicate patient'), {
    isFound: true,
    mergedInto: true,
    records: 2,
    earlierUnderSurvivor: true,
  });
}
