// One process at a time owns a data folder. Node has no flock, so ownership is a numbered file, `lock.<n>`, that says who holds it.
// Invariant: only the holder of the highest number owns the folder, and numbers only grow. A dead holder needs no clean-up:
// the next starter takes the next number, and making that file is the atomic step (link fails when the name exists).
// Deleting a lock to free it would break this: a slow starter could take a number again that others have moved past.
import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError, systemCode } from './errors.ts';
import { processIdentity } from './process-table.ts';

export interface FolderLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly identity: string;
}

function numbersIn(folder: string): readonly number[] {
  return readdirSync(folder)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Who holds the folder now, judged by pid and start time; undefined when nobody does. */
export function folderHolder(folder: string): Holder | undefined {
  const highest = numbersIn(folder).at(-1);
  return highest === undefined ? undefined : livingHolder(join(folder, `lock.${highest}`));
}

function livingHolder(path: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  // A file cut short by a power failure has no living holder either: a lock gets its name only when complete.
  const match = /^pid (\d+)\nstarted (.+)\n$/.exec(text);
  const pid = Number(match?.[1]);
  const identity = match?.[2];
  if (identity === undefined || processIdentity(pid) !== identity) return undefined;
  return { pid, identity };
}

/**
 * Takes the folder for this process until `release`, or until the process dies by any means.
 * @throws EmbeddedPostgresError data_in_use while another living process (or this one, earlier) holds it
 */
export function lockFolder(folder: string): FolderLock {
  const draft = join(folder, `lock-draft-${randomUUID()}`);
  writeFileSync(draft, `pid ${process.pid}\nstarted ${processIdentity(process.pid) ?? 'unknown'}\n`, { mode: 0o644 });
  try {
    for (;;) {
      const highest = numbersIn(folder).at(-1) ?? 0;
      const holder = highest === 0 ? undefined : livingHolder(join(folder, `lock.${highest}`));
      if (holder !== undefined) {
        throw new EmbeddedPostgresError(
          'data_in_use',
          `The database folder ${folder} is in use by another Nidaan process (pid ${holder.pid}). Stop that one first.`,
        );
      }
      const mine = highest + 1;
      const path = join(folder, `lock.${mine}`);
      try {
        linkSync(draft, path);
      } catch (error) {
        if (systemCode(error) === 'EEXIST') continue;
        throw error;
      }
      const numbers = numbersIn(folder);
      if (numbers.some((n) => n > mine)) {
        // Others moved on between our look and our link.
        rmSync(path, { force: true });
        continue;
      }
      for (const older of numbers.filter((n) => n < mine)) rmSync(join(folder, `lock.${older}`), { force: true });
      return {
        release() {
          // In place: an empty or half-written file already reads as "nobody". A rename could hide the name from a reader of the folder.
          writeFileSync(path, 'released\n');
        },
      };
    }
  } finally {
    rmSync(draft, { force: true });
  }
}
