import type { Page, ParsedInput } from '#platform/contract.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type {
  listTestAuto as listTestAutoCall,
  TestAutoChange,
  TestAutoView,
  testAutoHistory as testAutoHistoryCall,
} from '../contract.ts';
import * as store from '../store.ts';

export async function autoSwitch(ctx: Ctx): Promise<store.SwitchRow> {
  return (await store.getSwitch(ctx.db, ctx.labId())) ?? store.neverStopped;
}

export async function listTests(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listTestAutoCall>,
): Promise<Page<TestAutoView>> {
  const place = after ? String(decodeCursor(after, 1)[0]) : '';
  const rows = await ctx.db.rows<store.SettingRow>(
    store.settingsQuery(ctx.labId(), { after: place, limit: first + 1 }),
  );
  return toPage(
    rows,
    first,
    ({ testCode }) => [testCode],
    (row) => row,
  );
}

export async function testHistory(
  ctx: Ctx,
  { first, after, testCode }: ParsedInput<typeof testAutoHistoryCall>,
): Promise<Page<TestAutoChange>> {
  const before = after ? Number(decodeCursor(after, 1)[0]) || 0 : null;
  const rows = await ctx.db.rows<store.ChangeRow>(
    store.changesQuery(ctx.labId(), { testCode, before, limit: first + 1 }),
  );
  return toPage(
    rows,
    first,
    ({ revision }) => [revision],
    (row) => row,
  );
}
