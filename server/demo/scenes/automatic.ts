// Two tests that rules may verify: what is unremarkable passes without a person, what is not waits for one with the reason.
import { decisionsOfResults, setTestAuto } from '#contract/autoverify.ts';

import type { Scene } from '../day-table.ts';
import { waitFor } from '../lab-day.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitResults, draw, receive, resultsOf, sign, verify } from '../steps.ts';

const TESTS = ['CREA', 'ALP'];

export async function automaticVerification(day: LabDay): Promise<Scene> {
  const { staff } = day;
  const setMode = async (mode: 'on' | 'shadow', reason: string): Promise<void> => {
    for (const testCode of TESTS) await staff.pathologist.call(setTestAuto, { testCode, mode, reason });
  };
  await setMode('on', 'Rules tried in shadow and approved by the director');
  try {
    return await playWithRules(day);
  } finally {
    // What comes on an ordinary day is a person's until the lab says otherwise.
    await setMode('shadow', 'End of the demonstration');
  }
}

async function playWithRules(day: LabDay): Promise<Scene> {
  const { staff, analyzers, table } = day;
  const visit = await admit(day, {
    name: 'Joaquim Pinto',
    sex: 'male',
    age: { years: 39 },
    mobile: '9820011009',
    referredBy: 'Dr. A. Mehta',
    items: TESTS,
    priority: 'routine',
  });
  const other = await admit(day, {
    name: 'Sulochana Gaikwad',
    sex: 'female',
    age: { years: 67 },
    mobile: '9820011010',
    referredBy: 'Dr. S. Kamat',
    items: ['CREA'],
    priority: 'routine',
  });
  const visits = [visit, other];
  for (const each of visits) await draw(day, each);
  await receive(day, visits);
  for (const { barcode } of visit.tubes)
    await analyzers.chemistry.run({ barcode, tests: TESTS, values: { CREA: '0.94', ALP: '81' } });
  for (const { barcode } of other.tubes)
    await analyzers.chemistry.run({ barcode, tests: ['CREA'], values: { CREA: '3.85' } });
  table.messages += 2;
  const passed = await awaitResults(day, 'the values that rules verify', visit.orderId, (results) =>
    results.every(({ status }) => status === 'verified'),
  );
  const [held] = await awaitResults(day, 'the value that rules hold', other.orderId, (results) =>
    results.every(({ status }) => status === 'entered'),
  );
  if (!held) throw new Error('There is no result');
  const decision = await waitFor('the decision of the rules', async () => {
    const [latest] = await staff.technician.call(decisionsOfResults, { ids: [held.id] });
    return latest;
  });
  table.values += passed.length;
  table.verified += passed.length;
  table.verifiedByRules += passed.length;
  await verify(day, await resultsOf(day, other.orderId));
  for (const { orderId } of visits) await sign(day, await resultsOf(day, orderId));
  day.signed.push(...visits);
  const failed = decision.rules.filter(({ hasPassed }) => !hasPassed);
  return {
    name: 'automatic verification',
    what: `${TESTS.join(' and ')} verified by rules; a creatinine of ${held.value ?? ''} was left to a person (${failed.map(({ rule }) => rule).join(', ')})`,
    where: `orders ${visit.orderNumber}, ${other.orderNumber}: results { autoRules verifiedBy }`,
    facts: {
      byRules: passed.map(({ analyteCode }) => analyteCode).toSorted(),
      hasRules: passed.every(({ autoRules }) => autoRules.length > 0),
      heldOutcome: decision.outcome,
      heldBy: failed.map(({ rule }) => rule),
    },
  };
}
