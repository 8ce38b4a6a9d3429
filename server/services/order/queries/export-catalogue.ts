import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { badSpreadsheet } from '../contract.ts';
import type { exportCatalogue as exportCatalogueCall } from '../contract.ts';
import { sheetOf, sheetsOf } from '../sheets/export-rows.ts';
import { writeCsv, writeXlsx } from '../sheets/spreadsheet.ts';
import { versionedCatalogue } from './catalogue-shelf.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The catalogue as an import reads it back: all sheets as xlsx, or one of them as CSV. */
export async function exportCatalogue(
  ctx: Ctx,
  { format, sheet }: ParsedInput<typeof exportCatalogueCall>,
): Promise<CallOutput<typeof exportCatalogueCall>> {
  const {
    version,
    catalogue: { rows },
  } = await versionedCatalogue(ctx);
  if (format === 'csv' && !sheet) throw badSpreadsheet({ why: 'a CSV holds one sheet; say which' });
  const cells = sheet ? new Map([[sheet, sheetOf(rows, sheet)]]) : sheetsOf(rows);
  const bytes = format === 'xlsx' ? await writeXlsx(cells) : writeCsv(sheet ? sheetOf(rows, sheet) : []);
  return {
    fileName: `catalogue${sheet ? `-${sheet}` : ''}.${format}`,
    contentType: format === 'xlsx' ? XLSX : 'text/csv; charset=utf-8',
    contentBase64: bytes.toString('base64'),
    version,
  };
}
