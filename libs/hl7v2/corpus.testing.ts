// Finds the sample messages kept beside the checkout; tests that need them skip where they are absent.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../../shared/corpus/hl7');

export interface SampleFile {
  /** Path inside the corpus. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** [] when the corpus is not there. */
export function sampleFiles(): readonly SampleFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { name: path.slice(folder.length + 1), bytes: readFileSync(path) };
    });
}

export const needsCorpus = 'needs ../shared/corpus';
