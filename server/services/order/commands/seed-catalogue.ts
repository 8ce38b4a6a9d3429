// Gives a lab the starter catalogue. The set is checked whole before a row is written, so a faulty set loads nothing.
import type { Ctx } from '#platform/service.ts';

import { badCatalogue } from '../contract.ts';
import type { StarterRules } from '../domain/rules/starter-rules.ts';
import { readRuleSeed, RuleSeedError } from '../seed/read-rule-seed.ts';
import { readSeed } from '../seed/read-seed.ts';
import { SeedError } from '../seed/seed-files.ts';
import type { StarterCatalogue } from '../seed/seed-files.ts';
import { starterRows } from '../seed/starter-rows.ts';
import { statedUnitFaults } from '../seed/stated-units.ts';
import * as store from '../catalogue-store.ts';

export interface Seeded extends store.CatalogueCounts {
  readonly isNew: boolean;
}

/**
 * The command over a set read by `read`; a lab that has a catalogue keeps it, and the set is then not even read.
 * @throws order.bad_catalogue naming file, row and column of every fault: a gap or overlap of ranges, a panel that contains
 *   itself, a name that leads nowhere
 */
export function seedFrom(
  read: () => Promise<StarterCatalogue>,
  readRules: () => Promise<StarterRules> = () => readRuleSeed(),
): (ctx: Ctx) => Promise<Seeded> {
  return async (ctx) => {
    const labId = ctx.labId();
    const known = await store.catalogueVersion(ctx.db, labId);
    if (known !== null) return { ...(await store.countCatalogue(ctx.db, labId)), isNew: false };
    const rows = await checked(async () => {
      const [starter, rules] = [await read(), await readRules()];
      const units = new Map(starter.analytes.map(({ code, ucum }) => [code, ucum]));
      const faults = statedUnitFaults(rules, (code) => units.get(code));
      if (faults.length > 0) throw new RuleSeedError(faults);
      return starterRows(starter, rules);
    });
    return ctx.transaction(async (tx) => {
      const isNew = await store.claimCatalogue(tx, labId, ctx.newId(), ctx.now());
      if (!isNew) return { ...(await store.countCatalogue(tx, labId)), isNew };
      await store.putAll(tx, labId, rows);
      const counts = { tests: rows.tests.length, panels: rows.panels.length, analytes: rows.analytes.length };
      tx.audit('order.seed_catalogue', labId, counts, labId);
      return { ...counts, isNew };
    });
  };
}

export const seedCatalogue = seedFrom(() => readSeed());

async function checked<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SeedError) && !(error instanceof RuleSeedError)) throw error;
    throw badCatalogue({
      faults: error.faults.map(({ file, row, column, message }) => `${file} row ${row}, ${column}: ${message}`),
    });
  }
}
