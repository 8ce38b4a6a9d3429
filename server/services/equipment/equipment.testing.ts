// A lab with instruments, for the tests of this service. Its clock is set by hand and lies far ahead, so that no job of its
// days becomes due by itself.
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';

import sql from 'sql-template-tag';

import { adoptFile } from '#contract/file.ts';
import { createLab } from '#contract/organization.ts';
import { createManualClock } from '#platform/clock.ts';
import type { CallInput } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import { logInstrument, saveInstrument } from './contract.ts';
import type { InstrumentView } from './contract.ts';
import { findOverdue } from './jobs/find-overdue.ts';

type Log = CallInput<typeof logInstrument>;

export interface EquipmentLab extends TestLab {
  now(): string;
  later(minutes: number): void;
  add(facts?: Partial<CallInput<typeof saveInstrument>>): Promise<InstrumentView>;
  /** By the technician, with a text. */
  log(instrument: InstrumentView, entry: Omit<Log, 'instrumentId' | 'text'>): Promise<InstrumentView>;
  /** A certificate in the file service. */
  certificate(): Promise<string>;
  /** The job of the day that has begun by the lab's clock. */
  newDay(): Promise<void>;
  /** What the service told of an instrument, oldest first, without its changes of status. */
  told(instrumentId: string): Promise<readonly string[]>;
}

export const XN = {
  messageName: 'XN-550',
  name: 'Sysmex XN-550',
  maker: 'Sysmex',
  model: 'XN-550',
  serialNumber: '1234',
  section: 'Haematology',
};

export async function startEquipmentLab(t: TestContext): Promise<EquipmentLab> {
  // 09:30 in India.
  const clock = createManualClock('2031-03-03T04:00:00.000Z');
  const lab = await startLab(t, { services: ['organization', 'file', 'equipment'], clock });
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  await lab.settle();
  const ctx = lab.runtime.systemCtx('equipment', lab.labId);
  return {
    ...lab,
    now: () => clock.now(),
    later: (minutes) => clock.advance(minutes * 60_000),
    add: (facts = {}) => lab.as('manager').call(saveInstrument, { ...XN, ...facts }),
    log: (instrument, entry) =>
      lab.as('technician').call(logInstrument, { text: 'as planned', ...entry, instrumentId: instrument.id }),
    certificate: async () => {
      const bytes = Buffer.from('%PDF-1.7 certificate');
      const stagingKey = `staging/${newId()}`;
      await lab.runtime.systemCtx('file', lab.labId).ports.files.put(stagingKey, bytes);
      const file = await lab.system.call(adoptFile, {
        id: newId(),
        stagingKey,
        name: 'certificate.pdf',
        contentType: 'application/pdf',
        sizeBytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        ownerType: 'instrument',
        ownerId: newId(),
      });
      return file.id;
    },
    newDay: () => findOverdue(ctx, { dueAt: clock.now() }),
    told: async (instrumentId) => {
      const rows = await lab.runtime.databaseOf('equipment').platform((db) =>
        db.rows<{ readonly type: string }>(sql`
          select type from lis_equipment.outbox where entity_id = ${instrumentId} order by seq`),
      );
      return rows.map(({ type }) => type).filter((type) => type !== 'equipment.changed');
    },
  };
}
