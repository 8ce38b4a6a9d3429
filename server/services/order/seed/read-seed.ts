// Reads the starter catalogue (the CSV files beside this one) into typed records, or names every fault in them at once.
// A lab may hand in its own set in the same form. What a set must fulfil is checked here, so that the command that
// stores it need not; where the figures come from and who must approve them stands in SOURCES.md.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';

import { neededFiles, schemas, SeedError } from './seed-files.ts';
import type { NeededFile, SeedFault, SeedFile, SeedTexts, StarterCatalogue, Typed } from './seed-files.ts';
import { faultsBetween } from './seed-links.ts';

/**
 * Reads and checks the files of a folder.
 * @throws SeedError naming file, row and column of every fault; the file system's own error when a file is missing
 */
export async function readSeed(folder: string = import.meta.dirname): Promise<StarterCatalogue> {
  const files = Object.keys(schemas).filter(isSeedFile);
  const found = await Promise.all(files.map(async (file) => [file, await textOf(folder, file)] as const));
  const texts = new Map(found);
  const needed = (file: NeededFile): string => texts.get(file) ?? '';
  return parseSeed({
    ...Object.fromEntries(found.filter(([, text]) => text !== undefined)),
    'containers.csv': needed('containers.csv'),
    'analytes.csv': needed('analytes.csv'),
    'tests.csv': needed('tests.csv'),
    'panels.csv': needed('panels.csv'),
    'ranges.csv': needed('ranges.csv'),
  });
}

function isSeedFile(name: string): name is SeedFile {
  return Object.hasOwn(schemas, name);
}

async function textOf(folder: string, file: SeedFile): Promise<string | undefined> {
  const isNeeded = neededFiles.some((name) => name === file);
  try {
    return await readFile(join(folder, file), 'utf8');
  } catch (error) {
    if (!isNeeded && error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** As readSeed, from texts in hand. Rows that cannot be read leave the checks between files out, to name no fault twice. */
export function parseSeed(texts: SeedTexts): StarterCatalogue {
  const faults: SeedFault[] = [];
  const catalogue = {
    containers: readRows('containers.csv', texts, faults),
    analytes: readRows('analytes.csv', texts, faults),
    tests: readRows('tests.csv', texts, faults),
    panels: readRows('panels.csv', texts, faults),
    ranges: readRows('ranges.csv', texts, faults),
    handling: readRows('handling.csv', texts, faults),
    facts: readRows('analyte-facts.csv', texts, faults),
    criticalTexts: readRows('critical-texts.csv', texts, faults),
    absurdLimits: readRows('absurd-limits.csv', texts, faults),
  };
  if (faults.length === 0) faults.push(...faultsBetween(catalogue));
  if (faults.length > 0) throw new SeedError(faults);
  return catalogue;
}

function readRows<File extends SeedFile>(file: File, texts: SeedTexts, faults: SeedFault[]): readonly Typed<File>[] {
  const schema: z.ZodObject = schemas[file];
  const columns = Object.keys(schema.shape);
  const [header, ...lines] = splitCells(file, texts[file] ?? '', faults);
  if (header === undefined) return [];
  if (header.join() !== columns.join()) {
    faults.push({ file, row: 1, column: 'header', message: `is not ${columns.join(',')}` });
    return [];
  }
  const records: Typed<File>[] = [];
  for (const [at, cells] of lines.entries()) {
    const row = at + 2;
    if (cells.length !== columns.length) {
      faults.push({ file, row, column: 'row', message: `has ${cells.length} cells, not ${columns.length}` });
      continue;
    }
    const parsed = schema.safeParse(Object.fromEntries(columns.map((column, index) => [column, cells[index]])));
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) {
        faults.push({ file, row, column: String(path[0]), message });
      }
      continue;
    }
    const named = Object.entries(parsed.data).map(([column, value]) => [camelCase(column), value]);
    // The schema has just vouched for the columns; Object.fromEntries cannot carry their names in its type.
    records.push(Object.fromEntries(named) as Typed<File>);
  }
  return records;
}

function splitCells(file: SeedFile, text: string, faults: SeedFault[]): readonly (readonly string[])[] {
  try {
    const rows: unknown = parse(text, { bom: true, relax_column_count: true });
    return z.array(z.array(z.string())).parse(rows);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    faults.push({ file, row: Number(error['lines'] ?? 1), column: 'row', message: error.message });
    return [];
  }
}

function camelCase(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
