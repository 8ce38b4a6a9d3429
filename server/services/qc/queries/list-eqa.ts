import { isUuid } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, instantKey, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import { roundView, sampleView } from '../commands/eqa.ts';
import type {
  eqaRegister as eqaRegisterCall,
  EqaRound,
  EqaSample,
  listEqaRounds as listEqaRoundsCall,
} from '../contract.ts';
import * as eqa from '../eqa-store.ts';
import type { RoundRow, SampleRow } from '../eqa-store.ts';

export async function listEqaRounds(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listEqaRoundsCall>,
): Promise<Page<EqaRound>> {
  const [closesOn, id] = after ? decodeCursor(after, 2) : [];
  if (after && (!isUuid(String(id)) || !/^\d{4}-\d\d-\d\d$/.test(String(closesOn)))) throw badCursor({});
  const rows = await ctx.db.rows<RoundRow>(
    eqa.roundsQuery(ctx.labId(), { after: after ? [String(closesOn), String(id)] : null, limit: first + 1 }),
  );
  const samples = await eqa.samplesOfRounds(
    ctx.db,
    ctx.labId(),
    rows.slice(0, first).map((row) => row.id),
  );
  return toPage(
    rows,
    first,
    (row) => [row.closesOn, row.id],
    (row) => roundView(row, samples),
  );
}

export async function eqaRegister(
  ctx: Ctx,
  { first, after, verdict }: ParsedInput<typeof eqaRegisterCall>,
): Promise<Page<EqaSample>> {
  const rows = await ctx.db.rows<SampleRow>(
    eqa.registerQuery(ctx.labId(), {
      verdict: verdict ?? null,
      after: after ? instantKey(after) : null,
      limit: first + 1,
    }),
  );
  return toPage(rows, first, (row) => [row.evaluatedAt ?? '', row.id], sampleView);
}
