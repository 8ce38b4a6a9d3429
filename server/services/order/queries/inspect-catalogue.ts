// What a manager asks about the catalogue: its state, its faults, its history.
import { calendarDay } from '@nidaan/values';

import type { CallOutput, Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import { unknownEntry } from '../contract.ts';
import type {
  CatalogueChangeView,
  catalogueHistory as catalogueHistoryCall,
  CatalogueState,
  checkCatalogue as checkCatalogueCall,
} from '../contract.ts';
import * as changes from '../change-store.ts';
import { checkCatalogue as check, faultsAbout } from '../domain/check-catalogue.ts';
import { versionedCatalogue } from './catalogue-shelf.ts';

const MAX_FAULTS = 1000;

export async function getCatalogueState(ctx: Ctx): Promise<CatalogueState> {
  const {
    version,
    catalogue: { rows },
  } = await versionedCatalogue(ctx);
  const changedAt = await changes.changedAt(ctx.db, ctx.labId());
  const isDraft = ({ status }: { readonly status: string }): boolean => status === 'draft';
  return {
    version,
    changedAt,
    tests: rows.tests.length,
    panels: rows.panels.length,
    analytes: rows.analytes.length,
    drafts: [...rows.tests.filter(isDraft), ...rows.panels.filter(isDraft)].map(({ code }) => code),
  };
}

export async function checkCatalogue(
  ctx: Ctx,
  { code }: ParsedInput<typeof checkCatalogueCall>,
): Promise<CallOutput<typeof checkCatalogueCall>> {
  const {
    version,
    catalogue: { rows },
  } = await versionedCatalogue(ctx);
  const all = check(rows, calendarDay(ctx.now()));
  const isKnown = (one: { readonly code: string }): boolean => one.code === code;
  if (code && !rows.tests.some(isKnown) && !rows.panels.some(isKnown)) {
    throw unknownEntry({ entity: 'test or panel', code });
  }
  const faults = code ? faultsAbout(rows, code, all) : all;
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  return {
    version,
    errors,
    warnings: faults.length - errors,
    faults: faults.slice(0, MAX_FAULTS),
  };
}

export async function catalogueHistory(
  ctx: Ctx,
  { entry, first, after }: ParsedInput<typeof catalogueHistoryCall>,
): Promise<Page<CatalogueChangeView>> {
  const before = after ? seqOf(after) : Number.MAX_SAFE_INTEGER;
  const rows = await changes.listHistory(ctx.db, ctx.labId(), entry ?? null, before, first + 1);
  return toPage(
    rows,
    first,
    ({ seq }) => [seq],
    ({ seq: _, ...change }) => change,
  );
}

function seqOf(cursor: string): number {
  const [seq] = decodeCursor(cursor, 1);
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq)) throw badCursor({});
  return seq;
}
