import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { chooseValue as chooseValueCall } from '../contract.ts';
import {
  calculatedNotTyped,
  detailNeeded,
  noSuchValue,
  resultNotFound,
  staleResult,
  unitMismatch,
} from '../contract.ts';
import { hasTooManyDigits } from '../domain/lab-number.ts';
import { isDetailed } from '../domain/detail.ts';
import type { Standing } from '../domain/instrument-entry.ts';
import { mustMove } from '../domain/status.ts';
import { valueBeside } from '../domain/typed-entry.ts';
import { toOwnUnit } from '../domain/units.ts';
import type { Facts } from '../gather-facts.ts';
import { gatherFacts, mustBeUncorrected, personOf } from '../gather-facts.ts';
import { judgeRow } from '../judge-row.ts';
import { activeHolds } from '../release/owner-holds.ts';
import type { ActiveHolds } from '../release/owner-holds.ts';
import { policiesOf } from '../release/policies.ts';
import * as store from '../store.ts';
import { listOfOrders } from '../worklist-store.ts';
import { settleSamples, untouched, writeValues } from '../write-values.ts';

/**
 * A rerun, a dilution or the first value: a person says which is reported (lab-day 36). The other stays beside, and the
 * question is answered, so a `rerun_differs` falls.
 */
export async function chooseValue(ctx: Ctx, input: ParsedInput<typeof chooseValueCall>): Promise<store.ResultRow> {
  const labId = ctx.labId();
  const resultId = input.resultId.toLowerCase();
  const orderIds = (await store.orderIdsOf(ctx.db, labId, [resultId])).map(({ orderId }) => orderId);
  const read = orderIds.length === 0 ? [] : await listOfOrders(ctx.db, labId, orderIds);
  const found = read.find(({ id }) => id === resultId);
  const other = mayChoose(found, input);
  const [facts, policies] = await Promise.all([gatherFacts(ctx, read), policiesOf(ctx)]);
  return ctx.transaction(async (tx) => {
    // First of all: see activeHolds.
    const owners = await activeHolds(tx, labId, [other.readFrom ?? other.source]);
    const locked = await store.lockOrders(tx, labId, orderIds);
    const before = locked.find(({ id }) => id === resultId);
    const chosen = mayChoose(before, input);
    if (before === undefined) throw resultNotFound({});
    mustBeUncorrected(before, found);
    const standing = chosenStanding(before, chosen, facts, owners);
    const all = locked.map((row) =>
      row.id === resultId
        ? {
            ...untouched(row),
            standing,
            person: personOf(row, facts),
            enteredBy: ctx.actor.name,
            isFresh: true,
            act: {
              name: 'result.choose_value',
              facts: {
                reason: input.reason,
                before: { value: row.value, rawValue: row.rawValue, source: row.source },
                source: standing.source,
              },
            },
          }
        : untouched(row),
    );
    const written = await writeValues(ctx, tx, policies, settleSamples(all, facts));
    const row = written.find(({ id }) => id === resultId);
    if (row === undefined) throw new Error('A value that was chosen is written');
    return row;
  });
}

type Other = Standing['otherValues'][number];

/** @throws result.not_found | result.stale | result.cannot_move | result.calculated | result.detail_needed | result.no_such_value */
function mayChoose(
  row: store.ResultRow | undefined,
  { expectedVersion, otherIndex }: ParsedInput<typeof chooseValueCall>,
): Other {
  if (row === undefined) throw resultNotFound({});
  if (row.version !== expectedVersion) throw staleResult({ resultId: row.id, version: row.version });
  mustMove(row.status, 'entered');
  if (row.isCalculated) throw calculatedNotTyped({});
  if (isDetailed(row.kind)) throw detailNeeded({ kind: row.kind });
  const other = row.otherValues[otherIndex];
  if (other === undefined) throw noSuchValue({});
  return other;
}

/** @throws result.unit_mismatch */
function chosenStanding(before: store.ResultRow, chosen: Other, facts: Facts, owners: ActiveHolds): Standing {
  const molarMass = facts.rulesOf(before.analyteCode)?.molarMass ?? null;
  const own = toOwnUnit(chosen.value, chosen.unit, before, molarMass);
  if (own.kind === 'mismatch') throw unitMismatch({ expected: before.unit || before.ucum || 'no unit' });
  const lacksUnit = before.kind === 'numeric' && before.unit !== '' && chosen.unit.trim() === '';
  const isOverlong = hasTooManyDigits(chosen.value);
  const sent = { value: own.value, lacksUnit, isDoubted: false, isPreliminary: false, isOverlong };
  const judged = judgeRow(before, sent, facts, before.indices);
  const fromOwner = owners.of(chosen.readFrom ?? chosen.source, before);
  const fromPaper = before.isOutsourced ? (['second_check'] as const) : [];
  return {
    ...before,
    status: mustMove(before.status, 'entered'),
    value: judged.value,
    rawValue: own.value,
    flags: [...judged.flags],
    holds: [...new Set([...judged.holds, ...fromOwner, ...fromPaper])],
    holdNotes: [...judged.holdNotes],
    range: judged.range,
    delta: judged.delta,
    note: null,
    source: chosen.source,
    readFrom: chosen.readFrom ?? null,
    messageId: chosen.messageId,
    otherValues: [...before.otherValues.filter((each) => each !== chosen), ...valueBeside(before)],
    sentAs: own.kind === 'converted' ? { value: chosen.value, unit: chosen.unit } : null,
    dilution: chosen.dilution ?? null,
    reagentLot: chosen.reagentLot ?? null,
    interpretation: null,
    blankReason: null,
  };
}
