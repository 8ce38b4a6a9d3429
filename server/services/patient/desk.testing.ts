// A lab with a desk and a manager for the tests of this service.
import type { TestContext } from 'node:test';

import pg from 'pg';
import sql from 'sql-template-tag';

import { createManualClock } from '#platform/clock.ts';
import type { Ctx } from '#platform/service.ts';
import { createLab } from '#contract/organization.ts';

import { serverUrl } from '../../testing/databases.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { TestActor } from '../../testing/start-lab.ts';
import type { PatientView } from './contract.ts';
import { registerPatient, searchPatients } from './contract.ts';

export async function labWithDesk(t: TestContext) {
  const clock = createManualClock('2026-11-24T20:00:00.000Z');
  const lab = await startLab(t, { services: ['organization', 'file', 'patient'], clock });
  await lab.system.call(createLab, {
    id: lab.labId,
    code: 'HOME',
    name: 'Home Lab',
    addressLines: [],
    phone: '+91 20 1',
    email: 'a@home.example',
    registrationNumber: 'X/1',
    accessionPrefix: 'HOM',
  });
  const desk = lab.as('desk');
  const told = async () =>
    await lab.runtime
      .systemCtx('patient', lab.labId)
      .db.rows<{ type: string; payload: Readonly<Record<string, unknown>> }>(
        sql`select type, payload from lis_patient.outbox where lab_id = ${lab.labId} order by seq`,
      );
  /** Each a second after the one before, so that the newest comes first. */
  const register = async (
    name: string,
    more: { readonly mobile?: string; readonly abhaNumber?: string; readonly bornOn?: string } = {},
  ): Promise<PatientView> => {
    clock.advance(1000);
    return desk.call(registerPatient, { name, sex: 'other', bornOn: '1980-01-01', isKnownToDiffer: true, ...more });
  };
  return { ...lab, clock, desk, manager: lab.as('manager'), told, register };
}

/** Names found by the one search box, in the order they are shown. */
export async function namesFound(actor: TestActor, text: string): Promise<readonly string[]> {
  return (await actor.call(searchPatients, { text, first: 100 })).edges.map((edge) => edge.node.name);
}

/** Runs statements in the lab's database as the owner of the tables; the application's own role may not do all. */
export async function asOwner(ctx: Ctx, statements: string): Promise<void> {
  const { name } = await ctx.db.one<{ name: string }>(sql`select current_database() as name`);
  const address = new URL(await serverUrl());
  address.pathname = `/${name}`;
  const owner = new pg.Client({ connectionString: address.href });
  await owner.connect();
  try {
    await owner.query(statements);
  } finally {
    await owner.end();
  }
}
