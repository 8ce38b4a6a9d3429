import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { enterResult as enterResultCall } from '../contract.ts';
import { emptyValue, notAChoice, notANumber, resultEntered, unitMismatch } from '../contract.ts';
import type { Standing } from '../domain/instrument-entry.ts';
import type { Judgement } from '../domain/judge.ts';
import { judge } from '../domain/judge.ts';
import { isSameUnit } from '../domain/units.ts';
import type { Facts } from '../gather-facts.ts';
import { gatherFacts, mustBeUncorrected, personOf } from '../gather-facts.ts';
import * as store from '../store.ts';
import { eachOnce, factsByOrder, mayAllMove } from './take-steps.ts';

const MANUAL = 'manual';

type Input = ParsedInput<typeof enterResultCall>;

/**
 * By hand at the bench. Until it is verified a value may be entered again: the person at the screen has then chosen, so a
 * `rerun_differs` falls, and what an instrument had sent is kept beside.
 */
export async function enterResult(ctx: Ctx, input: Input): Promise<store.ResultRow> {
  const labId = ctx.labId();
  const found = await store.find(ctx.db, labId, input.resultId);
  const asked = found === undefined ? [] : [found];
  const steps = eachOnce([input]);
  // Asked before the facts are fetched, so that a refused entry costs nothing; asked again under the lock.
  mayAllMove(asked, steps, 'entered');
  const facts = await gatherFacts(ctx, asked);
  return ctx.transaction(async (tx) => {
    const [[before] = []] = mayAllMove(await store.lock(tx, labId, [input.resultId]), steps, 'entered');
    if (before === undefined) throw new Error('A result that may be entered is there');
    mustBeUncorrected(before, found);
    const standing = toStanding(before, judgeTyped(before, input, facts), input);
    const at = ctx.now();
    const rows = await store.saveEntries(tx, labId, [
      { id: before.id, standing, person: personOf(before, facts), enteredAt: at, enteredBy: ctx.actor.name },
    ]);
    const { status: to, value, rawValue, flags, holds } = standing;
    const replaced = { value: before.value, rawValue: before.rawValue, source: before.source, note: before.note };
    tx.audit(
      'result.enter',
      before.id,
      {
        from: before.status,
        analyteCode: before.analyteCode,
        to,
        before: before.value === null ? null : replaced,
        value,
        rawValue,
        flags,
        holds,
        source: MANUAL,
      },
      before.orderId,
    );
    for (const fact of factsByOrder(rows))
      tx.emit(resultEntered, fact.orderId, { ...fact, at, by: ctx.actor.name, source: MANUAL });
    const [row] = rows;
    if (row === undefined) throw new Error('A locked result cannot be gone');
    return row;
  });
}

/**
 * A person can be asked again at once, so what an instrument's value would be held for is refused here.
 * @throws result.empty_value | result.unit_mismatch | result.not_a_number | result.not_a_choice
 */
function judgeTyped(row: store.ResultRow, { value, unit }: Input, facts: Facts): Judgement {
  if (value === '') throw emptyValue({});
  // No unit given means the one on the screen; any spelling of it is taken, as from an instrument.
  if (unit && !isSameUnit(unit, row)) throw unitMismatch({ expected: row.unit || row.ucum || 'no unit' });
  const judged = judge(
    row,
    { value, lacksUnit: false, isDoubted: false, isPreliminary: false },
    personOf(row, facts),
    facts.bandsOf(row.analyteCode),
  );
  if (judged.holds.includes('not_numeric')) throw notANumber({});
  if (judged.holds.includes('not_a_choice')) throw notAChoice({ choices: row.choices });
  return judged;
}

function toStanding(before: store.ResultRow, judged: Judgement, { value, note }: Input): Standing {
  return {
    status: 'entered',
    value: judged.value,
    rawValue: value,
    flags: [...judged.flags],
    holds: [...judged.holds],
    range: judged.range,
    // The note belongs to the value; that of the value before is in the trail.
    note: note ?? null,
    source: MANUAL,
    messageId: null,
    otherValues: [...before.otherValues, ...instrumentsOwn(before)],
    sentBackReason: before.sentBackReason,
  };
}

/** The value that goes, when an instrument had sent it: it stays in sight. A slip of the keyboard stays in the trail alone. */
function instrumentsOwn({
  rawValue,
  holds,
  unit,
  source,
  messageId,
  enteredAt,
}: store.ResultRow): Standing['otherValues'] {
  if (rawValue === null || source === null || source === MANUAL || enteredAt === null) return [];
  return [{ value: rawValue, unit: holds.includes('no_unit') ? '' : unit, source, messageId, at: enteredAt }];
}
