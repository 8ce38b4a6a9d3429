// Gives a lab the starter catalogue. The set is checked whole before a row is written, so a faulty set loads nothing.
import type { Ctx } from '#platform/service.ts';

import { badCatalogue } from '../contract.ts';
import type { AnalyteView, ContainerView } from '../contract.ts';
import type { TestRow } from '../domain/catalogue.ts';
import { readSeed, SeedError } from '../seed/read-seed.ts';
import type {
  StarterAnalyte,
  StarterCatalogue,
  StarterContainer,
  StarterPanel,
  StarterRange,
  StarterTest,
} from '../seed/read-seed.ts';
import * as store from '../store.ts';

/** Where a container stands that is not filled from a vein: after all that are. CLSI numbers only the latter. */
const AFTER_THE_DRAW = 90;

const sexOf = { any: 'any', M: 'male', F: 'female' } as const;

export interface Seeded extends store.CatalogueCounts {
  readonly isNew: boolean;
}

/**
 * The command over a set read by `read`; a lab that has a catalogue keeps it, and the set is then not even read.
 * @throws order.bad_catalogue naming file, row and column of every fault: a gap or overlap of ranges, a panel that contains
 *   itself, a name that leads nowhere
 */
export function seedFrom(read: () => Promise<StarterCatalogue>): (ctx: Ctx) => Promise<Seeded> {
  return async (ctx) => {
    const labId = ctx.labId();
    const known = await store.catalogueVersion(ctx.db, labId);
    if (known !== null) return { ...(await store.countCatalogue(ctx.db, labId)), isNew: false };
    const starter = await readChecked(read);
    return ctx.transaction(async (tx) => {
      const isNew = await store.claimCatalogue(tx, labId, ctx.newId(), ctx.now());
      if (!isNew) return { ...(await store.countCatalogue(tx, labId)), isNew };
      await store.addContainers(tx, labId, starter.containers.map(containerRow));
      await store.addAnalytes(tx, labId, starter.analytes.map(analyteRow));
      await store.addTests(tx, labId, starter.tests.map(testRow));
      await store.addTestAnalytes(
        tx,
        labId,
        starter.tests.flatMap((test) => test.analytes.map((analyteCode) => ({ testCode: test.code, analyteCode }))),
      );
      await store.addPanels(tx, labId, starter.panels.map(panelRow));
      await store.addPanelMembers(
        tx,
        labId,
        starter.panels.flatMap((panel) => panel.members.map((memberCode) => ({ panelCode: panel.code, memberCode }))),
      );
      await store.addBands(tx, labId, starter.ranges.map(bandRow));
      const counts = {
        tests: starter.tests.length,
        panels: starter.panels.length,
        analytes: starter.analytes.length,
      };
      tx.audit('order.seed_catalogue', labId, counts, labId);
      return { ...counts, isNew };
    });
  };
}

export const seedCatalogue = seedFrom(() => readSeed());

async function readChecked(read: () => Promise<StarterCatalogue>): Promise<StarterCatalogue> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SeedError)) throw error;
    throw badCatalogue({
      faults: error.faults.map(({ file, row, column, message }) => `${file} row ${row}, ${column}: ${message}`),
    });
  }
}

function containerRow({ volumeMl, orderOfDraw, ...container }: StarterContainer): ContainerView {
  return { ...container, volumeMl: volumeMl ?? null, orderOfDraw: orderOfDraw ?? AFTER_THE_DRAW };
}

function analyteRow(analyte: StarterAnalyte): AnalyteView {
  return {
    code: analyte.code,
    name: analyte.name,
    loinc: analyte.loinc ?? null,
    ucum: orNull(analyte.ucum),
    unitDisplay: analyte.unitDisplay,
    kind: analyte.kind,
    decimals: analyte.decimals ?? null,
    choices: [...analyte.choices],
    aliases: [...analyte.aliases],
  };
}

function testRow(test: StarterTest): TestRow {
  return {
    code: test.code,
    name: test.name,
    shortName: test.shortName,
    synonyms: [...test.synonyms],
    section: test.section,
    specimen: test.specimen,
    containerCode: test.container,
    method: test.method,
    loinc: test.loinc ?? null,
    turnaroundMinutes: test.turnaroundMinutes,
    // What cannot be hurried (cultures, sendouts) has no urgent clock of its own: the promise stays the routine one.
    urgentTurnaroundMinutes: test.urgentTurnaroundMinutes ?? test.turnaroundMinutes,
    pricePaise: test.pricePaise,
    isFastingNeeded: test.fasting,
  };
}

function panelRow({ code, name, synonyms, loinc, pricePaise }: StarterPanel): store.NewPanel {
  return { code, name, synonyms, loinc: loinc ?? null, pricePaise };
}

function bandRow(range: StarterRange): store.NewBand {
  return {
    analyteCode: range.analyte,
    sex: sexOf[range.sex],
    ageFromDays: range.ageFromDays,
    ageToDays: range.ageToDays ?? null,
    low: range.low ?? null,
    high: range.high ?? null,
    text: orNull(range.text),
    kind: range.kind,
    criticalLow: range.criticalLow ?? null,
    criticalHigh: range.criticalHigh ?? null,
    absurdLow: range.absurdLow ?? null,
    absurdHigh: range.absurdHigh ?? null,
    unit: orNull(range.unit),
    source: range.source.join(', '),
    criticalSource: range.criticalSource.length > 0 ? range.criticalSource.join(', ') : null,
    note: orNull(range.note),
  };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
