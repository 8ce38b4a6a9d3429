// Questions about other processes, answered from /proc on Linux and by `ps` elsewhere.
// A pid alone names nobody: it is reused after death and after a reboot. So a process is known here by pid and start time.
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function ps(column: string, pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * A text that is the same as long as the same process lives under this pid, and undefined when none does.
 * A zombie counts as dead: it holds no file and runs no code.
 * Src: proc_pid_stat(5): field 3 is the state, field 22 the start time in ticks since boot.
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    if (ps('state', pid)?.startsWith('Z') === true) return undefined;
    return ps('lstart', pid);
  }
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // Trap: field 2 is the program name in brackets and may itself hold spaces and brackets; count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTicks = fields[19];
  if (startTicks === undefined || state === 'Z' || state === 'X') return undefined;
  return `${readOrUndefined('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${startTicks}`;
}

/** The command line with one space between arguments, or undefined when there is no such process. */
export function commandLine(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps('command', pid);
  const text = readOrUndefined(`/proc/${pid}/cmdline`);
  return text === undefined || text === '' ? undefined : text.replace(/\0+$/, '').replaceAll('\0', ' ');
}

/** Name of the program a process runs, from its program file; where that is hidden from us, from what it was called with. */
export function programName(pid: number): string | undefined {
  let path: string | undefined;
  if (process.platform === 'linux') {
    try {
      // Why cut: Linux adds " (deleted)" once an upgrade has replaced the file.
      path = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
    } catch {
      path = readOrUndefined(`/proc/${pid}/cmdline`)?.split('\0')[0];
    }
  } else {
    path = ps('comm', pid);
  }
  return path === undefined || path === '' ? undefined : basename(path);
}
