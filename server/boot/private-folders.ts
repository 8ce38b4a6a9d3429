// Folders of the data folder that hold patients' papers and traces of work: shut to other users of the machine. The embedded
// database keeps its own folder, whose outermost one must stay open for the account that PostgreSQL runs as.
import { chmodSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { makeFolder } from '#platform/postgres/account.ts';

import type { Config } from '../config.ts';

const FOR_OTHERS = 0o077;

/** `DATA_DIR/files`, and `DATA_DIR/logs` when the log goes there; a log folder somewhere else is not ours to shut. */
export function privateFolders({ dataDir, logFile }: Pick<Config, 'dataDir' | 'logFile'>): readonly string[] {
  const logs = join(dataDir, 'logs');
  return dirname(logFile) === logs ? [join(dataDir, 'files'), logs] : [join(dataDir, 'files')];
}

function isOpen(folder: string): boolean {
  // Windows keeps no such modes.
  return process.platform !== 'win32' && (statSync(folder).mode & FOR_OTHERS) !== 0;
}

/** Makes the folders that are missing, and shuts those that others may enter (an installation made before this rule). */
export function shutFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    makeFolder(folder, 0o700);
    if (!isOpen(folder)) continue;
    try {
      chmodSync(folder, 0o700);
    } catch {
      // Another user's folder, or a file system without modes: told by openFolders, at the start and by the doctor.
    }
  }
}

/** Folders that exist and that other users of the machine may still enter. */
export function openFolders(config: Pick<Config, 'dataDir' | 'logFile'>): readonly string[] {
  return privateFolders(config).filter(
    (folder) => statSync(folder, { throwIfNoEntry: false }) !== undefined && isOpen(folder),
  );
}
