import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, instantKeyOf, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { PatientView, searchPatients as searchCall } from '../contract.ts';
import { foundBefore, isLastResort, readSearchBox } from '../domain/search-box.ts';
import * as store from '../search-store.ts';

interface Place {
  /** Index of the way to look by which the last row was found. */
  readonly way: number;
  readonly after: readonly [registeredAt: string, id: string];
}

/** @throws platform.bad_cursor */
function readKey(cursor: string, ways: number): Place {
  const [way, registeredAt, id] = decodeCursor(cursor, 3);
  const after = instantKeyOf(registeredAt, id);
  if (typeof way !== 'number' || !Number.isInteger(way) || way < 0 || way >= ways) throw badCursor({});
  return { way, after };
}

/** Looks one way after the other until the page is full: mostly the first is enough. */
export async function searchPatients(
  ctx: Ctx,
  { text, first, after }: ParsedInput<typeof searchCall>,
): Promise<Page<PatientView>> {
  const ways = readSearchBox(text);
  const from = after ? readKey(after, ways.length) : undefined;
  const rows: { readonly way: number; readonly patient: PatientView }[] = [];
  for (const [way, search] of ways.entries()) {
    if (rows.length > first) break;
    if (from && way < from.way) continue;
    if (isLastResort(search) && way !== from?.way && (from || rows.length > 0)) continue;
    const found = await store.searchPatients(ctx.db, ctx.labId(), {
      search,
      except: foundBefore(ways, way),
      after: from?.way === way ? from.after : undefined,
      limit: first + 1 - rows.length,
    });
    rows.push(...found.map((patient) => ({ way, patient })));
  }
  return toPage(
    rows,
    first,
    ({ way, patient }) => [way, patient.registeredAt, patient.id],
    ({ patient }) => patient,
  );
}
