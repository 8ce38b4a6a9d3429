// The command line and environment PostgreSQL is started with.
// Settings go on the command line and not into postgresql.conf: each start then has exactly the settings of this version of
// Nidaan, and comparing command lines tells whether a server that outlived us may be adopted as it is.
import type { Binaries } from './binaries.ts';

/** Meant for one small lab PC of 4 GB that also runs Nidaan itself. */
const defaults: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  max_connections: '200',
  shared_buffers: '128MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1', // SSD; a lab's working set is mostly cached anyway
  jit: 'off', // our queries are short: compiling one costs more than running it
  unix_socket_permissions: '0700',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  // P7: an error's text and detail can quote patient values ("Key (mobile)=(98…) already exists"). The caller gets them; the file
  // keeps what concerns the server: start, stop, recovery, fatal faults.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

export interface Launch {
  readonly clusterDir: string;
  readonly port: number;
  readonly socketDir: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

export function serverArguments({ clusterDir, port, socketDir, settings }: Launch): readonly string[] {
  const all = { ...defaults, ...settings, port: String(port), unix_socket_directories: socketDir ?? '' };
  return ['-D', clusterDir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** A clean environment: PGPORT, PGOPTIONS, LC_* and the like of the caller's shell must not reach the server. */
export function serverEnvironment({ libraryDir }: Pick<Binaries, 'libraryDir'>): NodeJS.ProcessEnv {
  const linker = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC', // also spares initdb its search for the system's time zone
    ...(libraryDir === undefined ? {} : { [linker]: libraryDir }),
  };
}
