// Quality control: controls at the start of the day, and one that fails in the middle of it. What was measured since the last good
// control is held, looked at, and free again when a corrective action and a good control are on record (lab-day 43).
import { bloodControl, readControl, serumControl } from '@nidaan/sandbox/analyzers/control-material.ts';
import type { ControlLevel } from '@nidaan/sandbox/analyzers/control-material.ts';

import { mapInstrumentCode } from '#contract/integration.ts';
import { leveyJennings, liftHold, listHolds, listQcStates, lookBack, recordCorrection } from '#contract/qc.ts';
import type { QcHoldView } from '#contract/qc.ts';
import type { ResultView } from '#contract/result.ts';

import { BLOOD_COUNTER, CHEMISTRY, GLUCOSE } from '../../boot/seed-demo-bench.ts';
import type { Scene } from '../day-table.ts';
import { waitFor } from '../lab-day.ts';
import type { LabDay, Visit } from '../lab-day.ts';
import { admit, awaitValues, draw, measure, readResults, receive } from '../steps.ts';

/** Creatinine, of the high control. */
const FAILING = 'CREA';
const BEFORE_ALL = '2020-01-01T00:00:00Z';
const AFTER_ALL = '2099-01-01T00:00:00Z';

async function pointsOf({ staff }: LabDay, instrument: string, analyteCode: string, level = 1) {
  const asked = { instrument, analyteCode, level, from: BEFORE_ALL, to: AFTER_ALL, most: 2000 };
  return (await staff.technician.call(leveyJennings, asked)).points;
}

/** Both levels on both analyzers; a day that is played again on the same lab reads on the other side of the mean. */
export async function morningControls(day: LabDay): Promise<Scene> {
  const { staff, analyzers, table, random } = day;
  await staff.technician.call(mapInstrumentCode, { instrument: CHEMISTRY, ...GLUCOSE });
  const counted = async () =>
    (await pointsOf(day, BLOOD_COUNTER, 'HGB', 2)).length + (await pointsOf(day, CHEMISTRY, 'GLU', 2)).length;
  const before = (await pointsOf(day, BLOOD_COUNTER, 'HGB')).length;
  const countBefore = await counted();
  for (const [index, level] of serumControl.levels.entries()) {
    const side = (before + index) % 2 === 0 ? 1 : -1;
    await analyzers.chemistry.runControl(readControl(level, () => side * random.next()));
    const blood = bloodControl.levels[index];
    if (blood) await analyzers.counter.runControl(readControl(blood, () => side * random.next()));
    table.messages += 2;
  }
  const states = await waitFor('the controls of the morning', async () => {
    // The last message of each analyzer.
    if ((await counted()) < countBefore + 2) return undefined;
    const { edges } = await staff.technician.call(listQcStates, { first: 100 });
    const isDone = edges.length >= 20 && edges.every(({ node }) => node.state === 'in_control');
    return isDone ? edges.map(({ node }) => node) : undefined;
  });
  return {
    name: 'controls',
    what: `Controls in the morning: ${states.length} analytes of 2 analyzers at 2 levels, all in control`,
    where: 'tech: query { qcBoard { nodes { instrument analyteCode state } } }',
    facts: { pairs: states.length, instruments: [...new Set(states.map(({ instrument }) => instrument))].toSorted() },
  };
}

async function heldOf({ staff }: LabDay, visits: readonly Visit[]): Promise<readonly ResultView[]> {
  const found = await readResults(staff.technician, visits);
  return [...found.values()].flat().filter(({ holds }) => holds.includes('qc_failed'));
}

async function openHold({ staff }: LabDay): Promise<QcHoldView | undefined> {
  const { edges } = await staff.technician.call(listHolds, { first: 100 });
  return edges.map(({ node }) => node).find((hold) => hold.instrument === CHEMISTRY && hold.analyteCode === FAILING);
}

/** One level for the one test, until it is on the chart: the next is to be measured after it. */
async function runAlone(day: LabDay, level: ControlLevel, deviation: number): Promise<void> {
  const before = (await pointsOf(day, CHEMISTRY, FAILING, level.level)).length;
  const { sampleId, values } = readControl(level, () => deviation);
  await day.analyzers.chemistry.runControl({ sampleId, values: { [FAILING]: values[FAILING] ?? '' } });
  day.table.messages += 1;
  await waitFor('the control on the chart', async () => {
    const points = await pointsOf(day, CHEMISTRY, FAILING, level.level);
    return points.length > before ? points : undefined;
  });
}

/**
 * While the values of these patients wait to be verified, the control fails. One more patient, measured after it, is held as
 * the value comes.
 */
export async function failedControl(
  day: LabDay,
  waiting: readonly Visit[],
): Promise<{ readonly scene: Scene; readonly visit: Visit }> {
  const { staff } = day;
  const [normal, high] = serumControl.levels;
  if (!normal || !high) throw new Error('The serum control has two levels');
  const late = await admit(day, {
    name: 'Devika Rane',
    sex: 'female',
    age: { years: 61 },
    mobile: '9820011001',
    referredBy: 'Dr. S. Kamat',
    items: [FAILING],
    priority: 'routine',
  });
  await draw(day, late);
  await receive(day, [late]);

  await runAlone(day, normal, 0.5);
  await runAlone(day, high, 3.5);
  const hold = await waitFor('the hold of the failed control', () => openHold(day));
  await measure(day, late, false);
  await awaitValues(day, [late]);
  const patients = [...waiting, late];
  const held = await waitFor('the held values', async () => {
    const found = await heldOf(day, patients);
    return found.some(({ orderId }) => orderId === late.orderId) ? found : undefined;
  });
  const { edges } = await staff.technician.call(lookBack, { holdId: hold.id, first: 100 });

  const action = 'New reagent pack opened, calibrated with the stored calibrator';
  const corrected = await staff.technician.call(recordCorrection, {
    holdId: hold.id,
    expectedVersion: hold.version,
    action,
  });
  // Another value than before: the same bytes within the same second are a message sent twice, and are counted once.
  await runAlone(day, normal, -0.5);
  await runAlone(day, high, -0.4);
  // A control measured meanwhile is on record in the hold too, so its version moved on.
  const current = (await openHold(day)) ?? corrected;
  const lifted = await staff.technician.call(liftHold, {
    holdId: hold.id,
    expectedVersion: current.version,
    cause: 'Reagent past its stability on board',
    action,
    lookBackNote: `${edges.length} values since the last good control compared with the repeats; none changes what was said`,
  });
  await waitFor('the end of the hold', async () => ((await heldOf(day, patients)).length === 0 ? true : undefined));
  const scene: Scene = {
    name: 'failed control',
    what: `A control of ${FAILING} failed (${hold.rules.join(', ')}): ${held.length} values held, ${edges.length} in the look-back, lifted after a corrective action and a good control`,
    where: `tech: query { qcHolds(status: lifted) { nodes { rules cause action lookBackNote } } qcLookBack(holdId: "${hold.id}") { nodes { orderId value status } } }`,
    facts: {
      rules: hold.rules,
      held: held.length,
      heldOrders: new Set(held.map(({ orderId }) => orderId)).size,
      lookBack: edges.length,
      lateWasHeld: held.some(({ orderId }) => orderId === late.orderId),
      status: lifted.status,
    },
  };
  return { scene, visit: late };
}
