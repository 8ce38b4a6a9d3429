// The instruments of the lab by the names in their messages: a name typed by hand must be one of them, in its own spelling, or
// the holds of the instrument would not reach the value (lab-day 43).
import { listInstruments } from '#contract/equipment.ts';
import type { CallOutput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { unknownInstrument } from './contract.ts';

/** A lab has dozens; ten pages of a hundred are more than any has. */
const MAX_PAGES = 10;
const PAGE = 100;

/** As the system: whoever types values need not be allowed to read the equipment. Retired ones too: they hold their values. */
export async function knownInstruments(ctx: Ctx): Promise<readonly string[]> {
  const names: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer: CallOutput<typeof listInstruments> = await ctx.callAsSystem(listInstruments, { first: PAGE, after });
    names.push(...answer.edges.map(({ node }) => node.messageName));
    if (!answer.hasNextPage) break;
    after = answer.endCursor;
  }
  return names;
}

/**
 * The name as the instrument itself writes it. Where none is registered any name is taken as typed.
 * @throws result.unknown_instrument
 */
export function instrumentNamed(typed: string, known: readonly string[]): string {
  if (known.length === 0 || known.includes(typed)) return typed;
  const lower = typed.toLowerCase();
  const meant = known.filter((name) => name.toLowerCase() === lower);
  const [only] = meant;
  if (only === undefined || meant.length > 1) throw unknownInstrument({ known: [...known].toSorted() });
  return only;
}
