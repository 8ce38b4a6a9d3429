// A lab with a store room, for the tests of this service. Its clock is set by hand and lies far ahead, so that no job of its
// days becomes due by itself.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import sql from 'sql-template-tag';

import { createLab } from '#contract/organization.ts';
import { createManualClock } from '#platform/clock.ts';
import type { CallInput, EventPayload, EventType } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import type { ServiceName } from '../../boot/services.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { TestActor, TestLab } from '../../testing/start-lab.ts';
import { lotsOfItems, openLot, receiveGoods, saveItem } from './contract.ts';
import type { ItemView, LotView } from './contract.ts';
import { watchExpiry } from './jobs/watch-expiry.ts';

export const DAY = 24 * 60;
export const COBAS = 'cobas pro';
/** By the lab's clock, 09:30 in India. */
export const TODAY = '2031-03-03';

export interface StockLab extends TestLab {
  readonly technician: TestActor;
  readonly manager: TestActor;
  now(): string;
  later(minutes: number): void;
  item(facts?: Partial<CallInput<typeof saveItem>>): Promise<ItemView>;
  /** Received warm or not, by the technician. */
  lot(item: ItemView, facts?: Partial<CallInput<typeof receiveGoods>['lots'][number]>): Promise<LotView>;
  open(lot: LotView, instrument?: string | null): Promise<LotView>;
  /** The lot as it is now, if it is neither used up nor discarded. */
  look(lot: LotView): Promise<LotView | undefined>;
  newDay(): Promise<void>;
  /** Names and payloads told about an item, oldest first. */
  told(itemId: string): Promise<readonly { readonly type: string; readonly payload: Record<string, unknown> }[]>;
  /** Hands an event to this service as the relay does; the same id is the same event. */
  deliver<E extends EventType>(event: E, subject: string, payload: EventPayload<E>, id?: string): Promise<void>;
  /** Lots whose balance is not the sum of their movements; there must be none. */
  crooked(): Promise<readonly object[]>;
}

export async function startStockLab(t: TestContext, services: readonly ServiceName[] = []): Promise<StockLab> {
  const clock = createManualClock(`${TODAY}T04:00:00.000Z`);
  const lab = await startLab(t, { services: ['organization', 'inventory', ...services], clock });
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  const [technician, manager] = [lab.as('technician'), lab.as('manager')];
  const ctx = lab.runtime.systemCtx('inventory', lab.labId);
  let serial = 0;
  const look: StockLab['look'] = async ({ id, itemId }) =>
    (await technician.call(lotsOfItems, { ids: [itemId] })).find((lot) => lot.id === id);
  return {
    ...lab,
    technician,
    manager,
    now: () => clock.now(),
    later: (minutes) => clock.advance(minutes * 60_000),
    item: (facts = {}) => {
      serial += 1;
      const code = `ITEM-${serial}`;
      const usual = { code, name: `Item ${serial}`, kind: 'reagent', unit: 'test', storage: 'refrigerated' } as const;
      return manager.call(saveItem, { ...usual, ...facts });
    },
    lot: async (item, facts = {}) => {
      serial += 1;
      const usual = { lotNumber: `L${serial}`, expiresOn: '2031-12-31', quantity: '100', isTemperatureOk: true };
      const receipt = await technician.call(receiveGoods, { lots: [{ ...usual, ...facts, itemId: item.id }] });
      const [lot] = receipt.lots;
      assert.ok(lot);
      return lot;
    },
    open: (lot, instrument = COBAS) =>
      technician.call(openLot, { lotId: lot.id, expectedVersion: lot.version, instrument }),
    look,
    newDay: () => watchExpiry(ctx, { dueAt: clock.now() }),
    told: (itemId) =>
      lab.runtime
        .databaseOf('inventory')
        .platform((db) =>
          db.rows(sql`select type, payload from lis_inventory.outbox where entity_id = ${itemId} order by seq`),
        ),
    deliver: async (event, subject, payload, id = newId()) => {
      await lab.runtime.receive('inventory', [
        {
          specversion: '1.0',
          id,
          source: `nidaan/${event.service}`,
          type: event.name,
          subject,
          time: new Date().toISOString(),
          datacontenttype: 'application/json',
          labid: lab.labId,
          dataversion: event.version,
          requestid: newId(),
          traceparent: null,
          data: payload as Record<string, unknown>,
        },
      ]);
      await lab.settle();
    },
    crooked: () =>
      ctx.db.rows(sql`
        select l.id, l.quantity, coalesce(sum(m.quantity), 0) as moved
        from lis_inventory.lot as l
        left join lis_inventory.movement as m on m.lab_id = l.lab_id and m.lot_id = l.id
        where l.lab_id = ${lab.labId}
        group by l.lab_id, l.id
        having l.quantity <> coalesce(sum(m.quantity), 0)`),
  };
}
