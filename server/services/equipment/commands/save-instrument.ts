import { calendarDay } from '@nidaan/values';

import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { instrumentNotFound, renameWhileBlocked, staleInstrument } from '../contract.ts';
import type { InstrumentView, saveInstrument as saveInstrumentCall } from '../contract.ts';
import { dueOfInterval } from '../domain/due-days.ts';
import { lookAgain, overdueHolds, settle, tellChanged } from '../settle.ts';
import * as store from '../store.ts';
import type { InstrumentRow } from '../store.ts';
import { instrumentView } from '../views.ts';

type Input = ParsedInput<typeof saveInstrumentCall>;
type Facts = ReturnType<typeof factsOf>;

function factsOf({ id: _id, expectedVersion: _version, ...facts }: Input) {
  return {
    ...facts,
    installedOn: facts.installedOn ?? null,
    calibrationEveryDays: facts.calibrationEveryDays ?? null,
    maintenanceEveryDays: facts.maintenanceEveryDays ?? null,
  };
}

/** Adds an instrument, or changes one. Adding sent twice with one id adds once. */
export async function saveInstrument(ctx: Ctx, input: Input): Promise<InstrumentView> {
  const labId = ctx.labId();
  const id = input.id ?? ctx.newId();
  const facts = factsOf(input);
  const holdsWhenOverdue = await overdueHolds(ctx);
  return ctx.transaction(async (tx) => {
    if (input.expectedVersion === null || input.expectedVersion === undefined) {
      const added = await add(ctx, tx, id, facts);
      if (added) return instrumentView(added);
    }
    const before = await store.lockInstrument(tx, labId, id);
    if (before === undefined) throw instrumentNotFound({});
    if (isSame(before, facts)) return instrumentView(before);
    if (before.version !== input.expectedVersion) throw staleInstrument({ version: before.version });
    if (before.blockedReason !== null && before.messageName !== facts.messageName) throw renameWhileBlocked({});
    const after = { ...before, ...facts, ...dueDays(before, facts, calendarDay(ctx.now())) };
    const saved = await settle(ctx, tx, before, after, holdsWhenOverdue);
    const changed = Object.keys(facts).filter((field) => Reflect.get(before, field) !== Reflect.get(facts, field));
    const pick = (row: object) => Object.fromEntries(changed.map((field) => [field, Reflect.get(row, field)]));
    tx.audit('equipment.save', id, { from: pick(before), to: pick(facts) }, id);
    return instrumentView(saved);
  });
}

/** Nothing when the id is there already. */
async function add(ctx: Ctx, tx: Tx, id: string, facts: Facts): Promise<InstrumentRow | undefined> {
  const at = ctx.now();
  const today = calendarDay(at);
  const added = await store.addInstrument(tx, ctx.labId(), {
    ...facts,
    id,
    statusSince: at,
    calibrationDueOn: dueOfInterval(null, facts.calibrationEveryDays, today),
    maintenanceDueOn: dueOfInterval(null, facts.maintenanceEveryDays, today),
  });
  if (added === undefined) return undefined;
  tx.audit('equipment.add', id, { messageName: added.messageName, section: added.section }, id);
  tellChanged(tx, added, at);
  lookAgain(ctx, tx, added);
  return added;
}

function isSame(before: InstrumentRow, facts: Facts): boolean {
  return Object.entries(facts).every(([field, value]) => Reflect.get(before, field) === value);
}

/** A due day moves only when its interval does: a certificate may have named another. */
function dueDays(before: InstrumentRow, facts: Facts, today: string) {
  const maintainedOn = before.lastMaintainedAt === null ? null : calendarDay(before.lastMaintainedAt);
  return {
    calibrationDueOn:
      before.calibrationEveryDays === facts.calibrationEveryDays
        ? before.calibrationDueOn
        : dueOfInterval(before.calibratedOn, facts.calibrationEveryDays, today),
    maintenanceDueOn:
      before.maintenanceEveryDays === facts.maintenanceEveryDays
        ? before.maintenanceDueOn
        : dueOfInterval(maintainedOn, facts.maintenanceEveryDays, today),
  };
}
