// The checkout as the gates see it: where it is, which files are ours, and the programs npm installed for it.
import { readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';

export const repositoryRoot: string = dirname(import.meta.dirname);

/** Folders that hold code of ours; those that do not exist yet are passed over. */
const codeFolders = ['bench', 'deploy', 'libs', 'sandbox', 'scripts', 'server', 'web'];
const notOurs = new Set(['node_modules', 'coverage', 'data', 'dist']);

/**
 * Paths of our files relative to the checkout, with `/`, sorted. Hidden files are left out: they are scratch of one person.
 * @param root another checkout, for tests of the gates
 */
export function ourFiles(root: string = repositoryRoot): readonly string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || notOurs.has(entry.name)) continue;
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) found.push(path);
    }
  };
  const present = new Set(readdirSync(root));
  for (const folder of codeFolders) if (present.has(folder)) walk(folder);
  return found.toSorted();
}

/** The environment with the pinned Node and the installed tools first in PATH, as npm gives it to its scripts. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const tools = join(repositoryRoot, 'node_modules', '.bin');
  return { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}` };
}
