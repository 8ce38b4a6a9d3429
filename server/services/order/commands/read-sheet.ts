// The cells of a file of the desk as text, whatever its format; of a spreadsheet its first sheet.
import { badFile } from '../contract.ts';
import { readCsv, readXlsx, SpreadsheetError } from '../sheets/spreadsheet.ts';
import type { Cells } from '../sheets/spreadsheet.ts';

/** @throws order.bad_file when the bytes are no such file */
export async function readCells(format: 'csv' | 'xlsx', bytes: Buffer): Promise<Cells> {
  try {
    if (format === 'csv') return readCsv(bytes);
    return [...(await readXlsx(bytes)).values()][0] ?? [];
  } catch (error) {
    if (!(error instanceof SpreadsheetError)) throw error;
    // The reader's own words may quote a cell, and the cells are people.
    throw badFile({ faults: [{ row: 1, column: 'file', expected: `a readable ${format} file` }] });
  }
}
