// Files that are made from the code and committed, so that they can be read without running anything.
// `node scripts/generated.ts` writes them, `--check` only says which are out of date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { settings } from '../server/config.ts';
import { envTemplate } from '../server/platform/settings.ts';
import { loadCatalogue } from './catalogue.ts';
import { errorsPage } from './errors-doc.ts';
import { repositoryRoot } from './repository.ts';

export interface GeneratedFile {
  /** Relative to the checkout. */
  readonly path: string;
  readonly make: () => Promise<string>;
}

export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'docs/errors.md', make: async () => errorsPage((await loadCatalogue()).errors) },
  { path: '.env.example', make: async () => envTemplate(settings) },
];

/** Undefined when there is no such file. */
function committed(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Paths of the generated files whose text is not what the code makes today. */
export async function staleFiles(root: string = repositoryRoot): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const { path, make } of generatedFiles) if (committed(join(root, path)) !== (await make())) stale.push(path);
  return stale;
}

export async function writeGeneratedFiles(root: string = repositoryRoot): Promise<void> {
  for (const { path, make } of generatedFiles) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), await make());
  }
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = await staleFiles();
    for (const path of stale) process.stderr.write(`${path} is out of date: npm run fix\n`);
    process.stdout.write(`${generatedFiles.length} generated files, ${stale.length} out of date\n`);
    if (stale.length > 0) process.exitCode = 1;
  } else {
    await writeGeneratedFiles();
    for (const { path } of generatedFiles) process.stdout.write(`wrote ${path}\n`);
  }
}
