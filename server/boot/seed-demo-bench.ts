// The bench of the demo lab: its two simulated analyzers, their control lots with the makers' targets. Safe to repeat.
import { bloodControl, serumControl } from '@nidaan/sandbox/analyzers/control-material.ts';
import type { ControlLevel, ControlMaterial } from '@nidaan/sandbox/analyzers/control-material.ts';

import { listInstruments, saveInstrument } from '#contract/equipment.ts';
import { listControlLots, listTargets, saveControlLot, setTarget } from '#contract/qc.ts';
import type { ControlLotView } from '#contract/qc.ts';
import { systemActor } from '#platform/actor.ts';
import type { Call, CallInput, CallOutput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';

import { seedDemoStock, stock } from './seed-demo-stock.ts';
import { DEMO_LAB, seedDemo } from './seed-demo.ts';

export const BLOOD_COUNTER = 'SIM-CBC';
export const CHEMISTRY = 'SIM-CHEM';
/** The chemistry analyzer's own name for glucose, and ours. */
export const GLUCOSE = { code: 'GLUC', analyteCode: 'GLU' } as const;

const analyzers = [
  {
    messageName: BLOOD_COUNTER,
    name: 'Blood counter (simulator)',
    maker: 'Nidaan',
    model: 'Five-part simulator',
    serialNumber: 'SIM-0001',
    section: 'HAEMATOLOGY',
    material: bloodControl,
  },
  {
    messageName: CHEMISTRY,
    name: 'Chemistry analyzer (simulator)',
    maker: 'Nidaan',
    model: 'Chemistry simulator',
    serialNumber: 'SIM-0002',
    section: 'BIOCHEMISTRY',
    material: serumControl,
  },
] as const;

/** Controls are counted as good for as long as a demo may be looked at. */
const EXPIRES_ON = '2099-12-31';

type Ask = <C extends Call>(call: C, input: CallInput<C>) => Promise<CallOutput<C>>;

/** Made meanwhile by another process that starts on the same database. */
const isThereAlready = (error: unknown): boolean =>
  error instanceof ServiceError && ['equipment.message_name_taken', 'qc.lot_taken'].includes(error.code);

/** The demo lab with its bench, as an installation starts with; tests about something else take the lab alone. */
export async function seedDemoInstallation(
  calls: Pick<Dispatcher, 'call'>,
  signal?: AbortSignal,
): Promise<{ readonly isNew: boolean }> {
  const { isNew, isDemo } = await seedDemo(calls, signal);
  signal?.throwIfAborted();
  if (isDemo) {
    await seedDemoBench(calls, DEMO_LAB.id);
    signal?.throwIfAborted();
    await seedDemoStock(calls, DEMO_LAB.id, stock(BLOOD_COUNTER, CHEMISTRY));
  }
  return { isNew };
}

/** Adds what is missing of the demo lab's bench; what is there is never changed. */
export async function seedDemoBench({ call }: Pick<Dispatcher, 'call'>, labId: string): Promise<void> {
  const scope = newScope(systemActor(labId, 'seed'), newId());
  const ask: Ask = (which, input) => call(which, input, scope);
  const [instruments, lots] = await Promise.all([
    ask(listInstruments, { first: 100 }),
    ask(listControlLots, { first: 100 }),
  ]);
  const known = new Set(instruments.edges.map(({ node }) => node.messageName));
  const there = lots.edges.map(({ node }) => node);
  for (const { material, ...facts } of analyzers) {
    if (!known.has(facts.messageName)) await unlessThere(ask(saveInstrument, facts));
    for (const level of material.levels) {
      const lot = there.find(({ lotNumber, level: of }) => lotNumber === material.lotNumber && of === level.level);
      await seedTargets(ask, facts.messageName, lot ?? (await addLot(ask, material, level)), level);
    }
  }
}

async function unlessThere<T>(made: Promise<T>): Promise<T | undefined> {
  try {
    return await made;
  } catch (error) {
    if (!isThereAlready(error)) throw error;
    return undefined;
  }
}

async function addLot(ask: Ask, of: ControlMaterial, level: ControlLevel): Promise<ControlLotView | undefined> {
  const { material, lotNumber } = of;
  const facts = { material, lotNumber, level: level.level, expiresOn: EXPIRES_ON, sampleIds: [level.sampleId] };
  return unlessThere(ask(saveControlLot, facts));
}

async function seedTargets(
  ask: Ask,
  instrument: string,
  lot: ControlLotView | undefined,
  { assigned }: ControlLevel,
): Promise<void> {
  if (lot === undefined) return;
  const { edges } = await ask(listTargets, { lotId: lot.id, first: 100 });
  const known = new Set(edges.map(({ node }) => node.analyteCode));
  for (const [code, [mean, sd]] of Object.entries(assigned)) {
    const analyteCode = code === GLUCOSE.code ? GLUCOSE.analyteCode : code;
    if (!known.has(analyteCode))
      await ask(setTarget, { lotId: lot.id, instrument, analyteCode, kind: 'assigned', mean, sd });
  }
}
