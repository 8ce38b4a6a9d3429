import { calendarDay } from '@nidaan/values';

import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { badSpreadsheet, MAX_SHEET_BYTES } from '../contract.ts';
import type {
  CatalogueChanges,
  CatalogueFault,
  importCatalogue as importCatalogueCall,
  SheetFault,
} from '../contract.ts';
import { applyChanges } from '../domain/catalogue-changes.ts';
import { versionedCatalogue } from '../queries/catalogue-shelf.ts';
import { readSheets } from '../sheets/import-rows.ts';
import { readCsv, readXlsx, SpreadsheetError } from '../sheets/spreadsheet.ts';
import type { Sheets } from '../sheets/spreadsheet.ts';
import { rewriteCatalogue, weigh } from './rewrite-catalogue.ts';

type Input = ParsedInput<typeof importCatalogueCall>;
type Output = CallOutput<typeof importCatalogueCall>;

const MAX_FAULTS = 500;
const MAX_NAMED = 1000;
const MAX_WARNINGS = 200;

/**
 * Tells every fault at once, with sheet, row and column; writes only when there is none and it is no dry run.
 * @throws order.bad_spreadsheet when the file is none; order.stale_catalogue when someone changed the catalogue meanwhile
 */
export async function importCatalogue(ctx: Ctx, input: Input): Promise<Output> {
  const {
    changes: batch,
    statuses,
    faults: unreadable,
    rows,
    isSheetUnread,
    isOfUnread,
    placeOf,
  } = readSheets(await sheetsOf(input), input.rangesFrom ?? null);
  const {
    version,
    catalogue: { rows: before },
  } = await versionedCatalogue(ctx);
  const refuse = (faults: readonly SheetFault[]): Output => ({
    isWritten: false,
    version,
    rows,
    changed: [],
    changedCount: 0,
    faults: faults.slice(0, MAX_FAULTS),
    faultCount: faults.length,
    warnings: [],
  });
  if (isSheetUnread) return refuse(unreadable);

  const today = calendarDay(ctx.now());
  const { rows: after, faults } = applyChanges(before, batch, today, statuses);
  const { changed, refusals, warnings } = weigh(before, after, today, faults);
  const unsound = unreadable.length > 0 ? refusals.filter((fault) => !isOfUnread(fault)) : refusals;
  if (unreadable.length + unsound.length > 0) {
    return refuse([...unreadable, ...undatedRanges(unsound, batch, today).map(placeOf)]);
  }
  if (input.isDryRun) {
    return {
      ...refuse([]),
      changed: changed.slice(0, MAX_NAMED).map(({ kind, code }) => ({ kind, code })),
      changedCount: changed.length,
      warnings: warnings.slice(0, MAX_WARNINGS),
    };
  }
  const { id, expectedVersion, reason } = input;
  const written = await rewriteCatalogue(
    ctx,
    { act: 'order.import_catalogue', id, expectedVersion, reason },
    (present, day) => applyChanges(present, batch, day, statuses),
  );
  return { ...written, isWritten: true, rows, faults: [], faultCount: 0 };
}

/**
 * A range that begins on a later day, with nothing said about the day from which the file holds: what stands is closed today,
 * and the days between are a gap. What is wrong is the missing day, not the ranges.
 */
function undatedRanges(
  faults: readonly CatalogueFault[],
  { bands }: CatalogueChanges,
  today: string,
): readonly CatalogueFault[] {
  const days = new Map(
    bands.flatMap(({ analyteCode, from, bands: own }) => {
      const day = own.flatMap(({ validFrom }) => validFrom ?? []).toSorted()[0];
      return (from ?? null) === null && day !== undefined && day > today ? [[analyteCode, day] as const] : [];
    }),
  );
  const isGap = ({ entity, code, field }: CatalogueFault): boolean =>
    entity === 'bands' && field === 'ageFromDays' && days.has(code);
  const undated = new Set(faults.filter(isGap).map(({ code }) => code));
  return [
    ...faults.filter((fault) => !isGap(fault)),
    ...[...undated].map((code): CatalogueFault => {
      const message = `give rangesFrom, the day from which the file holds: a range begins on ${days.get(code) ?? ''}`;
      return { severity: 'error', entity: 'bands', code, field: 'validFrom', message };
    }),
  ];
}

async function sheetsOf({ format, sheet, contentBase64 }: Input): Promise<Sheets> {
  const bytes = Buffer.from(contentBase64, 'base64');
  if (bytes.length > MAX_SHEET_BYTES) throw badSpreadsheet({ why: `it is larger than ${MAX_SHEET_BYTES} bytes` });
  try {
    if (format === 'xlsx') return await readXlsx(bytes);
    if (!sheet) throw badSpreadsheet({ why: 'a CSV holds one sheet; say which' });
    return new Map([[sheet, readCsv(bytes)]]);
  } catch (error) {
    if (error instanceof SpreadsheetError) throw badSpreadsheet({ why: error.message });
    throw error;
  }
}
