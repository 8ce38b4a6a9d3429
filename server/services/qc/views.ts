// Rows as others see them.
import type { ChartPoint, ControlLotView, ControlRunView, PairRules, QcHoldView, TargetView } from './contract.ts';
import type { RuleUse } from './contract/westgard.ts';
import type { ControlRow } from './control-store.ts';
import { decimalText } from './domain/statistics.ts';
import type { HoldRow, LotRow, PairRow, TargetRow } from './store.ts';

export const zText = (z: number | null): string | null => decimalText(z, 2);

export function controlView(row: ControlRow): ControlRunView {
  return {
    id: row.id,
    lotId: row.lotId,
    level: row.level,
    instrument: row.instrument,
    analyteCode: row.analyteCode,
    runId: row.runId,
    value: row.value,
    unit: row.unit,
    measuredAt: row.measuredAt,
    by: row.recordedBy,
    messageId: row.messageId,
    reagentLot: row.reagentLot,
    z: zText(row.z),
    rules: [...row.rules],
    outcome: row.outcome,
    note: row.note,
  };
}

export function chartPoint(row: ControlRow): ChartPoint {
  return {
    controlId: row.id,
    runId: row.runId,
    lotId: row.lotId,
    measuredAt: row.measuredAt,
    value: row.value,
    z: zText(row.z),
    rules: [...row.rules],
    outcome: row.outcome,
    reagentLot: row.reagentLot,
    note: row.note,
  };
}

export function lotView({
  id,
  material,
  lotNumber,
  level,
  expiresOn,
  sampleIds,
  isActive,
  version,
}: LotRow): ControlLotView {
  return { id, material, lotNumber, level, expiresOn, sampleIds: [...sampleIds], isActive, version };
}

export function targetView(row: TargetRow): TargetView {
  const { lotId, instrument, analyteCode, kind, mean, sd, count, validFrom, setBy } = row;
  return { lotId, instrument, analyteCode, kind, mean, sd, count, validFrom, setBy };
}

export function holdView(row: HoldRow): QcHoldView {
  const { lastFailedAt: _, ...view } = row;
  return { ...view, rules: [...view.rules] };
}

export function pairRulesView(row: PairRow, inUse: readonly RuleUse[]): PairRules {
  const { instrument, analyteCode, limits, rangeRule, afterRejection, intervalHours, runMinutes, version } = row;
  const { allowableErrorPercent } = row;
  return {
    instrument,
    analyteCode,
    rules: [...inUse],
    isOwnSet: row.rules !== null,
    limits,
    rangeRule,
    afterRejection,
    intervalHours,
    runMinutes,
    allowableErrorPercent,
    version,
  };
}
