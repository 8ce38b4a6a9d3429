// Out of use for good, and back again: the manager's two acts.
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { instrumentNotFound, staleInstrument } from '../contract.ts';
import type { InstrumentView, retireInstrument as retireInstrumentCall } from '../contract.ts';
import { overdueHolds, settle } from '../settle.ts';
import * as store from '../store.ts';
import { instrumentView } from '../views.ts';
import { moveTo } from './move-instrument.ts';

type Input = ParsedInput<typeof retireInstrumentCall>;

export function retireInstrument(ctx: Ctx, input: Input): Promise<InstrumentView> {
  return changeUse(ctx, input, 'retirement');
}

export function reinstateInstrument(ctx: Ctx, input: Input): Promise<InstrumentView> {
  return changeUse(ctx, input, 'reinstatement');
}

async function changeUse(
  ctx: Ctx,
  { instrumentId, expectedVersion, reason }: Input,
  move: 'retirement' | 'reinstatement',
): Promise<InstrumentView> {
  const labId = ctx.labId();
  const holdsWhenOverdue = await overdueHolds(ctx);
  return ctx.transaction(async (tx) => {
    const before = await store.lockInstrument(tx, labId, instrumentId);
    if (before === undefined) throw instrumentNotFound({});
    const target = move === 'retirement' ? 'retired' : 'in_service';
    // The same again: it is as was asked, by the very next version.
    if (before.status === target && before.version === expectedVersion + 1) return instrumentView(before);
    if (before.version !== expectedVersion) throw staleInstrument({ version: before.version });
    const at = ctx.now();
    const after = moveTo(before, move, at);
    if (before.status === 'down') await store.endOutage(tx, labId, instrumentId, at);
    const saved = await settle(ctx, tx, before, after, holdsWhenOverdue);
    tx.audit(`equipment.${move}`, instrumentId, { reason, from: before.status, to: saved.status }, instrumentId);
    return instrumentView(saved);
  });
}
