// A lab with a catalogue and controls, for the tests of this service. Its clock is set by hand: QC is about days.
import type { TestContext } from 'node:test';

import { seedCatalogue } from '#contract/order.ts';
import { createLab } from '#contract/organization.ts';
import { createManualClock } from '#platform/clock.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import type { ServiceName } from '../../boot/services.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import { recordControls, saveControlLot, setTarget } from './contract.ts';
import type { ControlLotView, ControlRunView } from './contract.ts';

export const COBAS = 'cobas pro';

export interface QcLab extends TestLab {
  /** Moves the clock on. */
  later(minutes: number): void;
  now(): string;
  lot(level: number, facts?: Partial<ControlLotView>): Promise<ControlLotView>;
  /** Mean 100, SD 5 of glucose unless told otherwise. */
  assign(
    lot: ControlLotView,
    target?: { readonly analyteCode?: string; readonly mean?: string; readonly sd?: string },
  ): Promise<void>;
  /** One run by hand, a minute later: a value for each lot. */
  run(
    values: readonly (readonly [lot: ControlLotView, value: string])[],
    analyteCode?: string,
  ): Promise<readonly ControlRunView[]>;
}

export async function startQcLab(
  t: TestContext,
  services: readonly ServiceName[] = ['organization', 'order', 'qc'],
): Promise<QcLab> {
  // Ahead of the database's own clock: by it events become due, and in the past they never would.
  const clock = createManualClock('2096-11-02T03:00:00.000Z');
  const lab = await startLab(t, { services, clock });
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  await lab.system.call(seedCatalogue, {});
  const later = (minutes: number): void => clock.advance(minutes * 60_000);
  return {
    ...lab,
    now: () => clock.now(),
    later,
    lot: (level, facts = {}) =>
      lab.as('manager').call(saveControlLot, {
        material: 'Precinorm',
        lotNumber: '4711',
        expiresOn: '2097-12-31',
        sampleIds: [`QC-4711-${level}`],
        isActive: true,
        ...facts,
        level,
        id: facts.id,
      }),
    assign: async (lot, { analyteCode = 'GLU', mean = '100', sd = '5' } = {}) => {
      const target = { lotId: lot.id, instrument: COBAS, analyteCode, kind: 'assigned', mean, sd } as const;
      await lab.as('manager').call(setTarget, target);
    },
    run: async (values, analyteCode = 'GLU') => {
      later(1);
      return lab.as('technician').call(recordControls, {
        instrument: COBAS,
        values: values.map(([lot, value]) => ({ lotId: lot.id, analyteCode, value })),
      });
    },
  };
}
