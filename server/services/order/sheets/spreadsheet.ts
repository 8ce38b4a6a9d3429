// A spreadsheet as sheets of texts, from CSV or XLSX bytes and back. Knows nothing of catalogues.
import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';

import { unzip, zip, ZipError } from './clean-zip.ts';

/** Rows of cells; the first row is the header. Every row is as long as the header or shorter. */
export type Cells = readonly (readonly string[])[];
export type Sheets = ReadonlyMap<string, Cells>;

/** The bytes are no spreadsheet this program will read. Permanent. */
export class SpreadsheetError extends Error {
  override readonly name = 'SpreadsheetError';
}

export const MAX_ROWS = 50_000;
export const MAX_COLUMNS = 60;
/** Of an xlsx unfolded: 50,000 rows of a wide sheet take about a third of it. */
const MAX_UNFOLDED = 120_000_000;

// A cell that begins with one of these is a formula to Excel and LibreOffice, even in a CSV. An apostrophe in front makes
// it a text; one that stands there already gets another, so that reading takes exactly one away.
// Src: OWASP, CSV injection.
const FORMULA = /^'*[=+\-@\t\r]/;
const ESCAPED = /^'+[=+\-@\t\r]/;

export function writeCsv(cells: Cells): Buffer {
  const lines = cells.map((row) => row.map((cell) => quoted(FORMULA.test(cell) ? `'${cell}` : cell)).join(','));
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** @throws SpreadsheetError */
export function readCsv(bytes: Buffer): Cells {
  const text = new TextDecoder('utf-8', { fatal: true });
  try {
    const rows: unknown = parse(text.decode(bytes), {
      bom: true,
      relax_column_count: true,
      to: MAX_ROWS + 2,
    });
    const cells = z.array(z.array(z.string())).parse(rows);
    return bounded(cells.map((row) => row.map((cell) => (ESCAPED.test(cell) ? cell.slice(1) : cell))));
  } catch (error) {
    // The reader's own words quote cells, and cells may be people.
    if (error instanceof CsvError)
      throw new SpreadsheetError(`row ${Number(error['lines'] ?? 1)}: ${csvFault(error.code)}`);
    if (error instanceof TypeError) throw new SpreadsheetError('it is not a text in UTF-8');
    throw error;
  }
}

function csvFault(code: string): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and never closed';
  if (code === 'INVALID_OPENING_QUOTE' || code === 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE') {
    return 'a quote stands inside a cell; it must be doubled, and the cell be in quotes';
  }
  if (code === 'CSV_INVALID_CLOSING_QUOTE') return 'something follows the quote that closes a cell';
  return 'the row cannot be read';
}

export async function writeXlsx(sheets: Sheets): Promise<Buffer> {
  // Every cell as text: 10.0 as a number would come back as 10, and no text is ever a formula.
  const data = [...sheets].map(([sheet, cells]) => ({
    sheet,
    data: cells.map((row) => row.map((value) => (value === '' ? null : { value: literal(value), type: String }))),
    stickyRowsCount: 1,
  }));
  // Loaded by the first who asks, as the reader below: most processes never see a workbook.
  const { default: writeExcel } = await import('write-excel-file/node');
  return writeExcel(data).toBuffer();
}

// Trap: the writer keeps its texts in a plain object and takes `constructor` for one it has already.
const notTexts: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** To a spreadsheet `_x0041_` is the letter A; the underscore in its own spelling makes it a text. Src: ECMA-376, ST_Xstring. */
function literal(text: string): string {
  if (notTexts.has(text)) return `_x${text.charCodeAt(0).toString(16).padStart(4, '0')}_${text.slice(1)}`;
  return text.replaceAll(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_');
}

/** @throws SpreadsheetError */
export async function readXlsx(bytes: Buffer): Promise<Sheets> {
  try {
    const files = unzip(bytes, MAX_UNFOLDED);
    for (const { name, content } of files)
      if (/worksheets\/[^/]+\.xml$/.test(name)) checkCells(content.toString('latin1'));
    const { default: readExcel } = await import('read-excel-file/node');
    const read = await readExcel(zip(files), { trim: false });
    return new Map(
      read.map(({ sheet, data }) => [sheet, bounded(withoutBlankEnd(data.map((row) => row.map(textOf))))]),
    );
  } catch (error) {
    if (error instanceof SpreadsheetError) throw error;
    if (error instanceof ZipError) throw new SpreadsheetError(error.message);
    // The reader has no one error for what it cannot read.
    throw new SpreadsheetError('it is damaged, or no spreadsheet of the xlsx kind');
  }
}

/** One cell named XFD1048576 makes the reader lay out sixteen thousand million empty ones. */
function checkCells(xml: string): void {
  for (const [, letters = '', digits = ''] of xml.matchAll(/\br\s*=\s*["']([A-Za-z]*)(\d+)["']/g)) {
    const column = [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
    if (Number(digits) > MAX_ROWS + 1) throw new SpreadsheetError(`a sheet has more than ${MAX_ROWS} rows`);
    if (column > MAX_COLUMNS) throw new SpreadsheetError(`a sheet has more than ${MAX_COLUMNS} columns`);
  }
}

function bounded(cells: Cells): Cells {
  if (cells.length > MAX_ROWS + 1) throw new SpreadsheetError(`a sheet has more than ${MAX_ROWS} rows`);
  if (cells.some((row) => row.length > MAX_COLUMNS)) {
    throw new SpreadsheetError(`a sheet has more than ${MAX_COLUMNS} columns`);
  }
  return cells;
}

function textOf(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
}

function withoutBlankEnd(cells: Cells): Cells {
  const last = cells.findLastIndex((row) => row.some((cell) => cell !== ''));
  return cells.slice(0, last + 1);
}
