import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { enterResult as enterResultCall } from '../contract.ts';
import type { ResultRow } from '../store.ts';
import { enterItems } from './enter-many.ts';

/**
 * By hand at the bench. Until it is verified a value may be entered again: the person at the screen has then chosen, so a
 * `rerun_differs` falls, and what an instrument had sent is kept beside.
 */
export async function enterResult(ctx: Ctx, input: ParsedInput<typeof enterResultCall>): Promise<ResultRow> {
  const { outcomes } = await enterItems(ctx, [input]);
  const [outcome] = outcomes;
  if (outcome?.refusal) throw outcome.refusal;
  if (!outcome?.row) throw new Error('A result that was entered is written');
  return outcome.row;
}
