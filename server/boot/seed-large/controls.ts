// Controls of the large lab's analyzers: two levels of each analyte every morning.
import type { AnalyteView } from '#contract/order.ts';
import { createSeeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import type { ControlBatch, MadeControl, MadeLot, MadePair, MadeTarget } from '../../services/qc/bulk-rows.ts';
import { makeId } from './ids.ts';
import type { Menu } from './menu.ts';
import type { Plan } from './plan.ts';
import { DAYS, dayStartMs, dayText } from './plan.ts';

const ANALYZERS: Readonly<Record<string, string>> = { HAEMATOLOGY: 'XN-1000', BIOCHEMISTRY: 'AU680' };
const LEVELS = [1, 2];
const RUN_MS = 6 * 3_600_000;
/** At full size every day has its controls; a part of it has the last days. */
const FULL_ORDERS = 2_800_000;

/** @returns the controls of some days; what they are judged by comes with the first piece */
export function createControls(
  plan: Plan,
  labId: string,
  menu: Menu,
  nowMs: number,
): (piece: number, from: number, to: number) => ControlBatch {
  const { seed } = plan;
  const firstMs = dayStartMs(plan, 0);
  const firstDay = DAYS - Math.ceil(DAYS * Math.min(1, (10 * plan.orders) / FULL_ORDERS));
  const lots = LEVELS.map((level): MadeLot => ({
    labId,
    id: makeId(seed, firstMs, 'control', 0, level),
    level,
    lotNumber: `LOT-${level}`,
    expiresOn: dayText(plan, DAYS + 365),
  }));
  const measured = new Map<string, { analyte: AnalyteView; instrument: string }>();
  for (const test of menu.tests) {
    const instrument = ANALYZERS[test.section];
    if (instrument === undefined) continue;
    for (const analyte of test.analytes)
      if (analyte.kind === 'numeric' && analyte.formula === null) measured.set(analyte.code, { analyte, instrument });
  }
  const pairs = [...measured.values()];
  const lastRunMs = Math.min(nowMs, dayStartMs(plan, DAYS - 1) + RUN_MS);
  const targets = pairs.map(({ analyte, instrument }, at) =>
    lots.map((lot): MadeTarget => ({
      labId,
      id: makeId(seed, firstMs, 'control', at + 1, lot.level),
      lotId: lot.id,
      instrument,
      analyteCode: analyte.code,
      mean: 50 * lot.level,
      sd: lot.level,
      validFrom: new Date(firstMs).toISOString(),
    })),
  );

  return (piece, from, to) => {
    const controls: MadeControl[] = [];
    for (let day = Math.max(from, firstDay); day < to; day += 1) {
      const random = createSeeded(seed ^ Math.imul(day, 7919));
      const ms = Math.min(nowMs, dayStartMs(plan, day) + RUN_MS);
      const runId = makeId(seed, ms, 'control', 0xff00_0000 + day, 0);
      for (const [at, { analyte }] of pairs.entries())
        for (const [levelAt, target] of (targets[at] ?? []).entries())
          controls.push({
            labId,
            id: makeId(seed, ms, 'control', 0x100_0000 + day * 1000 + at, levelAt),
            runId,
            target,
            level: LEVELS[levelAt] ?? 1,
            unit: analyte.unitDisplay,
            at: new Date(ms).toISOString(),
            luck: random.around(0, 0.85),
          });
    }
    const isFirst = piece === 0;
    return {
      lots: isFirst ? lots : [],
      pairs: isFirst
        ? pairs.map(({ analyte, instrument }): MadePair => ({
            labId,
            instrument,
            analyteCode: analyte.code,
            unit: analyte.unitDisplay,
            ucum: analyte.ucum,
            lastRunAt: new Date(lastRunMs).toISOString(),
          }))
        : [],
      targets: isFirst ? targets.flat() : [],
      controls,
    };
  };
}
